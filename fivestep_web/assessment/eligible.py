"""Whom a commendation may name: those proposed by the figures, less those who are barred."""

from datetime import date

from fivestep_web.assessment.admonitions.queries import barred
from fivestep_web.assessment.grades import queries as grades
from fivestep_web.assessment.scores import YearScore
from fivestep_web.assessment.standings import Proposal, commendation_proposals
from fivestep_web.core import clock


def barred_on(year: int, day: date) -> set[int]:
    """Return who may not be commended for *year* on *day*: by an admonition or discipline."""
    return {*barred(year, day), *grades.barred(year, day)}


def list_eligible(score: YearScore) -> list[Proposal]:
    """Return the proposals in the order of the list; of who is barred it says nothing (R5.16)."""
    proposed = commendation_proposals(score, barred_on(score.year, clock.today()))
    return [row for row in proposed if not row.is_barred]
