"""Raise, solve and withdraw problems (R3.7)."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import Position, PostHolding
from fivestep_web.supervision.problems import policy, queries, rules
from fivestep_web.supervision.problems.models import Problem
from fivestep_web.supervision.problems.rules import Move


@dataclass(frozen=True, slots=True)
class Solution:
    """What is done about a problem, who does it and by when; *unit_id* is the responsible unit."""

    text: str
    owner_id: int
    due_on: date
    unit_id: int | None = None


def raise_problem(actor: Actor, goal_id: int, *, text: str, suggestion: str = "") -> Problem:
    """Put a problem of a goal in the ledger on record, for its leader in charge and the next consultation.

    Raises NotFound for a goal without a ledger entry, NotAllowed for another unit's goal, FieldError without
    a text.
    """
    goal = queries.get_goal(goal_id)
    if not policy.can_raise(actor, goal) or actor.person_id is None:
        raise NotAllowed(_("问题由承担目标的单位、协办同志或主管领导提出。"))
    if not text.strip():
        raise FieldError("text", _("请写明存在什么问题。"))
    problem = Problem(
        year=goal.year,
        goal_id=goal.id,
        text=text.strip(),
        suggestion=suggestion.strip(),
        raised_by_id=actor.person_id,
        raised_as=actor.position or actor.name,
        raised_on=clock.today(),
        raised_at=clock.now(),
    )
    db.session.add(problem)
    db.session.flush()
    record(actor, "problem.raised", f"problem:{problem.id}", goal_id=goal.id, text=problem.text)
    return problem


def solve(actor: Actor, problem: Problem, solution: Solution) -> None:
    """Record the solution the leader decided on: what, who, by when (R3.7: never closed without)."""
    if not policy.may_solve(actor, problem):
        raise NotAllowed(_("解决办法由主管领导决定；也可以提交联合会商研究。"))
    settle(actor, problem, solution, on=clock.today())


def settle(actor: Actor, problem: Problem, solution: Solution, *, on: date) -> None:
    """Record a solution decided on a day, by a leader or by a meeting; the caller asked who may."""
    target = rules.after(problem.state, Move.SOLVE)
    if target is None:
        raise Conflict(_("这个问题现在是“%(state)s”，请刷新后查看。", state=problem.state.label))
    if not solution.text.strip():
        raise FieldError("solution", _("请写明解决办法。"))
    if solution.due_on < on:
        raise FieldError("due_on", _("时限不能早于%(day)s。", day=on))
    problem.unit_id = solution.unit_id or unit_of(solution.owner_id)
    problem.state, problem.solution = target, solution.text.strip()
    problem.owner_id, problem.due_on = solution.owner_id, solution.due_on
    problem.solved_by_id, problem.solved_on = actor.person_id, on
    db.session.flush()
    record(
        actor, "problem.solved", f"problem:{problem.id}",
        note=problem.solution, person_id=problem.owner_id, deadline=problem.due_on,
    )  # fmt: skip


def unit_of(person_id: int) -> int:
    """Return the unit where somebody holds a post today; FieldError for who holds none."""
    unit_id = db.session.scalar(
        select(Position.unit_id)
        .join(PostHolding, PostHolding.position_id == Position.id)
        .where(PostHolding.person_id == person_id, holds_on(clock.today()))
        .order_by(PostHolding.id)
        .limit(1)
    )
    if unit_id is None:
        raise FieldError("owner_id", _("这位同志现在没有任职，请选择在岗的同志。"))
    return unit_id


def keep_open(actor: Actor, problem: Problem, reason: str) -> None:
    """Note why a meeting left a problem open."""
    problem.open_reason = reason.strip()
    db.session.flush()
    record(actor, "problem.kept_open", f"problem:{problem.id}", reason=problem.open_reason)


def withdraw(actor: Actor, problem: Problem, *, reason: str) -> None:
    """Take a problem back with the reason; only who raised it may."""
    if not policy.may_withdraw(actor, problem):
        raise NotAllowed(_("问题由提出人撤回。"))
    target = rules.after(problem.state, Move.WITHDRAW)
    if target is None:
        raise Conflict(_("这个问题现在是“%(state)s”，请刷新后查看。", state=problem.state.label))
    if not reason.strip():
        raise FieldError("reason", _("请写明撤回的理由。"))
    problem.state, problem.reason = target, reason.strip()
    db.session.flush()
    record(actor, "problem.withdrawn", f"problem:{problem.id}", reason=problem.reason)
