"""Monthly bulletins before they are documents (R5.4)."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fivestep_web.assessment.daily.models import PaperColumns
from fivestep_web.core.database import Base


class MonthlyBulletin(PaperColumns, Base):
    """The bulletin of a month: the ledger's figures as of its last day and the clerk's parts.

    *figures* is rules.Figures as computed at *computed_at*, *parts* is rules.Parts. Once issued, the figures
    that count are those of the issued document's payload.
    """

    __tablename__ = "monthly_bulletin"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    month: Mapped[int]
    figures: Mapped[dict[str, Any]]
    parts: Mapped[dict[str, Any]]
    computed_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("year", "month"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month_of_a_year"),
    )
