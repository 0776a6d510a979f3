"""The seal at the close of voting, and the sweep that leaves storage without a trace (trust.md B4, B6)."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import psycopg
from flask_babel import gettext as _
from sqlalchemy import PoolProxiedConnection, Table, delete, func, insert, select

from fivestep_web.assessment.ballots import queries
from fivestep_web.assessment.ballots.casting import ID_BYTES, place_of
from fivestep_web.assessment.ballots.models import (
    Ballot,
    BallotReceipt,
    CodeBatch,
    PaperSheet,
    Poll,
    SealedLine,
    VotingCode,
)
from fivestep_web.assessment.ballots.rules import FORMS, CodeState, Tally, judge, seal_root
from fivestep_web.assessment.ballots.sealed import open_ballot
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove
from fivestep_web.assessment.score_settings import Settings
from fivestep_web.audit import services as audit
from fivestep_web.core import clock, jobs
from fivestep_web.core.database import Base
from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db

TABLES = (
    VotingCode.__tablename__,
    Ballot.__tablename__,
    SealedLine.__tablename__,
    BallotReceipt.__tablename__,
    PaperSheet.__tablename__,
)
CHUNK = 5_000


def seal_cycle(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    """Seal every open poll of a cycle whose voting has closed, in the same unit of work."""
    del move
    settings = queries.settings_of(cycle)
    polls = [poll for poll in queries.list_polls(cycle.id) if poll.sealed_at is None]
    for poll in polls:
        _seal(actor, poll, settings)
    if polls:
        sweep_later(cycle, polls, "sealed")


def sweep_later(cycle: AssessmentCycle, polls: Sequence[Poll], occasion: str) -> None:
    """Have storage give up, once this unit of work is done, what it deletes or overwrites of these polls."""
    key = "-".join(["ballots-sweep", occasion, *(str(poll.id) for poll in polls)])
    jobs.enqueue("ballots.sweep", cycle.id, key=key)


def _seal(actor: Actor, poll: Poll, settings: Settings) -> None:
    """Cut the ballots into single lines in random order and keep nothing of how they lay together."""
    tally, receipts = _open_all(poll, settings)
    write_lines(poll.id, tally.lines)
    _insert(BallotReceipt, ({"poll_id": poll.id, "tracking": number} for number in sorted(receipts)))
    db.session.execute(delete(Ballot).where(Ballot.poll_id == poll.id))
    poll.used_codes = _used_codes(poll.id)
    poll.returned, poll.blank, poll.valid = tally.returned, tally.blank, tally.valid
    poll.flat, poll.bands = tally.flat, written_bands(tally.bands)
    poll.root, poll.sealed_at = stored_root(poll.id), clock.now()
    audit.record(
        actor,
        "poll.sealed",
        f"poll:{poll.id}",
        group=poll.rater_group.label,
        series=poll.series,
        round=poll.round,
        used_codes=poll.used_codes,
        returned=poll.returned,
        valid=poll.valid,
        unreadable=poll.unreadable,
        root=poll.root,
    )


def written_bands(bands: Mapping[int, int]) -> dict[str, int]:
    """Return the ballots in each band as a poll keeps them, the lowest first."""
    return {str(band): count for band, count in sorted(bands.items())}


def _open_all(poll: Poll, settings: Settings) -> tuple[Tally, set[str]]:
    """Return the count of a poll's ballots and their tracking numbers; note what cannot be read."""
    tally, receipts, form = Tally(), set[str](), FORMS[poll.rater_group]
    for identifier, data in db.session.execute(
        select(Ballot.id, Ballot.sealed).where(Ballot.poll_id == poll.id)
    ):
        content = open_ballot(place_of(poll.id, identifier), data)
        if content is None or content.tracking in receipts:
            poll.unreadable += 1
            continue
        receipts.add(content.tracking)
        tally.take(form, judge(content.offered, content.marks), settings)
    return tally, receipts


def write_lines(poll_id: int, lines: Iterable[tuple[int, str]]) -> None:
    """Store single marks under random ids and in their order."""
    made = sorted((secrets.token_hex(ID_BYTES), unit_id, mark) for unit_id, mark in lines)
    _insert(
        SealedLine,
        (
            {"id": identifier, "poll_id": poll_id, "unit_id": unit_id, "mark": mark}
            for identifier, unit_id, mark in made
        ),
    )


def join_lines(poll_id: int, more: Iterable[tuple[int, str]]) -> None:
    """Write the sealed lines anew together with *more*: no id or transaction tells one from another (B4)."""
    of_poll = SealedLine.poll_id == poll_id
    stored = db.session.execute(select(SealedLine.unit_id, SealedLine.mark).where(of_poll)).all()
    db.session.execute(delete(SealedLine).where(of_poll).execution_options(synchronize_session=False))
    write_lines(poll_id, [(unit_id, mark) for unit_id, mark in stored] + list(more))


def stored_root(poll_id: int) -> str:
    """Return the root over the lines and tracking numbers of a poll as they are stored now (B6)."""
    lines = db.session.execute(
        select(SealedLine.id, SealedLine.unit_id, SealedLine.mark).where(SealedLine.poll_id == poll_id)
    )
    receipts = db.session.scalars(select(BallotReceipt.tracking).where(BallotReceipt.poll_id == poll_id))
    return seal_root(((identifier, unit_id, mark) for identifier, unit_id, mark in lines), receipts)


def _insert(table: type[Base], rows: Iterable[dict[str, object]]) -> None:
    """Store many rows without making objects of them."""
    statement, waiting = insert(cast("Table", table.__table__)), list(rows)
    for start in range(0, len(waiting), CHUNK):
        db.session.execute(statement, waiting[start : start + CHUNK])


def _used_codes(poll_id: int) -> int:
    query = (
        select(func.count())
        .select_from(VotingCode)
        .join(CodeBatch, CodeBatch.id == VotingCode.batch_id)
        .where(CodeBatch.poll_id == poll_id, VotingCode.state == CodeState.USED)
    )
    return db.session.scalar(query) or 0


def shuffle_codes(cycle_id: int) -> None:
    """Write the codes of the sealed polls anew by their hashes, a random order, in the running unit of work.

    It is not the one that sealed: rows of codes and of ballots never come from one transaction.
    """
    batches = (
        select(CodeBatch.id)
        .join(Poll, Poll.id == CodeBatch.poll_id)
        .where(Poll.cycle_id == cycle_id, Poll.sealed_at.is_not(None), Poll.swept_at.is_(None))
    )
    columns = (VotingCode.code_hash, VotingCode.typed_hash, VotingCode.batch_id, VotingCode.state)
    rows = [
        dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
        for row in db.session.execute(
            select(*columns).where(VotingCode.batch_id.in_(batches)).order_by(VotingCode.code_hash)
        )
    ]
    db.session.execute(
        delete(VotingCode)
        .where(VotingCode.batch_id.in_(batches))
        .execution_options(synchronize_session=False)
    )
    _insert(VotingCode, rows)


def scrub() -> None:
    """Have the database give up what was deleted or overwritten: files, and SQLite's log of writes.

    Outside any unit of work. Raises DomainError while others still read the old state.
    """
    db.session.rollback()  # a reading transaction of our own would keep the old state alive
    connection = db.engine.raw_connection()
    try:
        is_clean = _scrub_postgresql if db.engine.dialect.name == "postgresql" else _scrub_sqlite
        if not is_clean(connection):
            raise DomainError(_("数据库正忙，评价票的存储还没有清理完，稍后自动再试。"))
    finally:
        connection.invalidate()  # its settings are of no use to others
        connection.close()


def _scrub_sqlite(connection: PoolProxiedConnection) -> bool:
    cursor = connection.cursor()
    cursor.execute("VACUUM")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    answer = cursor.fetchone()
    return not (answer and answer[0])


def _scrub_postgresql(connection: PoolProxiedConnection) -> bool:
    """Write the tables anew; say whether nothing deleted was written with them.

    What another transaction may still look at, an automatic ANALYZE too, is copied into the new file; the
    server tells how many such rows there are, in whatever language, as the first number of its detail.
    """
    driver = cast("psycopg.Connection", connection.driver_connection)
    kept: list[int] = []

    def note(told: psycopg.errors.Diagnostic) -> None:
        kept.extend(int(number) for number in re.findall(r"^\D*(\d+)", told.message_detail or ""))

    driver.autocommit = True
    driver.add_notice_handler(note)
    for table in TABLES:
        driver.execute(f"VACUUM (FULL, VERBOSE) {table}")
    driver.remove_notice_handler(note)
    for table in TABLES:
        driver.execute(f"ANALYZE {table}")
    return len(kept) >= len(TABLES) and not any(kept)


def mark_swept(actor: Actor, cycle_id: int) -> None:
    """Let the sealed polls of the cycle be counted."""
    polls = db.session.scalars(
        select(Poll).where(Poll.cycle_id == cycle_id, Poll.sealed_at.is_not(None), Poll.swept_at.is_(None))
    ).all()
    for poll in polls:
        poll.swept_at = clock.now()
        audit.record(actor, "poll.swept", f"poll:{poll.id}", root=poll.root)
