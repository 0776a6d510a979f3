"""Bytes under their hash (trust.md settled choice 6): stored once, however often they are given."""

from collections.abc import Collection, Iterable

from sqlalchemy import Column, delete, exists, select

from fivestep_web.core.database import Base, insert_missing
from fivestep_web.documents.models import Blob
from fivestep_web.extensions import db

SHA256 = Blob.__table__.c.sha256


def store_blobs(files: Iterable[tuple[str, bytes]]) -> None:
    """Store bytes under their hashes; what is there already stays until the unit of work ends."""
    missing = {sha256: {"sha256": sha256, "size": len(data), "data": data} for sha256, data in files}
    while missing:
        db.session.execute(
            insert_missing(Blob, db.session.get_bind().dialect),
            [missing[sha256] for sha256 in sorted(missing)],
        )
        held = select(Blob.sha256).where(Blob.sha256.in_(missing)).order_by(Blob.sha256)
        for sha256 in db.session.scalars(held.with_for_update(read=True, key_share=True)):
            del missing[sha256]


def drop_unused(digests: Collection[str]) -> None:
    """Forget those bytes that nothing refers to any more; who stores the same meanwhile is waited for."""
    held = select(Blob.sha256).where(Blob.sha256.in_(digests)).order_by(Blob.sha256).with_for_update()
    known = db.session.scalars(held).all()
    unused = [~exists().where(column == Blob.sha256) for column in _references()]
    db.session.execute(
        delete(Blob).where(Blob.sha256.in_(known), *unused).execution_options(synchronize_session=False)
    )


def _references() -> list[Column[str]]:
    """Return every column that names stored bytes."""
    return [
        key.parent
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column is SHA256
    ]
