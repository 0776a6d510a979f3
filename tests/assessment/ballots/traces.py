"""Where a trace of how a ballot was cast could lie, and whether one does: what an insider would look at."""

import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from redis import Redis
from sqlalchemy import literal_column, select, text

from fivestep_web.assessment.ballots.models import VotingCode
from fivestep_web.assessment.ballots.rules import CodeState
from fivestep_web.extensions import db
from fivestep_web.operations.backup import back_up
from tests.conftest import find_postgresql


def raw(app) -> list[bytes]:
    """Return the bytes the database keeps on disk: SQLite's file and log, PostgreSQL's tables."""
    db.session.commit()
    if db.engine.dialect.name == "sqlite":
        name = Path(app.config["FIVESTEP"].database_url.removeprefix("sqlite:///"))
        return [path.read_bytes() for path in name.parent.glob(f"{name.name}*")]
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(connection.scalar(text("SHOW data_directory")))
        current = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    return [path.read_bytes() for path in (folder / "base" / str(current)).iterdir() if path.is_file()]


def backed_up(path: Path) -> bytes:
    """Return the database as a backup made now holds it; PostgreSQL's as the statements that restore it."""
    back_up(path)
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("database.")]
        found = archive.read(names[0])
    if db.engine.dialect.name == "sqlite":
        return found
    program = find_postgresql() / "pg_restore"
    return subprocess.run([program, "-f", "-"], input=found, check=True, capture_output=True).stdout


def remnants(places: Iterable[bytes], stored: Iterable[tuple[str, bytes]]) -> set[str]:
    """Return the ids of the ballots, as stored while the vote was open, of which some place holds a trace."""
    found = list(places)
    return {
        identifier
        for identifier, sealed in stored
        for needle in (identifier.encode(), sealed, sealed.hex().encode())
        if any(needle in data for data in found)
    }


def transactions(table: str) -> list[str]:
    """Return the transaction that wrote each row, which PostgreSQL shows to everybody."""
    xmin = literal_column("xmin::text")
    return list(db.session.scalars(select(xmin).select_from(text(table))))


def joined_by_transaction(table: str) -> list[str]:
    """What a DBA gets by SELECT … FROM voting_code c JOIN ballot b ON c.xmin = b.xmin."""
    used = select(literal_column("xmin::text")).select_from(VotingCode)
    codes = db.session.scalars(used.where(VotingCode.state == CodeState.USED)).all()
    return [code for code in codes if code in set(transactions(table))]


def in_step(stored: list[str], cast: list[str]) -> float:
    """Return the share of rows that lie where they were cast, from the front or from the back."""
    return max(
        sum(one == other for one, other in zip(stored, order, strict=True)) / len(cast)
        for order in (cast, cast[::-1])
    )


def strings_in(redis: Redis) -> Iterator[bytes]:
    """Return every key, field and value Redis holds, packed ones also unpacked."""
    for key in redis.scan_iter("*"):
        yield key
        for value in _values(redis, key):
            yield from unpacked(value)


def _values(redis: Redis, key: bytes) -> Iterable[bytes]:
    match redis.type(key):
        case b"hash":
            return [part for pair in redis.hgetall(key).items() for part in pair]
        case b"list":
            return redis.lrange(key, 0, -1)
        case b"set":
            return redis.smembers(key)
        case b"zset":
            return redis.zrange(key, 0, -1)
        case b"stream":
            return [part for _id, fields in redis.xrange(key) for pair in fields.items() for part in pair]
    return [redis.get(key) or b""]  # gone between two looks


def unpacked(value: bytes) -> Iterator[bytes]:
    """Return a string and, where it is packed as RQ packs its jobs, what it holds."""
    yield value
    with suppress(zlib.error):
        yield zlib.decompress(value)


def strings_logged(append_only: bytes) -> Iterator[bytes]:
    """Return every string of Redis's file of commands: also what has gone from memory by now."""
    at = 0
    while (at := append_only.find(b"$", at)) >= 0:
        length, _end, _rest = append_only[at + 1 : at + 20].partition(b"\r\n")
        start = at + 1 + len(length) + 2
        at += 1
        if length.isdigit():
            yield from unpacked(append_only[start : start + int(length)])


def found_in(strings: Iterable[bytes], needles: Iterable[str]) -> set[str]:
    """Return the needles that stand in some string."""
    wanted = {needle: needle.encode() for needle in needles}
    found: set[str] = set()
    for data in strings:
        found |= {needle for needle, known in wanted.items() if needle not in found and known in data}
    return found
