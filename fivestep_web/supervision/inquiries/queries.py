"""Reads of inquiries; whoever reads a goal's ledger reads what was asked about it (R4.4, R4.6)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.reach import sees_goal
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.inquiries.models import Inquiry, InquiryReceipt, InquiryStep
from fivestep_web.supervision.inquiries.rules import (
    WITH_LEADER,
    WITH_UNIT,
    InquiryKind,
    InquiryState,
    StepKind,
)

PAGE = 50
OPEN, OVERDUE = "open", "overdue"


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a year's inquiries is looked at; *state* is a state, "open" or "overdue"."""

    year: int
    state: str = ""
    unit_id: int | None = None
    kind: InquiryKind | None = None

    @property
    def is_narrow(self) -> bool:
        return bool(self.state or self.unit_id or self.kind)


def _visible(actor: Actor) -> Select[Inquiry]:
    """Select the inquiries about goals the actor reads, raised, or received."""
    sent = select(InquiryReceipt.inquiry_id).where(InquiryReceipt.person_id == actor.person_id)
    query = select(Inquiry).join(Goal, Goal.id == Inquiry.goal_id)
    return query.where(or_(sees_goal(actor), Inquiry.raised_by_id == actor.person_id, Inquiry.id.in_(sent)))


def _with_goal(query: Select[Inquiry]) -> Select[Inquiry]:
    goal = contains_eager(Inquiry.goal)
    return query.options(
        goal.joinedload(Goal.unit), goal.joinedload(Goal.person), joinedload(Inquiry.raised_by)
    )


def get_inquiry(actor: Actor, inquiry_id: int, *, lock: bool = False, revision: int | None = None) -> Inquiry:
    """Return an inquiry with its history; hidden and absent look the same, Conflict when it changed."""
    query = _with_goal(_visible(actor).where(Inquiry.id == inquiry_id)).options(
        joinedload(Inquiry.escalated_to),
        selectinload(Inquiry.steps).joinedload(InquiryStep.person),
        selectinload(Inquiry.receipts).joinedload(InquiryReceipt.person),
    )
    if lock:
        query = query.with_for_update(of=Inquiry).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("没有这件质询，或不在您的查看范围内。"))
    if revision is not None and found.revision != revision:
        raise Conflict(_("这件质询在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return found


def is_overdue(today: date) -> ColumnElement[bool]:
    """Return the condition "the day has passed and the unit has said nothing that stands"."""
    return and_(Inquiry.state.in_(WITH_UNIT), Inquiry.due_on < today)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Goal.year == wanted.year]
    if wanted.unit_id is not None:
        conditions.append(Goal.unit_id == wanted.unit_id)
    if wanted.kind is not None:
        conditions.append(Inquiry.kind == wanted.kind)
    return conditions


def count_states(actor: Actor, wanted: Filter, today: date) -> dict[str, int]:
    """Return how many inquiries of unit and kind are in each state, open and overdue."""
    overdue = func.count().filter(is_overdue(today))
    rows = db.session.execute(
        _visible(actor)
        .where(*_conditions(wanted))
        .with_only_columns(Inquiry.state, func.count(Inquiry.id), overdue)
        .group_by(Inquiry.state)
    ).all()
    counts: dict[str, int] = defaultdict(int, {state.value: count for state, count, _late in rows})
    counts[OVERDUE] = sum(late for _state, _count, late in rows)
    counts[OPEN] = sum(count for state, count, _late in rows if state is not InquiryState.CLOSED)
    return counts


def list_inquiries(actor: Actor, wanted: Filter, page: int, today: date) -> Sequence[Inquiry]:
    """Return one page, and a row more where there is another: what the unit owes first, by its day."""
    query = _with_goal(_visible(actor).where(*_conditions(wanted)))
    if wanted.state == OVERDUE:
        query = query.where(is_overdue(today))
    elif wanted.state == OPEN:
        query = query.where(Inquiry.state != InquiryState.CLOSED)
    elif wanted.state:
        query = query.where(Inquiry.state == InquiryState(wanted.state))
    order = (
        Inquiry.state == InquiryState.CLOSED,
        Inquiry.state.in_(WITH_LEADER),
        Inquiry.due_on,
        Inquiry.id.desc(),
    )
    return db.session.scalars(query.order_by(*order).offset(page * PAGE).limit(PAGE + 1)).all()


def open_inquiries(year: int) -> Sequence[Inquiry]:
    """Return every inquiry of a year that is not closed, the oldest first."""
    query = select(Inquiry).join(Goal, Goal.id == Inquiry.goal_id)
    return db.session.scalars(
        _with_goal(query).where(Goal.year == year, Inquiry.state != InquiryState.CLOSED).order_by(Inquiry.id)
    ).all()


def of_goal(goal_id: int) -> Sequence[Inquiry]:
    """Return what was asked about a goal with its history, the oldest first."""
    return db.session.scalars(
        select(Inquiry)
        .where(Inquiry.goal_id == goal_id)
        .options(selectinload(Inquiry.steps).joinedload(InquiryStep.person))
        .order_by(Inquiry.id)
    ).all()


def urges_of(inquiry_ids: Sequence[int]) -> dict[int, int]:
    """Return how often each of these inquiries was urged."""
    rows = db.session.execute(
        select(InquiryStep.inquiry_id, func.count().label("urges"))
        .where(InquiryStep.inquiry_id.in_(inquiry_ids), InquiryStep.kind == StepKind.URGED)
        .group_by(InquiryStep.inquiry_id)
    )
    return {row.inquiry_id: row.urges for row in rows}
