"""Bytes under their hash (trust.md settled choice 6): stored once, however often they are given."""

from collections.abc import Iterable

from sqlalchemy.dialects import postgresql, sqlite

from fivestep_web.documents.models import Blob
from fivestep_web.extensions import db


def store_blobs(files: Iterable[tuple[str, bytes]]) -> None:
    """Store bytes under their hashes."""
    rows = [{"sha256": sha256, "size": len(data), "data": data} for sha256, data in files]
    if rows:
        is_postgresql = db.session.get_bind().dialect.name == "postgresql"
        dialect = postgresql if is_postgresql else sqlite
        db.session.execute(dialect.insert(Blob).on_conflict_do_nothing(), rows)
