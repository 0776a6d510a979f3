"""Reads of runs: how far drafting and issuing many letters is, and what is left over."""

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.coverage.expected import Vacancy, list_expected, vacancies
from fivestep_web.responsibility.models import LetterRun


def get_run(actor: Actor, run_id: int) -> LetterRun:
    """Return a run of the actor's own; who issues every letter sees all. Hidden and absent look the same."""
    query = select(LetterRun).where(LetterRun.id == run_id)
    if not actor.may_all(Permission.LETTER_ISSUE):
        query = query.where(LetterRun.user_id == actor.user_id)
    run = db.session.scalar(query)
    if run is None:
        raise NotFound(_("没有这次办理，或不是您办理的"))
    return run


def find_latest_run(actor: Actor, year: int) -> LetterRun | None:
    """Return the actor's own latest run of a year, under way or done."""
    return db.session.scalar(
        select(LetterRun)
        .where(LetterRun.year == year, LetterRun.user_id == actor.user_id)
        .order_by(LetterRun.id.desc())
        .limit(1)
    )


def list_vacancies(actor: Actor, year: int, kind: str = "") -> list[Vacancy]:
    """Return the units whose letters the actor would draft and cannot: a head or a leader is missing."""
    if not actor.may(Permission.LETTER_ISSUE):
        return []
    expected = [
        item
        for item in list_expected(year, clock.today())
        if policy.can_draft(actor, item.kind, item.unit_id)
    ]
    return vacancies(expected, kind)
