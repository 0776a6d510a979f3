"""Bytes under their hash (trust.md settled choice 6): stored once, however often they are given."""

from collections.abc import Iterable

from fivestep_web.core.database import insert_missing
from fivestep_web.documents.models import Blob
from fivestep_web.extensions import db


def store_blobs(files: Iterable[tuple[str, bytes]]) -> None:
    """Store bytes under their hashes."""
    rows = [{"sha256": sha256, "size": len(data), "data": data} for sha256, data in files]
    if rows:
        db.session.execute(insert_missing(Blob, db.session.get_bind().dialect), rows)
