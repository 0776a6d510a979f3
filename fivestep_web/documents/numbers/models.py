"""Numbers taken, and the counter of each series."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.numbers.rules import NumberState, number_text
from fivestep_web.org.models import Person

CODE = 40  # characters of an agency code


class NumberSeries(Base):
    """The last number taken of an agency code in a year; its row is locked while the next is taken."""

    __tablename__ = "number_series"
    agency_code: Mapped[str] = mapped_column(String(CODE), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]

    __table_args__ = (CheckConstraint("last >= 0", name="counts_up"),)


class DocumentNumber(Base):
    """A number taken for a document, never deleted and never taken again (B2).

    *approved_on* is the 成文日期, whose year is that of the number; *issued_on* the 印发日期 once it is asked
    for. *failure* says why the file with these could not be made.
    """

    __tablename__ = "document_number"
    id: Mapped[int] = mapped_column(primary_key=True)
    agency_code: Mapped[str] = mapped_column(String(CODE))
    year: Mapped[int]
    number: Mapped[int]
    document_id: Mapped[int] = mapped_column(ForeignKey("generated_document.id"), unique=True)
    state: Mapped[NumberState] = mapped_column(choice(NumberState), default=NumberState.LIVING)
    approved_on: Mapped[date]
    taken_at: Mapped[datetime]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    issued_on: Mapped[date | None]
    issued_at: Mapped[datetime | None]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    dropped_at: Mapped[datetime | None]
    dropped_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(default="")
    failure: Mapped[str] = mapped_column(default="")
    document: Mapped[GeneratedDocument] = relationship()
    taken_by: Mapped[Person | None] = relationship(foreign_keys=[taken_by_id])
    issued_by: Mapped[Person | None] = relationship(foreign_keys=[issued_by_id])
    dropped_by: Mapped[Person | None] = relationship(foreign_keys=[dropped_by_id])

    __table_args__ = (
        UniqueConstraint("agency_code", "year", "number"),
        CheckConstraint("number >= 1", name="starts_at_one"),
        CheckConstraint("issued_on IS NULL OR issued_on >= approved_on", name="issued_after_approval"),
        CheckConstraint(
            "(state = 'living' AND dropped_at IS NULL) OR "
            "(state = 'dropped' AND dropped_at IS NOT NULL AND reason <> '' AND issued_on IS NULL)",
            name="dropped_with_a_reason",
        ),
    )

    @property
    def text(self) -> str:
        """Return the number as it is printed."""
        return number_text(self.agency_code, self.year, self.number)
