"""Enter points of a month, approve or refuse them, take them back."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from fivestep_web.assessment.adjustments.policy import demand_points_open
from fivestep_web.assessment.daily.bulletins.queries import find_bulletin
from fivestep_web.assessment.daily.bulletins.rules import Figures
from fivestep_web.assessment.daily.points import policy
from fivestep_web.assessment.daily.points.models import MonthlyPoints, PointsKind, PointsState
from fivestep_web.assessment.year_rules import read_year_rules
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.core.rounding import plain
from fivestep_web.extensions import db

MOST = Decimal(100)
PLACES = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """What is entered: points above 0 and at most 100 with two decimals, why, and by which document."""

    month: int
    unit_id: int
    kind: PointsKind
    points: Decimal
    reason: str
    basis: str


def enter(actor: Actor, year: int, entry: Entry) -> MonthlyPoints:
    """Store points that wait for approval.

    Raises NotAllowed, FieldError for points out of range, for a month without a bulletin and for a unit
    without a rate that month: points change a rate, and there is none. Conflict once a total they are part of
    is reviewed.
    """
    if not policy.may_enter(actor) or actor.person_id is None:
        raise NotAllowed(_("月度加减分由办公室登记。"))
    _demand_uncounted(year)
    _check(year, entry)
    points = MonthlyPoints(
        year=year,
        month=entry.month,
        unit_id=entry.unit_id,
        kind=entry.kind,
        points=entry.points,
        reason=entry.reason.strip(),
        basis=entry.basis.strip(),
        entered_by_id=actor.person_id,
        entered_at=clock.now(),
    )
    db.session.add(points)
    db.session.flush()
    record(
        actor, "points.entered", f"points:{points.id}",
        year=year, month=points.month, unit=points.unit_id, kind=points.kind.label,
        points=plain(points.points), reason=points.reason, basis=points.basis,
    )  # fmt: skip
    return points


def _demand_uncounted(year: int) -> None:
    """Refuse points of a reviewed result; without a share in the total they go on all year."""
    if read_year_rules(year).settings.daily_share:
        demand_points_open(year)


def _check(year: int, entry: Entry) -> None:
    if not entry.points.is_finite() or not 0 < entry.points <= MOST:
        raise FieldError("points", _("分值应大于0、不超过100。"))
    if entry.points != round(entry.points, PLACES):
        raise FieldError("points", _("分值最多两位小数。"))
    if not entry.reason.strip() or not entry.basis.strip():
        raise DomainError(_("事由和依据都要填写。"))
    bulletin = find_bulletin(year, entry.month)
    if bulletin is None:
        raise FieldError("month", _("%(month)s月的通报还没有起草，不能登记加减分。", month=entry.month))
    units = Figures.from_json(bulletin.figures).units
    unit = next((unit for unit in units if unit.unit_id == entry.unit_id), None)
    if unit is None or not unit.due:
        raise FieldError(
            "unit_id", _("该单位%(month)s月没有到期目标，没有完成率可以加减。", month=entry.month)
        )


def approve(actor: Actor, points: MonthlyPoints) -> None:
    """Let the points count; nobody approves what they entered, nor what would change a reviewed result."""
    _demand_uncounted(points.year)
    _decide(actor, points, PointsState.APPROVED)
    record(actor, "points.approved", f"points:{points.id}", year=points.year, month=points.month)


def refuse(actor: Actor, points: MonthlyPoints, *, reason: str) -> None:
    """Keep the points with the reason why they do not count."""
    if not reason.strip():
        raise DomainError(_("请写明不予批准的理由。"))
    _decide(actor, points, PointsState.REFUSED)
    points.note = reason.strip()
    db.session.flush()
    record(
        actor, "points.refused", f"points:{points.id}",
        year=points.year, month=points.month, reason=points.note,
    )  # fmt: skip


def _decide(actor: Actor, points: MonthlyPoints, state: PointsState) -> None:
    if not policy.may_decide(actor, points):
        raise NotAllowed(_("加减分由部长、常务副部长批准，登记人不能批准自己登记的。"))
    _require_open(points)
    points.state, points.decided_by_id, points.decided_at = state, actor.person_id, clock.now()
    db.session.flush()


def _require_open(points: MonthlyPoints) -> None:
    if points.state is not PointsState.ENTERED:
        raise Conflict(_("这笔加减分现在是“%(state)s”，请刷新后查看。", state=points.state.label))


def withdraw(actor: Actor, points: MonthlyPoints) -> None:
    """Take back points that are not decided on; they stay in the log."""
    if actor.person_id != points.entered_by_id:
        raise NotAllowed(_("加减分由登记人撤回。"))
    _require_open(points)
    points.state = PointsState.WITHDRAWN
    db.session.flush()
    record(actor, "points.withdrawn", f"points:{points.id}", year=points.year, month=points.month)
