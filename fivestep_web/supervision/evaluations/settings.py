"""The standard of a year: its dimensions and time limits, set by the office (R3.12)."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import exists, select

from fivestep_web.audit.services import record
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_plan_year
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.supervision.evaluations import policy
from fivestep_web.supervision.evaluations.models import (
    EvaluationDimension,
    EvaluationLimits,
    StageEvaluation,
    StageRating,
)
from fivestep_web.supervision.evaluations.rules import (
    BUILT_IN,
    LEADER_WORKDAYS,
    MOST_DIMENSIONS,
    MOST_WORKDAYS,
    UNIT_WORKDAYS,
)


def list_added(year: int) -> Sequence[EvaluationDimension]:
    """Return what a year has beside the built-in dimensions, in the order they were added."""
    query = select(EvaluationDimension).where(EvaluationDimension.year == year)
    return db.session.scalars(query.order_by(EvaluationDimension.id)).all()


def key_of(dimension: EvaluationDimension) -> str:
    """Return how ratings name an added dimension."""
    return f"added_{dimension.id}"


def dimensions_of(year: int) -> dict[str, tuple[str, str]]:
    """Return every dimension of a year by its key, as name and standard, the built-in ones first."""
    built_in = {key: (name, standard) for key, name, standard in BUILT_IN}
    return built_in | {key_of(one): (one.name, one.standard) for one in list_added(year)}


def is_used(year: int) -> bool:
    """Say whether anybody rated a phase of the year: its dimensions are fixed from then on."""
    of_year = (
        select(StageRating.id)
        .join(StageEvaluation, StageEvaluation.id == StageRating.evaluation_id)
        .join(Milestone, Milestone.id == StageEvaluation.milestone_id)
        .join(Goal, Goal.id == Milestone.goal_id)
        .where(Goal.year == year)
    )
    return bool(db.session.scalar(select(exists(of_year))))


def limits_of(year: int) -> EvaluationLimits:
    """Return the limits of a year, the defaults (revision 0) where none were set."""
    found = db.session.scalar(select(EvaluationLimits).where(EvaluationLimits.year == year))
    return found or EvaluationLimits(
        year=year, unit_workdays=UNIT_WORKDAYS, leader_workdays=LEADER_WORKDAYS, revision=0
    )


def begin(year: int, today: date) -> EvaluationLimits:
    """Return the limits of a year that is locked, and remember when its phases were first looked for."""
    limits = limits_of(year)
    if limits.begun_on is None:
        stored = limits if limits.revision else EvaluationLimits(year=year)
        stored.begun_on = today
        db.session.add(stored)
        db.session.flush()
        return stored
    return limits


def add_dimension(actor: Actor, year: int, *, name: str, standard: str) -> EvaluationDimension:
    """Add a dimension to a year nobody has rated in; FieldError for a name it has already."""
    _require_free(actor, year)
    known = dimensions_of(year)
    if name.strip() in {shown for shown, _standard in known.values()}:
        raise FieldError("name", _("已经有“%(name)s”这个维度，请换一个名称。", name=name.strip()))
    if len(known) >= MOST_DIMENSIONS:
        raise FieldError("name", _("最多%(count)s个维度，请先删去不用的。", count=MOST_DIMENSIONS))
    dimension = EvaluationDimension(year=year, name=name.strip(), standard=standard.strip())
    db.session.add(dimension)
    db.session.flush()
    record(actor, "evaluation.dimension_added", f"year:{year}", name=dimension.name)
    return dimension


def remove_dimension(actor: Actor, year: int, dimension_id: int) -> None:
    """Take an added dimension off a year nobody has rated in."""
    _require_free(actor, year)
    dimension = db.session.get(EvaluationDimension, dimension_id)
    if dimension is None or dimension.year != year:
        raise NotFound(_("没有这个维度。"))
    db.session.delete(dimension)
    db.session.flush()
    record(actor, "evaluation.dimension_removed", f"year:{year}", name=dimension.name)


def _require_free(actor: Actor, year: int) -> None:
    """Lock the year, whose first rating takes the same lock, and refuse once it has one."""
    if not policy.may_set(actor):
        raise NotAllowed(_("评估标准由办公室设定。"))
    get_plan_year(year, lock=True)
    if is_used(year):
        raise Conflict(_("%(year)s年度已有阶段评过等次，评估维度不能再改。", year=year))


def set_limits(
    actor: Actor, year: int, *, unit_workdays: int, leader_workdays: int, revision: int
) -> EvaluationLimits:
    """Set how many working days a rating may take; holds for what is opened or handed on from now on.

    Raises NotAllowed, FieldError for days out of range, Conflict when they changed since shown.
    """
    if not policy.may_set(actor):
        raise NotAllowed(_("评估时限由办公室设定。"))
    for field, days in (("unit_workdays", unit_workdays), ("leader_workdays", leader_workdays)):
        if not 1 <= days <= MOST_WORKDAYS:
            raise FieldError(field, _("时限应为1至%(most)s个工作日。", most=MOST_WORKDAYS))
    get_plan_year(year, lock=True)
    limits = limits_of(year)
    if limits.revision != revision:
        raise Conflict(_("时限在您打开之后有变化，没有保存。请刷新后查看再办。"))
    before = [limits.unit_workdays, limits.leader_workdays]
    stored = limits if limits.revision else EvaluationLimits(year=year)
    stored.unit_workdays, stored.leader_workdays = unit_workdays, leader_workdays
    db.session.add(stored)
    db.session.flush()
    record(
        actor, "evaluation.limits_set", f"year:{year}", before=before, after=[unit_workdays, leader_workdays]
    )
    return stored
