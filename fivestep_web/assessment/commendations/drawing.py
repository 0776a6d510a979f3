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
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
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
    rows = queries.list_rows(year, lock=True)
    removed = {_who(row) for row in rows if row.state is CommendationState.REMOVED}
    known = {_who(row): row for row in rows if row.state is not CommendationState.REMOVED}
    wanted = {_who(row): row for row in _proposed(score)}
    dropped = [row for who, row in known.items() if _is_of_rules(row) and who not in wanted]
    for row in dropped:
        db.session.delete(row)
    for who, fresh in wanted.items():
        if who in known:
            _refresh(known[who], fresh)
        elif who not in removed:
            _store(actor, fresh)
    db.session.flush()
    names = [row.name for row in wanted.values()]
    record(actor, "commendation.drawn_up", f"year:{year}", names=names, dropped=[row.name for row in dropped])
    return len(wanted)


def _is_of_rules(row: Commendation) -> bool:
    return row.state is CommendationState.CANDIDATE and row.source is Source.RULES


def _refresh(row: Commendation, fresh: Commendation) -> None:
    """Give a candidate what is true now; the reason that people wrote stays theirs."""
    if row.state is not CommendationState.CANDIDATE:
        return
    row.unit_id, row.series, row.pool = fresh.unit_id, fresh.series, fresh.pool
    row.name, row.post, row.score, row.rank = fresh.name, fresh.post, fresh.score, fresh.rank
    if row.source is Source.RULES:
        row.reason = fresh.reason


def add(actor: Actor, year: int, key: Key, *, reason: str) -> Commendation:
    """Put on the list whom the rules did not name; refuses oneself, and who is barred, without a why."""
    require_preparer(actor)
    if key[1] is not None and key[1] == actor.person_id:
        raise NotAllowed(_("涉及您本人的，须由他人提出。"))
    if not reason.strip():
        raise FieldError("reason", _("请写明提出的理由。"))
    listed = [row for row in queries.list_rows(year, lock=True) if row.state is not CommendationState.REMOVED]
    row = _named(score_year(year), key, reason.strip())
    if _who(row) in {_who(one) for one in listed}:
        raise FieldError("who", _("已经在名单上。"))
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


def _who(row: Commendation) -> tuple[bool, int]:
    """Return whom a row is about: a person stays the same one in another unit."""
    return (True, row.unit_id) if row.person_id is None else (False, row.person_id)


def _proposed(score: YearScore) -> list[Commendation]:
    return [
        _row(score, (proposal.unit.id, proposal.person_id), proposal.reason, Source.RULES)
        for proposal in list_eligible(score)
        if not proposal.is_undecided
    ]


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
        series=unit.kind,
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
