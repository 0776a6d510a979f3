"""What the database already holds, as far as a workbook may refer to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class KnownGoal:
    """A stored goal: its topic and parent by code, and its span."""

    topic: str
    parent: str
    start: date | None
    deadline: date


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """Stored codes: each unit's parent, each person's user name, topics, goals, added topic categories."""

    units: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    topics: frozenset[str] = frozenset()
    goals: Mapping[str, KnownGoal] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()

    def codes(self, sheet: str) -> frozenset[str]:
        """Return the stored codes of what the sheet named *sheet* declares."""
        stored = {"单位": self.units, "人员": self.people, "课题": self.topics, "目标": self.goals}
        return frozenset(stored[sheet])
