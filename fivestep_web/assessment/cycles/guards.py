"""What must hold before a cycle moves on, one sentence for each thing missing (domain.md 5.6); pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fivestep_web.assessment.cycles.rules import Series, Unmet, vote_label
from fivestep_web.assessment.score_settings import Group

NAMED = 5  # as many are named in a sentence; the rest is counted


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One line of the rosters: a category or unit that gets *code_count* codes.

    *unit_id* is the unit it belongs to and may not rate; None where it may rate every unit.
    """

    group: Group
    series: Series
    name: str
    unit_id: int | None
    code_count: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be frozen when a cycle opens; *units* are the names by id.

    The problems are sentences, none where there is no problem.
    """

    settings_problem: str | None
    min_valid_lines: int
    rule_problems: Sequence[str]
    units: Mapping[Series, Mapping[int, str]]
    rosters: Sequence[RosterLine]


def plan_gaps(plan: Plan) -> list[Unmet]:
    """Return what still keeps a plan from being opened."""
    gaps = []
    if plan.settings_problem:
        gaps.append(_cured(f"计分规则有误：{plan.settings_problem}", "修改计分规则", "rules_edit"))
    gaps += [_cured(problem, "修改计分方式", "scoring_edit") for problem in plan.rule_problems]
    for series in Series:
        if not plan.units.get(series):
            gaps.append(_cured(f"{series}还没有参评单位。", "选择参评单位", "unit_edit"))
            continue
        if not any(line.series is series for line in plan.rosters):
            gaps.append(_cured(f"{series}还没有评价名单，四组都要有。", "填写评价名单", "roster_edit"))
            continue
        for group in Group:
            sentence = _roster_gap(plan, series, group)
            if sentence:
                gaps.append(_cured(sentence, "填写评价名单", "roster_edit"))
    return gaps


def _cured(sentence: str, cure: str, page: str) -> Unmet:
    return Unmet(sentence, cure, f"cycles.{page}")


def _roster_gap(plan: Plan, series: Series, group: Group) -> str | None:
    lines = [line for line in plan.rosters if line.group is group and line.series is series]
    place = vote_label(group, series)
    if not lines:
        return f"{place}还没有评价名单。"
    units = plan.units[series]
    if group is Group.PEER_EVALUATION:
        given = {line.unit_id for line in lines}
        missing = [name for unit_id, name in units.items() if unit_id not in given]
        if missing:
            return f"{place}的名单还缺{named(missing)}。"
        strange = [line.name for line in lines if line.unit_id not in units]
        if strange:
            return f"{place}的名单里{named(strange)}不是本类别的参评单位，请删去。"
    fewest = min(fewest_lines(lines, unit_id) for unit_id in units)
    if fewest < plan.min_valid_lines:
        least = plan.min_valid_lines
        return (
            f"{place}的评价码不够：有的单位最多收到{fewest}张评价，少于单组最少有效票{least}张，不会有结果。"
        )
    return None


def fewest_lines(lines: Sequence[RosterLine], unit_id: int) -> int:
    """Return how many ballots have a line for the unit: all but those of its own people."""
    return sum(line.code_count for line in lines if line.unit_id != unit_id)


def named(names: Sequence[str]) -> str:
    """Return 组织科、干部科 or, for many, 组织科、干部科等12个单位."""
    if len(names) <= NAMED:
        return "、".join(names)
    return f"{'、'.join(names[:NAMED])}等{len(names)}个单位"


def tally_gaps(today: date, cut_off: date, missing: Mapping[tuple[Group, Series], int]) -> list[Unmet]:
    """Return what keeps a closed vote from being tallied.

    The cut-off date has to be over, and every group needs a result for every unit (block, 7.6): *missing*
    counts the units without one.
    """
    gaps = []
    if today <= cut_off:
        gaps.append(Unmet(f"完成情况截止日是{_written(cut_off)}，过了这一天才能汇总。"))
    for (group, series), count in missing.items():
        vote = vote_label(group, series)
        sentence = f"{vote}有{count}个单位没有结果，须由这一组重新评价，或由部长决定不计这一组。"
        gaps.append(Unmet(sentence, "到办理处", "cycles.cycle_show", {"_anchor": "again"}))
    return gaps


def total_gaps(problems: Mapping[str, tuple[str, Sequence[str]]]) -> list[Unmet]:
    """Return what keeps results from being reviewed: name and reasons of units without a total, by code."""
    return [
        Unmet(f"{name}还没有总分：{'；'.join(reasons)}。", "查看由来", "assessment.unit_show", {"code": code})
        for code, (name, reasons) in problems.items()
    ]


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
