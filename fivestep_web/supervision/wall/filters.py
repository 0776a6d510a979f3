"""What of the chart a page shows: the state in its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fivestep_web.supervision.wall.rules import LOOK_SHAPES, LOOK_WORDS, Look, Span, WallGoal

RED_AND_YELLOW = "red_yellow"
SIGNALS = [
    (RED_AND_YELLOW, "▲◆ 红黄项"),
    *((look.value, f"{shape} {LOOK_WORDS[look]}") for look, shape in LOOK_SHAPES.items()),
]


@dataclass(frozen=True, slots=True)
class WallView:
    """The year, the day and the filters; personal tasks are drawn only when asked for."""

    year: int
    today: date
    span: Span = Span.AUTO
    unit: int | None = None
    leader: int | None = None
    topic: int | None = None
    person: int | None = None
    signal: str = ""
    is_key: bool = False
    has_tasks: bool = False

    @property
    def is_filtered(self) -> bool:
        return any((self.unit, self.leader, self.topic, self.person, self.signal, self.is_key))

    def takes(self, goal: WallGoal) -> bool:
        """Say whether the signal of a goal passes the filter."""
        if self.signal == RED_AND_YELLOW:
            return goal.look in {Look.RED, Look.YELLOW}
        return not self.signal or goal.look == self.signal

    def address(self, **changes: Any) -> dict[str, Any]:
        """Return the query of the same view with *changes*; what is at its default is left out."""
        query = {
            "range": None if self.span is Span.AUTO else self.span.value,
            "unit": self.unit,
            "leader": self.leader,
            "topic": self.topic,
            "person": self.person,
            "signal": self.signal or None,
            "key": 1 if self.is_key else None,
            "tasks": 1 if self.has_tasks else None,
            **changes,
        }
        return {name: value for name, value in query.items() if value is not None}


def read_view(arguments: Mapping[str, str], year: int, today: date) -> WallView:
    """Read a view from the address; a value that is no choice is no filter."""
    return WallView(
        year=year,
        today=today,
        span=next((item for item in Span if item == arguments.get("range")), Span.AUTO),
        unit=_number(arguments.get("unit", "")),
        leader=_number(arguments.get("leader", "")),
        topic=_number(arguments.get("topic", "")),
        person=_number(arguments.get("person", "")),
        signal=next((key for key, _label in SIGNALS if key == arguments.get("signal")), ""),
        is_key=arguments.get("key") == "1",
        has_tasks=arguments.get("tasks") == "1",
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - fits the column
