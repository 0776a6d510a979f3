"""Reads of monthly points, and of the months the daily score is the mean of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fivestep_web.assessment.daily.bulletins.queries import IssuedFigures, issued_figures
from fivestep_web.assessment.daily.points.models import MonthlyPoints, PointsKind, PointsState
from fivestep_web.assessment.daily.scores import DailyScore, MonthScore, year_of
from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit

Approved = Mapping[tuple[str, int, PointsKind], Decimal]


def list_points(year: int, unit_code: str | None = None) -> Sequence[MonthlyPoints]:
    """Return the points entered for a year, the latest month first; withdrawn ones left out."""
    query = (
        select(MonthlyPoints)
        .where(MonthlyPoints.year == year, MonthlyPoints.state != PointsState.WITHDRAWN)
        .options(
            joinedload(MonthlyPoints.unit),
            joinedload(MonthlyPoints.entered_by),
            joinedload(MonthlyPoints.decided_by),
        )
        .order_by(MonthlyPoints.month.desc(), MonthlyPoints.id.desc())
    )
    if unit_code is not None:
        query = query.where(MonthlyPoints.unit.has(Unit.code == unit_code))
    return db.session.scalars(query).all()


def get_points(
    actor: Actor, year: int, points_id: int, *, lock: bool = False, revision: int | None = None
) -> MonthlyPoints:
    """Return points of a year; NotFound for who may not see results. Conflict when they changed meanwhile."""
    query = select(MonthlyPoints).where(MonthlyPoints.id == points_id, MonthlyPoints.year == year)
    if lock:
        query = query.with_for_update(of=MonthlyPoints).execution_options(populate_existing=True)
    points = db.session.scalar(query) if actor.may(Permission.RESULT_READ) else None
    if points is None:
        raise NotFound(_("没有这笔加减分。"))
    if revision is not None and points.revision != revision:
        raise Conflict(_("这笔加减分在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return points


def _approved(year: int) -> Approved:
    rows = db.session.execute(
        select(Unit.code, MonthlyPoints.month, MonthlyPoints.kind, MonthlyPoints.points)
        .join(Unit, Unit.id == MonthlyPoints.unit_id)
        .where(MonthlyPoints.year == year, MonthlyPoints.state == PointsState.APPROVED)
    )
    found: defaultdict[tuple[str, int, PointsKind], Decimal] = defaultdict(Decimal)
    for code, month, kind, points in rows:
        found[code, month, kind] += points
    return found


@dataclass(frozen=True, slots=True)
class DailyScores:
    """The daily scores of a year by unit code."""

    issued: Mapping[int, Mapping[str, IssuedFigures]]
    points: Approved

    def of(self, code: str) -> DailyScore:
        """Return a unit's months; one that an issued bulletin does not name had nothing due in it."""
        return year_of([self._month(code, month) for month in self.issued])

    def _month(self, code: str, month: int) -> MonthScore:
        figures = self.issued[month].get(code, NOTHING_DUE)
        plus, minus = (self.points.get((code, month, kind), Decimal(0)) for kind in PointsKind)
        return MonthScore(month, figures.due, figures.done, plus, minus)


NOTHING_DUE = IssuedFigures(0, 0)


def daily_scores(year: int) -> DailyScores:
    """Return the units' daily scores: issued bulletins with the approved points (R5.3)."""
    return DailyScores(issued_figures(year), _approved(year))
