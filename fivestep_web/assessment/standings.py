"""Who the computed year proposes for commendation and for admonition, each with the rule behind it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fivestep_web.assessment.candidates import (
    Candidate,
    CandidateKind,
    DecidedTie,
    PersonStanding,
    Pool,
    UnitStanding,
    admonition_candidates,
    commendation_candidates,
)
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.scores import UnitScore, YearScore
from fivestep_web.documents.strokes import sort_by_strokes


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate with the words for people; *person_id* is None for a unit."""

    kind: CandidateKind
    unit: UnitScore
    person_id: int | None
    person: str
    post: str
    reason: str
    is_undecided: bool
    is_barred: bool


def commendation_proposals(
    score: YearScore,
    barred: Collection[int],
    ties: Sequence[DecidedTie] = (),
    *,
    raised: Collection[Pool] = (),
) -> list[Proposal]:
    """Return the advanced units by series and rank, then the persons by surname strokes (R5.15–R5.17).

    Those of *barred* who meet the figures are among the persons, marked so; they take no seat of a quota.
    *raised* are the pools whose higher share is approved (N2).
    """
    standings = [
        PersonStanding(
            person=str(person.id),
            unit=person.unit_code,
            pool=person.pool,
            figure=person.figure,
            own_completion=person.own.score,
            overdue_goals=person.overdue_goals,
        )
        for person in score.people
    ]
    found = commendation_candidates(
        _standings(score),
        standings,
        score.pool_sizes,
        score.settings,
        raised=raised,
        barred={str(one) for one in barred},
        ties=ties,
    )
    proposals = [_proposal(score, candidate) for candidate in found]
    order = {unit.id: place for place, (_label, unit) in enumerate(_in_order(score))}
    units = [row for row in proposals if row.person_id is None]
    people = [row for row in proposals if row.person_id is not None]
    return [
        *sorted(units, key=lambda row: order[row.unit.id]),
        *sort_by_strokes(people, lambda row: row.person),
    ]


def admonition_proposals(score: YearScore) -> list[Proposal]:
    """Return a row for each trigger a unit meets, by series and rank; the person is its head (R5.18)."""
    found = admonition_candidates(_standings(score), score.settings)
    proposals = [_proposal(score, candidate) for candidate in found]
    order = {unit.id: place for place, (_label, unit) in enumerate(_in_order(score))}
    return sorted(proposals, key=lambda row: order[row.unit.id])


def _in_order(score: YearScore) -> list[tuple[str, UnitScore]]:
    return [(label, unit) for label, units in score.series() for unit in units]


def _standings(score: YearScore) -> list[UnitStanding]:
    return [
        UnitStanding(
            code=unit.code,
            head=None if unit.head_id is None else str(unit.head_id),
            total=unit.total.printed,
            rank=unit.rank,
            vetoed=unit.is_vetoed,
            satisfaction=unit.satisfaction,
            leader_result=unit.groups[Group.LEADER_EVALUATION].result,
            mass_result=unit.groups[Group.MASS_EVALUATION].result,
        )
        for unit in score.units
    ]


def _proposal(score: YearScore, candidate: Candidate) -> Proposal:
    unit = next(each for each in score.units if each.code == candidate.unit)
    person_id = None if candidate.person is None else int(candidate.person)
    name, post = "", ""
    if person_id is not None:
        person = next((each for each in score.people if each.id == person_id), None)
        name = person.name if person else unit.head_name or ""
        post = person.post if person else unit.head_post
    return Proposal(
        candidate.kind,
        unit,
        person_id,
        name,
        post,
        candidate.reason,
        is_undecided=candidate.undecided,
        is_barred=candidate.barred,
    )
