"""Tables of A9: fixed grids, a repeated head row, rows that stay on one page."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from fivestep_web.documents.wordml import (
    CELL_MARGIN,
    PLAIN,
    STYLES,
    THIN_CELL,
    Layout,
    paragraph,
    run,
)

NO_CELL_MARGIN = 10  # for a head that fills its cell


@dataclass(frozen=True)
class Column:
    """A column: head, width in twips, what a cell shows, its alignment and side margins."""

    head: str
    width: int
    value: str
    align: str = "center"
    margin: int = CELL_MARGIN


def cell(
    width: int,
    content: str,
    *,
    span: int = 1,
    merge: Literal["", "restart", "continue"] = "",
    margin: int = CELL_MARGIN,
    top: bool = False,
    shade: str = "",
) -> str:
    """Return a table cell holding paragraphs; *merge* begins or goes on with one over several rows.

    *shade* is the colour behind its text, six hexadecimal digits.
    """
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
        + (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "")
        + (f'<w:vMerge w:val="{merge}"/>' if merge else "")
        + (f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else "")
        + _narrow(margin)
        + f'<w:vAlign w:val="{"top" if top else "center"}"/></w:tcPr>{content}</w:tc>'
    )


def _narrow(margin: int) -> str:
    if margin == CELL_MARGIN:
        return ""
    sides = "".join(f'<w:{side} w:w="{margin}" w:type="dxa"/>' for side in ("left", "right"))
    return f"<w:tcMar>{sides}</w:tcMar>"


def row(cells: str, *, head: bool = False, height: int = 0) -> str:
    """Return a row that never breaks over a page, at least *height* high."""
    properties = f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else ""
    properties += "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{properties}</w:trPr>{cells}</w:tr>"


def row_tag(statement: str, width: int, columns: int) -> str:
    """Return a row that a template statement replaces."""
    return row(cell(width, paragraph("GwTableCell", "{%tr " + statement + " %}"), span=columns))


def table(widths: list[int], rows: str, *, bordered: bool = True) -> str:
    """Return a table of fixed widths; without borders for signature blocks."""
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    line = 'w:val="single" w:sz="4" w:space="0" w:color="000000"' if bordered else 'w:val="nil"'
    borders = "".join(f"<w:{side} {line}/>" for side in sides)
    margins = "".join(
        f'<w:{side} w:w="{size}" w:type="dxa"/>'
        for side, size in (("top", 0), ("left", CELL_MARGIN), ("bottom", 0), ("right", CELL_MARGIN))
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def head_row(columns: list[Column], *, keep_next: bool = False) -> str:
    """Return the head row; a head that misses its cell by a little gets thinner margins."""
    return row("".join(head_cell(column, Layout(keep_next=keep_next)) for column in columns), head=True)


def head_cell(column: Column, layout: Layout = PLAIN) -> str:
    """Return the head of *column*, in as many lines as it has."""
    lines = column.head.split("\n")
    needed = max(map(len, lines)) * STYLES["GwTableHead"].size * 10
    fitting = (margin for margin in (CELL_MARGIN, THIN_CELL) if needed < column.width - 2 * margin)
    content = "".join(paragraph("GwTableHead", line, layout) for line in lines)
    return cell(column.width, content, margin=next(fitting, NO_CELL_MARGIN))


def value_row(columns: list[Column], *, size: int = 24, keep_next: bool = False) -> str:
    """Return a row showing each column's value."""
    return row(
        "".join(
            cell(column.width, _value(column, size, keep_next=keep_next), margin=column.margin)
            for column in columns
        )
    )


def _value(column: Column, size: int, *, keep_next: bool = False) -> str:
    layout = Layout(align=column.align, keep_next=keep_next)
    lines = (run(line, "GwTableCell", size=size) for line in column.value.split("\n"))
    return "".join(paragraph("GwTableCell", line, layout) for line in lines)


def _first_row(columns: list[Column], shared: Collection[str], *, size: int = 24) -> str:
    """Return the first of several rows whose columns of the heads *shared* are one cell over all of them."""
    return row(
        "".join(
            cell(
                column.width,
                _value(column, size),
                merge="restart" if column.head in shared else "",
                margin=column.margin,
            )
            for column in columns
        )
    )


def _further_row(columns: list[Column], shared: Collection[str], *, size: int = 24) -> str:
    """Return a row below the first: the shared cells go on, the others show their values."""
    return row(
        "".join(
            cell(column.width, paragraph("GwTableCell"), merge="continue", margin=column.margin)
            if column.head in shared
            else cell(column.width, _value(column, size), margin=column.margin)
            for column in columns
        )
    )


def merged_over(columns: list[Column], shared: Collection[str], loop: str, *, size: int = 24) -> str:
    """Return a row per item of *loop*; columns of the heads *shared* are one cell over all of them."""
    width, count = sum(column.width for column in columns), len(columns)
    rows = (
        row_tag("if loop.first", width, count)
        + _first_row(columns, shared, size=size)
        + row_tag("else", width, count)
        + _further_row(columns, shared, size=size)
        + row_tag("endif", width, count)
    )
    return looped(columns, loop, rows)


def merged_row(columns: list[Column], text: str, *, size: int = 24) -> str:
    """Return one cell over all columns, kept with the row below."""
    content = run(text, "GwTableCell", size=size, font=STYLES["GwTableHead"].font)
    inner = paragraph("GwTableCell", content, Layout(keep_next=True))
    return row(cell(sum(column.width for column in columns), inner, span=len(columns)))


def looped(columns: list[Column], loop: str, rows: str) -> str:
    """Return *rows* repeated by a row-level `for`."""
    width, count = sum(column.width for column in columns), len(columns)
    return row_tag(f"for {loop}", width, count) + rows + row_tag("endfor", width, count)


def data_table(columns: list[Column], loop: str, *, size: int = 24, keep_next: bool = False) -> str:
    """Return a table with a head and one row per item of *loop*; a short one may be kept on one page."""
    rows = head_row(columns, keep_next=keep_next)
    rows += looped(columns, loop, value_row(columns, size=size, keep_next=keep_next))
    return table([column.width for column in columns], rows)
