"""Where candidates come from: the lists the rules make of the results, and people's own proposals (R5.15)."""

from flask_babel import gettext as _

from fivestep_web.assessment.commendations import queries, standing
from fivestep_web.assessment.commendations.models import Commendation, CommendationMove
from fivestep_web.assessment.commendations.rules import CommendationState, Source
from fivestep_web.assessment.commendations.services import require_preparer
from fivestep_web.assessment.eligible import list_eligible
from fivestep_web.assessment.scores import PersonScore, UnitScore, YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db

Key = tuple[int, int | None]


def draw_up(actor: Actor, year: int) -> int:
    """Take over the candidates that the rules name now; return how many are on the list.

    Candidates the rules name no more leave it; whom people nominated or removed stays as it is.
    Whom a tie leaves to the department meeting is not taken before its decision (7.7).
    """
    require_preparer(actor)
    score = score_year(year)
    if not score.has_ratings:
        raise Conflict(_("尚无评价数据，还没有建议对象。"))
    known = {_key(row): row for row in queries.list_rows(year, lock=True)}
    wanted = _proposed(score)
    for key, row in known.items():
        if row.state is CommendationState.CANDIDATE and row.source is Source.RULES and key not in wanted:
            db.session.delete(row)
    for key, fresh in wanted.items():
        before = known.get(key)
        if before is None:
            _store(actor, fresh)
        elif before.state is CommendationState.CANDIDATE:
            before.reason, before.score, before.rank = fresh.reason, fresh.score, fresh.rank
            before.post, before.name = fresh.post, fresh.name
    db.session.flush()
    record(actor, "commendation.drawn_up", f"year:{year}", names=[row.name for row in wanted.values()])
    return len(wanted)


def add(actor: Actor, year: int, key: Key, *, reason: str) -> Commendation:
    """Put on the list whom the rules did not name; refuses who is barred, without a why."""
    require_preparer(actor)
    if not reason.strip():
        raise FieldError("reason", _("请写明提出的理由。"))
    listed = [row for row in queries.list_rows(year, lock=True) if row.state is not CommendationState.REMOVED]
    if key in {_key(row) for row in listed}:
        raise FieldError("who", _("已经在名单上。"))
    row = _named(score_year(year), key, reason.strip())
    _store(actor, row)
    db.session.flush()
    if standing.facts_of(year, [row])[row.id].is_barred:
        raise FieldError("who", _("%(name)s不符合条件，不能列入。", name=row.name))
    record(actor, "commendation.added", f"commendation:{row.id}", name=row.name, reason=row.reason)
    return row


def choices(year: int) -> list[tuple[str, str]]:
    """Return the year's assessed units and their people as (key, label)."""
    score = score_year(year)
    units = [(f"{unit.id}:", unit.name) for _label, found in score.series() for unit in found]
    people = [(f"{one.unit_id}:{one.id}", f"{one.name}（{one.post}）") for one in score.people]
    return units + people


def read_key(text: str) -> Key:
    """Return the unit and person that a choice stands for."""
    unit, _colon, person = text.partition(":")
    return int(unit), int(person) if person else None


def _key(row: Commendation) -> Key:
    return row.unit_id, row.person_id


def _proposed(score: YearScore) -> dict[Key, Commendation]:
    rows = {}
    for proposal in list_eligible(score):
        if proposal.is_undecided:
            continue
        key = (proposal.unit.id, proposal.person_id)
        rows[key] = _row(score, key, proposal.reason, Source.RULES)
    return rows


def _named(score: YearScore, key: Key, reason: str) -> Commendation:
    try:
        return _row(score, key, reason, Source.ADDED)
    except StopIteration as error:
        raise DomainError(_("只能从本年度参评的单位和人员中提出。")) from error


def _row(score: YearScore, key: Key, reason: str, source: Source) -> Commendation:
    """Return a candidate not stored yet; StopIteration for who is not assessed."""
    unit = next(each for each in score.units if each.id == key[0])
    row = Commendation(
        year=score.year, unit_id=unit.id, person_id=key[1], source=source, reason=reason, moves=[],
        state=CommendationState.CANDIDATE, name=unit.name, post="", score=unit.total.printed, rank=unit.rank,
    )  # fmt: skip
    if key[1] is not None:
        _fill_person(row, unit, next((each for each in score.people if each.id == key[1]), None))
    return row


def _fill_person(row: Commendation, unit: UnitScore, person: PersonScore | None) -> None:
    row.name = person.name if person else unit.head_name or ""
    row.post = person.post if person else unit.head_post
    row.score = person.figure if person else None
    row.pool, row.rank = person.pool if person else None, None


def _store(actor: Actor, row: Commendation) -> None:
    row.moves.append(
        CommendationMove(
            state=row.state, at=clock.now(), by_id=actor.person_id, position=actor.position, note=row.reason
        )
    )
    db.session.add(row)
