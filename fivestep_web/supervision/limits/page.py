"""What the pages of time limits show: what is overdue, and what the hand-overs of a year come to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.supervision.limits import rules
from fivestep_web.supervision.limits.models import TimeLimit
from fivestep_web.supervision.limits.queries import Handover
from fivestep_web.supervision.limits.registry import list_kinds
from fivestep_web.supervision.limits.rules import Figures, LimitKind, SetLimit

MONTHS_OF_YEAR: Final = 12
SHOWN: Final = 100
Group = Callable[[Handover], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader looks at; empty and 0 let all through."""

    kind: str = ""
    unit_id: int = 0
    month: int = 0

    def keeps(self, item: Handover) -> bool:
        """Tell whether a hand-over is among those looked for."""
        return (
            self.kind in {"", item.kind.code}
            and self.unit_id in {0, item.step.unit_id}
            and self.month in {0, item.month}
        )


@dataclass(frozen=True, slots=True)
class GroupLine:
    """The figures of one kind, unit or month; *value* filters by it."""

    value: str
    label: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit in force, and since when."""

    kind: LimitKind
    workdays: int
    covers: str
    is_default: bool
    set_by: str
    set_at: datetime | None


def overdue(items: Sequence[Handover]) -> list[Handover]:
    """Return what is held beyond its limit, the longest first."""
    late = [item for item in items if item.timing.is_open and item.timing.is_late]
    return sorted(late, key=lambda item: (item.timing.due_on, item.since))


def running(items: Sequence[Handover]) -> list[Handover]:
    """Return what is under way within its limit, the next due first."""
    found = [item for item in items if item.timing.is_open and not item.timing.is_late]
    return sorted(found, key=lambda item: (item.timing.due_on, item.since))


def month_label(month: int) -> str:
    """Return 3月, 次年1月 for the thirteenth."""
    if month > MONTHS_OF_YEAR:
        return str(_("次年%(month)s月", month=month - MONTHS_OF_YEAR))
    return str(_("%(month)s月", month=month)) if month > 0 else str(_("年前"))


def _by_kind(item: Handover) -> tuple[str, str]:
    return item.kind.code, item.kind.label


def _by_unit(item: Handover) -> tuple[str, str]:
    return str(item.step.unit_id or ""), item.unit or str(_("部机关"))


def _by_month(item: Handover) -> tuple[str, str]:
    return f"{item.month}", month_label(item.month)


GROUPS: Final[Mapping[str, Group]] = {"kind": _by_kind, "unit_id": _by_unit, "month": _by_month}


def group_lines(items: Sequence[Handover], by: str) -> list[GroupLine]:
    """Return the figures by kind, unit or month; the slowest first, months in their order."""
    found: dict[tuple[str, str], list[Handover]] = {}
    for item in items:
        found.setdefault(GROUPS[by](item), []).append(item)
    lines = [GroupLine(value, label, total(group)) for (value, label), group in found.items()]
    if by == "month":
        return sorted(lines, key=lambda line: int(line.value))
    return sorted(lines, key=lambda line: (-(line.figures.middle or 0), line.label))


def total(items: Sequence[Handover]) -> Figures:
    """Return the figures of all the hand-overs given."""
    return rules.figures((item.step.matter, item.timing) for item in items)


def limit_lines(rows: Sequence[TimeLimit]) -> list[LimitLine]:
    """Return the limits in force for hand-overs that begin now."""
    now = clock.now()
    history = [SetLimit(row.kind, row.set_at, row.workdays) for row in rows]
    last = {row.kind: row for row in rows}
    covers: dict[LimitKind, list[str]] = {}
    for kind in list_kinds():
        covers.setdefault(kind.limit, []).append(str(kind.label))
    return [
        _limit_line(kind, last.get(kind), rules.limit_at(history, kind, now), covers) for kind in LimitKind
    ]


def _limit_line(
    kind: LimitKind, row: TimeLimit | None, workdays: int, covers: Mapping[LimitKind, list[str]]
) -> LimitLine:
    return LimitLine(
        kind=kind,
        workdays=workdays,
        covers="、".join(covers.get(kind, [])) or str(_("还没有这类环节")),
        is_default=row is None,
        set_by=row.set_by.name if row and row.set_by else "",
        set_at=row.set_at if row else None,
    )
