"""Proposed days of meetings that another working calendar would move (domain.md section 10)."""

from collections.abc import Iterator, Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Actor
from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.extensions import db
from fivestep_web.org.moved_dates import Move, Source
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.meetings import rules
from fivestep_web.supervision.meetings.models import Meeting
from fivestep_web.supervision.meetings.page import name_of
from fivestep_web.supervision.meetings.rules import MeetingState

PREFIX = "meeting"


def _as_proposed() -> Select[Meeting]:
    """Select the meetings still ahead on the day the clock proposed; one a person arranged is not moved."""
    return select(Meeting).where(
        Meeting.state.in_((MeetingState.DRAFT, MeetingState.OPEN)),
        Meeting.planned_on == Meeting.proposed_on,
        Meeting.planned_on >= clock.today(),
    )


def moved(calendar: WorkCalendar) -> Iterator[Move]:
    """Yield the meetings that *calendar* would propose for another day to come."""
    found: Sequence[Meeting] = db.session.scalars(_as_proposed().order_by(Meeting.id)).all()
    for meeting in found:
        day = rules.proposed_on(meeting.kind, meeting.year, meeting.period, calendar)
        if day != meeting.planned_on and day >= clock.today():
            yield Move(
                key=f"{PREFIX}:{meeting.id}",
                label=str(_("%(meeting)s的日期", meeting=name_of(meeting))),
                link=f"/meetings/{meeting.id}",
                before=meeting.planned_on,
                after=day,
                is_signed=meeting.state is MeetingState.OPEN,
            )


def apply(actor: Actor, key: str, after: date) -> None:
    """Plan a meeting in preparation for the day of the calendar in force, provided that is *after*."""
    query = _as_proposed().where(Meeting.id == int(key.removeprefix(f"{PREFIX}:")))
    meeting = db.session.scalar(query.with_for_update(of=Meeting))
    if meeting is None or meeting.state is not MeetingState.DRAFT:
        raise Conflict(_("会议的安排已有变化，请刷新后查看"))
    if rules.proposed_on(meeting.kind, meeting.year, meeting.period, get_calendar()) != after:
        raise Conflict(_("会议的安排已有变化，请刷新后查看"))
    meeting.planned_on = meeting.proposed_on = after
    db.session.flush()
    record(actor, "meeting.edited", f"meeting:{meeting.id}", date=after)


SOURCE = Source(PREFIX, moved, apply, _l("会议通知已发出，改期在会议页办理"))
