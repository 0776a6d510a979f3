"""Days on which units' feedback is due that another working calendar would move (domain.md section 10)."""

from collections.abc import Iterator
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import Select, select

from fivestep_web.audit.services import record
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Actor
from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.extensions import db
from fivestep_web.org.moved_dates import Move, Source
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.extensions.queries import granted_ids
from fivestep_web.supervision.feedback import queries, rules
from fivestep_web.supervision.feedback.extending import KIND
from fivestep_web.supervision.feedback.models import Feedback
from fivestep_web.supervision.feedback.rules import FeedbackState

PREFIX = "feedback"


def _open() -> Select[Feedback]:
    """Select the feedback not sent yet whose day nobody extended."""
    return select(Feedback).where(Feedback.state == FeedbackState.OPEN, Feedback.id.not_in(granted_ids(KIND)))


def _due_day(year: int, month: int, calendar: WorkCalendar) -> date:
    return rules.due_day(year, month, rules.offset_of(year, month, queries.history_of(year)), calendar)


def moved(calendar: WorkCalendar) -> Iterator[Move]:
    """Yield the months whose open feedback *calendar* makes due on another day, one line a month."""
    months: dict[tuple[int, int], list[date]] = {}
    for row in db.session.scalars(_open().order_by(Feedback.year, Feedback.month)):
        months.setdefault((row.year, row.month), []).append(row.due_on)
    for (year, month), days in months.items():
        due_on = _due_day(year, month, calendar)
        changed = [day for day in days if day != due_on]
        if changed:
            yield Move(
                key=f"{PREFIX}:{year}-{month}",
                label=str(_("%(year)s年%(month)s月信息反馈", year=year, month=month)),
                link=f"/feedback/{year}/{month}",
                before=min(changed),
                after=due_on,
                note=str(_("%(count)s个单位还没有报送", count=len(changed))),
            )


def apply(actor: Actor, key: str, after: date) -> None:
    """Make a month's open feedback due on the day of the calendar in force, provided that is *after*."""
    year, month = map(int, key.removeprefix(f"{PREFIX}:").split("-"))
    query = _open().where(Feedback.year == year, Feedback.month == month, Feedback.due_on != after)
    rows = db.session.scalars(query.order_by(Feedback.id).with_for_update(of=Feedback)).all()
    if not rows or _due_day(year, month, get_calendar()) != after:
        raise Conflict(_("%(month)s月信息反馈的日期已有变化，请刷新后查看", month=month))
    for row in rows:
        row.due_on = after
    db.session.flush()
    record(actor, "feedback.moved", f"year:{year}", month=month, count=len(rows), deadline=after)


SOURCE = Source(PREFIX, moved, apply)
