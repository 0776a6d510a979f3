"""What a load would change, or changed, sheet by sheet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from fivestep_web.workbook.words import Words

MAX_EXAMPLES = 20

Differences = dict[str, tuple[Any, Any]]
Facts = dict[str, tuple[str, Any]]


@dataclass
class SheetChanges:
    """New, changed and unchanged rows of one sheet; *examples* name what changes, for the preview."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    examples: list[str] = field(default_factory=list)

    def tell(self, text: str) -> None:
        """Keep one more example, as long as a person would read on."""
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(text)


@dataclass
class Changes:
    """All sheets of one load; *letters* counts the letters drafted, *roles* tells whose roles changed how."""

    sheets: dict[str, SheetChanges] = field(default_factory=dict)
    letters: int = 0
    roles: list[dict[str, str]] = field(default_factory=list)
    words: Words = field(default_factory=Words)

    def sheet(self, name: str) -> SheetChanges:
        """Return the counts of one sheet."""
        return self.sheets.setdefault(name, SheetChanges())

    def added(self, sheet: str, label: str) -> None:
        """Count a new row."""
        counts = self.sheet(sheet)
        counts.new += 1
        counts.tell(_("新增 %(label)s", label=label))

    def compared(self, sheet: str, label: str, differences: Differences) -> None:
        """Count a row that was there, changed where *differences* says so (heading → old, new)."""
        counts = self.sheet(sheet)
        if not differences:
            counts.unchanged += 1
            return
        counts.changed += 1
        told = "；".join(
            f"{heading}：{self.words.shown(sheet, heading, old)} → {self.words.shown(sheet, heading, new)}"
            for heading, (old, new) in differences.items()
        )
        counts.tell(_("修改 %(label)s（%(told)s）", label=label, told=told))

    @property
    def is_empty(self) -> bool:
        """Say whether nothing would change."""
        return self.letters == 0 and not self.changed_sheets()

    def changed_sheets(self) -> list[str]:
        """Return the names of the sheets that change something."""
        return [name for name, sheet in self.sheets.items() if sheet.new or sheet.changed]

    def counts(self) -> dict[str, dict[str, int]]:
        """Return plain counts for the audit log."""
        return {
            name: {"new": sheet.new, "changed": sheet.changed, "unchanged": sheet.unchanged}
            for name, sheet in self.sheets.items()
        }


def values_of(facts: Mapping[str, tuple[str, Any]]) -> dict[str, Any]:
    """Return attribute → value of *facts* (attribute → heading, value)."""
    return {attribute: value for attribute, (_heading, value) in facts.items()}


def differing(target: object, facts: Mapping[str, tuple[str, Any]]) -> Differences:
    """Return heading → (old, new) of the attributes of *target* that differ from *facts*; set nothing."""
    return {
        heading: (getattr(target, attribute), value)
        for attribute, (heading, value) in facts.items()
        if getattr(target, attribute) != value
    }


def assign(target: object, facts: Mapping[str, tuple[str, Any]]) -> Differences:
    """Set the attributes of *target* that differ and return heading → (old, new)."""
    differences = differing(target, facts)
    for attribute, (heading, value) in facts.items():
        if heading in differences:
            setattr(target, attribute, value)
    return differences
