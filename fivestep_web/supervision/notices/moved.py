"""Answer dates of notices another working calendar would move; issued they stay (domain.md section 10)."""

from collections.abc import Iterator
from datetime import date
from typing import NoReturn

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from fivestep_web.core import clock
from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import Actor
from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.extensions import db
from fivestep_web.org.moved_dates import Move, Source
from fivestep_web.supervision.extensions.queries import granted_ids
from fivestep_web.supervision.notices import rules
from fivestep_web.supervision.notices.extending import KIND
from fivestep_web.supervision.notices.models import SupervisionNotice, Verdict
from fivestep_web.supervision.notices.rules import AWAITING

PREFIX = "notice"
FIXED = _l("督办单已发出，以单上的日期为准，需要放宽的请申请延期")


def moved(calendar: WorkCalendar) -> Iterator[Move]:
    """Yield the notices that wait for an answer whose day *calendar* would count otherwise."""
    query = (
        select(SupervisionNotice)
        .where(SupervisionNotice.state.in_(AWAITING), SupervisionNotice.id.not_in(granted_ids(KIND)))
        .options(selectinload(SupervisionNotice.answers))
        .order_by(SupervisionNotice.year, SupervisionNotice.number)
    )
    for notice in db.session.scalars(query):
        day = rules.reply_by(notice.colour, _asked_on(notice), calendar)
        if day != notice.reply_by:
            yield Move(
                key=f"{PREFIX}:{notice.id}",
                label=str(_("%(number)s的答复", number=notice.name)),
                link=f"/notices/{notice.id}",
                before=notice.reply_by,
                after=day,
                is_signed=True,
            )


def _asked_on(notice: SupervisionNotice) -> date:
    """Return the day from which the answer's days are counted: of the last return, else of the issue."""
    last = notice.answers[-1] if notice.answers else None
    if last is not None and last.verdict is Verdict.RETURNED and last.verdict_at is not None:
        return last.verdict_at.astimezone(clock.ZONE).date()
    return notice.issued_on


def apply(_actor: Actor, _key: str, _after: date) -> NoReturn:
    """Refuse: what was issued keeps its day."""
    raise DomainError(str(FIXED))


SOURCE = Source(PREFIX, moved, apply, FIXED)
