"""Monthly bulletins before they are documents (R5.4)."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.daily.rules import PaperState
from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person


class MonthlyBulletin(Base):
    """The bulletin of a month: the ledger's figures as of its last day and the clerk's parts.

    *figures* is rules.Figures as computed at *computed_at*, *parts* is rules.Parts. Once issued, the figures
    that count are those of the issued document's payload.
    """

    __tablename__ = "monthly_bulletin"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    month: Mapped[int]
    state: Mapped[PaperState] = mapped_column(choice(PaperState), default=PaperState.DRAFT)
    figures: Mapped[dict[str, Any]]
    parts: Mapped[dict[str, Any]]
    computed_at: Mapped[datetime]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    submitted_by: Mapped[Person | None] = relationship(foreign_keys=[submitted_by_id])
    reviewed_by: Mapped[Person | None] = relationship(foreign_keys=[reviewed_by_id])

    __table_args__ = (
        UniqueConstraint("year", "month"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month_of_a_year"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper
