"""Accounts and their sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base
from fivestep_web.org.models import Person


class User(Base):
    """An account: one person's way in. The password is kept as argon2id only.

    *session_version* grows when all sessions must end: password changed, account disabled.
    """

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    must_change_password: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_first_administrator: Mapped[bool] = mapped_column(default=False)
    session_version: Mapped[int] = mapped_column(default=1)
    person: Mapped[Person | None] = relationship()


class WebSession(Base):
    """A browser's session, kept here so that ending it ends it (W3); the cookie's hash is the key."""

    __tablename__ = "web_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    data: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]

    __table_args__ = (Index("ix_web_session_user_id", "user_id"), Index("ix_web_session_seen_at", "seen_at"))
