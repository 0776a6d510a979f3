"""Topics and their categories."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person, Unit
from fivestep_web.topics.rules import Tier, TopicState


class TopicCategory(Base):
    """A category of R1.3: five are built in, the office may add more after them."""

    __tablename__ = "topic_category"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    position: Mapped[int]
    is_built_in: Mapped[bool] = mapped_column(default=False)


class Topic(Base):
    """One topic of a year, with the six fields of R1.2."""

    __tablename__ = "topic"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    category_id: Mapped[int] = mapped_column(ForeignKey("topic_category.id"), index=True)
    tier: Mapped[Tier] = mapped_column(choice(Tier))
    lead_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    leader_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    background: Mapped[str] = mapped_column(default="")
    requirements: Mapped[str] = mapped_column(default="")
    key_points: Mapped[str] = mapped_column(default="")
    difficulties: Mapped[str] = mapped_column(default="")
    measures: Mapped[str] = mapped_column(default="")
    work_plan: Mapped[str] = mapped_column(default="")
    state: Mapped[TopicState] = mapped_column(choice(TopicState), default=TopicState.DRAFT)
    revision: Mapped[int] = mapped_column(default=1)
    category: Mapped[TopicCategory] = relationship()
    lead_unit: Mapped[Unit] = relationship()
    leader: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("year", "code"),)
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper
