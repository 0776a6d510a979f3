"""Candidates for commendation and admonition, each with the rule that put it there (R5.15–R5.18); pure.

The system proposes; people decide.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from fivestep_web.assessment.quotas import Selection, Standing, excellent_seats, select_within
from fivestep_web.assessment.score_settings import Band, Settings
from fivestep_web.assessment.totals import band_of
from fivestep_web.core.rounding import percent, plain, round_half_up

SATISFACTION_PLACES = 4


class CandidateKind(StrEnum):
    """What a candidate is proposed for."""

    ADVANCED_UNIT = "advanced_unit"
    ADVANCED_PERSON = "advanced_person"
    POOR_RESULT = "poor_result"
    LOW_SATISFACTION = "low_satisfaction"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]


KIND_LABELS = {
    CandidateKind.ADVANCED_UNIT: "先进单位",
    CandidateKind.ADVANCED_PERSON: "先进个人",
    CandidateKind.POOR_RESULT: "实绩考核较差",
    CandidateKind.LOW_SATISFACTION: "群众满意度测评较低",
}


class Pool(StrEnum):
    """The two quota pools of the department's section staff; they are never added together (E9)."""

    CIVIL_SERVANT = "civil_servant"
    INSTITUTION_STAFF = "institution_staff"

    @property
    def label(self) -> str:
        return POOL_LABELS[self]


POOL_LABELS = {Pool.CIVIL_SERVANT: "公务员", Pool.INSTITUTION_STAFF: "事业人员"}


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """A unit in the confirmed ranking; *total* is the rounded one, *satisfaction* a rate of 0–1.

    The rate is None where it is not known: imported survey scores have no options.
    """

    code: str
    head: str | None
    total: Decimal | None
    rank: int | None
    vetoed: bool
    satisfaction: Fraction | None = None
    leader_result: Fraction | None = None
    mass_result: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """A person of a unit; *figure* is the rounded personal figure (domain 7.9).

    *pool* is None for those whose annual assessment is held elsewhere (township cadres,
    county-managed leaders): no quota of the department counts them.
    """

    person: str
    unit: str
    pool: Pool | None
    figure: Decimal | None
    own_completion: Fraction | None = None
    overdue_goals: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of a candidate list; *person* is None for a unit.

    *undecided* marks equals at the edge of the quota, among whom the department meeting chooses; *barred*
    who meets the figures and may not be listed (R5.16): the list says 不符合条件 and takes no seat for it.
    """

    kind: CandidateKind
    unit: str
    person: str | None
    reason: str
    undecided: bool = False
    barred: bool = False


@dataclass(frozen=True, slots=True)
class DecidedTie:
    """What the department meeting decided among equals at a quota (7.7), *text* with its day and reason."""

    contenders: frozenset[str]
    chosen: frozenset[str]
    text: str


def commendation_candidates(
    units: Sequence[UnitStanding],
    people: Sequence[PersonStanding],
    pool_sizes: Mapping[Pool, int],
    settings: Settings,
    *,
    raised: Collection[Pool] = (),
    barred: Collection[str] = (),
    ties: Sequence[DecidedTie] = (),
) -> list[Candidate]:
    """Return units of band 优秀, then the persons within the quota of their pool (R5.15–R5.17).

    *pool_sizes* counts those who must take part in the annual assessment, *raised* are the pools with an
    approved higher share (N2). A vetoed unit and its
    head are never among them; whoever is eligible beyond the quota is left out. Those of *barred* who meet
    the figures come last, marked so. *ties* are honoured where they fit, the latest first.
    """
    advanced = [unit for unit in units if _is_advanced(unit, settings)]
    advanced.sort(key=lambda unit: (unit.rank or 0, unit.code))
    rows = [
        Candidate(CandidateKind.ADVANCED_UNIT, unit.code, None, _unit_reason(unit, settings))
        for unit in advanced
    ]
    by_code = {unit.code: unit for unit in units}
    reasons = _eligible(people, by_code, settings)
    for pool in (*Pool, None):
        members = [
            person
            for person in people
            if person.pool is pool and person.person in reasons and person.person not in barred
        ]
        seats = len(members)
        if pool is not None:
            seats = excellent_seats(pool_sizes.get(pool, 0), settings, approval_recorded=pool in raised)
        rows += _within_pool(members, seats, by_code, reasons, ties)
    return rows + [
        Candidate(
            CandidateKind.ADVANCED_PERSON, person.unit, person.person, reasons[person.person], barred=True
        )
        for person in people
        if person.person in reasons and person.person in barred
    ]


def _is_advanced(unit: UnitStanding, settings: Settings) -> bool:
    return unit.total is not None and not unit.vetoed and band_of(unit.total, settings) is Band.EXCELLENT


def _unit_reason(unit: UnitStanding, settings: Settings) -> str:
    line = settings.bands[Band.EXCELLENT]
    return f"年度总分{unit.total}分，不低于{plain(line)}分（优秀），位次第{unit.rank}"


def _eligible(
    people: Iterable[PersonStanding], units: Mapping[str, UnitStanding], settings: Settings
) -> dict[str, str]:
    """Return who may be proposed, with the rule and the figures."""
    line = settings.bands[Band.EXCELLENT]
    found: dict[str, str] = {}
    for person in people:
        unit = units.get(person.unit)
        if unit is None:
            continue
        heads = unit.head == person.person
        if heads and unit.vetoed:
            continue
        figure = "" if person.figure is None else f"个人实绩{person.figure}分"
        if heads and _is_advanced(unit, settings):
            own = f"，{figure}" if figure else ""
            found[person.person] = f"所负责单位年度总分{unit.total}分（优秀）{own}"
        elif person.figure is not None and person.figure >= line:
            found[person.person] = f"{figure}，不低于{plain(line)}分（优秀）"
    return found


def _within_pool(
    members: Sequence[PersonStanding],
    seats: int,
    units: Mapping[str, UnitStanding],
    reasons: Mapping[str, str],
    ties: Sequence[DecidedTie],
) -> list[Candidate]:
    unit_of = {person.person: person.unit for person in members}
    standings = {
        person.person: Standing(
            person.figure,
            units[person.unit].leader_result,
            units[person.unit].mass_result,
            person.own_completion,
            person.overdue_goals,
        )
        for person in members
    }
    picked = select_within(standings, seats)
    kind = CandidateKind.ADVANCED_PERSON
    rows = []
    for name in picked.chosen:
        tie = picked.reasons.get(name)
        reason = f"{reasons[name]}；{tie}" if tie else reasons[name]
        rows.append(Candidate(kind, unit_of[name], name, reason))
    decided = _decision_on(picked, ties)
    if decided:
        return rows + [
            Candidate(kind, unit_of[name], name, f"{reasons[name]}；与他人完全并列，{decided.text}")
            for name in picked.open_ties
            if name in decided.chosen
        ]
    for name in picked.open_ties:
        open_tie = f"与他人完全并列，{len(picked.open_ties)}人争{picked.open_seats}个名额，由部务会议决定"
        rows.append(Candidate(kind, unit_of[name], name, f"{reasons[name]}；{open_tie}", undecided=True))
    return rows


def _decision_on(picked: Selection[str], ties: Sequence[DecidedTie]) -> DecidedTie | None:
    """Return the latest decision on exactly these equals and these seats; None while there is none."""
    contenders = frozenset(picked.open_ties)
    fitting = (tie for tie in reversed(ties) if tie.contenders == contenders)
    return next((tie for tie in fitting if len(tie.chosen) == picked.open_seats), None)


def admonition_candidates(units: Iterable[UnitStanding], settings: Settings) -> list[Candidate]:
    """Return a row for each trigger a unit meets; the person is its head (R5.18, E10).

    Both thresholds are strict and compare the figures as printed; an unknown satisfaction rate
    triggers nothing.
    """
    rows = []
    for unit in units:
        limit = settings.admonition_total_below
        if unit.total is not None and unit.total < limit:
            text = f"年度总分{unit.total}分，低于{round_half_up(limit, settings.decimals)}分（实绩考核较差）"
            rows.append(Candidate(CandidateKind.POOR_RESULT, unit.code, unit.head, text))
        if unit.satisfaction is None:
            continue
        rate = round_half_up(unit.satisfaction, SATISFACTION_PLACES)
        if rate < settings.admonition_satisfaction_below:
            least = percent(settings.admonition_satisfaction_below)
            text = f"群众满意率{percent(rate)}，低于{least}（群众满意度测评较低）"
            rows.append(Candidate(CandidateKind.LOW_SATISFACTION, unit.code, unit.head, text))
    return rows
