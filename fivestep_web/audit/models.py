"""The append-only record of who did what."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fivestep_web.core.database import Base


class AuditEntry(Base):
    """One link of the chain; *body* is the canonical text that *digest* covers with *previous*.

    Triggers refuse UPDATE and DELETE; the columns beside *body* repeat it for searching, and verifying
    compares them with it.
    """

    __tablename__ = "audit_entry"
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    user_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    body: Mapped[str]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_audit_entry_subject_sequence", "subject", "sequence"),)
