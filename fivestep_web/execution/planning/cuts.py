"""What would make a plan fit that is too long, each tried before it is offered; pure (domain 8.1)."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.execution.planning.rules import (
    Layout,
    LimitKind,
    Neighbour,
    PlannedPhase,
    lay_out,
)
from fivestep_web.execution.rules import ScheduleError, split_workdays


@dataclass(frozen=True, slots=True)
class Cut:
    """One way to make a plan fit: what it says, and the phases and the start it leads to.

    *elsewhere* names the goal whose plan has to be changed for it, none for a change of this plan.
    """

    text: str
    phases: Sequence[PlannedPhase]
    start_on: date
    elsewhere: Neighbour | None = None


def cuts_for(layout: Layout, calendar: WorkCalendar, *, may_merge: bool = True) -> list[Cut]:
    """Return the different ways to make *layout* fit; none for one that does.

    *may_merge* says whether the number of phases may change. No way moves the deadline.
    """
    found: dict[tuple[object, ...], Cut] = {}
    for cut in _candidates(layout, calendar, may_merge=may_merge) if layout.excess else ():
        if _fits(cut, layout, calendar):
            key = (cut.start_on, *((phase.name, phase.workdays) for phase in cut.phases))
            found.setdefault(key, cut)
    return list(found.values())


def _fits(cut: Cut, layout: Layout, calendar: WorkCalendar) -> bool:
    if any(phase.workdays < 1 for phase in cut.phases):
        return False
    waits_for = [
        replace(goal, day=goal.day if goal.name != cut.elsewhere.name else cut.elsewhere.day)
        if cut.elsewhere
        else goal
        for goal in layout.window.waits_for
    ]
    window = replace(layout.window, start_on=cut.start_on, waits_for=waits_for)
    return lay_out([replace(phase, weight=None) for phase in cut.phases], window, calendar).is_feasible


def _candidates(layout: Layout, calendar: WorkCalendar, *, may_merge: bool) -> Iterator[Cut]:
    plans = [phase.plan for phase in layout.phases]
    for heading, lengths in _shorter(layout):
        phases = [replace(plan, workdays=length) for plan, length in zip(plans, lengths, strict=False)]
        text = f"{heading}，共减少{layout.excess}个工作日：{_changes(layout, lengths)}"
        yield Cut(text, [*phases, *plans[len(lengths) :]], layout.window.start_on)
    if may_merge:
        yield from _merged(layout)
    yield from _earlier(layout)
    yield from _sooner(layout, calendar)
    yield from _released(layout, calendar)


def _shorter(layout: Layout) -> Iterator[tuple[str, list[int]]]:
    """Yield headings with shorter lengths of the phases up to the first with a fixed end: only these help."""
    ends = [place for place, phase in enumerate(layout.phases) if phase.limit is not LimitKind.NEXT_PHASE]
    lengths = [phase.plan.workdays for phase in layout.phases[: ends[0] + 1]]
    excess, order = layout.excess, sorted(range(len(lengths)), key=lambda place: -lengths[place])
    yield "缩短最长的阶段", _without(lengths, {order[0]: excess})
    if len(lengths) == 1:
        return
    with suppress(ScheduleError):
        yield "各阶段按比例缩短", split_workdays(sum(lengths) - excess, list(map(Decimal, lengths)))
    yield "各阶段平均缩短", _evenly(lengths, excess)
    half = excess // 2
    yield "缩短最长的两个阶段", _without(lengths, {order[0]: excess - half, order[1]: half})
    yield "从最后的阶段起依次缩短", _in_turn(lengths, excess)


def _without(lengths: Sequence[int], less: dict[int, int]) -> list[int]:
    return [length - less.get(place, 0) for place, length in enumerate(lengths)]


def _evenly(lengths: Sequence[int], excess: int) -> list[int]:
    """Take a day from each phase in turn, the longest first, as long as it has two."""
    left = list(lengths)
    order = sorted(range(len(left)), key=lambda place: -left[place])
    while excess and max(left) > 1:
        for place in order:
            if excess and left[place] > 1:
                left[place] -= 1
                excess -= 1
    return left


def _in_turn(lengths: Sequence[int], excess: int) -> list[int]:
    """Halve phases from the last one on until enough is gone."""
    left = list(lengths)
    for place in reversed(range(len(left))):
        less = min(excess, left[place] // 2)
        left[place] -= less
        excess -= less
    return left


def _changes(layout: Layout, lengths: Sequence[int]) -> str:
    return "，".join(
        f"第{phase.sequence}阶段由{phase.plan.workdays}个改为{length}个"
        for phase, length in zip(layout.phases, lengths, strict=False)
        if length != phase.plan.workdays
    )


def _merged(layout: Layout) -> Iterator[Cut]:
    """Yield the plan with a short phase taken into the one after it, which keeps its length."""
    plans = [phase.plan for phase in layout.phases]
    enough = [place for place in range(len(plans) - 1) if plans[place].workdays >= layout.excess]
    for place in sorted(enough, key=lambda place: plans[place].workdays)[:1]:
        gone, into = plans[place], plans[place + 1]
        weight = None if gone.weight is None or into.weight is None else gone.weight + into.weight
        text = (
            f"把第{layout.phases[place].sequence}阶段“{gone.name}”并入后一阶段“{into.name}”同步开展，"
            f"减少{gone.workdays}个工作日"
        )
        merged = replace(into, weight=weight)
        yield Cut(text, [*plans[:place], merged, *plans[place + 2 :]], layout.window.start_on)


def _earlier(layout: Layout) -> Iterator[Cut]:
    """Yield the plan begun on its latest start, where nothing forbids a start that early."""
    start, window = layout.must_start_by, layout.window
    if (window.not_before is None or start >= window.not_before) and start < window.start_on:
        text = f"计划开始提前到{start.month}月{start.day}日（提前{layout.excess}个工作日）"
        yield Cut(text, [phase.plan for phase in layout.phases], start)


def _sooner(layout: Layout, calendar: WorkCalendar) -> Iterator[Cut]:
    """Yield the plan after one goal it waits for ended sooner, where that goal's own plan has the days."""
    for goal in layout.window.waits_for:
        wanted = calendar.add_workdays(layout.must_start_by, -1)
        days = calendar.workdays_between(wanted, goal.day)
        if 0 < days <= (goal.slack or 0):
            text = (
                f"目标“{goal.name}”提前{days}个工作日，到{wanted.month}月{wanted.day}日办完"
                f"（它的计划还有{goal.slack}个工作日机动时间）"
            )
            phases = [phase.plan for phase in layout.phases]
            yield Cut(text, phases, layout.window.start_on, replace(goal, day=wanted))


def _released(layout: Layout, calendar: WorkCalendar) -> Iterator[Cut]:
    """Yield the plan without days of its own to keep inside the goal, shortened where that is not enough."""
    plans = [phase.plan for phase in layout.phases]
    if all(plan.finish_by is None for plan in plans[:-1]):
        return
    free = [replace(plan, finish_by=None, weight=None) for plan in plans[:-1]]
    again = lay_out([*free, replace(plans[-1], weight=None)], layout.window, calendar)
    words = "放宽中间阶段“不晚于”的日期（写入责任书的须变更），由完成时限往前推"
    weighed = [
        replace(phase.plan, weight=plan.weight) for phase, plan in zip(again.phases, plans, strict=True)
    ]
    if again.is_feasible:
        yield Cut(words, weighed, layout.window.start_on)
        return
    for heading, lengths in _shorter(again):
        phases = [replace(plan, workdays=length) for plan, length in zip(weighed, lengths, strict=False)]
        text = f"{words}，再{heading}，共减少{again.excess}个工作日：{_changes(again, lengths)}"
        yield Cut(text, [*phases, *weighed[len(lengths) :]], layout.window.start_on)
