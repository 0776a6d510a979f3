"""Register achievements, withdraw them, hand in a unit's self-report."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.assessment.cycles.queries import find_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.daily.achievements import policy, queries
from fivestep_web.assessment.daily.achievements.models import Achievement, MissingReport, SelfReport
from fivestep_web.assessment.daily.achievements.rules import AchievementKind, Level
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.topics.models import Topic

REPORTING = (CycleState.CONFIGURING, CycleState.OPEN, CycleState.SELF_REPORTING)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is registered: what, when, from whom, for which unit and topic, by which evidence."""

    unit_id: int
    topic_id: int
    kind: AchievementKind
    level: Level
    happened_on: date
    title: str
    giver: str
    evidence: str


def register(actor: Actor, year: int, entry: Entry) -> Achievement:
    """Add an achievement to the register.

    Raises NotAllowed for another's unit, FieldError for a day outside the year or to come, for a topic of
    another year, and for an empty text: there is none without evidence.
    """
    if not policy.may_register(actor, entry.unit_id) or actor.person_id is None:
        raise NotAllowed(_("您登记本单位的成果；其他单位的由该单位或办公室登记。"))
    _check(year, entry)
    achievement = Achievement(
        year=year,
        unit_id=entry.unit_id,
        topic_id=entry.topic_id,
        kind=entry.kind,
        level=entry.level,
        happened_on=entry.happened_on,
        title=entry.title.strip(),
        giver=entry.giver.strip(),
        evidence=entry.evidence.strip(),
        registered_by_id=actor.person_id,
        registered_at=clock.now(),
    )
    db.session.add(achievement)
    db.session.flush()
    record(
        actor, "achievement.registered", f"achievement:{achievement.id}",
        year=year, unit=entry.unit_id, happened_on=entry.happened_on, title=achievement.title,
    )  # fmt: skip
    return achievement


def _check(year: int, entry: Entry) -> None:
    if entry.happened_on.year != year:
        raise FieldError("happened_on", _("日期不在%(year)s年度内，请登记到该年度。", year=year))
    if entry.happened_on > clock.today():
        raise FieldError("happened_on", _("日期不能晚于今天。"))
    for field in ("title", "giver", "evidence"):
        if not getattr(entry, field).strip():
            raise FieldError(field, _("这一栏要填写。"))
    known = select(Topic.id).where(Topic.id == entry.topic_id, Topic.year == year)
    if db.session.scalar(known) is None:
        raise FieldError("topic_id", _("请选择%(year)s年的课题。", year=year))


def withdraw(actor: Actor, achievement: Achievement, *, reason: str) -> None:
    """Take an achievement out of the register; it stays to be read with the reason."""
    if not policy.may_register(actor, achievement.unit_id):
        raise NotAllowed(_("成果由登记的单位或办公室撤销。"))
    if achievement.withdrawn_at is not None:
        raise Conflict(_("这项成果已经撤销。"))
    if not reason.strip():
        raise DomainError(_("请写明撤销的理由。"))
    achievement.withdrawn_by_id, achievement.withdrawn_at = actor.person_id, clock.now()
    achievement.reason = reason.strip()
    db.session.flush()
    record(
        actor, "achievement.withdrawn", f"achievement:{achievement.id}",
        year=achievement.year, unit=achievement.unit_id, reason=achievement.reason,
    )  # fmt: skip


def hand_in(actor: Actor, year: int, unit_id: int, *, visible: str, latent: str, revision: int) -> SelfReport:
    """Store a unit's self-report in place of what it handed in before (R5.2).

    *revision* is that of the report as it was shown, 0 for none. Raises NotAllowed for another's unit,
    FieldError for an empty part: 无 must be written, Conflict when it changed meanwhile or the
    vote has begun.
    """
    if not policy.may_report(actor, unit_id) or actor.person_id is None:
        raise NotAllowed(_("自评由本单位负责人报送。"))
    if not visible.strip():
        raise FieldError("visible", _("请填写显绩，没有的写“无”。"))
    if not latent.strip():
        raise FieldError("latent", _("请填写潜绩，没有的写“无”。"))
    _demand_no_vote(year)
    found = queries.find_self_report(year, unit_id, lock=True)
    queries.check_revision(found, revision)
    missing = queries.find_missing_report(year, unit_id)
    if missing is not None:
        db.session.delete(missing)
    report = found or SelfReport(year=year, unit_id=unit_id)
    report.visible, report.latent = visible.strip(), latent.strip()
    report.submitted_by_id, report.submitted_at = actor.person_id, clock.now()
    db.session.add(report)
    db.session.flush()
    record(actor, "self_report.handed_in", f"self_report:{report.id}", year=year, unit=unit_id)
    return report


def is_taking(year: int) -> bool:
    """Say whether self-reports may still change: every voter reads the same (R5.2)."""
    cycle = find_cycle(year)
    return cycle is None or cycle.state in REPORTING


def _demand_no_vote(year: int) -> None:
    """Hold the cycle's row, so that no vote opens meanwhile; Conflict once it has."""
    cycle = find_cycle(year, lock=True)
    if cycle is not None and cycle.state not in REPORTING:
        raise Conflict(_("评价已经开始，自评不再改动。"))


def enter_missing(actor: Actor, year: int, unit_id: int, *, reason: str) -> MissingReport:
    """Note that a unit gave no self-report, in place of a reason entered before (5.6).

    Raises NotAllowed for others than the office, FieldError without a reason, Conflict when a report is in
    or the vote has begun.
    """
    if not policy.may_enter_missing(actor) or actor.person_id is None:
        raise NotAllowed(_("未报送自评由办公室登记。"))
    if not reason.strip():
        raise FieldError("reason", _("请写明没有报送的原因。"))
    _demand_no_vote(year)
    if queries.find_self_report(year, unit_id) is not None:
        raise Conflict(_("这个单位的自评已经报送。"))
    row = queries.find_missing_report(year, unit_id) or MissingReport(year=year, unit_id=unit_id)
    row.reason, row.entered_by_id, row.entered_at = reason.strip(), actor.person_id, clock.now()
    db.session.add(row)
    db.session.flush()
    record(
        actor, "self_report.entered_missing", f"unit:{unit_id}",
        year=year, unit=unit_id, reason=row.reason,
    )  # fmt: skip
    return row
