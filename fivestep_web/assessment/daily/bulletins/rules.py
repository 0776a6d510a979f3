"""Figures of a monthly bulletin and the words made of them (R5.4, official-documents.md C07); pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from fivestep_web.core.rounding import round_half_up

SHOWN_PRAISED: Final = 5


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """A unit's goals on the last day of the month; *done* and *on_time* are of those *due*.

    *block* is the name of its part of the table, *signal* the worst light among its goals, as printed.
    """

    unit_id: int
    code: str
    name: str
    block: str
    due: int
    done: int
    on_time: int
    lagging: int
    overdue: int
    signal: str


@dataclass(frozen=True, slots=True)
class LateGoal:
    """A lagging or overdue goal; *workdays* 0 is behind by progress or by a missing report, see *reason*."""

    goal_id: int
    unit: str
    goal: str
    workdays: int
    reason: str


@dataclass(frozen=True, slots=True)
class KeyTopic:
    """A key topic (R3.3) with its figures in words, until the clerk writes more."""

    topic_id: int
    name: str
    progress: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What the ledger says on the last day of a month; computed, never typed."""

    units: tuple[UnitFigures, ...]
    yellow: int
    red: int
    key_topics: tuple[KeyTopic, ...]
    late_goals: tuple[LateGoal, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the snapshot as it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Figures":
        """Return a stored snapshot."""
        return cls(
            units=tuple(UnitFigures(**row) for row in stored["units"]),
            yellow=stored["yellow"],
            red=stored["red"],
            key_topics=tuple(KeyTopic(**row) for row in stored["key_topics"]),
            late_goals=tuple(LateGoal(**row) for row in stored["late_goals"]),
        )

    @property
    def due(self) -> int:
        return sum(unit.due for unit in self.units)

    @property
    def done(self) -> int:
        return sum(unit.done for unit in self.units)

    def blocks(self) -> list[tuple[str, list[UnitFigures]]]:
        """Return the parts of the table in the order of their units."""
        found: dict[str, list[UnitFigures]] = {}
        for unit in self.units:
            found.setdefault(unit.block, []).append(unit)
        return list(found.items())


@dataclass(frozen=True, slots=True)
class Consultation:
    """The joint consultation of the month; *held_on* is an ISO date."""

    held_on: str
    raised: int
    solved: int


@dataclass(frozen=True, slots=True)
class Parts:
    """What the clerk writes: progress by topic, praised units with their facts, reasons by goal, …"""

    key_topics: Mapping[int, str]
    praised_units: Sequence[tuple[str, str]]
    reasons: Mapping[int, str]
    requirements: str
    consultation: Consultation | None = None
    notices_sent: int = 0
    notices_answered: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the parts as they are stored; ids become texts in JSON."""
        stored = asdict(self)
        for name in ("key_topics", "reasons"):
            stored[name] = {str(key): text for key, text in stored[name].items()}
        stored["praised_units"] = [list(pair) for pair in self.praised_units]
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Parts":
        """Return stored parts."""
        held = stored["consultation"]
        return cls(
            key_topics={int(key): text for key, text in stored["key_topics"].items()},
            praised_units=[(unit, facts) for unit, facts in stored["praised_units"]],
            reasons={int(key): text for key, text in stored["reasons"].items()},
            requirements=stored["requirements"],
            consultation=Consultation(**held) if held else None,
            notices_sent=stored["notices_sent"],
            notices_answered=stored["notices_answered"],
        )


@dataclass(frozen=True, slots=True)
class Held:
    """What the records of step 3 say of the month: its joint consultation, its supervision notices."""

    consultation: Consultation | None = None
    notices_sent: int = 0
    notices_answered: int = 0


def first_parts(figures: Figures, held: Held) -> Parts:
    """Return the parts as they are proposed: key topics by their figures, units with everything in time.

    What was *held* and sent in the month is filled in from its records; the clerk may write otherwise.
    """
    in_time = [unit for unit in figures.units if unit.due and unit.due == unit.on_time]
    in_time.sort(key=lambda unit: (-unit.due, unit.code))
    praised = [(unit.name, f"到期{unit.due}项，全部按期完成") for unit in in_time[:SHOWN_PRAISED]]
    return Parts(
        key_topics={},
        praised_units=praised,
        reasons={},
        requirements="",
        consultation=held.consultation,
        notices_sent=held.notices_sent,
        notices_answered=held.notices_answered,
    )


def rate(done: int, due: int) -> Fraction | None:
    """Return done ÷ due as a part of 1, unrounded; None when nothing is due."""
    return Fraction(done, due) if due else None


def printed_rate(done: int, due: int) -> Decimal | None:
    """Return the rate in per cent with one decimal, as the bulletin prints it (C07)."""
    exact = rate(done, due)
    return None if exact is None else round_half_up(exact * 100, 1)


def change_text(now: Decimal | None, before: Decimal | None) -> str | None:
    """Return 提高2.3个百分点 between two printed rates; None without one of them."""
    if now is None or before is None:
        return None
    if now == before:
        return "没有变化"
    word = "提高" if now > before else "下降"
    return f"{word}{abs(now - before)}个百分点"


def paragraphs(text: str) -> list[str]:
    """Return the lines of what was typed, empty ones left out."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def read_praised(text: str, units: Iterable[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Read lines 单位：事实; return them with a sentence for each line that is not one."""
    known = set(units)
    found: list[tuple[str, str]] = []
    faults: list[str] = []
    for line in paragraphs(text):
        unit, colon, facts = line.replace(":", "：", 1).partition("：")
        unit, facts = unit.strip(), facts.strip()
        if not colon or not facts:
            faults.append(f"“{line}”应写作“单位：事实”，例如“组织科：到期5项，全部按期完成”。")
        elif unit not in known:
            faults.append(f"“{unit}”不是本期通报里的单位，请照附表中的名称写。")
        elif unit in {name for name, _facts in found}:
            faults.append(f"“{unit}”写了两行，请合并为一行。")
        else:
            found.append((unit, facts))
    return found, faults
