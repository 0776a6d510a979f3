"""What the page of daily assessment shows, as ready texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from fivestep_web.assessment.daily.forms import MoveForm, ReasonForm
from fivestep_web.assessment.daily.points import policy, queries
from fivestep_web.assessment.daily.points.models import MonthlyPoints, PointsState
from fivestep_web.assessment.daily.rules import MONTHS
from fivestep_web.assessment.daily.scores import DailyScore, MonthScore
from fivestep_web.assessment.queries import StoredUnit, list_units
from fivestep_web.assessment.result_table import NONE, figure
from fivestep_web.assessment.scores import SERIES_LABELS, YearScore
from fivestep_web.core.permissions import Actor
from fivestep_web.core.rounding import plain, round_half_up
from fivestep_web.org.models import UnitKind

TONES = {PointsState.ENTERED: "waiting", PointsState.APPROVED: "done", PointsState.REFUSED: "refused"}
PLACES = 2


@dataclass(frozen=True, slots=True)
class MonthCell:
    """A month of a unit: its rate and, where points changed it, its score and how."""

    rate: str
    score: str
    why: str


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit's year; *mean* is of the months that have a score."""

    code: str
    name: str
    months: tuple[MonthCell, ...]
    mean: str
    counted: int


@dataclass(frozen=True, slots=True)
class PointsLine:
    """Points as the list shows them, with the forms of what the actor may do with them."""

    points: MonthlyPoints
    amount: str
    tone: str
    may_decide: bool
    may_withdraw: bool
    step_form: MoveForm
    reason_form: ReasonForm


def month_cell(month: MonthScore) -> MonthCell:
    """Return a month as texts: 85.7%, and 87.71 with +2 where points were approved."""
    if month.rate is None or month.score is None:
        return MonthCell(NONE, "", "")
    rate = f"{round_half_up(month.rate * 100, 1)}%"
    changes = [f"+{plain(month.plus)}"] if month.plus else []
    changes += [f"−{plain(month.minus)}"] if month.minus else []
    return MonthCell(rate, figure(month.score, PLACES) if changes else "", " ".join(changes))


def unit_line(unit_code: str, name: str, daily: DailyScore) -> UnitLine:
    """Return a unit's line of twelve months."""
    return UnitLine(
        unit_code,
        name,
        tuple(month_cell(month) for month in daily.months),
        figure(daily.so_far, PLACES),
        len(daily.counted),
    )


def assessed_units(year: int) -> list[StoredUnit]:
    """Return the units assessed in a year by code, as they were on its last day."""
    return [unit for unit in list_units(date(year, 12, 31)) if unit.is_assessed]


def unit_choices(year: int) -> list[tuple[int, str]]:
    """Return what the field 单位 offers."""
    return [(unit.id, unit.name) for unit in assessed_units(year)]


def series(year: int) -> list[tuple[str, list[UnitLine]]]:
    """Return the units of each series with their months."""
    scores = queries.daily_scores(year)
    units = [
        (unit.kind, unit_line(unit.code, unit.name, scores.of(unit.code))) for unit in assessed_units(year)
    ]
    return _by_series(units)


def series_of(score: YearScore) -> list[tuple[str, list[UnitLine]]]:
    """Return the same of a year's assessment that is computed already."""
    return _by_series([(unit.kind, unit_line(unit.code, unit.name, unit.daily)) for unit in score.units])


def _by_series(lines: Iterable[tuple[UnitKind, UnitLine]]) -> list[tuple[str, list[UnitLine]]]:
    found: dict[UnitKind, list[UnitLine]] = {kind: [] for kind in SERIES_LABELS}
    for kind, line in lines:
        found[kind].append(line)
    return [(SERIES_LABELS[kind], of_kind) for kind, of_kind in found.items() if of_kind]


def has_months(score: YearScore) -> bool:
    """Say whether any bulletin of the year is issued."""
    return any(month.is_issued for unit in score.units for month in unit.daily.months)


def month_heads() -> list[dict[str, str]]:
    """Return the heads of twelve columns."""
    return [{"label": str(_("%(month)s月", month=month)), "kind": "numeric"} for month in MONTHS]


def points_lines(actor: Actor, year: int) -> Sequence[PointsLine]:
    """Return the points entered for a year."""
    return [_points_line(actor, points) for points in queries.list_points(year)]


def _points_line(actor: Actor, points: MonthlyPoints) -> PointsLine:
    data = {"revision": points.revision}
    reason_form = ReasonForm(formdata=None, data=data)
    reason_form.reason.id = f"reason-{points.id}"
    return PointsLine(
        points=points,
        amount=f"{points.kind.sign}{plain(points.points)}",
        tone=TONES[points.state],
        may_decide=policy.can_decide(actor, points),
        may_withdraw=policy.can_withdraw(actor, points),
        step_form=MoveForm(formdata=None, data=data),
        reason_form=reason_form,
    )
