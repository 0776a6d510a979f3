"""Reads of the achievements register and of the self-reports."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import joinedload

from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleUnit
from fivestep_web.assessment.cycles.rules import CycleState, Unmet
from fivestep_web.assessment.daily.achievements.models import Achievement, MissingReport, SelfReport
from fivestep_web.assessment.queries import StoredUnit, list_units
from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit


@dataclass(frozen=True, slots=True)
class ReportText:
    """A unit's self-report as an evaluator reads it before scoring."""

    unit_id: int
    visible: str
    latent: str


def visible_to(actor: Actor) -> Select[Achievement]:
    """Select the achievements *actor* may read: those of the own unit for who is limited to it."""
    statement = select(Achievement)
    units = actor.units_for(Permission.DAILY_READ)
    if units is None:
        return statement
    return statement.where(or_(false(), Achievement.unit_id.in_(units)))


def list_achievements(actor: Actor, year: int) -> Sequence[Achievement]:
    """Return the year's register, the latest first; withdrawn ones with their reason at the end."""
    return db.session.scalars(
        visible_to(actor)
        .where(Achievement.year == year)
        .options(
            joinedload(Achievement.unit),
            joinedload(Achievement.topic),
            joinedload(Achievement.registered_by),
        )
        .order_by(
            Achievement.withdrawn_at.is_not(None), Achievement.happened_on.desc(), Achievement.id.desc()
        )
    ).all()


def get_achievement(actor: Actor, year: int, achievement_id: int) -> Achievement:
    """Return an achievement of the year, locked; hidden and absent look the same."""
    achievement = db.session.scalar(
        visible_to(actor)
        .where(Achievement.id == achievement_id, Achievement.year == year)
        .with_for_update(of=Achievement)
        .execution_options(populate_existing=True)
    )
    if achievement is None:
        raise NotFound(_("没有这项成果，或不在您的查看范围内。"))
    return achievement


def standing_achievements(year: int, unit_ids: Collection[int]) -> Sequence[Achievement]:
    """Return what of the register stands for these units in a year, by date."""
    return db.session.scalars(
        select(Achievement)
        .where(
            Achievement.year == year, Achievement.unit_id.in_(unit_ids), Achievement.withdrawn_at.is_(None)
        )
        .order_by(Achievement.happened_on, Achievement.id)
    ).all()


def reporting_units(actor: Actor, year: int) -> list[StoredUnit]:
    """Return the assessed units whose self-reports *actor* may read, by code."""
    reach = actor.units_for(Permission.DAILY_READ)
    return [unit for unit in _assessed_units(year) if reach is None or unit.id in reach]


def _assessed_units(year: int) -> list[StoredUnit]:
    """Return the units of the year's cycle by code; without a cycle those the organization marks 参评."""
    planned = set(
        db.session.scalars(
            select(CycleUnit.unit_id)
            .join(AssessmentCycle, AssessmentCycle.id == CycleUnit.cycle_id)
            .where(AssessmentCycle.year == year)
        )
    )
    units = list_units(date(year, 12, 31))
    return [unit for unit in units if (unit.id in planned if planned else unit.is_assessed)]


def get_unit(actor: Actor, year: int, code: str) -> StoredUnit:
    """Return an assessed unit; hidden and absent look the same."""
    unit = next((unit for unit in reporting_units(actor, year) if unit.code == code), None)
    if unit is None:
        raise NotFound(_("没有这个参评单位，或不在您的查看范围内。"))
    return unit


def list_self_reports(year: int) -> dict[int, SelfReport]:
    """Return the self-reports handed in for a year by unit."""
    query = select(SelfReport).where(SelfReport.year == year).options(joinedload(SelfReport.submitted_by))
    return {report.unit_id: report for report in db.session.scalars(query)}


def find_self_report(year: int, unit_id: int, *, lock: bool = False) -> SelfReport | None:
    """Return a unit's self-report, if it is in."""
    query = select(SelfReport).where(SelfReport.year == year, SelfReport.unit_id == unit_id)
    return db.session.scalar(query.with_for_update(of=SelfReport) if lock else query)


def check_revision(report: SelfReport | None, revision: int) -> None:
    """Raise Conflict when the report is not the one that was shown; 0 stands for none."""
    if (report.revision if report else 0) != revision:
        raise Conflict(_("自评在您打开之后有变化，没有保存。请刷新后再改。"))


def report_texts(year: int) -> dict[int, ReportText]:
    """Return what evaluators must have opened before they score (R5.2), by unit; a unit not in has none."""
    rows = db.session.execute(
        select(SelfReport.unit_id, SelfReport.visible, SelfReport.latent).where(SelfReport.year == year)
    )
    return {row.unit_id: ReportText(*row) for row in rows}


def reported_units(year: int) -> set[int]:
    """Return the units whose self-report is in."""
    return set(db.session.scalars(select(SelfReport.unit_id).where(SelfReport.year == year)))


def list_missing_reports(year: int) -> dict[int, MissingReport]:
    """Return the units entered as having given no self-report, by unit."""
    query = (
        select(MissingReport).where(MissingReport.year == year).options(joinedload(MissingReport.entered_by))
    )
    return {row.unit_id: row for row in db.session.scalars(query)}


def find_missing_report(year: int, unit_id: int) -> MissingReport | None:
    """Return what was entered for a unit that gave no self-report."""
    return db.session.scalar(
        select(MissingReport).where(MissingReport.year == year, MissingReport.unit_id == unit_id)
    )


def report_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Return the units that keep a vote from opening: neither a self-report nor a reason for none (5.6)."""
    settled = reported_units(cycle.year) | list_missing_reports(cycle.year).keys()
    return [
        Unmet(
            _("%(unit)s的自评还没有报送，也没有登记未报送。", unit=unit.name),
            _("报送或登记"),
            "achievements.self_report_show",
            {"code": unit.code},
        )
        for unit in _assessed_units(cycle.year)
        if unit.id not in settled
    ]


def unreported_unit(actor: Actor, year: int) -> str | None:
    """Return the code of the actor's unit while self-reports are collected and its own is not in."""
    if actor.person_id is None or actor.unit_id is None or not actor.may(Permission.UNIT_REPORT):
        return None
    reported = select(SelfReport.id).where(SelfReport.year == year, SelfReport.unit_id == Unit.id)
    return db.session.scalar(
        select(Unit.code)
        .join(CycleUnit, CycleUnit.unit_id == Unit.id)
        .join(AssessmentCycle, AssessmentCycle.id == CycleUnit.cycle_id)
        .where(
            AssessmentCycle.year == year,
            AssessmentCycle.state == CycleState.SELF_REPORTING,
            Unit.id == actor.unit_id,
            ~reported.exists(),
        )
    )
