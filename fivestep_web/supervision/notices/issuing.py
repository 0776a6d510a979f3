"""Issue notices for turns of colour, let ignored ones climb, offer talks (domain.md 8.3).

All of it runs with the supervision run locked, so that the numbers of a year have no gap and no double.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.audit.services import record
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.extensions import db
from fivestep_web.ledger.queries import Standing
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility import policy as goal_policy
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.notices import rules
from fivestep_web.supervision.notices.models import (
    NoticeClimb,
    NoticeRecipient,
    NoticeTalk,
    SupervisionNotice,
)
from fivestep_web.supervision.notices.people import Posts
from fivestep_web.supervision.notices.rules import AWAITING, Capacity, Colour
from fivestep_web.supervision.signals.models import SignalTurn
from fivestep_web.supervision.signals.turns import Turned

COLOURS = frozenset(colour.value for colour in Colour)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A notice that a goal's standing asks for."""

    goal: Goal
    standing: Standing
    colour: Colour

    @property
    def matter(self) -> str:
        return f"{rules.quoted(self.goal.topic.name)}课题：{self.goal.name}"

    @property
    def state(self) -> str:
        return f"{self.standing.result.signal.word}：{self.standing.result.reason}"


def wanted(turned: Iterable[Standing]) -> list[Wanted]:
    """Return the notices that goals which took these standings get: blue ones for key goals only."""
    coloured = {item.goal_id: item for item in turned if item.result.signal.colour in COLOURS}
    if not coloured:
        return []
    query = select(Goal).where(Goal.id.in_(coloured)).options(joinedload(Goal.topic))
    goals = {goal.id: goal for goal in db.session.scalars(query)}
    found = (
        Wanted(goals[goal_id], item, Colour(item.result.signal.colour)) for goal_id, item in coloured.items()
    )
    return [item for item in found if item.colour is not Colour.BLUE or goal_policy.is_key(item.goal)]


def issue(day: date, turned: Collection[Turned], posts: Posts) -> list[SupervisionNotice]:
    """Issue a notice for each turn that asks for one, in the order of the turns."""
    turns = {item.standing.goal_id: item.turn for item in turned}
    numbers: dict[int, int] = {}
    made = []
    for item in wanted(turned_one.standing for turned_one in turned):
        year = item.goal.year
        numbers[year] = numbers.get(year) or _last_number(year)
        numbers[year] += 1
        made.append(_new(day, item, turns[item.goal.id], numbers[year], posts.of(item.standing)))
    db.session.add_all(made)
    db.session.flush()
    for notice in made:
        record(
            SYSTEM, "notice.issued", f"notice:{notice.id}",
            number=notice.name, kind=notice.colour.label, goal_id=notice.goal_id, date=day,
        )  # fmt: skip
    return made


def _last_number(year: int) -> int:
    query = select(func.max(SupervisionNotice.number)).where(SupervisionNotice.year == year)
    return db.session.scalar(query) or 0


def _new(
    day: date, item: Wanted, turn: SignalTurn, number: int, people: Mapping[Capacity, int]
) -> SupervisionNotice:
    limit = rules.reply_by(item.colour, day, get_calendar())
    return SupervisionNotice(
        turn=turn,
        goal=item.goal,
        year=item.goal.year,
        number=number,
        colour=item.colour,
        issued_on=day,
        matter=item.matter,
        deadline=item.standing.due_on,
        standing=item.state,
        requirement=rules.REQUIREMENTS[item.colour],
        reply_by=limit,
        limit_on=limit,
        recipients=[
            NoticeRecipient(person_id=person_id, capacity=capacity, sent_on=day)
            for person_id, capacity in rules.receivers(item.colour, people).items()
        ],
    )


@dataclass(frozen=True, slots=True)
class Climbing:
    """A notice that nobody answered in time, and whom it goes to."""

    notice: SupervisionNotice
    capacity: Capacity
    person_id: int


def climbing(day: date, found: Collection[Standing], posts: Posts) -> list[Climbing]:
    """Return the notices that climb on *day*: not answered past their limit, the colour still shown."""
    standing = {item.goal_id: item for item in found}
    query = (
        select(SupervisionNotice)
        .join(SignalTurn, SignalTurn.id == SupervisionNotice.turn_id)
        .where(
            SupervisionNotice.state.in_(AWAITING),
            SupervisionNotice.limit_on < day,
            SignalTurn.ended_on.is_(None),
        )
        .options(selectinload(SupervisionNotice.climbs), selectinload(SupervisionNotice.recipients))
        .order_by(SupervisionNotice.id)
    )
    items = []
    for notice in db.session.scalars(query):
        if notice.goal_id not in standing:
            continue
        called = [climb.person_id for climb in notice.climbs]
        people = posts.of(standing[notice.goal_id])
        if goes_to := rules.climb_to(notice.colour, notice.level, people, called):
            items.append(Climbing(notice, *goes_to))
    return items


def climb(day: date, items: Collection[Climbing]) -> None:
    """Let each notice climb one level: who is called in receives it, and a new limit runs."""
    calendar = get_calendar()
    for item in items:
        notice = item.notice
        notice.level += 1
        limit_was = notice.limit_on
        notice.limit_on = rules.reply_by(notice.colour, limit_was, calendar)
        notice.climbs.append(
            NoticeClimb(
                level=notice.level,
                climbed_on=day,
                limit_was=limit_was,
                person_id=item.person_id,
                capacity=item.capacity,
            )
        )
        _receive(item, day)
        db.session.flush()
        record(
            SYSTEM, "notice.climbed", f"notice:{notice.id}",
            number=notice.name, level=notice.level, person=item.person_id, date=day,
        )  # fmt: skip


def _receive(item: Climbing, day: date) -> None:
    """Send the notice to whom it climbed; who had it for information is told anew."""
    known = {row.person_id: row for row in item.notice.recipients}
    if (row := known.get(item.person_id)) is None:
        row = NoticeRecipient(person_id=item.person_id, capacity=item.capacity, sent_on=day)
        item.notice.recipients.append(row)
    row.level, row.digest_on = item.notice.level, None


def talks_due(day: date) -> list[SupervisionNotice]:
    """Return the red notices whose goal has been red for more than 15 working days without a talk offered."""
    calendar = get_calendar()
    query = (
        select(SupervisionNotice)
        .join(SignalTurn, SignalTurn.id == SupervisionNotice.turn_id)
        .outerjoin(NoticeTalk, NoticeTalk.notice_id == SupervisionNotice.id)
        .where(
            SupervisionNotice.colour == Colour.RED,
            SignalTurn.ended_on.is_(None),
            NoticeTalk.notice_id.is_(None),
        )
        .options(joinedload(SupervisionNotice.turn))
        .order_by(SupervisionNotice.id)
    )
    return [
        notice
        for notice in db.session.scalars(query)
        if rules.talk_is_due(notice.turn.turned_on, day, calendar)
    ]


def offer_talks(day: date, notices: Collection[SupervisionNotice]) -> None:
    """Offer the minister a talk with the unit head about each."""
    for notice in notices:
        db.session.add(NoticeTalk(notice_id=notice.id, offered_on=day))
        db.session.flush()
        record(SYSTEM, "notice.talk_offered", f"notice:{notice.id}", number=notice.name, date=day)
