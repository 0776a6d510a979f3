"""Reads of additions, deductions and vetoes."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleUnit
from fivestep_web.assessment.cycles.rules import Unmet
from fivestep_web.assessment.models import STANDING, Adjustment, AdjustmentKind, AdjustmentState
from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit


def list_adjustments(year: int) -> Sequence[Adjustment]:
    """Return what was proposed or imported for a year by unit, what waits first; withdrawn ones left out."""
    query = (
        select(Adjustment)
        .join(Adjustment.unit)
        .where(Adjustment.year == year, Adjustment.state != AdjustmentState.WITHDRAWN)
        .options(
            joinedload(Adjustment.unit).joinedload(Unit.current),
            joinedload(Adjustment.proposed_by),
            joinedload(Adjustment.decided_by),
        )
        .order_by(Adjustment.state != AdjustmentState.PROPOSED, Unit.code, Adjustment.id)
    )
    return db.session.scalars(query).all()


def get_adjustment(
    year: int, adjustment_id: int, *, lock: bool = False, revision: int | None = None
) -> Adjustment:
    """Return one of a year; Conflict when it changed since it was shown."""
    query = select(Adjustment).where(Adjustment.id == adjustment_id, Adjustment.year == year)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("没有这项加减分。"))
    if revision is not None and found.revision != revision:
        raise Conflict(_("这项加减分在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return found


def is_standing(year: int, unit_id: int, kind: AdjustmentKind, reason: str) -> bool:
    """Say whether the same is proposed or approved already."""
    query = select(Adjustment.id).where(
        Adjustment.year == year,
        Adjustment.unit_id == unit_id,
        Adjustment.kind == kind,
        Adjustment.reason == reason,
        Adjustment.state.in_(STANDING),
    )
    return db.session.scalar(query) is not None


def is_assessed(cycle: AssessmentCycle, unit_id: int) -> bool:
    """Say whether the unit is assessed in this cycle."""
    return db.session.get(CycleUnit, (cycle.id, unit_id)) is not None


def undecided_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Return what the department meeting has not decided on yet (7.8)."""
    query = select(func.count(Adjustment.id)).where(
        Adjustment.year == cycle.year, Adjustment.state == AdjustmentState.PROPOSED
    )
    count = db.session.scalar(query)
    if not count:
        return []
    sentence = _("还有%(count)s项加减分没有登记部务会议的决定。", count=count)
    return [Unmet(sentence, _("去办理加减分"), "adjustments.adjustment_index")]
