"""What a goal must say, and what its tree adds up to, pure (R2.3, R2.4, R2.12)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
WHOLE = Decimal(1)
EXAMPLE = "例如“20个后进村逐村验收合格，12月10日前报县委组织部备案”"
VAGUE = (
    "加强", "推进", "推动", "提高", "提升", "强化", "深化", "促进", "改善", "完善", "优化", "加大",
    "做好", "抓好", "落实", "重视", "努力", "切实", "扎实", "着力", "不断", "进一步", "有效", "大力",
)  # fmt: skip
_CHECKABLE = re.compile(
    r"[0-9０-９%％]|百分之|[一二三四五六七八九十百千两][个项次份人名村户期篇场件家所支类级名条件]"
    r"|全部|全覆盖|逐|每[个项次月季周年人村名]|验收|合格|达标|不低于|不少于|不超过|以上|以内|零|无一|未发生"
    r"|完成|印发|出台|建成|报送|报告|备案|归档|签订|公示|通过|批复|上线|入库|形成|建立"
)


class StandardError(ValueError):
    """A goal says nothing that could be checked (R2.3); the message is for the person who mends *field*."""

    def __init__(self, message: str, field: str = "completion_standard") -> None:
        super().__init__(message)
        self.field = field


def is_numeric(measure_unit: str, indicator: str) -> bool:
    """Say whether a goal is measured by a number: it names an indicator or a unit of measure (R2.3)."""
    return bool(measure_unit.strip() or indicator.strip())


def stored_target(typed: Decimal | None) -> Decimal:
    """Return the target progress is measured by: done or not, 1, for a goal with a deliverable alone."""
    return WHOLE if typed is None else typed


def typed_target(stored: Decimal | None, measure_unit: str, indicator: str) -> Decimal | None:
    """Return the target as it was typed; none for a goal with a deliverable alone, which is stored as 1."""
    return None if stored == WHOLE and not is_numeric(measure_unit, indicator) else stored


def target_text(stored: Decimal | None, measure_unit: str, indicator: str) -> str:
    """Return the target as it is written: 20个, 100%; empty for a goal with a deliverable alone."""
    target = typed_target(stored, measure_unit, indicator)
    return "" if target is None else f"{format(target.normalize() + 0, 'f')}{measure_unit}"


def conditions_of(acceptance: str) -> list[str]:
    """Return the acceptance conditions, one a line, without numbering and empty lines."""
    lines = (
        re.sub(r"^\s*(?:[0-9]+[.、．)）]|[（(][0-9]+[)）])\s*", "", line) for line in acceptance.splitlines()
    )
    return [line.strip() for line in lines if line.strip()]


def is_bare_words(text: str) -> bool:
    """Say whether a standard only asks to 加强, 推进, 提高…, without a number or a condition to check."""
    return any(word in text for word in VAGUE) and not _CHECKABLE.search(text)


def check_standard(
    *,
    standard: str,
    target: Decimal | None,
    measure_unit: str = "",
    indicator: str = "",
    deliverable: str = "",
    acceptance: str = "",
) -> None:
    """Raise StandardError unless a goal is quantified (R2.3).

    Numeric: a target number with its unit of measure or its indicator. Otherwise a deliverable with at least
    one acceptance condition. *target* is None where none was typed. The completion standard, and each
    condition, must not be bare words.
    """
    conditions = conditions_of(acceptance)
    if not standard.strip():
        raise StandardError("请填写完成标准，写明做到什么程度、怎样算完成")
    if conditions and not deliverable.strip():
        raise StandardError("写了验收条件，还没有写交付成果，请写明交出什么")
    if deliverable.strip() and not conditions:
        raise StandardError("写了交付成果，还没有验收条件，请至少写一条，例如“经部务会审议通过并印发”")
    is_measured = is_numeric(measure_unit, indicator)
    if not conditions and (target is None or not is_measured):
        raise StandardError("请填写目标值和计量单位（或指标名称），或者写明交付成果和至少一条验收条件")
    if target is None and is_measured:
        raise StandardError("写了计量单位或指标名称，还没有写目标值，请填写目标值", "target")
    for condition in conditions:
        if is_bare_words(condition):
            raise StandardError(f"验收条件“{condition}”无法对照检查，请写出数量或可核对的结果")
    if not conditions and is_bare_words(standard):
        raise StandardError(
            f"完成标准只有“加强、推进、提高”一类的话，无法对照检查，请写出数量或可核对的结果，{EXAMPLE}"
        )


@dataclass(frozen=True, slots=True)
class Branch:
    """A goal as the tree adds it up: *share* is its own completion, 0–1, None where it has none to show."""

    id: int
    parent_id: int | None
    points: Decimal
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RollUp:
    """What a goal's tasks come to: *share* combined and weighted by points, *points* their sum."""

    tasks: int
    points: Decimal
    share: Decimal | None


def roll_up(branches: Iterable[Branch]) -> dict[int, RollUp]:
    """Return for each goal with tasks what they come to, from the leaves up (R2.5).

    A task that has tasks of its own counts with theirs. Tasks that do not apply (share None) are left out;
    where the points of all others are nothing each counts the same.
    """
    known = {branch.id: branch for branch in branches}
    children: dict[int, list[Branch]] = {}
    for branch in known.values():
        if branch.parent_id in known:
            children.setdefault(branch.parent_id, []).append(branch)
    found: dict[int, RollUp] = {}
    for goal_id in _leaves_first(children):
        tasks = children[goal_id]
        shares = [(task.points, found[task.id].share if task.id in found else task.share) for task in tasks]
        points = sum((task.points for task in tasks), Decimal(0))
        found[goal_id] = RollUp(len(tasks), points, _mean(shares))
    return found


def _leaves_first(children: Mapping[int, Sequence[Branch]]) -> list[int]:
    """Return the goals that have tasks, each after those below it; what hangs in a circle is left out."""
    below = {branch.id for branches in children.values() for branch in branches}
    order, waiting = [], [goal_id for goal_id in children if goal_id not in below]
    while waiting:
        goal_id = waiting.pop()
        order.append(goal_id)
        waiting += [branch.id for branch in children[goal_id] if branch.id in children]
    return order[::-1]


def _mean(shares: Iterable[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    given = [(points, share) for points, share in shares if share is not None]
    if not given:
        return None
    total = sum((points for points, _share in given), Decimal(0))
    if total <= 0:
        given, total = [(Decimal(1), share) for _points, share in given], Decimal(len(given))
    return sum((points * share for points, share in given), Decimal(0)) / total


@dataclass(frozen=True, slots=True)
class Carried:
    """A goal as a load: who leads it (None: nobody); *weight* is that of a unit goal on its sheet of 100."""

    id: int
    parent_id: int | None
    person_id: int | None
    points: Decimal
    weight: Decimal


def loads(goals: Iterable[Carried]) -> dict[int, Decimal]:
    """Return how much of the 100 of the units' sheets each person carries (R2.12), two places.

    A unit goal's weight goes down to its tasks by their points (all the same where none has points); who
    leads a goal without tasks carries what arrives there: the loads of a unit and what nobody carries total
    its sheet.
    """
    known = {goal.id: goal for goal in goals}
    children: dict[int, list[Carried]] = {}
    for goal in known.values():
        if goal.parent_id in known:
            children.setdefault(goal.parent_id, []).append(goal)
    carried: dict[int, Decimal] = {}
    waiting = [(goal, goal.weight) for goal in known.values() if goal.parent_id is None]
    while waiting:
        goal, weight = waiting.pop()
        tasks = children.get(goal.id)
        if not tasks:
            if goal.person_id is not None:
                carried[goal.person_id] = carried.get(goal.person_id, Decimal(0)) + weight
            continue
        total = sum((task.points for task in tasks), Decimal(0))
        for task in tasks:
            part = task.points / total if total > 0 else Decimal(1) / len(tasks)
            waiting.append((task, weight * part))
    return {person_id: weight.quantize(CENT, ROUND_HALF_UP) for person_id, weight in carried.items()}
