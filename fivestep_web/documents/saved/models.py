"""Filters of the documents page that somebody comes back to."""

from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fivestep_web.core.database import Base

LONGEST_NAME = 30


class SavedView(Base):
    """A named filter of one account; *arguments* are those of the address, without the year."""

    __tablename__ = "saved_view"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    arguments: Mapped[dict[str, Any]]
    position: Mapped[int]

    __table_args__ = (UniqueConstraint("user_id", "name"),)
