"""The goals of a personal result notice (C09), listed as fully as the notice's one page allows.

Texts are never shortened. Where all goals do not fit with their standards, the rows stand closer; then the
standards are left to the task book (C03), which has them all; then only the goals that are not completed
stand in the table and the others are counted. Where even these do not fit (some forty with long texts),
the numbers stand alone, with where to read and whom to ask. A notice whose other texts fill the page by
themselves (a name of two hundred characters) goes over to a second one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from markupsafe import Markup

from fivestep_web.documents.filters import FILTERS
from fivestep_web.documents.payloads.assessment import DONE
from fivestep_web.documents.titles import title_lines
from fivestep_web.documents.values import word_text
from fivestep_web.documents.wordml import (
    CELL_MARGIN,
    LINE,
    STYLES,
    TEXT_WIDTH,
    THIN_CELL,
    Layout,
    paragraph,
    paragraph_properties,
    run,
)
from fivestep_web.documents.wordml_tables import Column, cell, head_row, row, table

Row = Mapping[str, str]

SIZE: Final = 21  # 五号, in half-points
COMPACT: Final = 280  # twips, 14 points
CELL: Final = STYLES["GwTableCell"]
_KEPT: Final = Layout(keep_next=True)
_PAGE: Final = 22 * LINE - 110  # rules of the other tables, and what LibreOffice rounds up
_NOTE_LINE: Final = STYLES["GwNote"].line
_FIXED: Final = 3 * LINE + 2 * CELL.line + 1220 + _NOTE_LINE  # gap, signature; heads; opinion; last note
_INDENTED: Final = "　　"
_DRAFT_MARK: Final = "（草稿）"  # counted always, so that the draft shows what the notice will
_OBJECTION: Final = "　" * 46  # as long as the sentence is without the body that takes objections
_RESULT: Final = (("unit", 2145), ("grade", 1500))  # cells of the result that may need a second line
_BORDER: Final = 10  # twips a thin line adds to a row
_WIDE_FROM: Final = 0x2000
_NARROW: Final = 0.65  # of a digit with what LibreOffice puts beside it
_WHOLE: Final = frozenset({"sequence", "dated", "deadline"})  # surely fit their columns

FULL: Final = [
    Column("序号", 600, "sequence"),
    Column("工作目标", 2700, "goal", "left"),
    Column("完成标准", 2500, "standard", "left"),
    Column("完成时限", 1245, "dated"),
    Column("完成情况", 1800, "completion"),
]
BRIEF: Final = [
    Column("序号", 520, "sequence", margin=THIN_CELL),
    Column("工作目标", 4525, "goal", "left", margin=THIN_CELL),
    Column("完成时限", 1900, "deadline", margin=THIN_CELL),
    Column("完成情况", 1900, "completion", margin=THIN_CELL),
]


@dataclass(frozen=True)
class Listing:
    """What a notice shows of the goals: *columns* of *rows*, each text line *line* high; a *note* below."""

    text: str
    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()
    line: int = 0
    note: str = ""

    @property
    def height(self) -> int:
        """Return how high it is, in twips."""
        found = LINE * _lines(_INDENTED + self.text, TEXT_WIDTH, 32)
        if self.rows:
            found += CELL.line + _BORDER + sum(map(self._row_height, self.rows))
        return found + (_NOTE_LINE * _lines(self.note, TEXT_WIDTH, SIZE) if self.note else 0)

    def _row_height(self, values: Row) -> int:
        return self.line * max(_lines_in_cell(column, values) for column in self.columns) + _BORDER


def goal_list(payload: Mapping[str, Any]) -> Markup:
    """Return the paragraphs and the table that tell of the goals."""
    found = listing(payload)
    blocks = paragraph("GwBody", found.text, _KEPT)
    if found.rows:
        rows = head_row(list(found.columns)) + "".join(_row(found, values) for values in found.rows)
        blocks += table([column.width for column in found.columns], rows)
    if found.note:
        blocks += paragraph("GwNote", found.note)
    return Markup(blocks)  # noqa: S704 - numbers, and values that word_text escaped


def printed(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return *payload* with the texts of its goals that the notice shows."""
    found = listing(payload)
    hidden = "" if found.columns is FULL else "standard"
    goals = [{name: values[name] for name in values if name != hidden} for values in found.rows]
    return {**payload, "goals": goals}


def listing(payload: Mapping[str, Any]) -> Listing:
    """Return the fullest listing with which the notice of *payload* stays on one page."""
    room = _PAGE - _height_of_others(payload)
    *forms, least = _forms(payload)
    return next((form for form in forms if form.height <= room), least)


def _forms(payload: Mapping[str, Any]) -> Iterator[Listing]:
    goals = payload["goals"]
    if not goals:
        yield Listing("本年度没有计入你完成得分的目标。")
        return
    told = f"计入你完成得分的目标{len(goals)}项，已完成{payload['completed_count']}项"
    rows = list(_rows(goals))
    yield Listing(f"{told}：", FULL, rows, CELL.line)
    yield Listing(f"{told}：", FULL, rows, COMPACT)
    yield Listing(f"{told}：", BRIEF, rows, COMPACT, "注：完成标准见当年工作任务书。")
    rest = list(_rows([goal for goal in goals if goal["completion"] != DONE]))
    note = "注：未列的目标均已完成，全部目标和完成标准见当年工作任务书。"
    if 0 < len(rest) < len(goals):
        yield Listing(f"{told}，其余{len(rest)}项：", BRIEF, rest, COMPACT, note)
    yield Listing(f"{told}。各项目标见当年工作任务书，逐项完成情况可向人事部门查询。")


def _rows(goals: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    cell_of, dated = FILTERS["cell"], FILTERS["dated"]
    for sequence, goal in enumerate(goals, 1):
        values = {name: cell_of(goal[name]) for name in ("goal", "standard", "deadline", "completion")}
        values["completion"] = values["completion"].replace("，目标", "，\n目标")
        yield {**values, "sequence": str(sequence), "dated": dated(goal["deadline"])}


def _lines_in_cell(column: Column, values: Row) -> int:
    value = values[column.value]
    if column.value in _WHOLE:
        return 1 + value.count("\n")
    return _lines(value, column.width - 2 * column.margin, SIZE)


def _row(found: Listing, values: Row) -> str:
    return row("".join(_cell(column, values[column.value], found.line) for column in found.columns))


def _cell(column: Column, value: str, line: int) -> str:
    layout = paragraph_properties(replace(CELL, line=line), "GwTableCell", Layout(align=column.align))
    text = run(word_text(value), "GwTableCell", size=SIZE)
    return cell(column.width, f"<w:p>{layout}{text}</w:p>", margin=column.margin)


def _height_of_others(payload: Mapping[str, Any]) -> int:
    """Return how high the notice is without its goals, in twips."""
    title = title_lines(payload["title"] + _DRAFT_MARK)
    texts = (
        f"{payload['recipient']}同志：",
        f"{_INDENTED}现将你（{payload['unit_and_position']}）{payload['year']}年度考核结果通知如下。",
        f"{_OBJECTION}{payload['receiver']}",
    )
    note = f"注：{payload['series']}共{payload['unit_count']}个单位；{payload['figure_note']}"
    widths = ((payload[name] or "（尚未评定）", width - 2 * CELL_MARGIN) for name, width in _RESULT)
    return (
        _FIXED
        + LINE * (_lines(title, TEXT_WIDTH, 44) + sum(_lines(text, TEXT_WIDTH, 32) for text in texts))
        + CELL.line * (max(_lines(value, width, SIZE) for value, width in widths) - 1)
        + _NOTE_LINE * _lines(note, TEXT_WIDTH, SIZE)
    )


def _lines(text: str, width: int, size: int) -> int:
    """Return on how many lines of *width* twips *text* is set, rather one too many.

    A line that is not the only one may end a character early, for a mark that may not begin the next.
    """
    return sum(_lines_of_one(part, width, size * 10) for part in text.split("\n"))


def _lines_of_one(text: str, width: int, character: int) -> int:
    needed = sum(1 if ord(sign) >= _WIDE_FROM else _NARROW for sign in text) * character
    return 1 if needed <= width else max(2, -int(-needed // (width - character)))
