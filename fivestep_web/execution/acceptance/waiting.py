"""Phases that wait: for the actor's acceptance, or sent back for the actor to mend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, false, func, not_, or_, select

from fivestep_web.core.permissions import Actor, Permission, Scope
from fivestep_web.core.waiting import WaitingItem
from fivestep_web.execution.acceptance.models import MilestoneSubmission
from fivestep_web.execution.acceptance.rules import Outcome
from fivestep_web.execution.reach import sees_goal
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.responsibility.rules import MilestoneState

MOST_OTHERS = 100


@dataclass(frozen=True, slots=True)
class WaitingPhase:
    """A phase handed in or sent back, as the list names it."""

    id: int
    name: str
    goal_id: int
    goal: str
    unit: str
    due_on: date
    submitted_by: str
    submitted_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Group:
    """Phases that wait for the same: *title* says for what, *empty* what it means that there are none."""

    title: str
    empty: str
    phases: Sequence[WaitingPhase]


def _for_acceptance(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "handed in, and the actor is the one asked to accept it".

    Personal tasks are asked of the unit head, unless owned or handed in by the head; these and unit goals of
    the unit's leader in charge; what that leader owns, or has nobody in charge, of who may accept everything.
    """
    if actor.person_id is None or not actor.may(Permission.MILESTONE_ACCEPT):
        return false()
    scopes = actor.scopes(Permission.MILESTONE_ACCEPT)
    others = (Goal.person_id, MilestoneSubmission.submitted_by_id)
    head_accepts = and_(Goal.parent_id.is_not(None), *(UnitPeriod.head_id != person for person in others))
    head_accepts = func.coalesce(case((head_accepts, 1), else_=0), 0) == 1
    asked = [and_(Goal.unit_id.in_(actor.charge), not_(head_accepts))]
    if Scope.UNIT in scopes:
        asked.append(and_(Goal.parent_id.is_not(None), Goal.unit_id == actor.unit_id))
    if Scope.ALL in scopes:
        nobody = or_(UnitPeriod.leader_id.is_(None), *(UnitPeriod.leader_id == person for person in others))
        asked.append(and_(nobody, not_(head_accepts)))
    return and_(
        Milestone.state == MilestoneState.SUBMITTED,
        MilestoneSubmission.outcome.is_(None),
        *(person != actor.person_id for person in others),
        or_(*asked),
    )


def _to_mend(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "sent back, and the actor owns the goal or handed it in"."""
    if actor.person_id is None:
        return false()
    mine = or_(Goal.person_id == actor.person_id, MilestoneSubmission.submitted_by_id == actor.person_id)
    return and_(
        Milestone.state == MilestoneState.SENT_BACK, MilestoneSubmission.outcome == Outcome.SENT_BACK, mine
    )


def _latest() -> ColumnElement[bool]:
    other = MilestoneSubmission.__table__.alias()
    last = select(func.max(other.c.number)).where(other.c.milestone_id == Milestone.id).scalar_subquery()
    return MilestoneSubmission.number == last


def _joined(statement: Select[*tuple[Any, ...]], year: int) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(MilestoneSubmission)
        .join(Milestone, Milestone.id == MilestoneSubmission.milestone_id)
        .join(Goal, Goal.id == Milestone.goal_id)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Goal.unit_id, UnitPeriod.valid_to.is_(None)))
        .where(Goal.year == year, _latest())
    )


def counts(actor: Actor, year: int) -> list[ScalarSelect[int]]:
    """Return subqueries that count what waits, none for who neither accepts nor reports."""
    conditions = []
    if actor.may(Permission.MILESTONE_ACCEPT):
        conditions.append(_for_acceptance(actor))
    if actor.may(Permission.PROGRESS_REPORT):
        conditions.append(_to_mend(actor))
    return [
        _joined(select(func.count(Milestone.id)), year).where(condition).scalar_subquery()
        for condition in conditions
    ]


def list_waiting(actor: Actor, year: int) -> list[WaitingItem]:
    """Return what waits for the actor: phases to accept, then phases sent back."""
    if not counts(actor, year):
        return []
    found = _list(actor, year, or_(_for_acceptance(actor), _to_mend(actor)))
    return [
        WaitingItem(
            _("%(goal)s · %(phase)s", goal=phase.goal, phase=phase.name),
            _("退回整改：%(reason)s", reason=phase.reason)
            if phase.reason
            else _("%(name)s提交，待验收", name=phase.submitted_by),
            "acceptance.milestone_show",
            {"milestone_id": phase.id},
        )
        for phase in sorted(found, key=lambda phase: bool(phase.reason))
    ]


def list_groups(actor: Actor, year: int) -> list[Group]:
    """Return what the list shows: to accept, to mend, and what else the actor sees waiting for acceptance."""
    waits = and_(Milestone.state == MilestoneState.SUBMITTED, sees_goal(actor))
    groups = []
    if actor.may(Permission.MILESTONE_ACCEPT):
        mine = _list(actor, year, _for_acceptance(actor))
        groups.append(Group(_("待我验收"), _("没有等您验收的阶段"), mine))
    if actor.may(Permission.PROGRESS_REPORT):
        mine = _list(actor, year, _to_mend(actor))
        groups.append(Group(_("退回整改"), _("没有退回给您整改的阶段"), mine))
    others = _list(actor, year, and_(waits, not_(_for_acceptance(actor))))
    groups.append(Group(_("其他待验收"), _("没有其他等待验收的阶段"), others))
    return groups


def _list(actor: Actor, year: int, condition: ColumnElement[bool]) -> list[WaitingPhase]:
    statement = select(
        Milestone.id,
        Milestone.name,
        Goal.id,
        Goal.name,
        UnitPeriod.name,
        Milestone.due_on,
        Person.name,
        MilestoneSubmission.submitted_on,
        MilestoneSubmission.reason,
    )
    rows: Iterable[Any] = db.session.execute(
        _joined(statement, year)
        .join(Person, Person.id == MilestoneSubmission.submitted_by_id)
        .where(condition, sees_goal(actor))
        .order_by(MilestoneSubmission.submitted_at, Milestone.id)
        .limit(MOST_OTHERS)
    )
    return [WaitingPhase(*row) for row in rows]
