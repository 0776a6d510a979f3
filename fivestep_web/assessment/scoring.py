"""Compute a year's assessment as of its 31 December from what is stored; writes nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from flask import has_request_context, request

from fivestep_web.assessment import queries
from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.daily.points.queries import daily_scores
from fivestep_web.assessment.daily.scores import DailyScore
from fivestep_web.assessment.freezing.goals import list_stood
from fivestep_web.assessment.goal_points import (
    ZERO,
    CompletionScore,
    GoalFacts,
    GoalScore,
    ScoreStep,
    score_completion,
    score_goal,
)
from fivestep_web.assessment.grades import queries as grades
from fivestep_web.assessment.group_results import Marks, result_of, satisfaction_of
from fivestep_web.assessment.models import AdjustmentKind
from fivestep_web.assessment.queries import StoredGoal, StoredPost, StoredProgress, StoredUnit
from fivestep_web.assessment.score_settings import Group, Settings
from fivestep_web.assessment.scores import (
    AdjustmentLine,
    GivenPoints,
    PersonScore,
    ScoredGoal,
    UnitScore,
    YearScore,
)
from fivestep_web.assessment.scoring_methods import Method, ScoringError, ScoringRule, parse_rule
from fivestep_web.assessment.totals import (
    TotalParts,
    band_of,
    evaluate,
    personal_figure,
    rank,
    total_of,
)
from fivestep_web.assessment.year_rules import YearRules, read_year_rules
from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.org.models import Establishment, UnitKind
from fivestep_web.org.queries import get_calendar

ANONYMITY_LINES = 5  # trust.md B7: below it nothing breaks a group's mean down
NOTHING_GIVEN = Marks()
POOLS = {Establishment.CIVIL_SERVANT: Pool.CIVIL_SERVANT, Establishment.INSTITUTION: Pool.INSTITUTION_STAFF}


READING = ("GET", "HEAD")
KEPT = "fivestep.scores"


def score_year(year: int) -> YearScore:
    """Return the year's assessment; NotFound for a year that is not planned, DomainError for bad settings.

    Deadlines and progress count as of 31 December, units and posts as they were that day. A request that only
    reads computes it once, however many parts of its page ask.
    """
    if not has_request_context() or request.method not in READING:
        return _compute(year)
    kept: dict[int, YearScore] = request.environ.setdefault(KEPT, {})
    if year not in kept:
        kept[year] = _compute(year)
    return kept[year]


def _compute(year: int) -> YearScore:
    rules = read_year_rules(year)
    settings = rules.settings
    day = date(year, 12, 31)
    frozen = queries.frozen_kinds(year)
    left_out = queries.left_out_groups(year) if frozen else {}
    stored = _as_assessed(queries.list_units(day), frozen)
    goals = _GoalScorer(year, rules, get_calendar()).score_all()
    marks = queries.marks_of_year(year)
    answers = queries.survey_answers(year, settings.satisfaction_points.values())
    lines = queries.adjustments(year)
    daily = daily_scores(year)
    of_unit, of_person = _by_owner(goals)
    posts = queries.posts_on(day)
    names = {unit.id: unit.name for unit in stored}
    head_posts = {post.person_id: f"{names[post.unit_id]}{post.title}" for post in posts}
    units = [
        _score_unit(
            unit,
            {group: marks.get((unit.id, group), NOTHING_GIVEN) for group in Group},
            of_unit[unit.id],
            lines.get(unit.id, []),
            daily=daily.of(unit.code),
            settings=settings,
            head_posts=head_posts,
            answers=(answers or {}).get(unit.id, {}),
            left_out=left_out.get(unit.kind, frozenset()),
        )
        for unit in stored
        if unit.is_assessed
    ]
    units = _ranked(units)
    people = list(_score_people(posts, stored, units, (of_unit, of_person), settings))
    assessed = {unit.id for unit in units}
    return YearScore(
        year,
        settings,
        rules.version,
        tuple(units),
        tuple(person for person in people if person.unit_id in assessed),
        _pool_sizes(year, posts, stored),
        answers is not None,
        unassessed=tuple(person for person in people if person.unit_id not in assessed),
        goals=tuple(goals),
    )


def read_pools(year: int) -> tuple[dict[Pool, int], Settings]:
    """Return the sizes of the quota pools as of 31 December, and the settings, without scoring the year."""
    day = date(year, 12, 31)
    stored = _as_assessed(queries.list_units(day), queries.frozen_kinds(year))
    return _pool_sizes(year, queries.posts_on(day), stored), read_year_rules(year).settings


def _as_assessed(stored: list[StoredUnit], frozen: Mapping[int, UnitKind] | None) -> list[StoredUnit]:
    """Return the units with who is assessed in which series, as the open cycle froze it."""
    if frozen is None:
        return stored
    return [
        replace(unit, is_assessed=unit.id in frozen, kind=frozen.get(unit.id, unit.kind)) for unit in stored
    ]


@dataclass(frozen=True)
class _GoalScorer:
    """Scores every goal of the year by its own rule."""

    year: int
    rules: YearRules
    calendar: WorkCalendar

    def score_all(self) -> list[ScoredGoal]:
        given = queries.given_points(self.year)
        rules: dict[tuple[str, str], ScoringRule | str] = {}
        scored = []
        for goal, stood in list_stood(self.year, date(self.year, 12, 31)):
            texts = self.rules.rule_of(goal.code, (goal.scoring_method, goal.scoring_parameters))
            if texts not in rules:
                rules[texts] = _read_rule(*texts)
            ruled = replace(goal, scoring_method=texts[0], scoring_parameters=texts[1])
            scored.append(self._score(ruled, stood, rules[texts], given.get(goal.id)))
        return scored

    def _score(
        self, goal: StoredGoal, stood: StoredProgress, rule: ScoringRule | str, given: GivenPoints | None
    ) -> ScoredGoal:
        problem = rule if isinstance(rule, str) else None
        if goal.is_cancelled:
            score, problem = GoalScore(goal.points, ZERO, False, (ScoreStep("已撤账，不计入", ZERO),)), None  # noqa: FBT003 - field
        elif isinstance(rule, str):
            score = GoalScore(goal.points, None, True, (ScoreStep(rule, ZERO),))  # noqa: FBT003 - field
        else:
            facts = GoalFacts(
                goal.points,
                goal.target,
                goal.deadline,
                stood.done,
                stood.completed_on,
                stood.not_applicable,
                given.points if given else None,
            )
            score = score_goal(
                rule, facts, year=self.year, settings=self.rules.settings, calendar=self.calendar
            )
        late_until = stood.completed_on or date(self.year, 12, 31)
        return ScoredGoal(
            id=goal.id,
            code=goal.code,
            name=goal.name,
            unit_id=goal.unit_id,
            person_id=goal.person_id,
            is_task=goal.parent_id is not None,
            base=goal.points,
            target=goal.target,
            measure_unit=goal.measure_unit,
            due_on=goal.deadline,
            done=stood.done,
            completed_on=stood.completed_on,
            not_applicable=stood.not_applicable,
            rule=_rule_text(goal, rule),
            is_assessed_by_hand=isinstance(rule, ScoringRule) and rule.method is Method.ASSESSOR,
            is_cancelled=goal.is_cancelled,
            is_overdue=score.counted and not stood.not_applicable and late_until > goal.deadline,
            score=score,
            given=given,
            problem=problem,
        )


def _read_rule(method: str, parameters: str) -> ScoringRule | str:
    """Return the rule, or the sentence that says why it cannot be read."""
    try:
        return parse_rule(method, parameters)
    except ScoringError as error:
        return str(error)


def _rule_text(goal: StoredGoal, rule: ScoringRule | str) -> str:
    method = rule.method.label if isinstance(rule, ScoringRule) else goal.scoring_method
    return f"{method}；{goal.scoring_parameters}" if goal.scoring_parameters.strip() else method


def _by_owner(
    goals: Iterable[ScoredGoal],
) -> tuple[Mapping[int, list[ScoredGoal]], Mapping[int, list[ScoredGoal]]]:
    """Return the unit goals by unit and the personal tasks by person."""
    of_unit: dict[int, list[ScoredGoal]] = defaultdict(list)
    of_person: dict[int, list[ScoredGoal]] = defaultdict(list)
    for goal in goals:
        if goal.is_task:
            of_person[goal.person_id].append(goal)
        else:
            of_unit[goal.unit_id].append(goal)
    return of_unit, of_person


def _completion(goals: Sequence[ScoredGoal], settings: Settings) -> CompletionScore:
    score = score_completion([goal.score for goal in goals], settings)
    unreadable = [goal.code for goal in goals if goal.problem]
    if not unreadable:
        return score
    return replace(score, problem=f"目标{'、'.join(unreadable)}的计分方式或计分参数有误")


def _satisfaction(answers: Mapping[Decimal, int], settings: Settings) -> Fraction | None:
    counts = {option: answers.get(points, 0) for option, points in settings.satisfaction_points.items()}
    figures = satisfaction_of(counts, settings)
    return figures.rate if figures and figures.rated >= ANONYMITY_LINES else None


def _score_unit(
    unit: StoredUnit,
    marks: Mapping[Group, Marks],
    goals: Sequence[ScoredGoal],
    lines: Sequence[AdjustmentLine],
    *,
    daily: DailyScore,
    settings: Settings,
    head_posts: Mapping[int, str],
    answers: Mapping[Decimal, int],
    left_out: frozenset[Group],
) -> UnitScore:
    groups = {group: result_of(group, given, settings) for group, given in marks.items()}
    results = {group: result.result for group, result in groups.items()}
    evaluation = evaluate(results, settings, left_out=left_out)
    completion = _completion(goals, settings)
    bonus, deduction = (_sum(lines, kind) for kind in (AdjustmentKind.BONUS, AdjustmentKind.DEDUCTION))
    parts = TotalParts(
        evaluation=evaluation.score,
        completion=completion.score,
        daily=daily.score,
        bonus=bonus,
        deduction=deduction,
        evaluation_problems=tuple(
            result.problem for group, result in groups.items() if result.problem and group not in left_out
        ),
        completion_problem=completion.problem,
        daily_problem=daily.problem,
    )
    total = total_of(parts, settings)
    has_survey = groups[Group.SOCIAL_SURVEY].result is not None
    return UnitScore(
        id=unit.id,
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        head_id=unit.head_id,
        head_name=unit.head_name,
        head_post=head_posts.get(unit.head_id or 0, f"{unit.name}负责人"),
        groups=groups,
        evaluation=evaluation,
        completion=completion,
        goals=tuple(goals),
        adjustments=tuple(lines),
        bonus=bonus,
        deduction=deduction,
        is_vetoed=any(line.kind is AdjustmentKind.VETO for line in lines),
        total=total,
        daily=daily,
        satisfaction=_satisfaction(answers, settings) if has_survey else None,
        band=None if total.printed is None else band_of(total.printed, settings),
    )


def _sum(lines: Iterable[AdjustmentLine], kind: AdjustmentKind) -> Decimal:
    return sum((line.points or Decimal(0) for line in lines if line.kind is kind), Decimal(0))


def _ranked(units: list[UnitScore]) -> list[UnitScore]:
    """Return the units with their place within their series (E8)."""
    places: dict[int, int | None] = {}
    for kind in UnitKind:
        places |= rank({unit.id: unit.total.printed for unit in units if unit.kind is kind})
    return [replace(unit, rank=places[unit.id]) for unit in units]


def _score_people(
    posts: Iterable[StoredPost],
    stored: Iterable[StoredUnit],
    units: Iterable[UnitScore],
    goals: tuple[Mapping[int, list[ScoredGoal]], Mapping[int, list[ScoredGoal]]],
    settings: Settings,
) -> Iterator[PersonScore]:
    """Yield everybody of an assessed unit or of a section: those of any section are graded (N2)."""
    of_unit, of_person = goals
    totals = {unit.id: unit.total.printed for unit in units}
    kept = {unit.id: unit for unit in stored if unit.id in totals or unit.kind is UnitKind.SECTION}
    for post in posts:
        unit = kept.get(post.unit_id)
        if unit is None:
            continue
        is_head = unit.head_id == post.person_id
        tasks = tuple(of_person.get(post.person_id, ()))
        counted = tuple(of_unit.get(unit.id, ())) if is_head else tasks
        own = _completion(counted, settings)
        is_section = unit.kind is UnitKind.SECTION
        yield PersonScore(
            id=post.person_id,
            code=post.code,
            name=post.name,
            unit_id=unit.id,
            unit_code=unit.code,
            unit=unit.name,
            post=f"{unit.name}{post.title}",
            pool=POOLS[post.establishment] if is_section and post.establishment else None,
            is_head=is_head,
            tasks=tasks,
            counted=counted,
            own=own,
            figure=personal_figure(totals.get(unit.id), own.score, settings),
            overdue_goals=sum(goal.is_overdue for goal in counted),
        )


def _pool_sizes(year: int, posts: Sequence[StoredPost], units: Iterable[StoredUnit]) -> dict[Pool, int]:
    """Count the section staff of each pool; leaders and township cadres are assessed elsewhere (E9).

    So is who worked on a posting for over half of the year (N5): no seat here is counted from them.
    """
    sections = {unit.id for unit in units if unit.kind is UnitKind.SECTION}
    elsewhere = grades.list_away(year) if any(post.has_been_away for post in posts) else frozenset()
    counted = Counter(
        post.establishment for post in posts if post.unit_id in sections and post.person_id not in elsewhere
    )
    return {pool: counted[establishment] for establishment, pool in POOLS.items()}
