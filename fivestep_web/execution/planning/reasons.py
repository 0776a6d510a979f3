"""Why a date of a plan is what it is, in one sentence with its chain and the days skipped; pure (R3.5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.execution.planning.rules import LaidPhase, Layout, LimitKind
from fivestep_web.execution.rules import ONE_DAY

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Known:
    """The working calendar, and what days off are called."""

    calendar: WorkCalendar
    names: Mapping[date, str]


def why_end(layout: Layout, place: int, known: Known) -> str:
    """Return why the phase at *place* has to end on its day at the latest."""
    phase = layout.phases[place]
    head = f"{_title(phase)}最迟{_day(phase.end_on, layout)}结束："
    match phase.limit:
        case LimitKind.NEXT_PHASE:
            follower = layout.phases[place + 1]
            reason = f"第{follower.sequence}阶段“{follower.plan.name}”{_day(follower.start_on, layout)}开始"
            reason += _days_off(phase.end_on + ONE_DAY, follower.start_on - ONE_DAY, known)
            reason += f"；依次往后，{_chain(layout, place + 1)}"
        case LimitKind.DEADLINE:
            reason = f"完成时限是{_day(phase.limit_day, layout)}{_falls_off(phase)}"
        case LimitKind.AWAITED:
            waiting = min(layout.window.awaited_by, key=lambda neighbour: neighbour.day)
            reason = f"目标“{waiting.name}”{_day(waiting.day, layout)}开始，要等本目标办完"
        case LimitKind.FINISH_BY:
            reason = f"这一阶段的时限定为{_day(phase.limit_day, layout)}{_falls_off(phase)}"
    return head + reason + _unknown((phase.end_on, layout.phases[-1].end_on), known)


def why_start(layout: Layout, place: int, known: Known) -> str:
    """Return why the phase at *place* has to begin on its day at the latest."""
    phase = layout.phases[place]
    sentence = (
        f"{_title(phase)}最迟{_day(phase.start_on, layout)}开始：{_day(phase.end_on, layout)}前要结束，"
        f"需{phase.plan.workdays}个工作日，从结束之日往前数"
    )
    sentence += _days_off(phase.start_on, phase.end_on, known)
    return sentence + _unknown((phase.start_on, phase.end_on), known)


def why_first(layout: Layout) -> str:
    """Return why work on the goal cannot begin before its first day."""
    late = [neighbour for neighbour in layout.window.waits_for if neighbour.day >= layout.window.start_on]
    if late:
        last = max(late, key=lambda neighbour: neighbour.day)
        return f"最早{_day(layout.first_on, layout)}开始：要等目标“{last.name}”{_day(last.day, layout)}办完。"
    return f"最早{_day(layout.first_on, layout)}开始：计划开始日期是{_day(layout.window.start_on, layout)}。"


def why_too_long(layout: Layout) -> str:
    """Return by how many working days a plan is too long; empty for one that fits (domain 8.1)."""
    if layout.is_feasible:
        return ""
    start = f"{_title(layout.phases[0])}最迟{_day(layout.must_start_by, layout)}就要开始"
    return (
        f"排不下，超出{layout.excess}个工作日：{start}，"
        f"而{why_first(layout).removesuffix('。')}。完成时限不变，请缩短阶段或按下面的办法调整。"
    )


def _title(phase: LaidPhase) -> str:
    return f"第{phase.sequence}阶段“{phase.plan.name}”"


def _day(day: date, layout: Layout) -> str:
    """Return 3月18日（星期三）, with its year where that is not the deadline's."""
    year = "" if day.year == layout.window.deadline.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


def _falls_off(phase: LaidPhase) -> str:
    if phase.limit_day == phase.end_on:
        return ""
    return f"，当天休息，往前最近的工作日是{phase.end_on.month}月{phase.end_on.day}日"


def _chain(layout: Layout, place: int) -> str:
    links = [f"第{phase.sequence}阶段{span(phase.start_on, phase.end_on)}" for phase in layout.phases[place:]]
    return "，".join([*links, f"完成时限{layout.window.deadline.month}月{layout.window.deadline.day}日"])


def _days_off(first: date, last: date, known: Known) -> str:
    """Return which days from *first* to *last* were not counted, and which were though at a weekend."""
    runs = list(_runs(first, last, known.calendar))
    parts, weekend = [], 0
    for begin, end in runs:
        days = [begin + i * ONE_DAY for i in range((end - begin).days + 1)]
        if all(day.weekday() >= 5 and day not in known.names for day in days):  # noqa: PLR2004 - Saturday
            weekend += len(days)
        else:
            name = next((known.names[day] for day in days if known.names.get(day)), "")
            parts.append(f"{span(begin, end)}{name}放假{len(days)}天")
    if weekend:
        parts.append(f"周末{weekend}天")
    worked = _made_up(first, last, known.calendar)
    text = f"，其间{'、'.join(parts)}不计" if parts else ""
    if worked:
        text += f"，{'、'.join(f'{day.month}月{day.day}日' for day in worked)}调休上班计入"
    return text


def _runs(first: date, last: date, calendar: WorkCalendar) -> Iterator[tuple[date, date]]:
    """Yield the runs of days off from *first* to *last*."""
    begin: date | None = None
    day = first
    while day <= last:
        if calendar.is_workday(day):
            if begin is not None:
                yield begin, day - ONE_DAY
            begin = None
        elif begin is None:
            begin = day
        day += ONE_DAY
    if begin is not None:
        yield begin, last


def _made_up(first: date, last: date, calendar: WorkCalendar) -> list[date]:
    days = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
    return [day for day in days if day.weekday() >= 5 and calendar.is_workday(day)]  # noqa: PLR2004


def _unknown(days: Sequence[date], known: Known) -> str:
    years = sorted({day.year for day in days if not known.calendar.is_known(day.year)})
    if not years:
        return "。"
    return f"。{'、'.join(map(str, years))}年节假日安排未发布，暂按周一至周五推算。"


def span(first: date, last: date) -> str:
    """Return 2月15日至23日, 4月30日至5月5日, 2月15日."""
    if first == last:
        return f"{first.month}月{first.day}日"
    closing = f"{last.day}日" if first.month == last.month else f"{last.month}月{last.day}日"
    return f"{first.month}月{first.day}日至{closing}"
