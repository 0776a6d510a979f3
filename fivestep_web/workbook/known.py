"""What the database already holds, as far as a workbook may refer to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class KnownGoal:
    """A stored goal: its topic and parent by code, and its span."""

    topic: str
    parent: str
    start: date | None
    deadline: date


@dataclass(frozen=True, slots=True)
class KnownMilestone:
    """A stored milestone: its deadline, and the share due by then where there is one."""

    deadline: date
    ratio: Decimal | None


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """Stored codes: each unit's parent, each person's user name, topics, goals, added topic categories.

    *accounts* are the user names of accounts that belong to no person; *milestones* stand by goal and 序号;
    *settings* are the year's, as stored.
    """

    units: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    topics: frozenset[str] = frozenset()
    goals: Mapping[str, KnownGoal] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    milestones: Mapping[str, Mapping[int, KnownMilestone]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    def codes(self, sheet: str) -> frozenset[str]:
        """Return the stored codes of what the sheet named *sheet* declares."""
        stored = {"单位": self.units, "人员": self.people, "课题": self.topics, "目标": self.goals}
        return frozenset(stored[sheet])
