"""Versions of a letter: each readable with its signatures, any two compared word by word."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.responsibility.letters import content as letter_content
from fivestep_web.responsibility.letters import queries, version_queries
from fivestep_web.responsibility.rules import STEP_LABELS

blueprint = Blueprint("versions", __name__)

READERS = (Permission.LETTER_READ, Permission.LETTER_SIGN_RESPONSIBLE, Permission.LETTER_SIGN_ISSUING)


@blueprint.get("/letters/<int:letter_id>/versions/<int:version>")
@requires(*READERS)
def version_show(letter_id: int, version: int) -> ResponseReturnValue:
    letter = queries.get_letter(actor(), letter_id)
    shown = version_queries.get_version(actor(), letter, version)
    return render_template(
        "responsibility/version_show.html",
        letter=shown.letter,
        version=shown,
        state=version_queries.state_of(shown),
        content=shown.content,
        goals=letter_content.printed_goals(shown.content),
        total_weight=letter_content.total_weight(shown.content),
        schedule=letter_content.printed_schedule(shown.content),
        step_labels=STEP_LABELS,
    )


@blueprint.get("/letters/<int:letter_id>/compare")
@requires(*READERS)
def version_compare(letter_id: int) -> ResponseReturnValue:
    """Compare ?old= with ?new=; without them the last two."""
    letter = queries.get_letter(actor(), letter_id)
    versions = version_queries.list_versions(actor(), letter)
    numbers = [item.version for item in versions]
    old = request.args.get("old", numbers[-2] if len(numbers) > 1 else 0, type=int)
    new = request.args.get("new", numbers[-1] if numbers else 0, type=int)
    by_number = {item.version: item for item in versions}
    before, after = by_number.get(old), by_number.get(new)
    return render_template(
        "responsibility/version_compare.html",
        letter=letter,
        versions=[(item.version, version_queries.state_of(item)) for item in versions],
        old=old,
        new=new,
        differences=letter_content.differences(before.content, after.content) if before and after else None,
    )
