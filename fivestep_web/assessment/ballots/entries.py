"""A clerk's entry of one paper ballot, and what two entries of a batch have in common."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from fivestep_web.assessment.ballots.rules import (
    ABSTENTIONS,
    INVALID,
    Form,
    MarkError,
    differences,
    label_of,
    read_entry,
    typed_entry,
)

Sheets = Mapping[int, Mapping[int, str]]
EMPTY = "空白"
FIRST, SECOND = 1, 2


@dataclass(frozen=True)
class PaperLine:
    """One line of the ballot as typed."""

    unit_id: int
    name: str
    typed: str
    mark: str | None
    fault: str = ""


@dataclass(frozen=True)
class PaperEntry:
    """One paper ballot in the form."""

    lines: tuple[PaperLine, ...]

    @classmethod
    def of(cls, form: Form, units: Sequence[tuple[int, str]], marks: Mapping[int, str]) -> "PaperEntry":
        """Return what was entered before, as it would be typed."""
        return cls(
            tuple(
                PaperLine(unit_id, name, typed_entry(form, marks[unit_id]) if unit_id in marks else "", None)
                for unit_id, name in units
            )
        )

    @property
    def faults(self) -> list[PaperLine]:
        return [line for line in self.lines if line.fault]

    @property
    def marks(self) -> dict[int, str]:
        return {line.unit_id: line.mark for line in self.lines if line.mark is not None}


def read_entries(form: Form, units: Sequence[tuple[int, str]], fields: Mapping[str, str]) -> PaperEntry:
    """Return what the clerk typed, every line judged by itself."""
    lines = []
    for unit_id, name in units:
        typed = fields.get(f"mark-{unit_id}", "").strip()[:20]
        try:
            lines.append(PaperLine(unit_id, name, typed, read_entry(form, typed)))
        except MarkError:
            fault = "请按键说明填写；票上写的不是选项或分数的，填 x"
            lines.append(PaperLine(unit_id, name, typed, None, fault))
    return PaperEntry(tuple(lines))


@dataclass(frozen=True)
class Total:
    """A control total of both entries."""

    label: str
    first: str
    second: str

    @property
    def is_equal(self) -> bool:
        return self.first == self.second


def control_totals(form: Form, entries: Mapping[int, Sheets]) -> list[Total]:
    """Return the totals of the batch by both entries: the sum of scores, and how often each mark stands."""
    first, second = (_marks(entries[entry]) for entry in (FIRST, SECOND))
    totals = []
    if form is Form.SCORES:
        totals.append(Total("分数合计", *(str(_sum(marks)) for marks in (first, second))))
    known = sorted(
        (first.keys() | second.keys()) - (set() if form is not Form.SCORES else _scores(first, second))
    )
    totals += [Total(label_of(form, mark), str(first[mark]), str(second[mark])) for mark in known]
    return totals


def _marks(sheets: Sheets) -> Counter[str]:
    return Counter(mark for marks in sheets.values() for mark in marks.values())


def _is_score(mark: str) -> bool:
    return mark not in (INVALID, ABSTENTIONS[Form.SCORES])


def _scores(*found: Counter[str]) -> set[str]:
    return {mark for marks in found for mark in marks if _is_score(mark)}


def _sum(marks: Counter[str]) -> Decimal:
    return sum((Decimal(mark) * count for mark, count in marks.items() if _is_score(mark)), Decimal(0))


@dataclass(frozen=True)
class ShownDifference:
    """A line the two did not enter alike, in words."""

    number: int
    unit: str
    first: str
    second: str


def shown_differences(
    form: Form, names: Mapping[int, str], entries: Mapping[int, Sheets]
) -> list[ShownDifference]:
    """Return where the two entries differ."""
    return [
        ShownDifference(
            item.number,
            names[item.unit],
            *(EMPTY if mark is None else label_of(form, mark) for mark in (item.first, item.second)),
        )
        for item in differences(entries[FIRST], entries[SECOND])
    ]
