"""Whom a commendation may name: the one place where what bars somebody is united (R5.16)."""

from datetime import date

from fivestep_web.assessment.admonitions import queries as admonitions
from fivestep_web.assessment.commendations import queries
from fivestep_web.assessment.grades import queries as grades
from fivestep_web.assessment.scores import YearScore
from fivestep_web.assessment.standings import Proposal, commendation_proposals
from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor

# each says of a year and a day whom it bars, with what
BARS = (admonitions.barred, grades.barred)


def barred(year: int, day: date) -> frozenset[int]:
    """Return who may not be commended or recommended for *year* on *day*, whatever the reason."""
    return frozenset(person_id for bar in BARS for person_id in bar(year, day))


def reasons_for(actor: Actor, year: int, day: date) -> dict[int, str]:
    """Return of those barred only the reasons that the actor is entitled to."""
    return grades.reasons_for(actor, year, day) | admonitions.reasons_for(actor, year, day)


def list_proposed(score: YearScore) -> list[Proposal]:
    """Return the proposals in the order of the list, those of who is barred marked so."""
    rulings = queries.read_rulings(score.year)
    people = barred(score.year, clock.today())
    return commendation_proposals(score, people, rulings.ties, raised=rulings.raised)


def list_eligible(score: YearScore) -> list[Proposal]:
    """Return the proposals in the order of the list; of who is barred it says nothing (R5.16)."""
    return [row for row in list_proposed(score) if not row.is_barred]
