"""Extension requests (延期申请)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person
from fivestep_web.supervision.extensions.rules import ExtensionState

OPEN = "state = 'requested'"


class ExtensionRequest(Base):
    """Somebody asks for a later date of a thing: *kind* and *item_id* name it, *label* as it was called.

    A thing has one open request at most; those granted tell by which dates its own one moved.
    """

    __tablename__ = "extension_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    kind: Mapped[str] = mapped_column(String(40))
    item_id: Mapped[int]
    label: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    due_on: Mapped[date]
    asked_due_on: Mapped[date]
    reason: Mapped[str]
    state: Mapped[ExtensionState] = mapped_column(choice(ExtensionState), default=ExtensionState.REQUESTED)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    requested_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    requested_by: Mapped[Person] = relationship(foreign_keys=[requested_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    __table_args__ = (
        Index(
            "uq_extension_request_open",
            "kind",
            "item_id",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        CheckConstraint("asked_due_on > due_on", name="asks_for_later"),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> requested_by_id", name="decided_by_another"
        ),
        Index("ix_extension_request_kind_item_id", "kind", "item_id"),
        Index("ix_extension_request_year_state", "year", "state"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper
