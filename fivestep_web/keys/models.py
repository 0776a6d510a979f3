"""Signing keys of people, who vouched for a second one, sittings and handwritten marks."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person

LIVING = "activated_at IS NOT NULL AND ended_at IS NULL"


class SigningKey(Base):
    """One key pair of one person (trust.md settled choice 1); its private half opens with the PIN only.

    *sealed_private_key* is encrypted under argon2id of the PIN; *sealing* names the costs, salt and nonce.
    *sequence* counts a person's keys: the first is active at once, a later one when two others vouched for
    it with keys of their own. *blocked_until* makes whoever guesses PINs wait.
    """

    __tablename__ = "signing_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sequence: Mapped[int]
    algorithm: Mapped[str] = mapped_column(String(20))
    public_key: Mapped[str] = mapped_column(String(200), unique=True)
    sealed_private_key: Mapped[str]
    sealing: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")
    failed_tries: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime | None]
    person: Mapped[Person] = relationship()
    approvals: Mapped[list["KeyApproval"]] = relationship(
        back_populates="key", foreign_keys="KeyApproval.key_id", order_by="KeyApproval.id"
    )

    __table_args__ = (
        UniqueConstraint("person_id", "sequence"),
        Index(
            "uq_signing_key_living",
            "person_id",
            unique=True,
            sqlite_where=text(LIVING),
            postgresql_where=text(LIVING),
        ),
    )


class KeyApproval(Base):
    """One of the two who vouch, with a signature of their own, that a later key is its person's (S5)."""

    __tablename__ = "key_approval"
    id: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"))
    approver_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    approver_key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"))
    approver_name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(400))
    approved_at: Mapped[datetime]
    signed_bytes: Mapped[str]
    value: Mapped[str] = mapped_column(String(400))
    key: Mapped[SigningKey] = relationship(back_populates="approvals", foreign_keys=[key_id])
    approver_key: Mapped[SigningKey] = relationship(foreign_keys=[approver_key_id])

    __table_args__ = (UniqueConstraint("key_id", "approver_id"),)


class SigningSitting(Base):
    """At most ten minutes in which one PIN entry serves the letters then waiting, each signed by itself (S2).

    The opened key rests here under a secret that only the browser holds; *session_hash* is the session it
    was begun in.
    """

    __tablename__ = "signing_sitting"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_hash: Mapped[str] = mapped_column(String(64), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"))
    sealed_private_key: Mapped[str]
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    key: Mapped[SigningKey] = relationship()
    tokens: Mapped[list["SittingToken"]] = relationship(
        back_populates="sitting", cascade="all, delete-orphan", order_by="SittingToken.subject"
    )


class SittingToken(Base):
    """The right to sign one text once within a sitting: *subject* names it, *sha256* is what was waiting."""

    __tablename__ = "sitting_token"
    sitting_id: Mapped[int] = mapped_column(
        ForeignKey("signing_sitting.id", ondelete="CASCADE"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]
    sitting: Mapped[SigningSitting] = relationship(back_populates="tokens")


class MarkSource(enum.StrEnum):
    """How a handwritten mark came in."""

    PAD = "pad"
    UPLOAD = "upload"


class HandwrittenMark(Base):
    """A person's handwritten signature (PNG), the visible mark on the Word file; *ended_at* when replaced."""

    __tablename__ = "handwritten_mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    blob_sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    width: Mapped[int]
    height: Mapped[int]
    source: Mapped[MarkSource] = mapped_column(choice(MarkSource))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0", name="has_a_size"),
        Index(
            "uq_handwritten_mark_living",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
