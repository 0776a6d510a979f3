"""Open the meetings that are due, each exactly once (R3.8, R3.13, R5.5, domain 10)."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM, Actor, Role
from fivestep_web.extensions import db
from fivestep_web.org.lookups import find_role_holder, positions_on
from fivestep_web.org.models import PlanYear
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.meetings import agenda, queries, rules
from fivestep_web.supervision.meetings.models import Attendance, Meeting
from fivestep_web.supervision.meetings.rules import MONTHS, QUARTERS, Capacity, MeetingKind, MeetingState

PERIODS = {
    MeetingKind.JOINT: MONTHS,
    MeetingKind.DISPATCH: QUARTERS,
    MeetingKind.REVIEW: QUARTERS,
}


def open_due(today: date) -> int:
    """Open every meeting of this year and the last that is missing on *today*; return how many."""
    calendar, opened = get_calendar(), 0
    for year, kind, period in _missing(today):
        planned_on = rules.proposed_on(kind, year, period, calendar)
        meeting = Meeting(year=year, kind=kind, period=period, planned_on=planned_on, proposed_on=planned_on)
        prepare(meeting)
        record(SYSTEM, "meeting.opened", f"meeting:{meeting.id}", year=year, kind=kind.label, span=period)
        opened += 1
    return opened


def _missing(today: date) -> Iterator[tuple[int, MeetingKind, int]]:
    years = db.session.scalars(
        select(PlanYear.year)
        .where(PlanYear.year.in_((today.year - 1, today.year)))
        .order_by(PlanYear.year)
        .with_for_update()
    ).all()
    for year in years:
        since = queries.ledger_since(year)
        known = {(meeting.kind, meeting.period) for meeting in queries.list_meetings(year)}
        for kind, periods in PERIODS.items():
            for period in periods:
                if (kind, period) not in known and rules.is_due(kind, year, period, today, since):
                    yield year, kind, period


def prepare(meeting: Meeting) -> None:
    """Store a new meeting with its chair, those invited and its agenda."""
    if meeting.chair_id is None:
        today = clock.today()
        chair = find_role_holder(Role.EXD, today) or find_role_holder(Role.MIN, today)
        meeting.chair_id = chair.id if chair else None
    db.session.add(meeting)
    db.session.flush()
    agenda.fill(meeting)
    invite(meeting)


def invite(meeting: Meeting) -> None:
    """Put the chair, the leaders in charge and the heads of units concerned on the list; nobody twice.

    A special consultation takes the heads of the units on its agenda (R3.7, R3.8).
    """
    units = None
    if meeting.kind is MeetingKind.SPECIAL:
        units = {item.goal.unit_id for item in meeting.items if item.goal is not None}
    wanted = dict.fromkeys(queries.heads_of(meeting.year, units), Capacity.HEAD)
    leaders = [*([meeting.chair_id] if meeting.chair_id else []), *queries.leaders_in_charge()]
    wanted = dict.fromkeys(leaders, Capacity.LEADER) | {
        person_id: capacity for person_id, capacity in wanted.items() if person_id not in leaders
    }
    known = {row.person_id for row in meeting.attendances}
    add_people(meeting, {key: value for key, value in wanted.items() if key not in known})


def add_people(meeting: Meeting, people: dict[int, Capacity]) -> None:
    """Invite people in the posts they hold today."""
    posts = positions_on(clock.today(), people) if people else {}
    for person_id, capacity in people.items():
        row = Attendance(person_id=person_id, capacity=capacity, position=posts.get(person_id, ""))
        meeting.attendances.append(row)
    db.session.flush()


def refresh_coming(today: date) -> int:
    """Bring the agendas of the meetings still to be held in time up to date; return how many changed."""
    calendar, changed = get_calendar(), 0
    for meeting in db.session.scalars(
        select(Meeting)
        .where(
            Meeting.state.in_((MeetingState.DRAFT, MeetingState.OPEN)),
            Meeting.year.in_((today.year - 1, today.year)),
        )
        .order_by(Meeting.id)
        .with_for_update(of=Meeting)
    ).all():
        if meeting.kind is MeetingKind.SPECIAL or today <= rules.due_on(
            meeting.kind, meeting.year, meeting.period, calendar
        ):
            changed += refresh_agenda(SYSTEM, meeting)
    return changed


def refresh_agenda(actor: Actor, meeting: Meeting) -> bool:
    """Fill the agenda again and invite who is concerned by now; say whether a matter came or went."""
    filled = agenda.fill(meeting)
    invite(meeting)
    if filled.new or filled.settled:
        record(
            actor, "meeting.agenda_refreshed", f"meeting:{meeting.id}", new=filled.new, cleared=filled.settled
        )
    return bool(filled.new or filled.settled)
