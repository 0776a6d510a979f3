"""The reference list 优先提拔重用 by rank, for personnel (R5.17); it decides nothing."""

from dataclasses import dataclass, replace
from decimal import Decimal

from fivestep_web.assessment.commendations import queries
from fivestep_web.assessment.commendations.rules import DECIDED, CommendationState
from fivestep_web.assessment.eligible import barred, reasons_for
from fivestep_web.assessment.score_settings import Band
from fivestep_web.assessment.scores import YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.totals import band_of
from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor


@dataclass(frozen=True, slots=True)
class Reference:
    """A person whose figure is 优秀, with the unit's result and how far the commendation is.

    *rank* is the place within the pool, equal figures share it; None for who is barred.
    """

    person_id: int
    name: str
    post: str
    pool: str
    figure: Decimal
    rank: int | None
    unit: str
    unit_result: str
    commendation: CommendationState | None
    is_barred: bool


def list_reference(year: int) -> list[Reference]:
    """Return the people by pool and rank, who is barred last in the pool."""
    score = score_year(year)
    bars = barred(year, clock.today())
    states = {row.person_id: row.state for row in queries.list_rows(year, DECIDED) if row.person_id}
    pools: dict[str, list[Reference]] = {}
    for row in _excellent(score, bars, states):
        pools.setdefault(row.pool, []).append(row)
    return [row for rows in pools.values() for row in _ranked(rows)]


def _excellent(
    score: YearScore, bars: frozenset[int], states: dict[int, CommendationState]
) -> list[Reference]:
    units = {unit.id: unit for unit in score.units}
    found = []
    for person in score.people:
        unit = units[person.unit_id]
        if person.figure is None or band_of(person.figure, score.settings) is not Band.EXCELLENT:
            continue
        result = f"{unit.series}第{unit.rank}名，{unit.total.printed}分" if unit.rank else "暂无总分"
        found.append(
            Reference(
                person.id, person.name, person.post, person.pool.label if person.pool else unit.series,
                person.figure, None, unit.name, result, states.get(person.id),
                person.id in bars or (person.is_head and unit.is_vetoed),
            )
        )  # fmt: skip
    return found


def _ranked(rows: list[Reference]) -> list[Reference]:
    free = sorted((row for row in rows if not row.is_barred), key=lambda row: -row.figure)
    figures = [row.figure for row in free]
    ranked = [replace(row, rank=figures.index(row.figure) + 1) for row in free]
    return ranked + [row for row in rows if row.is_barred]


def bar_reasons(actor: Actor, year: int) -> dict[int, str]:
    """Return why people are barred, to who is entitled to know (section 6)."""
    return reasons_for(actor, year, clock.today())
