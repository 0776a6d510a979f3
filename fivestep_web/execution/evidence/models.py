"""Files that prove what was reported and handed in."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person
from fivestep_web.responsibility.models import Goal


class EvidenceKind(enum.StrEnum):
    """What an evidence file is, by its content."""

    PHOTO = "photo"
    PDF = "pdf"
    WORD = "word"
    EXCEL = "excel"


KIND_LABELS = {
    EvidenceKind.PHOTO: "照片",
    EvidenceKind.PDF: "PDF",
    EvidenceKind.WORD: "Word",
    EvidenceKind.EXCEL: "Excel",
}


class EvidenceFile(Base):
    """A file of a progress report (*event_id*) or of a phase handed in (*submission_id*).

    With neither it was chosen but not handed in yet: of the phase *milestone_id*, or for the next report of
    who uploaded it. A photo is stored drawn anew, without place and camera; *preview_sha256* is a small
    picture of a photo or a PDF's first page, *extract* what of a Word or Excel file is shown as text.
    """

    __tablename__ = "evidence_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"), index=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("milestone_submission.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("progress_event.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[EvidenceKind] = mapped_column(choice(EvidenceKind))
    size: Mapped[int]
    blob_sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    preview_sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))
    extract: Mapped[list[Any]] = mapped_column(default=list)
    pages: Mapped[int | None]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    goal: Mapped[Goal] = relationship()
    uploaded_by: Mapped[Person] = relationship()

    __table_args__ = (
        CheckConstraint("submission_id IS NULL OR event_id IS NULL", name="of_one_thing"),
        CheckConstraint("submission_id IS NULL OR milestone_id IS NOT NULL", name="submitted_for_a_phase"),
        Index("ix_evidence_file_goal_id_uploaded_by_id", "goal_id", "uploaded_by_id"),
    )

    @property
    def is_handed_in(self) -> bool:
        """Tell whether the file belongs to a report or to a phase handed in, and stays."""
        return self.submission_id is not None or self.event_id is not None
