"""A county with a late goal, an open problem, and meetings on their way to locked minutes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask import g
from sqlalchemy import select

from fivestep_web.core import settings
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.supervision.meetings import minutes, opening, queries, services
from fivestep_web.supervision.meetings.models import AgendaItem, Meeting
from fivestep_web.supervision.meetings.rules import MeetingKind, Outcome, Presence
from fivestep_web.supervision.problems.models import Problem
from fivestep_web.supervision.problems.services import raise_problem
from tests.factories.accounts import user_with_role
from tests.factories.ledger import County, ProgressEventFactory, actor_of, make_county
from tests.remembered import remembered

TODAY = date(2026, 7, 16)
LATER = date(2026, 7, 31)


@dataclass
class Meetings:
    """The county, the executive deputy who chairs, the red goal's entry and the problem of another goal."""

    county: County
    chair: object
    red_goal_id: int
    problem_id: int

    def actor(self, name: str) -> Actor:
        return actor_of(self.chair if name == "chair" else getattr(self.county, name))

    @property
    def office(self) -> Actor:
        return self.actor("office")


def play(day: date) -> None:
    """Make *day* the business date."""
    _play(day.isoformat())
    g.pop("instance_settings", None)
    g.pop("rehearsal", None)


@remembered
def _play(day: str) -> None:
    settings.put("rehearsal_date", day)
    db.session.commit()


def make_meetings(today: date = TODAY) -> Meetings:
    """Return the county on *today* with a red goal, a green one and an open problem."""
    made = _make()
    play(today)
    made.problem_id = _raise(made)
    return made


@remembered
def _raise(made: Meetings) -> int:
    with unit_of_work():
        who, goal_id = actor_of(made.county.member), made.problem_id
        return raise_problem(who, goal_id, text="经费没有拨付", suggestion="请财政拨付").id


@remembered
def _make() -> Meetings:
    county = make_county()
    county.unit.periods[-1].leader = county.leader.person
    chair = user_with_role(Role.EXD)
    red = county.entry(name="走访全覆盖", deadline=date(2026, 6, 30))
    green = county.entry(name="整顿后进村", deadline=date(2026, 12, 31))
    ProgressEventFactory(goal=green.goal, happened_on=date(2026, 6, 30), done=Decimal(6))
    db.session.commit()
    return Meetings(county, chair, red.goal_id, green.goal_id)


@remembered
def open_meetings(today: date = TODAY) -> int:
    """Open what is due."""
    with unit_of_work():
        return opening.open_due(today)


def meeting_of(kind: MeetingKind, period: int) -> Meeting:
    """Return a meeting as it is stored."""
    return db.session.scalars(select(Meeting).where(Meeting.kind == kind, Meeting.period == period)).one()


def joint(period: int = 7) -> Meeting:
    return meeting_of(MeetingKind.JOINT, period)


def problem_of(made: Meetings) -> Problem:
    return db.session.get_one(Problem, made.problem_id)


def item_of(meeting: Meeting, source: str) -> AgendaItem:
    return next(item for item in meeting.items if item.source == source)


@remembered
def begin(made: Meetings, meeting_id: int, *, is_marked: bool = True) -> None:
    """Arrange, invite and start a meeting, with everybody present unless nobody is marked."""
    office = made.office
    with unit_of_work():
        meeting = queries.get_meeting(office, meeting_id, lock=True)
        place = services.Arrangement(meeting.planned_on, "09:00", "三楼会议室", meeting.chair_id)
        services.arrange(office, meeting, place)
        services.send_invitations(office, meeting)
        services.start(office, meeting)
        present = {row.id: Presence.PRESENT for row in meeting.attendances if is_marked}
        services.take_attendance(office, meeting, present, {})


def resolve(made: Meetings, item: AgendaItem, **facts: object) -> None:
    """Minute an item as decided."""
    said = {"matter": "由财政局拨付经费", "owner_id": made.county.member.person_id, "due_on": LATER, **facts}
    with unit_of_work():
        minutes.decide(
            made.office, db.session.get_one(AgendaItem, item.id), minutes.Decision(Outcome.RESOLVED, **said)
        )


@remembered
def minute_all(made: Meetings, meeting_id: int) -> None:
    """Decide on every item of a running meeting."""
    for item in list(db.session.get_one(Meeting, meeting_id).items):
        resolve(made, item)


@remembered
def close(made: Meetings, meeting_id: int) -> None:
    with unit_of_work():
        minutes.close(made.office, queries.get_meeting(made.office, meeting_id, lock=True))


def closed(made: Meetings, period: int = 7) -> Meeting:
    """Return the joint consultation of a month with locked minutes."""
    open_meetings(TODAY)
    meeting_id = joint(period).id
    begin(made, meeting_id)
    minute_all(made, meeting_id)
    close(made, meeting_id)
    return db.session.get_one(Meeting, meeting_id)
