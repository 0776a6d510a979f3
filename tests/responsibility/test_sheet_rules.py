import re
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.responsibility.sheets.rules import (
    BY_KEY,
    COLUMNS,
    MOST_ROWS,
    CellError,
    PasteError,
    columns_from,
    is_heading,
    read_cell,
    read_table,
    shown,
    split_names,
    total_of,
)

TARGET, DEADLINE, WEIGHT = BY_KEY["target"], BY_KEY["deadline"], BY_KEY["points"]
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=12)
TANGLED = st.text(st.sampled_from('"\t\n甲'), max_size=12)


def needs_quotes(cell):
    return "\t" in cell or "\n" in cell


def is_ambiguous(cell):
    """Say whether a cell begins like a quoted one and leaves the quotes open: it may run into the next."""
    return cell.startswith('"') and not needs_quotes(cell) and '"' not in cell[1:].replace('""', "")


def as_excel(rows):
    """Write a block as a spreadsheet puts it on the clipboard: quotes only around tabs and line breaks."""
    lines = []
    for row in rows:
        cells = [f'"{cell.replace(chr(34), chr(34) * 2)}"' if needs_quotes(cell) else cell for cell in row]
        lines.append("\t".join(cells) + "\r\n")
    return "".join(lines)


def tables_of(cells):
    return st.integers(1, 6).flatmap(
        lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=6)
    )


def check_reads_back(rows):
    wanted = list(rows)
    while wanted and not any(cell.strip() for cell in wanted[-1]):
        wanted.pop()
    if wanted:
        assert read_table(as_excel(rows)) == wanted
    else:
        with pytest.raises(PasteError, match="没有可以粘贴的内容"):
            read_table(as_excel(rows))


@given(tables_of((TEXT | TANGLED).filter(lambda cell: not is_ambiguous(cell))))
def test_a_block_reads_back_as_the_spreadsheet_wrote_it(rows):
    check_reads_back(rows)


@given(tables_of(TEXT.filter(lambda cell: '"' not in cell)), st.data())
def test_one_quote_left_open_swallows_nothing(rows, data):
    row = data.draw(st.sampled_from(rows))
    place = data.draw(st.integers(0, len(row) - 1))
    row[place] = '"' + row[place].replace("\t", "").replace("\n", "")
    wide = [[cell.replace("\t", " ").replace("\n", " ") for cell in cells] for cells in rows]
    check_reads_back(wide)


@given(TEXT | TANGLED)
def test_no_text_loses_more_than_separators_and_the_quotes_around_cells(text):
    with suppress(PasteError):
        read = [cell for row in read_table(text) for cell in row]
        bare = "".join(text.split())
        found = "".join("".join(read).split())
        assert found.replace('"', "") == bare.replace('"', "")
        can_be_around = re.search(r'"[^"]*[\t\n](.|\n)*"', text)
        assert found == bare or can_be_around


def test_quotes_that_are_text_stay():
    assert read_table('"双创"工作\t"双创"\r\n"未完\t二\r\n三\t5"管\r\n') == [
        ['"双创"工作', '"双创"'],
        ['"未完', "二"],
        ["三", '5"管'],
    ]


def test_a_cell_in_quotes_keeps_its_lines_tabs_and_quotes():
    assert read_table('甲\t"一、验收\n二、""归档""\t三"\r\n乙\t丙\r\n\r\n') == [
        ["甲", '一、验收\n二、"归档"\t三'],
        ["乙", "丙"],
    ]


def test_too_many_rows_are_refused_by_number():
    assert len(read_table("甲\n" * MOST_ROWS)) == MOST_ROWS
    with pytest.raises(PasteError, match=f"现在有{MOST_ROWS + 1}行"):
        read_table("甲\n" * (MOST_ROWS + 1))


def test_a_block_fills_the_columns_from_where_it_is_put():
    assert [column.key for column in columns_from("target", [["25"], ["30", "个"]])] == [
        "target",
        "measure_unit",
    ]
    assert columns_from("name", [["甲"] * len(COLUMNS)]) == list(COLUMNS)
    with pytest.raises(PasteError, match="只剩1列"):
        columns_from(COLUMNS[-1].key, [["1", "2"]])


def test_the_sheets_own_heading_is_known():
    assert is_heading(["目标值", " 计量单位 "], columns_from("target", [["", ""]]))
    assert is_heading(["目标名称", "上级目标"], columns_from("name", [["", ""]]))
    assert not is_heading(["25", "计量单位"], columns_from("target", [["", ""]]))
    assert not is_heading(["", ""], columns_from("target", [["", ""]]))


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-31",
        "2026/3/31",
        "2026.3.31",
        "3月31日",
        "2026年3月31日",
        "3/31",
        " ２０２６/3/31 ",
        "2026/3/31 0:00",
    ],
)
def test_dates_are_read_as_offices_write_them(text):
    assert read_cell(DEADLINE, text, 2026) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("text", "message"), [("下月底", "请写成2026-03-31"), ("2月30日", "不是有效日期"), ("", "请填写完成时限")]
)
def test_what_is_no_date_is_refused_with_how_to_write_it(text, message):
    with pytest.raises(CellError, match=message):
        read_cell(DEADLINE, text, 2026)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25", "25"),
        ("1,200", "1200"),
        ("45%", "45"),
        ("４５％", "45"),
        ("0.5", "0.5"),
        ("1,234,567.5", "1234567.5"),
    ],
)
def test_numbers_may_have_thousands_and_percent_signs(text, value):
    assert read_cell(TARGET, text, 2026) == Decimal(value)


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        (TARGET, "约25", "不是数字"),
        (TARGET, "1,20", "不是数字"),
        (TARGET, "-1", "应在0至"),
        (TARGET, "1e9", "不是数字"),
        (TARGET, "0.1234567", "最多6位小数"),
        (WEIGHT, "101", "应在0至100之间"),
        (WEIGHT, "33.333", "最多2位小数"),
        (WEIGHT, " ", "请填写权重"),
    ],
)
def test_what_is_no_number_is_refused_with_what_to_write(column, text, message):
    with pytest.raises(CellError, match=message):
        read_cell(column, text, 2026)


def test_an_empty_number_or_date_that_is_not_required_is_none():
    assert read_cell(TARGET, " ", 2026) is None
    assert read_cell(BY_KEY["starts_on"], "", 2026) is None


@given(st.decimals(0, 10**12, places=6))
def test_a_number_shown_reads_back_as_itself(value):
    assert read_cell(TARGET, shown(value), 2026) == value


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_date_shown_reads_back_as_itself(day):
    assert read_cell(DEADLINE, shown(day), 2026) == day


@given(st.sampled_from(COLUMNS), st.text(max_size=60))
def test_any_text_is_read_or_refused(column, text):
    with suppress(CellError):
        value = read_cell(column, text, 2026)
        assert value is None or isinstance(value, str | Decimal | date)


def test_a_name_stays_on_one_line_and_a_long_text_keeps_its_lines():
    assert read_cell(BY_KEY["name"], " 整顿\n后进村 ", 2026) == "整顿 后进村"
    assert read_cell(BY_KEY["acceptance"], "通过\r\n印发\n", 2026) == "通过\n印发"
    with pytest.raises(CellError, match="共401字，最多400字"):
        read_cell(BY_KEY["name"], "长" * 401, 2026)


def test_names_are_split_as_they_are_written():
    assert split_names(" 张某甲、李某乙，张某甲; 王某丙 ") == ["张某甲", "李某乙", "王某丙"]


def test_the_total_says_what_is_missing_or_over():
    short = total_of([Decimal(60), Decimal("30.5")], is_typed=True)
    assert (short.total, short.gap, short.is_whole) == (Decimal("90.5"), Decimal("9.5"), False)
    assert total_of([Decimal(60), Decimal(50)], is_typed=True).gap == -10
    assert total_of([Decimal(100)], is_typed=True).is_whole
    assert total_of([], is_typed=False).is_whole
