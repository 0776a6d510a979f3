"""Uploaded annual workbooks between choosing the file and loading it."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.accounts.models import User
from fivestep_web.core.database import Base, choice


class UploadState(enum.StrEnum):
    """From the check to the end: FAULTY holds errors, CHECKED waits for its owner's word."""

    FAULTY = "faulty"
    CHECKED = "checked"
    QUEUED = "queued"
    LOADED = "loaded"
    FAILED = "failed"


class WorkbookUpload(Base):
    """One uploaded file and what came of it; only who uploaded it sees inside.

    *data* is the file, emptied once it is loaded or old: its sheet 评价 names raters, who are not kept.
    *problems* holds at most the first of *problem_count*; *changes* the preview, or what was loaded.
    *stage* counts the finished steps of the load, *attempt* how often it was asked for.
    """

    __tablename__ = "workbook_upload"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    year: Mapped[int | None]
    state: Mapped[UploadState] = mapped_column(choice(UploadState))
    problem_count: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[Any]] = mapped_column(default=list)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failure: Mapped[str] = mapped_column(default="")
    stage: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    loaded_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()

    __table_args__ = (
        Index("ix_workbook_upload_user_id", "user_id"),
        Index("ix_workbook_upload_created_at", "created_at"),
    )
