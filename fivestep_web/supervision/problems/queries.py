"""Reads of problems: those of goals whose ledger the reader may see."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.execution.reach import sees_goal
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.org.models import Unit
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.problems.models import Problem
from fivestep_web.supervision.problems.rules import ProblemState

SHOWN = 500  # a county raises some dozens a year


def visible_to(actor: Actor) -> Select[Problem]:
    """Select the problems of the goals whose ledger *actor* may read."""
    return select(Problem).join(Problem.goal).where(sees_goal(actor))


def _facts() -> tuple[object, ...]:
    goal = joinedload(Problem.goal)
    return (
        goal.joinedload(Goal.unit).joinedload(Unit.current),
        goal.joinedload(Goal.topic),
        joinedload(Problem.raised_by),
        joinedload(Problem.owner),
        joinedload(Problem.solved_by),
        joinedload(Problem.unit).joinedload(Unit.current),
    )


def get_problem(actor: Actor, problem_id: int, *, lock: bool = False, revision: int | None = None) -> Problem:
    """Return a problem; hidden and absent look the same. Conflict when it changed since it was shown."""
    statement = visible_to(actor).where(Problem.id == problem_id)
    if lock:
        statement = statement.with_for_update(of=Problem).execution_options(populate_existing=True)
    problem: Problem | None = db.session.scalar(statement.options(*_facts()))  # type: ignore[arg-type]
    if problem is None:
        raise NotFound(_("没有这个问题，或不在您的查看范围内。"))
    if revision is not None and problem.revision != revision:
        raise Conflict(_("这个问题在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return problem


def list_problems(
    actor: Actor,
    year: int,
    *,
    unit_id: int | None = None,
    goal_id: int | None = None,
    state: ProblemState | None = None,
) -> Sequence[Problem]:
    """Return the year's problems, open ones first, each group the latest raised first."""
    statement = visible_to(actor).where(Problem.year == year)
    if unit_id is not None:
        statement = statement.where(Goal.unit_id == unit_id)
    if goal_id is not None:
        statement = statement.where(Problem.goal_id == goal_id)
    if state is not None:
        statement = statement.where(Problem.state == state)
    first = Problem.state != ProblemState.OPEN
    return db.session.scalars(
        statement.options(*_facts()).order_by(first, Problem.raised_on.desc(), Problem.id.desc()).limit(SHOWN)  # type: ignore[arg-type]
    ).all()


def list_open(year: int) -> Sequence[Problem]:
    """Return every open problem of a year in the order it was raised."""
    return db.session.scalars(
        select(Problem)
        .where(Problem.year == year, Problem.state == ProblemState.OPEN)
        .options(joinedload(Problem.goal))
        .order_by(Problem.raised_on, Problem.id)
    ).all()


def find_entry_id(goal_id: int) -> int | None:
    """Return the ledger entry of a goal, where it has one."""
    return db.session.scalar(select(LedgerEntry.id).where(LedgerEntry.goal_id == goal_id))


def list_goals(actor: Actor, year: int) -> Sequence[Goal]:
    """Return the year's goals in the ledger the actor may raise a problem on."""
    units = actor.units_for(Permission.PROBLEM_RAISE)
    statement = select(Goal).join(LedgerEntry, LedgerEntry.goal_id == Goal.id).where(Goal.year == year)
    if units is not None:
        statement = statement.where(or_(Goal.unit_id.in_(units), assignments.is_concerned(actor)))
    return db.session.scalars(statement.order_by(Goal.code)).all()


def get_goal(goal_id: int) -> Goal:
    """Return a goal that is in the ledger; NotFound for none."""
    goal = db.session.scalar(
        select(Goal)
        .join(LedgerEntry, LedgerEntry.goal_id == Goal.id)
        .where(Goal.id == goal_id)
        .options(joinedload(Goal.unit).joinedload(Unit.current), joinedload(Goal.topic))
    )
    if goal is None:
        raise NotFound(_("台账里没有这个目标，不能提出问题。"))
    return goal


def list_goals_of_ledger(year: int) -> list[tuple[int, str]]:
    """Return the year's goals in the ledger as (id, code and name)."""
    rows = db.session.execute(
        select(Goal.id, Goal.code, Goal.name)
        .join(LedgerEntry, LedgerEntry.goal_id == Goal.id)
        .where(Goal.year == year)
        .order_by(Goal.code)
    )
    return [(goal_id, f"{code} {name}") for goal_id, code, name in rows]
