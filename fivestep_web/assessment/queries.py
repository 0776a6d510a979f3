"""What is stored about a year's assessment, read in a constant number of statements."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BigInteger, Executable, String, and_, case, func, select, type_coerce

from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleRules, CycleUnit, GroupDecision
from fivestep_web.assessment.cycles.rules import Series
from fivestep_web.assessment.grades.models import GradeBar
from fivestep_web.assessment.grades.rules import BarKind
from fivestep_web.assessment.group_results import Marks
from fivestep_web.assessment.models import (
    Adjustment,
    AdjustmentKind,
    AdjustmentState,
    ManualPoints,
    RatingTally,
)
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.scores import AdjustmentLine, GivenPoints
from fivestep_web.core.database import Summable
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.execution.queries import progress_of_year
from fivestep_web.execution.rules import completion_on
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerChange, LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import (
    Establishment,
    Person,
    PlanYear,
    Position,
    PostHolding,
    PostRole,
    Unit,
    UnitKind,
    UnitPeriod,
)
from fivestep_web.responsibility.models import Goal


@dataclass(frozen=True, slots=True)
class StoredUnit:
    """A unit as it was on 31 December."""

    id: int
    code: str
    is_assessed: bool
    name: str
    kind: UnitKind
    head_id: int | None
    head_name: str | None


@dataclass(frozen=True, slots=True)
class StoredGoal:
    """The terms of a goal, and whether it was cancelled (撤账); one with *parent_id* is a personal task."""

    id: int
    code: str
    name: str
    parent_id: int | None
    unit_id: int
    person_id: int
    points: Decimal
    target: Decimal
    measure_unit: str
    deadline: date
    scoring_method: str
    scoring_parameters: str
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class StoredProgress:
    """The entry in force for a goal on 31 December."""

    done: Decimal
    not_applicable: bool
    completed_on: date | None


@dataclass(frozen=True, slots=True)
class StoredPost:
    """The post a person was first appointed to, of those held on 31 December.

    *has_been_away* where a posting elsewhere (援派、挂职) is entered, of whatever length and year.
    """

    person_id: int
    code: str
    name: str
    unit_id: int
    title: str
    establishment: Establishment | None
    has_been_away: bool


@dataclass(frozen=True, slots=True)
class StoredRules:
    """The texts a year is scored by; *version* and *sha256* are those of an open cycle's rules."""

    settings: Mapping[str, Any]
    version: int | None
    sha256: str | None


SERIES_KINDS = {Series.SECTIONS: UnitKind.SECTION, Series.TOWNSHIPS: UnitKind.TOWNSHIP}
ONE = 10**Summable.PLACES  # a score of 1 as the database keeps it
LOWER = 10**9


def _rows(query: Executable) -> Iterable[Any]:
    """Return the rows; their types are those of the columns, in the order of the fields they fill."""
    return db.session.execute(query)


def get_stored_rules(year: int) -> StoredRules:
    """Return the frozen rules of the year's open cycle, else its settings; NotFound for an unplanned year."""
    is_date = MINYEAR <= year <= MAXYEAR
    query = (
        select(PlanYear.settings, CycleRules.settings, CycleRules.version, CycleRules.sha256)
        .outerjoin(AssessmentCycle, AssessmentCycle.year == PlanYear.year)
        .outerjoin(
            CycleRules,
            and_(
                CycleRules.cycle_id == AssessmentCycle.id,
                CycleRules.version == AssessmentCycle.rule_version,
                CycleRules.sha256.is_not(None),
            ),
        )
        .where(PlanYear.year == year)
    )
    stored = db.session.execute(query).first() if is_date else None
    if stored is None:
        raise NotFound(_("没有%(year)s年度的数据，请先导入该年度的工作簿。", year=year))
    of_year, of_cycle, version, sha256 = stored
    return StoredRules(of_year if of_cycle is None else of_cycle, version, sha256)


def frozen_kinds(year: int) -> dict[int, UnitKind] | None:
    """Return the units of the year's open cycle with their series; None while none is open."""
    rows = db.session.execute(
        select(CycleUnit.unit_id, CycleUnit.series)
        .join(AssessmentCycle, AssessmentCycle.id == CycleUnit.cycle_id)
        .where(AssessmentCycle.year == year, AssessmentCycle.rule_version > 0)
    ).all()
    return {unit_id: SERIES_KINDS[series] for unit_id, series in rows} or None


def left_out_groups(year: int) -> dict[UnitKind, frozenset[Group]]:
    """Return the groups the minister decided to compute each series of the year without (7.6)."""
    rows = db.session.execute(
        select(GroupDecision.series, GroupDecision.rater_group)
        .join(AssessmentCycle, AssessmentCycle.id == GroupDecision.cycle_id)
        .where(AssessmentCycle.year == year)
    ).all()
    return {
        kind: frozenset(group for decided, group in rows if decided is series)
        for series, kind in SERIES_KINDS.items()
    }


def list_units(day: date) -> list[StoredUnit]:
    """Return every unit by code, named as on *day*; one that began later as it began."""
    query = (
        select(
            Unit.id,
            Unit.code,
            Unit.is_assessed,
            UnitPeriod.name,
            UnitPeriod.kind,
            UnitPeriod.head_id,
            Person.name.label("head_name"),
            UnitPeriod.valid_from,
        )
        .join(UnitPeriod, UnitPeriod.unit_id == Unit.id)
        .outerjoin(Person, Person.id == UnitPeriod.head_id)
        .order_by(Unit.code, UnitPeriod.valid_from)
    )
    found: dict[int, StoredUnit] = {}
    for *facts, valid_from in _rows(query):
        unit = StoredUnit(*facts)
        if unit.id not in found or valid_from <= day:
            found[unit.id] = unit
    return list(found.values())


def marks_of_year(year: int) -> dict[tuple[int, Group], Marks]:
    """Return what each group gave each unit, summed up by the database in whole numbers.

    Two sums, of the upper and of the lower digits: neither outgrows 64 bits.
    """
    score = type_coerce(RatingTally.score, BigInteger)
    numeric = case((RatingTally.score.is_not(None), RatingTally.count), else_=0)
    rows = _rows(
        select(
            RatingTally.unit_id,
            type_coerce(RatingTally.rater_group, String),
            func.sum(numeric),
            func.sum(RatingTally.count),
            func.sum(score // LOWER * RatingTally.count),
            func.sum(score % LOWER * RatingTally.count),
            func.min(score) + func.max(score),
        )
        .where(RatingTally.year == year)
        .group_by(RatingTally.rater_group, RatingTally.unit_id)
    )
    groups = {group.value: group for group in Group}
    return {
        (unit_id, groups[group]): Marks(
            int(count),
            Fraction(LOWER * int(upper or 0) + int(lower or 0), ONE),
            Fraction(extremes or 0, ONE),
            int(lines - count),
        )
        for unit_id, group, count, lines, upper, lower, extremes in rows
    }


def survey_answers(year: int, points: Collection[Decimal]) -> dict[int, dict[Decimal, int]] | None:
    """Return how often each of *points* was given to a unit by the survey.

    None where it was given anything else, or nothing: then its scores are no answers to count (R5.10).
    """
    of_survey = RatingTally.year == year, RatingTally.rater_group == Group.SOCIAL_SURVEY
    other = select(RatingTally.id).where(*of_survey, RatingTally.score.not_in(points)).limit(1)
    if db.session.scalar(other) is not None:
        return None
    found: dict[int, dict[Decimal, int]] = {}
    for unit_id, score, count in _rows(
        select(RatingTally.unit_id, RatingTally.score, func.sum(RatingTally.count))
        .where(*of_survey, RatingTally.score.is_not(None))
        .group_by(RatingTally.unit_id, RatingTally.score)
    ):
        found.setdefault(unit_id, {})[score] = int(count)
    return found or None


def list_goals(year: int, day: date) -> list[StoredGoal]:
    """Return the year's goals and personal tasks by code; cancelled are those struck off up to *day*."""
    cancelled = (
        select(LedgerEntry.goal_id)
        .join(LedgerChange, LedgerChange.entry_id == LedgerEntry.id)
        .where(LedgerChange.state == LedgerState.CANCELLED, LedgerChange.changed_on <= day)
    )
    query = (
        select(
            Goal.id,
            Goal.code,
            Goal.name,
            Goal.parent_id,
            Goal.unit_id,
            Goal.person_id,
            Goal.points,
            Goal.target,
            Goal.measure_unit,
            Goal.deadline,
            Goal.scoring_method,
            Goal.scoring_parameters,
            Goal.id.in_(cancelled),
        )
        .where(Goal.year == year)
        .order_by(Goal.code)
    )
    return [StoredGoal(*row) for row in _rows(query)]


def completion_standards(year: int) -> dict[int, str]:
    """Return what each goal of the year is done by, by the goal's id."""
    rows = _rows(select(Goal.id, Goal.completion_standard).where(Goal.year == year))
    return {row.id: row.completion_standard for row in rows}


def progress_on(day: date, year: int) -> dict[int, StoredProgress]:
    """Return where each goal of the year with progress stands on *day*.

    A completion date after *day* is not yet one.
    """
    stood = {
        goal_id: completion_on(history.latest, day)
        for goal_id, history in progress_of_year(year, day).items()
    }
    return {
        goal_id: StoredProgress(
            item.done,
            item.not_applicable,
            item.completed_on if item.completed_on and item.completed_on <= day else None,
        )
        for goal_id, item in stood.items()
    }


def adjustments(year: int) -> dict[int, list[AdjustmentLine]]:
    """Return the approved 加减分 of each unit in the order they were entered."""
    found: dict[int, list[AdjustmentLine]] = {}
    rows = db.session.execute(
        select(Adjustment.unit_id, Adjustment.kind, Adjustment.points, Adjustment.reason, Adjustment.basis)
        .where(Adjustment.year == year, Adjustment.state == AdjustmentState.APPROVED)
        .order_by(Adjustment.id)
    )
    for unit_id, kind, points, reason, basis in rows:
        line = AdjustmentLine(AdjustmentKind(kind), points, reason, basis)
        found.setdefault(unit_id, []).append(line)
    return found


def given_points(year: int) -> dict[int, GivenPoints]:
    """Return the assessors' points by goal."""
    query = (
        select(
            ManualPoints.goal_id, ManualPoints.points, ManualPoints.reason, Person.name, ManualPoints.given_at
        )
        .join(Goal, Goal.id == ManualPoints.goal_id)
        .join(Person, Person.id == ManualPoints.assessor_id)
        .where(Goal.year == year)
    )
    return {goal_id: GivenPoints(*given) for goal_id, *given in _rows(query)}


def posts_on(day: date) -> list[StoredPost]:
    """Return everybody's post on *day*, by code."""
    away = select(GradeBar.person_id).where(GradeBar.kind == BarKind.AWAY, GradeBar.withdrawn_on.is_(None))
    query = (
        select(
            Person.id,
            Person.code,
            Person.name,
            Position.unit_id,
            Position.title,
            PostHolding.establishment,
            Person.id.in_(away),
        )
        .join(PostHolding, PostHolding.person_id == Person.id)
        .join(Position, Position.id == PostHolding.position_id)
        .where(
            holds_on(day),
        )
        .order_by(Person.code, PostHolding.id)
    )
    found: dict[int, StoredPost] = {}
    for row in _rows(query):
        post = StoredPost(*row)
        found.setdefault(post.person_id, post)
    return list(found.values())


def find_unit_of_role(role: Role, day: date) -> str | None:
    """Return the name of the unit in which *role* is held on *day*; the first appointed when several."""
    return db.session.scalar(
        select(UnitPeriod.name)
        .join(Position, Position.unit_id == UnitPeriod.unit_id)
        .join(PostHolding, PostHolding.position_id == Position.id)
        .join(PostRole, PostRole.holding_id == PostHolding.id)
        .where(
            PostRole.role == role,
            holds_on(day),
            UnitPeriod.valid_to.is_(None),
        )
        .order_by(PostHolding.id)
        .limit(1)
    )


def get_goal(goal_id: int, year: int) -> Goal:
    """Return a goal of the year, locked until the end of the unit of work."""
    goal = db.session.scalar(
        select(Goal).where(Goal.id == goal_id, Goal.year == year).with_for_update(of=Goal)
    )
    if goal is None:
        raise NotFound(_("目标不存在。"))
    return goal
