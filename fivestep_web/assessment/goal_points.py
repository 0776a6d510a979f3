"""The points of a goal and the completion score of a unit (interfaces, 计分方式; domain 7.8); pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from fivestep_web.assessment.score_settings import Settings
from fivestep_web.assessment.scoring_methods import Method, NotApplicable, ScoringRule
from fivestep_web.core.rounding import Exact, percent, plain
from fivestep_web.core.workdays import WorkCalendar

ZERO = Fraction(0)
UNTOUCHED_BY_LATENESS = frozenset({Method.PER_INCIDENT, Method.ASSESSOR})


@dataclass(frozen=True, slots=True)
class GoalFacts:
    """What a goal earns its points by: its terms, and where it stood on 31 December.

    *due_on* is the deadline in force on the day it fell due (R5.7). *assessor_points* is the 人工评定
    figure, None until given.
    """

    base: Decimal
    target: Decimal
    due_on: date
    done: Decimal
    completed_on: date | None
    not_applicable: bool = False
    assessor_points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ScoreStep:
    """One line of 为什么是这个分: what was counted, and the points it brought or took."""

    label: str
    amount: Fraction


@dataclass(frozen=True, slots=True)
class GoalScore:
    """A goal's points, the sum of its steps, unrounded; None while the assessor's are awaited.

    A goal not *counted* (不涉及=不计) leaves both sums.
    """

    base: Decimal
    points: Fraction | None
    counted: bool
    steps: tuple[ScoreStep, ...]


@dataclass(frozen=True, slots=True)
class CompletionScore:
    """A unit's or a person's completion, 0 to the cap, unrounded; None with the reason in *problem*."""

    score: Fraction | None
    points: Fraction
    bases: Fraction
    problem: str | None


def score_goal(
    rule: ScoringRule, facts: GoalFacts, *, year: int, settings: Settings, calendar: WorkCalendar
) -> GoalScore:
    """Return what the goal earns in *year*, with every step.

    Order: the rule's points; times 1 − the general late cut; minus the deductions, together at most
    their cap and not below 0; plus the bonus.
    """
    if facts.not_applicable:
        return _score_not_applicable(rule, facts)
    start = _start(rule, facts)
    if start is None:
        label = f"人工评定，满分{plain(facts.base)}，待评定"
        return GoalScore(facts.base, None, counted=True, steps=(ScoreStep(label, ZERO),))
    steps = [start]
    steps += _late_cut(rule, facts, start.amount, year=year, settings=settings, calendar=calendar)
    steps += _capped(rule, facts, _deductions(rule, facts, year))
    below = sum((step.amount for step in steps), ZERO)
    if below < 0:
        steps.append(ScoreStep("扣至0分为止", -below))
    steps += _bonus(rule, facts)
    points = sum((step.amount for step in steps), ZERO)
    return GoalScore(facts.base, points, counted=True, steps=tuple(steps))


def score_completion(goals: Iterable[GoalScore], settings: Settings) -> CompletionScore:
    """Return 100 × Σ points ÷ Σ bases, at most 完成分上限; None without bases or with one to be assessed."""
    counted = [goal for goal in goals if goal.counted]
    awaited = sum(goal.points is None for goal in counted)
    points = sum((goal.points for goal in counted if goal.points is not None), ZERO)
    bases = sum((Fraction(goal.base) for goal in counted), ZERO)
    if awaited:
        return CompletionScore(None, points, bases, f"有{awaited}个目标待人工评定")
    if bases == 0:
        return CompletionScore(None, points, bases, "没有计入完成情况的目标")
    score = min(100 * points / bases, Fraction(settings.completion_cap))
    return CompletionScore(score, points, bases, None)


def _score_not_applicable(rule: ScoringRule, facts: GoalFacts) -> GoalScore:
    if rule.not_applicable is NotApplicable.FULL:
        full = Fraction(facts.base)
        return GoalScore(facts.base, full, counted=True, steps=(ScoreStep("不涉及，按满分计", full),))
    return GoalScore(facts.base, ZERO, counted=False, steps=(ScoreStep("不涉及，不计入", ZERO),))


def _start(rule: ScoringRule, facts: GoalFacts) -> ScoreStep | None:
    """Return step (1): the rule's points, or the starting points a parameter sets instead."""
    base = Fraction(facts.base)
    if rule.shortfall_per_unit is not None:
        return ScoreStep(f"基本分{plain(base)}，不足部分另扣", base)
    if rule.incomplete is not None and facts.done < facts.target:
        label = f"完成{plain(facts.done)}，目标{plain(facts.target)}，未完成，在基本分{plain(base)}上扣"
        return ScoreStep(f"{label}{plain(rule.incomplete)}", base - Fraction(rule.incomplete))
    return _by_method(rule, facts)


def _by_method(rule: ScoringRule, facts: GoalFacts) -> ScoreStep | None:
    base = Fraction(facts.base)
    match rule.method:
        case Method.PROPORTIONAL:
            return _proportional(facts)
        case Method.ALL_OR_NOTHING:
            return _all_or_nothing(facts)
        case Method.STEPS:
            return _highest_step(rule, facts)
        case Method.PER_INCIDENT:
            return ScoreStep(f"基本分{plain(base)}，逐例扣分", base)
        case Method.ASSESSOR:
            given = facts.assessor_points
            return None if given is None else ScoreStep(f"人工评定，满分{plain(base)}", Fraction(given))


def _all_or_nothing(facts: GoalFacts) -> ScoreStep:
    what = f"完成{plain(facts.done)}，目标{plain(facts.target)}"
    if facts.done < facts.target:
        return ScoreStep(f"{what}，未完成不得分", ZERO)
    return ScoreStep(f"{what}，完成得满分", Fraction(facts.base))


def _proportional(facts: GoalFacts) -> ScoreStep:
    base, done, target = Fraction(facts.base), Fraction(facts.done), Fraction(facts.target)
    if done >= target:
        return ScoreStep(f"完成{plain(done)}，目标{plain(target)}，得基本分", base)
    achieved = max(ZERO, done / target)
    return ScoreStep(f"完成{plain(done)}÷目标{plain(target)}×基本分{plain(base)}", base * achieved)


def _highest_step(rule: ScoringRule, facts: GoalFacts) -> ScoreStep:
    reached = [step for step in rule.steps if facts.done >= step.threshold]
    if not reached:
        return ScoreStep(f"完成{plain(facts.done)}，未到最低档{plain(rule.steps[0].threshold)}", ZERO)
    step = reached[-1]
    return ScoreStep(f"完成{plain(facts.done)}，达到{plain(step.threshold)}这一档", Fraction(step.points))


def _late_until(facts: GoalFacts, year: int) -> date:
    """Return the completion date, or 31 December while the goal is not completed."""
    return facts.completed_on or date(year, 12, 31)


def _late_cut(
    rule: ScoringRule,
    facts: GoalFacts,
    points: Fraction,
    *,
    year: int,
    settings: Settings,
    calendar: WorkCalendar,
) -> list[ScoreStep]:
    """Return step (2), the general late rule, where no 逾期每天扣 replaces it."""
    if rule.late_per_day is not None or rule.method in UNTOUCHED_BY_LATENESS:
        return []
    late = calendar.workdays_between(facts.due_on, _late_until(facts, year))
    cut = min(late * Fraction(settings.late_rate_per_workday), Fraction(settings.late_cut_cap))
    if not cut:
        return []
    return [ScoreStep(f"逾期{late}个工作日，扣减{percent(cut)}", -points * cut)]


def _deductions(rule: ScoringRule, facts: GoalFacts, year: int) -> list[ScoreStep]:
    """Return the deductions of step (3) before their cap."""
    found: list[tuple[str, Exact, Decimal]] = []
    short = max(0, int(facts.target - facts.done))
    if rule.shortfall_per_unit is not None and short:
        found.append(("不足{}个，每个扣{}", short, rule.shortfall_per_unit))
    late = (_late_until(facts, year) - facts.due_on).days
    if rule.late_per_day is not None and late > 0:
        found.append(("逾期{}天，每天扣{}", late, rule.late_per_day))
    if rule.per_incident is not None and facts.done > 0:
        found.append(("发生{}例，每例扣{}", facts.done, rule.per_incident))
    return [
        ScoreStep(label.format(plain(count), plain(each)), -Fraction(count) * Fraction(each))
        for label, count, each in found
    ]


def _capped(rule: ScoringRule, facts: GoalFacts, deductions: list[ScoreStep]) -> list[ScoreStep]:
    cap = Fraction(facts.base if rule.deduction_cap is None else rule.deduction_cap)
    over = -sum((step.amount for step in deductions), ZERO) - cap
    if over <= 0:
        return deductions
    return [*deductions, ScoreStep(f"扣分合计以{plain(cap)}为限", over)]


def _bonus(rule: ScoringRule, facts: GoalFacts) -> list[ScoreStep]:
    """Return step (4)."""
    above = int(facts.done - facts.target)
    if rule.bonus_per_unit is None or above <= 0:
        return []
    bonus = above * Fraction(rule.bonus_per_unit)
    steps = [ScoreStep(f"超额{above}个，每个加{plain(rule.bonus_per_unit)}", bonus)]
    cap = Fraction(facts.base if rule.bonus_cap is None else rule.bonus_cap)
    if bonus > cap:
        steps.append(ScoreStep(f"加分以{plain(cap)}为限", cap - bonus))
    return steps
