"""A ballot as it comes in from a form: what stands at which unit, and what has to be mended."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fivestep_web.assessment.ballots.rules import ABSTENTIONS, Form, MarkError, label_of, read_mark

FIELD = re.compile(r"mark-([0-9]{1,9})")
BOTH = "分数和弃权只能选一项"
UNREAD = "请先打开自评看过，再评价"


@dataclass(frozen=True)
class Line:
    """One unit's card: what was chosen or typed, whether its self-report was opened, what is wrong."""

    number: int
    unit_id: int
    name: str
    typed: str = ""
    abstains: bool = False
    mark: str | None = None
    label: str = ""
    fault: str = ""
    is_read: bool = False


@dataclass(frozen=True)
class Answers:
    """A whole form; *strange* are marks at units that were not offered (7.2, B8)."""

    lines: tuple[Line, ...]
    strange: frozenset[int] = field(default_factory=frozenset)

    @property
    def marks(self) -> dict[int, str]:
        return {line.unit_id: line.mark for line in self.lines if line.mark is not None}

    @property
    def faults(self) -> list[Line]:
        return [line for line in self.lines if line.fault]

    @property
    def missing(self) -> list[Line]:
        return [line for line in self.lines if line.mark is None]

    @property
    def is_too_empty(self) -> bool:
        """Say whether more than half is missing, so that the whole ballot would not count (7.2)."""
        return 2 * len(self.marks) < len(self.lines)


def read_answers(
    form: Form,
    units: Sequence[tuple[int, str]],
    fields: Mapping[str, str],
    to_read: Collection[int] = (),
) -> Answers:
    """Return the form as it was filled in, every line judged by itself.

    A mark for a unit of *to_read* is a fault until its self-report was opened; an abstention is none (R5.2).
    """
    lines = tuple(_line(form, number, *unit, fields) for number, unit in enumerate(units, 1))
    named = {int(found[1]) for name in fields if (found := FIELD.fullmatch(name))}
    judged = tuple(_demand_reading(form, line, to_read) for line in lines)
    return Answers(judged, frozenset(named - {unit_id for unit_id, _name in units}))


def _demand_reading(form: Form, line: Line, to_read: Collection[int]) -> Line:
    is_rated = line.mark is not None and line.mark != ABSTENTIONS[form]
    if not is_rated or line.is_read or line.unit_id not in to_read:
        return line
    return replace(line, fault=UNREAD)


def _line(form: Form, number: int, unit_id: int, name: str, fields: Mapping[str, str]) -> Line:
    typed = fields.get(f"mark-{unit_id}", "").strip()[:20]
    abstains = f"abstain-{unit_id}" in fields or typed == ABSTENTIONS[form]
    if form is Form.SCORES and typed == ABSTENTIONS[form]:
        typed = ""
    line = Line(number, unit_id, name, typed, abstains, is_read=f"read-{unit_id}" in fields)
    if form is Form.SCORES and abstains and typed:
        return replace(line, fault=BOTH)
    try:
        mark = read_mark(form, ABSTENTIONS[form] if abstains else typed)
    except MarkError as error:
        return replace(line, fault=str(error))
    return replace(line, mark=mark, label=label_of(form, mark) if mark else "")
