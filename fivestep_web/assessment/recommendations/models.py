"""A recommendation to the city: its facts, people in order, opinions asked for, changes of order (N13)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fivestep_web.assessment.commendations.models import Commendation
from fivestep_web.assessment.recommendations.rules import MOST_DEEDS, PaperForm
from fivestep_web.core.database import Base, choice
from fivestep_web.org.models import Person


class Recommendation(Base):
    """One 请示 or 报告 to the city about one honour; nothing of it changes once it was sent."""

    __tablename__ = "recommendation"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("plan_year.year"), index=True)
    honour: Mapped[str] = mapped_column(String(200))
    form: Mapped[PaperForm] = mapped_column(choice(PaperForm))
    recipient: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(String(200))
    meeting: Mapped[str] = mapped_column(String(200), default="")
    way: Mapped[str] = mapped_column(String(200))
    signatory: Mapped[str] = mapped_column(String(60))
    contact: Mapped[str] = mapped_column(String(60))
    telephone: Mapped[str] = mapped_column(String(60))
    sent_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    items: Mapped[list["RecommendationItem"]] = relationship(
        cascade="all, delete-orphan", order_by="RecommendationItem.sequence"
    )
    opinions: Mapped[list["RecommendationOpinion"]] = relationship(
        cascade="all, delete-orphan", order_by="RecommendationOpinion.id"
    )
    orders: Mapped[list["RecommendationOrder"]] = relationship(
        cascade="all, delete-orphan", order_by="RecommendationOrder.id"
    )

    __table_args__ = (UniqueConstraint("year", "honour"),)
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - read once by the mapper


class RecommendationItem(Base):
    """One person recommended, with what the summary and 简要事迹 say; facts the system does not keep."""

    __tablename__ = "recommendation_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    commendation_id: Mapped[int] = mapped_column(ForeignKey("commendation.id"), unique=True)
    sequence: Mapped[int]
    sex: Mapped[str] = mapped_column(String(2), default="")
    birth_month: Mapped[str] = mapped_column(String(7), default="")
    political_status: Mapped[str] = mapped_column(String(40), default="")
    main_deeds: Mapped[str] = mapped_column(String(100), default="")
    deeds: Mapped[str] = mapped_column(String(MOST_DEEDS), default="")
    note: Mapped[str] = mapped_column(String(100), default="")
    commendation: Mapped[Commendation] = relationship()


class RecommendationOpinion(Base):
    """What a competent organ answered when asked about those recommended."""

    __tablename__ = "recommendation_opinion"
    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    organ: Mapped[str] = mapped_column(String(100))
    given_on: Mapped[date]
    opinion: Mapped[str] = mapped_column(String(200))


class RecommendationOrder(Base):
    """A change of the order with its reason, by whom and when; never changed (R5.17)."""

    __tablename__ = "recommendation_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    names: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by: Mapped[Person] = relationship()

    __table_args__ = (CheckConstraint("reason <> ''", name="has_a_reason"),)
