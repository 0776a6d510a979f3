"""Tables of the ballot and of its count (C17): as many columns as the group has choices."""

from collections.abc import Iterable, Sequence
from typing import Final, cast

from markupsafe import Markup

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.payload_checks import PayloadError
from fivestep_web.documents.payloads import Payload
from fivestep_web.documents.payloads.ballots import BallotForm, TallyRow, TallySheet
from fivestep_web.documents.values import word_text
from fivestep_web.documents.wordml import TEXT_WIDTH, Layout, paragraph
from fivestep_web.documents.wordml_tables import Column, cell, head_row, row, table

SEQUENCE: Final = 600
CHOICE: Final = 1000
COUNT: Final = 620
MEAN: Final = 860
TRIMMED: Final = 1040
NAME: Final = 2000  # at least, for the units' names
MARKED_HEIGHT: Final = 480  # room to mark by hand
COUNTED_HEIGHT: Final = 400
MIN_BROKEN_DOWN: Final = 5  # rated lines below which nothing tells them apart (trust.md B7)
BOX: Final = "□"
SCORE_LINE: Final = "＿＿＿＿＿"
NONE: Final = "—"


def ballot_tables(kind: DocumentKind, payload: Payload) -> dict[str, Markup]:
    """Return the tables of C17 by the names its templates have for them; nothing for other kinds."""
    if kind is DocumentKind.BALLOT_FORM:
        return {"ballot_table": ballot_table(cast("BallotForm", payload))}
    if kind is DocumentKind.TALLY_SHEET:
        return {"tally_table": tally_table(cast("TallySheet", payload))}
    return {}


def ballot_table(ballot: BallotForm) -> Markup:
    """Return one line for each unit with a box for each choice; raise PayloadError for an own unit."""
    if ballot["own_unit"] in ballot["units"]:
        raise PayloadError("units：不应有填票人所在单位")
    if bool(ballot["choices"]) is bool(ballot["score_range"]):
        raise PayloadError("score_range：选项和分数应有且只有一种")
    marks = dict.fromkeys(ballot["choices"], BOX) or {"评分": SCORE_LINE}
    marks[ballot["abstention"]] = BOX
    columns = _columns(list(marks), [CHOICE if mark == BOX else 2 * CHOICE for mark in marks.values()])
    lines = (
        _row(columns, [str(n), unit, *marks.values()], MARKED_HEIGHT)
        for n, unit in enumerate(ballot["units"], 1)
    )
    return _table(columns, lines)


def tally_table(sheet: TallySheet) -> Markup:
    """Return the counts of each unit, or why the vote does not stand.

    Raise PayloadError where they do not fit, part too few lines, or are of a vote that does not stand.
    """
    if sheet["returned_count"] != sheet["invalid_count"] + sheet["valid_count"]:
        raise PayloadError("returned_count：不等于无效和有效之和")
    if sheet["reason"] and sheet["rows"]:
        raise PayloadError("rows：不成立的评价不列各单位结果")
    for line in sheet["rows"]:
        if line["rated_count"] + line["invalid_count"] + line["abstained_count"] > sheet["valid_count"]:
            raise PayloadError("rows：行数多于有效票数")
    counted = [*sheet["choices"], "有效", "无效", sheet["abstention"]]
    columns = _columns([*counted, "平均分", "去掉分数"], [*[COUNT] * len(counted), MEAN, TRIMMED])
    if sheet["reason"]:
        words = paragraph("GwTableCell", word_text(f"{sheet['reason']}，不列各单位结果。"))
        return _table(columns, [row(cell(TEXT_WIDTH, words, span=len(columns)), height=COUNTED_HEIGHT)])
    lines = (
        _row(columns, [str(number), line["unit"], *_counts(line, len(sheet["choices"]))], COUNTED_HEIGHT)
        for number, line in enumerate(sheet["rows"], 1)
    )
    return _table(columns, lines)


def _counts(line: TallyRow, choices: int) -> list[str]:
    counts = line["counts"]
    if counts is None:
        shown = [NONE] * choices
    else:
        if len(counts) != choices or (choices and sum(counts) != line["rated_count"]):
            raise PayloadError("rows.counts：与选项或者有效数不一致")
        shown = list(map(str, counts))
    if line["rated_count"] < MIN_BROKEN_DOWN and (counts or line["trimmed"]):
        raise PayloadError(f"rows.counts：有效不足{MIN_BROKEN_DOWN}份的不分项列出")
    totals = (line["rated_count"], line["invalid_count"], line["abstained_count"])
    trimmed = "、".join(f"※{words}" for words in line["trimmed"])
    return [*shown, *map(str, totals), line["mean"] or NONE, trimmed or NONE]


def _columns(heads: Sequence[str], widths: Sequence[int]) -> list[Column]:
    """Return the columns from 序号 to the last one of *heads*; the units' names get the rest of the width.

    More choices than fit beside the names share what there is.
    """
    room = TEXT_WIDTH - SEQUENCE - NAME
    if sum(widths) > room:
        widths = [width * room // sum(widths) for width in widths]
    name = TEXT_WIDTH - SEQUENCE - sum(widths)
    columns = [Column("序号", SEQUENCE, ""), Column("单位", name, "", "left")]
    return columns + [
        Column(str(word_text(head)), width, "") for head, width in zip(heads, widths, strict=True)
    ]


def _row(columns: Sequence[Column], texts: Sequence[str], height: int) -> str:
    cells = (
        cell(column.width, paragraph("GwTableCell", word_text(text), Layout(align=column.align)))
        for column, text in zip(columns, texts, strict=True)
    )
    return row("".join(cells), height=height)


def _table(columns: list[Column], lines: Iterable[str]) -> Markup:
    rows = head_row(columns) + "".join(lines)
    return Markup(table([column.width for column in columns], rows))  # noqa: S704 - values are escaped
