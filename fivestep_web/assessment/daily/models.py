"""What bulletins and reviews have in common before they are documents."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from fivestep_web.assessment.daily.rules import PaperState
from fivestep_web.core.database import choice
from fivestep_web.org.models import Person


class PaperColumns:
    """Who handed a paper in, who reviewed it, and why it was returned or taken up again."""

    state: Mapped[PaperState] = mapped_column(choice(PaperState), default=PaperState.DRAFT)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)

    @declared_attr
    def submitted_by(cls) -> Mapped[Person | None]:  # noqa: N805 - a class
        return relationship(Person, foreign_keys=[cls.submitted_by_id])  # type: ignore[list-item]

    @declared_attr
    def reviewed_by(cls) -> Mapped[Person | None]:  # noqa: N805 - a class
        return relationship(Person, foreign_keys=[cls.reviewed_by_id])  # type: ignore[list-item]

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a class, read by the mapper
        return {"version_id_col": cls.revision}
