"""Bundles of a person's materials for promotion, kept for some days for whoever asked."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person


class BundleState(enum.StrEnum):
    """From asking to the file, or to why there is none; REMOVED once its file was forgotten."""

    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"
    REMOVED = "removed"


class MaterialBundle(Base):
    """One zip about one person for one account: nobody else lists or fetches it.

    *valid_until* is the last day of the effect periods it tells of, *confidential_ids* the admonition
    documents in it; None and empty where it holds none. *data* is emptied when the bundle is old.
    """

    __tablename__ = "material_bundle"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    years: Mapped[list[Any]]
    state: Mapped[BundleState] = mapped_column(choice(BundleState), default=BundleState.QUEUED)
    failure: Mapped[str] = mapped_column(default="")
    notes: Mapped[list[Any]] = mapped_column(default=list)
    file_count: Mapped[int] = mapped_column(default=0)
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    valid_until: Mapped[date | None]
    confidential_ids: Mapped[list[Any]] = mapped_column(default=list)
    requested_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    data: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    person: Mapped[Person] = relationship()

    __table_args__ = (
        CheckConstraint("state <> 'ready' OR data IS NOT NULL", name="ready_has_a_file"),
        CheckConstraint("data IS NULL OR sha256 IS NOT NULL", name="file_has_a_hash"),
        Index("ix_material_bundle_person_id_user_id", "person_id", "user_id"),
        Index("ix_material_bundle_requested_at", "requested_at"),
    )
