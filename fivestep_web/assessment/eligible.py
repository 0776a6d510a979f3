"""Whom a commendation may name: those proposed by the figures, less those an admonition's effect bars."""

from fivestep_web.assessment.admonitions.queries import barred
from fivestep_web.assessment.scores import YearScore
from fivestep_web.assessment.standings import Proposal, commendation_proposals
from fivestep_web.core import clock


def list_eligible(score: YearScore) -> list[Proposal]:
    """Return the proposals in the order of the list; of who is barred it says nothing (R5.16)."""
    proposed = commendation_proposals(score, barred(score.year, clock.today()))
    return [row for row in proposed if not row.is_barred]
