"""Uploaded versions of the Word templates; the one that comes with the product is version 0 and no row."""

import enum
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.org.models import Person

NOTE: Final = 200  # characters
FILE_NAME: Final = 200


class TemplateState(enum.StrEnum):
    """CHECKED waits for somebody to put it to use, LIVE makes documents, RETIRED did."""

    CHECKED = "checked"
    LIVE = "live"
    RETIRED = "retired"


class DocumentTemplate(Base):
    """A version of one kind's template that passed the check; nothing but its state ever changes.

    *blob_sha256* is the file as it was uploaded, by which documents name their template; *ready_sha256* what
    they are made with. *departures* are what part D finds about the layout of its samples.
    """

    __tablename__ = "document_template"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(choice(DocumentKind))
    number: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(FILE_NAME))
    note: Mapped[str] = mapped_column(String(NOTE))
    blob_sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    ready_sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    departures: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[TemplateState] = mapped_column(choice(TemplateState), default=TemplateState.CHECKED)
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime | None]  # when it last came into use or went out of it, by whom and why
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    change_note: Mapped[str] = mapped_column(String(NOTE), default="")
    uploaded_by: Mapped[Person | None] = relationship(foreign_keys=[uploaded_by_id])
    changed_by: Mapped[Person | None] = relationship(foreign_keys=[changed_by_id])

    __table_args__ = (
        UniqueConstraint("kind", "number"),
        UniqueConstraint("kind", "blob_sha256"),
        CheckConstraint("number >= 1", name="starts_at_one"),
        CheckConstraint("state = 'checked' OR changed_at IS NOT NULL", name="used_since"),
        Index(
            "uq_document_template_live",
            "kind",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
    )
