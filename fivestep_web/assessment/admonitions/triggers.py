"""Whom a year's results name for an admonition, from the day they are decided on (R5.18, 5.6)."""

from fivestep_web.assessment.cycles.queries import find_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.scores import YearScore
from fivestep_web.assessment.standings import Proposal, admonition_proposals

SETTLED = (CycleState.CONFIRMED, CycleState.FILED)


def is_settled(year: int) -> bool:
    """Say whether the year's results may be used: confirmed, or of a year without an assessment cycle."""
    cycle = find_cycle(year)
    return cycle is None or cycle.state in SETTLED


def triggers(score: YearScore) -> list[Proposal]:
    """Return a row for each trigger a unit meets, by series and rank; none before results are confirmed."""
    return admonition_proposals(score) if is_settled(score.year) else []
