"""Why a unit has its score, as ready texts: total, shares, groups with counts, goals with their steps.

Never a single mark of a ballot: of a trimmed group only how many marks were left out (trust.md B7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _

from fivestep_web.assessment.daily.scores import DailyScore, MonthScore
from fivestep_web.assessment.goal_points import ScoreStep
from fivestep_web.assessment.result_table import NONE, figure, rate
from fivestep_web.assessment.score_settings import Group, Settings
from fivestep_web.assessment.scores import PersonScore, ScoredGoal, UnitScore, YearScore
from fivestep_web.assessment.totals import TotalLine
from fivestep_web.core.rounding import percent, plain


@dataclass(frozen=True, slots=True)
class Line:
    """One part and what it brings; *amount* is shown with up to four decimals and a sign where it takes."""

    label: str
    amount: str


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group of evaluators."""

    label: str
    ballots: int
    valid: int
    trimmed: str
    result: str
    weight: str
    brought: str
    problem: str


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One goal with every step of its points."""

    goal: ScoredGoal
    steps: tuple[Line, ...]
    points: str
    base: str
    stood: str


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of the unit."""

    name: str
    post: str
    own: str
    figure: str
    note: str
    tasks: tuple[GoalLine, ...]


@dataclass(frozen=True, slots=True)
class DailyLine:
    """A month of the daily assessment and what brought its score."""

    month: str
    stood: str
    rate: str
    points: str
    score: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole page of 为什么是这个分 for one unit."""

    unit: UnitScore
    total: str
    total_lines: tuple[Line, ...]
    exact_total: str
    evaluation: str
    evaluation_note: str
    groups: tuple[GroupLine, ...]
    completion: str
    completion_sum: str
    goals: tuple[GoalLine, ...]
    adjustments: tuple[Line, ...]
    daily: str
    daily_months: tuple[DailyLine, ...]
    daily_sum: str
    people: tuple[PersonLine, ...]
    satisfaction: str
    rules: tuple[str, ...]


def explain(score: YearScore, unit: UnitScore) -> Explanation:
    """Return why *unit* has its score."""
    places = score.settings.decimals
    people = (person for person in score.people if person.unit_id == unit.id)
    return Explanation(
        unit=unit,
        total=NONE if unit.total.printed is None else str(unit.total.printed),
        total_lines=lines_of(unit.total.lines),
        exact_total=NONE if unit.total.exact is None else plain(unit.total.exact),
        evaluation=figure(unit.evaluation.score, places),
        evaluation_note=unit.evaluation.note or "",
        groups=tuple(_group(unit, group, places) for group in Group),
        completion=figure(unit.completion.score, places),
        completion_sum=_completion_sum(unit, score.settings),
        goals=tuple(_goal(goal) for goal in unit.goals),
        adjustments=tuple(_adjustments(unit)),
        daily=figure(unit.daily.score, places),
        daily_months=tuple(_month(month) for month in unit.daily.months),
        daily_sum=_daily_sum(unit.daily),
        people=tuple(_person(person) for person in people),
        satisfaction=rate(unit.satisfaction),
        rules=rule_sentences(score),
    )


def _month(month: MonthScore) -> DailyLine:
    name = _("%(month)s月", month=month.month)
    if month.due is None:
        return DailyLine(name, _("月通报没有印发"), NONE, NONE, NONE)
    points = [f"+{plain(month.plus)}"] if month.plus else []
    points += [f"−{plain(month.minus)}"] if month.minus else []
    if month.rate is None or month.score is None:
        return DailyLine(name, _("没有到期目标，不计"), NONE, " ".join(points) or NONE, NONE)
    stood = _("%(done)s / %(due)s", done=month.done, due=month.due)
    return DailyLine(name, stood, plain(100 * month.rate), " ".join(points) or NONE, plain(month.score))


def _daily_sum(daily: DailyScore) -> str:
    """Return how the mean came about, or why there is none."""
    if daily.problem:
        return daily.problem
    scores = [month.score for month in daily.counted if month.score is not None]
    return str(
        _(
            "%(count)s个月得分合计%(total)s÷%(count)s＝%(score)s",
            count=len(scores),
            total=plain(sum(scores)),
            score=plain(daily.so_far or 0),
        )
    )


def lines_of(parts: Sequence[TotalLine | ScoreStep]) -> tuple[Line, ...]:
    """Return the parts of a sum: the first as it is, those added to it with their sign."""
    return tuple(
        Line(part.label, _signed(part.amount, is_first=place == 0)) for place, part in enumerate(parts)
    )


def _signed(amount: Fraction, *, is_first: bool) -> str:
    text = plain(amount)
    if text.startswith("-"):
        return f"−{text[1:]}"
    return text if is_first else f"+{text}"


def rule_sentences(score: YearScore) -> tuple[str, ...]:
    """Return how the year is computed: weights, shares, rounding, day, version of the rules."""
    settings = score.settings
    weights = "、".join(f"{group.label}{percent(settings.weights[group])}" for group in Group)
    trimmed = "、".join(group.label for group in Group if group in settings.trimmed_groups)
    sentences = [
        _("四组权重：%(weights)s。", weights=weights),
        _("总分＝%(shares)s＋加分－扣分，不封顶。", shares=shares_text(settings)),
        _("各步按未舍入的数计算，总分四舍五入一次，保留%(places)s位小数。", places=settings.decimals),
        _("单组有效评价少于%(least)s张的，该组没有结果。", least=settings.min_valid_lines),
        _(
            "完成情况截至%(year)s年12月31日，规则版本%(version)s。",
            year=score.year,
            version=score.rule_version,
        ),
    ]
    if settings.daily_share:
        sentences.append(
            _(
                "日常考核得分＝各月得分的平均；月得分＝已印发月通报的完成率×100＋批准的加分－扣分，"
                "不低于0，没有到期目标的月份不计。"
            )
        )
    if trimmed:
        trim = _(
            "%(groups)s在%(least)s张以上时去掉一个最高分和一个最低分。",
            groups=trimmed,
            least=settings.min_lines_to_trim,
        )
        sentences.insert(2, trim)
    return tuple(sentences)


def shares_text(settings: Settings) -> str:
    """Return 四组评价×100%, with the other parts where their share is not 0."""
    parts = (
        (_("四组评价"), settings.evaluation_share),
        (_("完成情况"), settings.completion_share),
        (_("日常考核"), settings.daily_share),
    )
    return "＋".join(f"{label}×{percent(share)}" for label, share in parts if share)


def _group(unit: UnitScore, group: Group, places: int) -> GroupLine:
    result = unit.groups[group]
    weight = unit.evaluation.weights.get(group)
    brought = None if weight is None or result.result is None else weight * result.result
    return GroupLine(
        label=group.label,
        ballots=result.ballots,
        valid=result.valid,
        trimmed=_("最高、最低各1个") if result.trimmed else _("无"),
        result=figure(result.result, places),
        weight=NONE if weight is None else percent(weight),
        brought=NONE if brought is None else plain(brought),
        problem=result.problem or "",
    )


def _completion_sum(unit: UnitScore, settings: Settings) -> str:
    completion = unit.completion
    if completion.score is None:
        return ""
    exact = 100 * completion.points / completion.bases
    text: str = _(
        "得分合计%(points)s÷基本分合计%(bases)s×100＝%(score)s",
        points=plain(completion.points),
        bases=plain(completion.bases),
        score=plain(exact),
    )
    if exact > completion.score:
        text += _("，以%(cap)s为限", cap=plain(settings.completion_cap))
    return text


def _goal(goal: ScoredGoal) -> GoalLine:
    if goal.not_applicable:
        stood = _("不涉及")
    else:
        target = f"{plain(goal.target)}{goal.measure_unit}"
        stood = _("%(done)s / %(target)s", done=plain(goal.done), target=target)
    points = goal.score.points
    return GoalLine(
        goal=goal,
        steps=lines_of(goal.score.steps),
        points=NONE if points is None or not goal.score.counted else plain(points),
        base=plain(goal.base) if goal.score.counted else NONE,
        stood=stood,
    )


def _adjustments(unit: UnitScore) -> list[Line]:
    lines = []
    for line in unit.adjustments:
        basis = line.basis or _("无")
        label = _(
            "%(kind)s：%(reason)s（依据：%(basis)s）", kind=line.kind.label, reason=line.reason, basis=basis
        )
        sign = "−" if line.kind.value == "deduction" else "+"
        lines.append(Line(label, NONE if line.points is None else f"{sign}{plain(line.points)}"))
    return lines


def _person(person: PersonScore) -> PersonLine:
    note = person.own.problem or ""
    if person.is_head:
        note = _("单位负责人，按单位完成情况计")
    return PersonLine(
        name=person.name,
        post=person.post,
        own=NONE if person.own.score is None else figure(person.own.score, 2),
        figure=NONE if person.figure is None else str(person.figure),
        note=note,
        tasks=tuple(_goal(task) for task in person.tasks),
    )
