"""Changing goals before they are signed (R2.1-R2.3)."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import func, select

from fivestep_web.audit.services import record
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.responsibility import drafting, policy
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, Milestone
from fivestep_web.responsibility.rules import LetterState

FREE_STATES = (LetterState.DRAFT, LetterState.OBJECTED, LetterState.VOID)


@dataclass(frozen=True)
class GoalFacts:
    """What may be edited of a goal."""

    name: str
    completion_standard: str
    target: Decimal
    measure_unit: str
    starts_on: date | None
    deadline: date
    points: Decimal


def find_fixing_letter(goal: Goal) -> str | None:
    """Return the number of the letter that fixes this goal's text, none while it may still be edited."""
    return db.session.scalar(
        select(Letter.number)
        .join(LetterGoal, LetterGoal.letter_id == Letter.id)
        .where(LetterGoal.goal_id == goal.id, Letter.state.not_in(FREE_STATES))
        .limit(1)
    )


def check_editable(actor: Actor, goal: Goal) -> None:
    """Raise NotAllowed for another's goal, Conflict for one a letter fixes: that needs a change order."""
    if not policy.can_edit_goal(actor, goal):
        raise NotAllowed(_("这个目标不由您编制"))
    number = find_fixing_letter(goal)
    if number:
        raise Conflict(_("目标已写入责任书 %(number)s，不能直接修改，请走变更程序", number=number))


def update_goal(actor: Actor, goal: Goal, facts: GoalFacts, *, revision: int) -> None:
    """Change a goal that no issued letter carries; each change is logged with the old value.

    Drafts that carry it follow. Raises Conflict for a stale form and for a goal a letter fixes, DomainError
    for facts that cannot be so.
    """
    check_editable(actor, goal)
    if revision != goal.revision:
        raise Conflict(_("目标在您打开之后已被修改，没有保存。请对照现在的内容修改后再保存"))
    facts = replace(
        facts,
        name=facts.name.strip(),
        completion_standard=facts.completion_standard.strip(),
        measure_unit=facts.measure_unit.strip(),
    )
    _check(goal, facts)
    changes = {}
    for name, value in vars(facts).items():
        old = getattr(goal, name)
        if old != value:
            changes[name] = [old, value]
            setattr(goal, name, value)
    if changes:
        db.session.flush()
        drafting.refresh_drafts_of(goal)
        record(actor, "goal.updated", f"goal:{goal.id}", changes=changes)


def _check(goal: Goal, facts: GoalFacts) -> None:
    if not facts.name:
        raise DomainError(_("请填写目标名称"))
    if not facts.completion_standard:
        raise DomainError(_("请填写完成标准，写明做到什么程度、怎样算完成"))
    if facts.starts_on and facts.deadline < facts.starts_on:
        raise DomainError(_("完成时限早于开始日期，请核对后修改"))
    if facts.deadline.year != goal.year:
        raise DomainError(_("完成时限应在 %(year)s 年内", year=goal.year))
    first, last = db.session.execute(
        select(func.min(Milestone.due_on), func.max(Milestone.due_on)).where(Milestone.goal_id == goal.id)
    ).one()
    if last and last > facts.deadline:
        raise DomainError(_("有阶段节点的时限是 %(day)s，完成时限不能早于它", day=last))
    if first and facts.starts_on and first < facts.starts_on:
        raise DomainError(_("有阶段节点的时限是 %(day)s，开始日期不能晚于它", day=first))
