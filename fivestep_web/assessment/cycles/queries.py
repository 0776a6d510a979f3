"""What is stored about assessment cycles."""

from collections.abc import Collection, Sequence
from datetime import MAXYEAR, MINYEAR, date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.assessment.cycles.models import (
    AssessmentCycle,
    CycleMove,
    CycleRules,
    CycleUnit,
    GroupDecision,
    RaterRoster,
)
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import PlanYear, Position, PostHolding, PostRole, Unit, UnitKind, UnitPeriod
from fivestep_web.responsibility.models import Goal

KINDS = {UnitKind.SECTION: Series.SECTIONS, UnitKind.TOWNSHIP: Series.TOWNSHIPS}


def demand_year(year: int, *, lock: bool = False) -> PlanYear:
    """Return the plan year; NotFound when it is not planned."""
    query = select(PlanYear).where(PlanYear.year == year)
    is_date = MINYEAR <= year <= MAXYEAR
    found = db.session.scalar(query.with_for_update() if lock else query) if is_date else None
    if found is None:
        raise NotFound(_("没有%(year)s年度，请先导入年度工作簿。", year=year))
    return found


def find_cycle(year: int, *, lock: bool = False) -> AssessmentCycle | None:
    """Return the year's cycle with its history, if it has one."""
    if not MINYEAR <= year <= MAXYEAR:
        return None
    query = (
        select(AssessmentCycle)
        .where(AssessmentCycle.year == year)
        .options(
            joinedload(AssessmentCycle.first_counter),
            selectinload(AssessmentCycle.moves).joinedload(CycleMove.person),
        )
    )
    if lock:
        query = query.with_for_update(of=AssessmentCycle).execution_options(populate_existing=True)
    return db.session.scalar(query)


def get_cycle(year: int, *, lock: bool = False) -> AssessmentCycle:
    """Return the year's cycle; NotFound when no plan was begun."""
    cycle = find_cycle(year, lock=lock)
    if cycle is None:
        raise NotFound(_("%(year)s年度还没有考核方案。", year=year))
    return cycle


def list_versions(cycle: AssessmentCycle) -> Sequence[CycleRules]:
    """Return every version of the rules, the newest first."""
    query = (
        select(CycleRules)
        .where(CycleRules.cycle_id == cycle.id)
        .options(joinedload(CycleRules.prepared_by), joinedload(CycleRules.approved_by))
        .order_by(CycleRules.version.desc())
    )
    return db.session.scalars(query).all()


def find_draft(cycle: AssessmentCycle) -> CycleRules | None:
    """Return the version that waits for approval, if there is one."""
    return db.session.scalar(
        select(CycleRules).where(CycleRules.cycle_id == cycle.id, CycleRules.approved_at.is_(None))
    )


def get_version(cycle: AssessmentCycle, version: int) -> CycleRules:
    """Return one version of the rules; NotFound when there is none."""
    known = {rules.version: rules for rules in list_versions(cycle)}
    if version not in known:
        raise NotFound(_("没有第%(version)s版规则。", version=version))
    return known[version]


def list_units(cycle: AssessmentCycle) -> dict[Series, dict[int, str]]:
    """Return the assessed units of each series, names by id, in order of their codes."""
    query = (
        select(CycleUnit.series, CycleUnit.unit_id, UnitPeriod.name)
        .join(Unit, Unit.id == CycleUnit.unit_id)
        .join(UnitPeriod, UnitPeriod.unit_id == CycleUnit.unit_id)
        .where(CycleUnit.cycle_id == cycle.id, UnitPeriod.valid_to.is_(None))
        .order_by(Unit.code)
    )
    found: dict[Series, dict[int, str]] = {series: {} for series in Series}
    for series, unit_id, name in db.session.execute(query):
        found[series][unit_id] = name
    return found


def unit_choices() -> dict[Series, dict[int, tuple[str, bool]]]:
    """Return the units that can be assessed: name, and whether the organization marks them 参评."""
    query = (
        select(UnitPeriod.kind, Unit.id, UnitPeriod.name, Unit.is_assessed)
        .join(Unit, Unit.id == UnitPeriod.unit_id)
        .where(UnitPeriod.valid_to.is_(None), UnitPeriod.kind.in_(KINDS))
        .order_by(Unit.code)
    )
    found: dict[Series, dict[int, tuple[str, bool]]] = {series: {} for series in Series}
    for kind, unit_id, name, is_assessed in db.session.execute(query):
        found[KINDS[kind]][unit_id] = name, is_assessed
    return found


def list_decisions(cycle: AssessmentCycle) -> Sequence[GroupDecision]:
    """Return the groups the minister decided to do without, by series and group."""
    query = (
        select(GroupDecision)
        .where(GroupDecision.cycle_id == cycle.id)
        .options(joinedload(GroupDecision.decided_by))
        .order_by(GroupDecision.series, GroupDecision.rater_group)
    )
    return db.session.scalars(query).all()


def list_rosters(cycle: AssessmentCycle) -> Sequence[RaterRoster]:
    """Return the rosters by series and group, in the order they were entered."""
    query = select(RaterRoster).where(RaterRoster.cycle_id == cycle.id).order_by(RaterRoster.id)
    groups, series = list(Group), list(Series)
    lines = db.session.scalars(query).all()
    return sorted(lines, key=lambda line: (series.index(line.series), groups.index(line.rater_group)))


def organizer_counts(day: date) -> dict[int, int]:
    """Return how many people each unit has on *day* who are its organizers (组织委员、组织干事)."""
    query = (
        select(Position.unit_id, func.count(PostHolding.person_id.distinct()))
        .join(PostHolding, PostHolding.position_id == Position.id)
        .join(PostRole, PostRole.holding_id == PostHolding.id)
        .where(holds_on(day), PostRole.role == Role.ORG)
        .group_by(Position.unit_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def count_holders(day: date, roles: Collection[Role]) -> int:
    """Return how many people hold one of *roles* on *day*, each counted once."""
    query = (
        select(func.count(PostHolding.person_id.distinct()))
        .join(PostRole, PostRole.holding_id == PostHolding.id)
        .where(holds_on(day), PostRole.role.in_(roles))
    )
    return db.session.scalar(query) or 0


def list_goals(year: int, unit_id: int | None = None) -> Sequence[Goal]:
    """Return the year's goals and tasks by code, of one unit or of all."""
    query = select(Goal).where(Goal.year == year).order_by(Goal.code)
    if unit_id is not None:
        query = query.where(Goal.unit_id == unit_id)
    return db.session.scalars(query).all()


def get_goal(year: int, goal_id: int) -> Goal:
    """Return a goal of the year; NotFound when there is none."""
    goal = db.session.scalar(select(Goal).where(Goal.id == goal_id, Goal.year == year))
    if goal is None:
        raise NotFound(_("目标不存在。"))
    return goal


def due_votes(moment: datetime) -> list[tuple[int, int]]:
    """Return year and revision of the cycles whose vote should have ended by *moment*."""
    query = select(AssessmentCycle.year, AssessmentCycle.revision).where(
        AssessmentCycle.state == CycleState.VOTING, AssessmentCycle.voting_closes_at <= moment
    )
    return [(year, revision) for year, revision in db.session.execute(query)]
