"""Some tasks of a comrade's letter go to another comrade of the unit, the rest stays (R2.1: 调整责任人)."""

from collections.abc import Collection

from flask_babel import gettext as _

from fivestep_web.core.errors import DomainError, FieldError
from fivestep_web.responsibility.changes import handover
from fivestep_web.responsibility.changes.handover import Items
from fivestep_web.responsibility.coverage import loads
from fivestep_web.responsibility.coverage.rules import Share
from fivestep_web.responsibility.models import Letter, LetterGoal
from fivestep_web.responsibility.rules import UPPER_KIND


def list_tasks(letter: Letter) -> list[LetterGoal]:
    """Return the tasks that may go to another comrade; none where only one is left to keep."""
    own = _own(letter)
    return own if letter.kind in UPPER_KIND and len(own) > 1 else []


def _own(letter: Letter) -> list[LetterGoal]:
    return [item for item in letter.goals if item.goal.person_id == letter.responsible_id]


def list_takers(letter: Letter) -> list[tuple[int, str]]:
    """Return the comrades in post in the unit, its head apart, each with the number of goals carried now."""
    carried = loads.list_loads(letter.year)
    return [
        (person_id, _("%(name)s，现有目标 %(count)s 项", name=name, count=_count(carried, person_id)))
        for person_id, name in handover.list_successors(letter)
    ]


def _count(carried: dict[int, Share], person_id: int) -> int:
    return carried[person_id].goals if person_id in carried else 0


def items_of(letter: Letter, goal_ids: Collection[int], taker_id: int | None) -> Items:
    """Return what the order changes: the owner of the chosen tasks, by staff code.

    Raises DomainError for a letter of a unit, for no or every task, and for who may not take them.
    """
    if letter.kind not in UPPER_KIND:
        raise DomainError(_("单位责任书的责任人用“申请变更”调整"))
    own = [item.goal_id for item in _own(letter)]
    if not goal_ids:
        raise FieldError("tasks", _("请勾选要调整的任务"))
    if not set(goal_ids) <= set(own):
        raise FieldError("tasks", _("只能调整这份责任书里的任务，请刷新后重新勾选"))
    if set(goal_ids) == set(own):
        raise FieldError(
            "tasks",
            _("全部任务都调整出去就是整份移交，请用“职务变动移交”办理；只调整一部分的，至少留下一项"),
        )
    if taker_id is None:
        raise FieldError("successor_id", _("请选择由谁承接"))
    if taker_id == letter.responsible_id:
        raise FieldError(
            "successor_id",
            _("%(name)s就是这些任务现在的责任人，请选择另一位同志", name=letter.responsible.name),
        )
    code = handover.code_of_successor(letter, taker_id)
    return {goal_id: {"person_id": code} for goal_id in own if goal_id in goal_ids}
