"""PDF beside Word files, where somebody asked for it."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fivestep_web.core.database import Base, choice


class PdfState(enum.StrEnum):
    """From asking to the file, or to why there is none."""

    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"


class DocumentPdf(Base):
    """The PDF of a document: made once of the Word file with the hash *source_sha256*.

    Where the document has another file by now (it was numbered or issued since), this PDF is not its.
    """

    __tablename__ = "document_pdf"
    document_id: Mapped[int] = mapped_column(ForeignKey("generated_document.id"), primary_key=True)
    source_sha256: Mapped[str] = mapped_column(String(64))
    blob_sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))
    state: Mapped[PdfState] = mapped_column(choice(PdfState), default=PdfState.QUEUED)
    failure: Mapped[str] = mapped_column(default="")
    requested_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(state = 'ready') = (blob_sha256 IS NOT NULL)", name="ready_has_a_file"),
    )
