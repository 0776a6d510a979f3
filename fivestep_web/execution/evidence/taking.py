"""Files sent with a form: kept before anything else is looked at, so that a refused form loses none."""

from flask import Blueprint, request

from fivestep_web.core.errors import FieldError
from fivestep_web.core.packages import MEGABYTE
from fivestep_web.core.permissions import Actor
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.evidence import services
from fivestep_web.execution.evidence.forms import EvidenceFields
from fivestep_web.responsibility.models import Goal, Milestone

AT_ONCE = 61 * MEGABYTE  # three files of the largest size, and what is typed


def take(form: EvidenceFields, actor: Actor, goal: Goal, *, phase: Milestone | None = None) -> bool:
    """Keep what can be kept of the files sent; say whether that is all of them, else why at the field."""
    uploads = form.uploads
    if not uploads:
        return True
    checked = services.check_files(uploads)
    refusals = list(checked.refusals)
    try:
        with unit_of_work():
            services.choose(actor, goal, checked.files, phase=phase)
    except FieldError as refusal:
        refusals.append(refusal.message)
    form.files.errors = refusals
    return not refusals


def let_files_in(blueprint: Blueprint, *views: str) -> None:
    """Let several files come at once to *views* of *blueprint*; elsewhere one of the largest size is most."""
    endpoints = {f"{blueprint.name}.{view}" for view in views}

    def widen(endpoint: str | None, values: object) -> None:
        del values
        if endpoint in endpoints:
            request.max_content_length = AT_ONCE

    blueprint.url_value_preprocessor(widen)
