"""Goals made after their letter went out, taken into its new version by a change order (R2.1, R2.12)."""

from collections.abc import Collection, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError
from fivestep_web.core.filters import full_date
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes import checks
from fivestep_web.responsibility.changes.fields import (
    DATES,
    FIGURES,
    TAKEN_IN,
    TEXTS,
    label_of,
    milestone_field,
)
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, Milestone
from fivestep_web.responsibility.rules import GONE, UPPER_KIND


def list_left_out(letter: Letter, order_id: int | None = None) -> Sequence[Goal]:
    """Return the goals of the letter's sheet that are not due and in no letter, the order's new one apart."""
    person_id = letter.responsible_id if letter.kind in UPPER_KIND else None
    sheet = goal_services.sheet_of(letter.year, letter.unit_id, person_id)
    query = (
        select(LetterGoal.goal_id)
        .join(Letter, Letter.id == LetterGoal.letter_id)
        .where(
            LetterGoal.goal_id.in_([goal.id for goal in sheet]),
            Letter.kind == letter.kind,
            Letter.state.not_in(GONE),
        )
    )
    if order_id is not None:
        query = query.where(Letter.change_order_id.is_distinct_from(order_id))
    carried = set(db.session.scalars(query))
    return [goal for goal in sheet if goal.id not in carried and goal.deadline >= clock.today()]


def items_of(letter: Letter, order_id: int | None, goal_ids: Collection[int]) -> list[ChangeItem]:
    """Return what an order holds for goals to be taken in: all that each says, to be approved as it is.

    Raises FieldError for a goal that is not left out.
    """
    left_out = {goal.id: goal for goal in list_left_out(letter, order_id)} if goal_ids else {}
    if not set(goal_ids) <= left_out.keys():
        raise FieldError(TAKEN_IN, _("只能列入还没有写进责任书、还没有到期的目标，请重新勾选"))
    described = _described([goal for goal in left_out.values() if goal.id in goal_ids])
    return [
        ChangeItem(goal_id=goal_id, field=TAKEN_IN, before="", after=text)
        for goal_id, text in described.items()
    ]


def goals_of(order: ChangeOrder, letter: Letter) -> Sequence[Goal]:
    """Return the goals that *order* takes into *letter*, its new one.

    Raises Conflict for one that says something else than was asked for, DomainError for one no longer left
    out.
    """
    asked = {item.goal_id: item.after for item in order.items if item.field == TAKEN_IN}
    goals = [goal for goal in list_left_out(letter, order.id) if goal.id in asked] if asked else []
    if len(goals) < len(asked):
        raise DomainError(_("要列入的目标有的已经到期、移交或写进别的责任书，请申请人修改变更单"))
    for goal_id, text in _described(goals).items():
        if asked[goal_id] != text:
            name = next(goal.name for goal in goals if goal.id == goal_id)
            raise Conflict(_("要列入的目标“%(goal)s”在申请之后已有变化，请申请人修改变更单", goal=name))
    return goals


def _described(goals: Sequence[Goal]) -> dict[int, str]:
    """Return all that goals say, a line for each fact, by goal."""
    phases = checks.phases_of([goal.id for goal in goals])
    return {goal.id: _text(goal, phases[goal.id]) for goal in goals}


def _text(goal: Goal, phases: Mapping[int, Milestone]) -> str:
    facts = {field: checks.spelled(goal, field, {}, phases) for field in (*TEXTS, *FIGURES)}
    facts |= {field: full_date(day) for field in DATES if (day := getattr(goal, field))}
    facts |= {milestone_field(place): full_date(phase.due_on) for place, phase in sorted(phases.items())}
    facts["person_id"] = goal.person.name
    return "\n".join(f"{label_of(field)}：{text}" for field, text in facts.items() if text)
