"""Word files: what was asked for, the data it was made from, and the file itself."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.org.models import Person, Unit

CANCELLED = "已取消生成"  # the failure of a document whose batch was cancelled


class DocumentState(enum.StrEnum):
    """domain.md 5.9."""

    QUEUED = "queued"
    RENDERING = "rendering"
    READY = "ready"
    NUMBERED = "numbered"
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class Blob(Base):
    """A file's bytes under their hash (trust.md settled choice 6)."""

    __tablename__ = "blob"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class GeneratedDocument(Base):
    """One version of one document about one subject, with the payload it is made from (B8).

    *subject* names what it is about within its kind ("letter:12", "unit:3", "all"); *content_sha256* is the
    hash of the facts asked for, so that asking again for the same facts finds this row (trust.md J4), also
    once they are numbered and issued. The payload stands last in the row: lists need not read past it.
    """

    __tablename__ = "generated_document"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    kind: Mapped[DocumentKind] = mapped_column(choice(DocumentKind))
    subject: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(400))
    file_name: Mapped[str] = mapped_column(String(200))
    download_name: Mapped[str] = mapped_column(String(400))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    is_confidential: Mapped[bool] = mapped_column(default=False)
    is_draft: Mapped[bool] = mapped_column(default=True)
    payload: Mapped[dict[str, Any]] = mapped_column(sort_order=1)
    content_sha256: Mapped[str] = mapped_column(String(64))
    template_sha256: Mapped[str] = mapped_column(String(64))
    blob_sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))
    state: Mapped[DocumentState] = mapped_column(choice(DocumentState), default=DocumentState.QUEUED)
    failure: Mapped[str] = mapped_column(default="")
    requested_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    unit: Mapped[Unit | None] = relationship()
    person: Mapped[Person | None] = relationship()

    __table_args__ = (
        UniqueConstraint("year", "kind", "subject", "version"),
        CheckConstraint(
            "state IN ('queued', 'rendering', 'failed', 'superseded') OR blob_sha256 IS NOT NULL",
            name="ready_has_a_file",
        ),
        Index(
            "uq_generated_document_living",
            "year",
            "kind",
            "subject",
            "content_sha256",
            "template_sha256",
            unique=True,
            sqlite_where=text("state <> 'superseded'"),
            postgresql_where=text("state <> 'superseded'"),
        ),
        Index("ix_generated_document_year_id", "year", "id"),
        Index("ix_generated_document_year_state_id", "year", "state", "id"),
        Index("ix_generated_document_year_kind_id", "year", "kind", "id"),
    )


class Batch(Base):
    """A request for many documents: what it covers, so that its bar survives a reload and Redis."""

    __tablename__ = "batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    title: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    is_confidential: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    documents: Mapped[list[GeneratedDocument]] = relationship(secondary="batch_document")


class BatchDocument(Base):
    """A document that a batch covers."""

    __tablename__ = "batch_document"
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(
        ForeignKey("generated_document.id"), primary_key=True, index=True
    )
