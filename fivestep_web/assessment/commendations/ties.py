"""Ties at the edge of a quota, and what the department meeting decided on them (7.7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.commendations import queries, services
from fivestep_web.assessment.commendations.models import TieDecision, TieSeat
from fivestep_web.assessment.eligible import barred
from fivestep_web.assessment.quotas import excellent_seats
from fivestep_web.assessment.scores import YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.standings import Proposal, commendation_proposals
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db


@dataclass(frozen=True)
class Tie:
    """People of a pool equal in everything, the seats they compete for, and the decision that holds."""

    pool: Pool
    people: tuple[Proposal, ...]
    seats: int
    decision: TieDecision | None

    @property
    def chosen(self) -> frozenset[int]:
        seats = self.decision.seats if self.decision else ()
        return frozenset(seat.person_id for seat in seats if seat.is_chosen)


def list_open(year: int) -> list[Tie]:
    """Return the year's ties, decided ones too: they can be decided anew until somebody is nominated."""
    score = score_year(year)
    raised = queries.read_rulings(year).raised
    rows = commendation_proposals(score, barred(year, clock.today()), raised=raised)
    pools = {person.id: person.pool for person in score.people}
    decisions = queries.list_ties(year)
    found = []
    for pool in Pool:
        inside = [row for row in rows if not row.is_barred and pools.get(row.person_id or 0) is pool]
        equals = tuple(row for row in inside if row.is_undecided)
        if equals:
            seats = _seats(score, pool, is_raised=pool in raised) - (len(inside) - len(equals))
            found.append(Tie(pool, equals, seats, _decision_on(equals, seats, decisions)))
    return found


def _seats(score: YearScore, pool: Pool, *, is_raised: bool) -> int:
    return excellent_seats(score.pool_sizes.get(pool, 0), score.settings, approval_recorded=is_raised)


def _decision_on(
    equals: Collection[Proposal], seats: int, decisions: Collection[TieDecision]
) -> TieDecision | None:
    people = {row.person_id for row in equals}
    fitting = [
        decision
        for decision in decisions
        if {seat.person_id for seat in decision.seats} == people
        and sum(seat.is_chosen for seat in decision.seats) == seats
    ]
    return fitting[-1] if fitting else None


def get(year: int, pool: str) -> Tie:
    """Return the year's tie in a pool; NotFound where there is none."""
    found = next((tie for tie in list_open(year) if tie.pool.value == pool), None)
    if found is None:
        raise NotFound(_("没有需要决定的并列名额。"))
    return found


def decide(actor: Actor, year: int, pool: str, chosen: Collection[int], *, met_on: date, reason: str) -> None:
    """Record whom the department meeting gave the seats, when and why; exactly as many as there are.

    None of those equals records it (NotAllowed).
    """
    services.require_preparer(actor)
    tie = get(year, pool)
    people = {row.person_id for row in tie.people}
    if actor.person_id in people:
        raise NotAllowed(_("您在并列的人员之中，须由他人登记。"))
    if not reason.strip():
        raise FieldError("reason", _("请写明部务会议的理由。"))
    if met_on > clock.today():
        raise FieldError("met_on", _("会议日期不能晚于今天。"))
    if len(set(chosen)) != tie.seats or not set(chosen) <= people:
        raise FieldError("chosen", _("这里有%(seats)s个名额，请选择%(seats)s人。", seats=tie.seats))
    named = queries.list_rows(year, lock=True)
    if any(row.person_id in people and row.state.value not in {"candidate", "removed"} for row in named):
        raise Conflict(_("其中有人已经提名，不能再改；请先移出名单。"))
    decision = TieDecision(
        year=year, met_on=met_on, reason=reason.strip(), recorded_at=clock.now(),
        recorded_by_id=actor.person_id,
        seats=[
            TieSeat(person_id=row.person_id, is_chosen=row.person_id in chosen) for row in tie.people
        ],
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    names = [row.person for row in tie.people if row.person_id in chosen]
    record(actor, "commendation.tie_decided", f"year:{year}", names=names, date=met_on, reason=reason.strip())
