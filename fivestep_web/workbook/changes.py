"""What a load would change, or changed, sheet by sheet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class SheetChanges:
    """New, changed and unchanged rows of one sheet; *examples* name what changes, for the preview."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class Changes:
    """All sheets of one load; *letters* counts the letters drafted by it."""

    sheets: dict[str, SheetChanges] = field(default_factory=dict)
    letters: int = 0

    MAX_EXAMPLES = 20

    def sheet(self, name: str) -> SheetChanges:
        """Return the counts of one sheet."""
        return self.sheets.setdefault(name, SheetChanges())

    def added(self, sheet: str, label: str) -> None:
        """Count a new row."""
        counts = self.sheet(sheet)
        counts.new += 1
        self._exemplify(counts, f"新增 {label}")

    def compared(self, sheet: str, label: str, differences: Mapping[str, tuple[Any, Any]]) -> None:
        """Count a row that was there, changed where *differences* says so (heading → old, new)."""
        counts = self.sheet(sheet)
        if not differences:
            counts.unchanged += 1
            return
        counts.changed += 1
        told = "；".join(
            f"{heading}：{_shown(old)} → {_shown(new)}" for heading, (old, new) in differences.items()
        )
        self._exemplify(counts, f"修改 {label}（{told}）")

    def _exemplify(self, counts: SheetChanges, text: str) -> None:
        if len(counts.examples) < self.MAX_EXAMPLES:
            counts.examples.append(text)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing would change."""
        return self.letters == 0 and not any(sheet.new or sheet.changed for sheet in self.sheets.values())

    def changed_sheets(self) -> list[str]:
        """Return the names of the sheets that change something."""
        return [name for name, sheet in self.sheets.items() if sheet.new or sheet.changed]

    def counts(self) -> dict[str, dict[str, int]]:
        """Return plain counts for the audit log."""
        return {
            name: {"new": sheet.new, "changed": sheet.changed, "unchanged": sheet.unchanged}
            for name, sheet in self.sheets.items()
        }


def _shown(value: object) -> str:
    return "空" if value in (None, "", ()) else str(value)


def assign(target: object, wanted: Mapping[str, tuple[str, Any]]) -> dict[str, tuple[Any, Any]]:
    """Set the attributes of *target* that differ and return heading → (old, new); *wanted* is attribute → (heading, value)."""
    differences: dict[str, tuple[Any, Any]] = {}
    for attribute, (heading, value) in wanted.items():
        old = getattr(target, attribute)
        if old != value:
            differences[heading] = (old, value)
            setattr(target, attribute, value)
    return differences
