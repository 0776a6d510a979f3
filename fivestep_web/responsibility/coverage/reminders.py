"""Reminding those whose signature is awaited: logged, and at most once a day for a letter and person."""

from collections.abc import Sequence
from datetime import datetime, time

from flask_babel import gettext as _
from sqlalchemy import not_, select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.changes import turns as change_turns
from fivestep_web.responsibility.coverage.rules import WAITING, Stage
from fivestep_web.responsibility.letters import signatories
from fivestep_web.responsibility.models import Letter, Reminder
from fivestep_web.responsibility.rules import LetterKind, LetterState

STATES = {Stage.RESPONSIBLE: LetterState.ISSUED, Stage.ISSUING: LetterState.ACCEPTED}


def remind(
    actor: Actor,
    year: int,
    kind: str,
    stage: str = "",
    *,
    unit_id: int | None = None,
) -> int:
    """Remind whoever is to sign the waiting letters of a level or of a cell of it; return how many.

    Raises Conflict when nobody is awaited there or all were reminded today, NotAllowed outside one's reach.
    """
    if kind not in set(LetterKind) or (stage and stage not in WAITING):
        raise DomainError(_("没有这样的责任书，请刷新后重试"))
    return _remind_all(actor, _waiting(year, kind, stage, unit_id=unit_id))


def remind_signer(actor: Actor, letter: Letter) -> None:
    """Remind whoever is to sign one letter, which the caller holds; the limits are those of `remind`."""
    is_free = not (change_turns.why_held_back(letter) or signatories.why_stopped(letter, clock.today()))
    is_awaited = letter.state in STATES.values() and is_free
    _remind_all(actor, [letter] if is_awaited else [])


def _remind_all(actor: Actor, letters: Sequence[Letter]) -> int:
    if not letters:
        raise Conflict(_("没有在等签署的责任书，不用提醒，请刷新后查看"))
    allowed = [letter for letter in letters if policy.can_remind(actor, letter.kind, letter.unit_id)]
    if not allowed:
        raise NotAllowed(_("这些责任书不由您提醒，请由办公室、主管领导或单位负责人提醒"))
    reminded = _reminded_today([letter.id for letter in allowed])
    count = 0
    for letter in allowed:
        person_id = letter.issuer_id if letter.state is LetterState.ACCEPTED else letter.responsible_id
        if person_id != actor.person_id and (letter.id, person_id) not in reminded:
            _send(actor, letter, person_id)
            count += 1
    if count == 0:
        raise Conflict(_("今天都已经提醒过了，同一份责任书一天只提醒一次"))
    return count


def _waiting(year: int, kind: str, stage: str, *, unit_id: int | None) -> list[Letter]:
    states = [STATES[Stage(stage)]] if stage else list(STATES.values())
    query = select(Letter).where(
        Letter.year == year,
        Letter.kind == LetterKind(kind),
        Letter.state.in_(states),
        not_(change_turns.is_held_back()),
        not_(signatories.is_stopped(clock.today())),
    )
    if unit_id is not None:
        query = query.where(Letter.unit_id == unit_id)
    return list(db.session.scalars(query.order_by(Letter.id).with_for_update(of=Letter)))


def is_today(moment: datetime) -> bool:
    """Say whether a reminder sent then is today's, so that there is no other before tomorrow."""
    return moment >= _morning()


def _morning() -> datetime:
    return datetime.combine(clock.today(), time.min, clock.ZONE)


def _reminded_today(ids: list[int]) -> set[tuple[int, int]]:
    rows = db.session.execute(
        select(Reminder.letter_id, Reminder.person_id).where(
            Reminder.letter_id.in_(ids), Reminder.sent_at >= _morning()
        )
    )
    return {(row[0], row[1]) for row in rows}


def _send(actor: Actor, letter: Letter, person_id: int) -> None:
    reminder = Reminder(
        letter_id=letter.id,
        person_id=person_id,
        sent_by=f"{actor.position} {actor.name}".strip(),
        sent_at=clock.now(),
    )
    db.session.add(reminder)
    db.session.flush()
    record(actor, "letter.reminded", f"letter:{letter.id}", person=person_id, version=letter.version)
