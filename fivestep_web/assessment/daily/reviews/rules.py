"""A quarterly review: what the office writes, the ratings of R3.12, who is without a remark; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from fivestep_web.core.workdays import WorkCalendar, last_day_of_month
from fivestep_web.supervision.evaluations.rules import UNRATED, Rating

QUARTERS: Final = range(1, 5)
QUARTER_NAMES: Final = ("一", "二", "三", "四")
MONTHS_IN_QUARTER: Final = 3
REVIEW_WORKDAYS: Final = 10  # domain 10: within 10 working days after the quarter


@dataclass(frozen=True, slots=True)
class StageRating:
    """A topic at the end of a stage: 工作运行, 工作业绩, 群众反映, and a sentence of evidence."""

    running: str = ""
    results: str = ""
    opinion: str = ""
    evidence: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.running or self.results or self.opinion or self.evidence)

    @property
    def is_rated(self) -> bool:
        return bool(self.running or self.results or self.opinion)


@dataclass(frozen=True, slots=True)
class Order:
    """A corrective order as it is printed; *deadline* is an ISO date."""

    unit: str
    measure: str
    owner: str
    deadline: str


@dataclass(frozen=True, slots=True)
class Parts:
    """What the office writes: the meeting as it was held, the overview, next quarter's key work.

    *orders* and, beside what was typed, *ratings* are those the review was handed in with.
    """

    held_on: str = ""  # ISO date
    place: str = ""
    chair: str = ""
    leaders: Sequence[str] = ()
    overview: str = ""
    next_quarter: str = ""
    orders: Sequence[Order] = ()
    ratings: Mapping[int, StageRating] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the parts as they are stored."""
        stored = asdict(self)
        stored["leaders"] = list(self.leaders)
        stored["orders"] = [asdict(order) for order in self.orders]
        stored["ratings"] = {str(topic_id): asdict(rating) for topic_id, rating in self.ratings.items()}
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Parts":
        """Return stored parts."""
        given = dict(stored)
        given["orders"] = [Order(**order) for order in stored["orders"]]
        given["ratings"] = {int(key): StageRating(**rating) for key, rating in stored["ratings"].items()}
        return cls(**given)


def rating_label(value: str) -> str:
    """Return the word of a stored rating; 待评估 for none."""
    return Rating(value).label if value else UNRATED


def quarter_end(year: int, quarter: int) -> date:
    """Return the last day of a quarter."""
    return last_day_of_month(year, quarter * MONTHS_IN_QUARTER)


def review_due(year: int, quarter: int, calendar: WorkCalendar) -> date:
    """Return the day by which the review meeting of a quarter is held (domain 10)."""
    return calendar.add_workdays(quarter_end(year, quarter), REVIEW_WORKDAYS)


def without_remark(units: Iterable[tuple[int, str]], remarked: Iterable[int]) -> list[str]:
    """Return the names of the units nobody has remarked on (R5.6: 逐一)."""
    have = set(remarked)
    return [name for unit_id, name in units if unit_id not in have]


def faults(parts: Parts, units: Sequence[tuple[int, str]], remarked: Iterable[int]) -> list[str]:
    """Return why a review cannot be handed in: no meeting, a unit without a remark, evidence missing."""
    found = []
    if not (parts.held_on and parts.place and parts.chair and parts.leaders):
        found.append("请先填写点评会的时间、地点、主持和参加领导。")
    if not units:
        found.append("没有要点评的单位。")
    if missing := without_remark(units, remarked):
        found.append(f"{'、'.join(missing)}还没有点评，逐一点评以后才能送审。")
    if any(rating.is_rated and not rating.evidence.strip() for rating in parts.ratings.values()):
        found.append("评了等次的课题，请写一句评估依据。")
    return found
