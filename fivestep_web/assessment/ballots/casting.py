"""Taking a ballot: one code, one ballot, whatever is sent how often (trust.md B1, B8)."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import CursorResult, insert, select, update

from fivestep_web.assessment.ballots import queries
from fivestep_web.assessment.ballots.codes import Known
from fivestep_web.assessment.ballots.models import Ballot, VotingCode
from fivestep_web.assessment.ballots.rules import CodeState
from fivestep_web.assessment.ballots.sealed import Content, seal_ballot
from fivestep_web.core.errors import Conflict, DomainError, NotFound
from fivestep_web.extensions import db

ID_BYTES = 16


def cast_ballot(door: str, known: Known, offered: Sequence[int], marks: Mapping[int, str]) -> None:
    """Take the ballot and spend its code; a code that was spent before changes nothing and is no refusal.

    *offered* are the units this code's ballot asks about (`queries.offered_units`): frozen before the vote,
    they are read before the writers' turn, which is kept short. Writes no log entry: the audit log knows of
    openings and seals, never of a ballot (B5). Raises NotFound for no code, Conflict outside the voting
    time, DomainError for a mark at a unit that was not offered.
    """
    slip = queries.find_slip(door, known.digest, lock=True)
    if slip is None:
        raise NotFound(_("这个码不能使用，请核对后再试。"))
    if slip.is_used:
        return
    if not slip.is_open:
        raise Conflict(_("评价已经截止，这次提交没有计入。"))
    if not marks.keys() <= set(offered):
        raise DomainError(_("不能评价本单位或名单以外的单位，这次提交没有计入。"))
    claimed = db.session.execute(
        update(VotingCode)
        .where(VotingCode.code_hash == slip.code_hash, VotingCode.state == CodeState.FRESH)
        .values(state=CodeState.USED)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", claimed).rowcount == 0:
        _require_used(slip.code_hash)
        return
    identifier = secrets.token_hex(ID_BYTES)
    content = Content(known.tracking, tuple(offered), marks)
    sealed = seal_ballot(place_of(slip.poll_id, identifier), content)
    db.session.execute(insert(Ballot).values(id=identifier, poll_id=slip.poll_id, sealed=sealed))


def _require_used(code_hash: str) -> None:
    """Refuse a code that was replaced since it was looked up: its ballot was not taken."""
    state = db.session.scalar(select(VotingCode.state).where(VotingCode.code_hash == code_hash))
    if state is not CodeState.USED:
        raise NotFound(_("这个码不能使用，请核对后再试。"))


def place_of(poll_id: int, identifier: str) -> str:
    """Return what a stored ballot is bound to: moved or copied to another row it cannot be read."""
    return f"{poll_id} {identifier}"
