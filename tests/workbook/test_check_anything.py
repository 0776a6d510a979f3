"""The check over the demo county and over whatever a file may hold."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from fivestep_web.workbook.checker import check
from fivestep_web.workbook.columns import SHEETS
from fivestep_web.workbook.raw import Kind, RawCell, RawRow, RawSheet, RawWorkbook
from fivestep_web.workbook.reading import read_workbook
from tests.workbook.builders import raw, sheets, write
from tests.workbook.checking import NOTHING, percent
from tests.workbook.loading import DEMO, demo_sheets, put

D = dt.date


def test_the_demo_county_has_no_problems():
    result = check(read_workbook(DEMO), NOTHING)
    assert result.problems == ()
    assert result.data is not None
    counts = [
        len(result.data.units),
        len(result.data.people),
        len(result.data.topics),
        len(result.data.goals),
    ]
    assert counts == [24, 85, 21, 370]
    assert [len(result.data.milestones), len(result.data.progress), len(result.data.ratings)] == [
        700,
        1341,
        2738,
    ]


def test_twenty_faults_of_the_demo_county_are_all_found_and_nothing_else(tmp_path):
    seeded = {
        ("单位", "D5"): "K77",
        ("单位", "G7"): "参加",
        ("人员", "F10"): "科长",
        ("人员", "E11"): "工人",
        ("课题", "C4"): "党建工作",
        ("课题", "F6"): "P9999",
        ("目标", "I3"): percent("0.5"),
        ("目标", "L8"): "2026-02-30",
        ("目标", "C9"): "M9999",
        ("目标", "O17"): "档=30:10,15:5",
        ("目标", "F20"): None,
        ("目标", "K30"): "明天",
        ("里程碑", "D5"): D(2026, 12, 30),
        ("里程碑", "E9"): "一半",
        ("进展", "C12"): "45%",
        ("进展", "B40"): "2026年3月",
        ("评价", "D50"): 101,
        ("评价", "C60"): "K88",
        ("加减分", "C2"): None,
        ("设置", "B3"): "25%",
    }
    data = demo_sheets()
    for (sheet, cell), value in seeded.items():
        put(data, sheet, cell, value)
    raw_copy = read_workbook(write(tmp_path / "wrong.xlsx", data))
    found = check(raw_copy, NOTHING).problems
    assert {(p.sheet, p.cell) for p in found} == set(seeded)
    assert len(found) == 20
    for problem in found:
        assert problem.heading
        assert problem.message
        assert problem.value in problem.message or problem.sheet == "设置"


CELLS = st.none() | st.builds(
    RawCell,
    st.sampled_from([Kind.TEXT, Kind.TIME, Kind.BOOLEAN, Kind.ERROR, Kind.UNCALCULATED]),
    st.text(max_size=60),
)


NUMBERS = st.floats().map(lambda number: RawCell(Kind.NUMBER, str(number)))


PERCENTS = st.floats(allow_nan=False, allow_infinity=False).map(
    lambda number: RawCell(Kind.PERCENT, str(number))
)


DATES = st.dates().map(lambda day: RawCell(Kind.DATE, day.isoformat()))


TYPICAL = st.sampled_from(
    ["K01", "P1", "M1", "M2", "T01", "10%", "不涉及", "2026-03-31", "科室互评", "1e400"]
)


ANY = CELLS | NUMBERS | PERCENTS | DATES | TYPICAL.map(lambda text: RawCell(Kind.TEXT, text))


@settings(max_examples=150)
@given(st.data())
def test_no_cell_whatever_it_holds_breaks_the_check(data):
    book = sheets()
    for _ in range(data.draw(st.integers(1, 6))):
        sheet = data.draw(st.sampled_from(list(book)))
        row = data.draw(st.sampled_from(book[sheet]))
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(ANY)
    result = check(raw(book), NOTHING)
    assert (result.data is None) == bool(result.problems)
    for problem in result.problems:
        assert problem.message.isprintable()


NAMES = st.sampled_from([sheet.name for sheet in SHEETS]) | st.text(max_size=40)


HEADINGS = st.sampled_from([column.heading for sheet in SHEETS for column in sheet.columns]).map(
    lambda heading: RawCell(Kind.TEXT, heading)
)


@settings(max_examples=100)
@given(st.lists(st.tuples(NAMES, st.lists(HEADINGS | ANY, max_size=9), st.lists(st.lists(ANY, max_size=9)))))
def test_no_workbook_whatever_its_shape_breaks_the_check(shape):
    book = RawWorkbook(
        tuple(
            RawSheet(name, tuple(RawRow(number, tuple(row)) for number, row in enumerate([head, *rows], 1)))
            for name, head, rows in shape
        )
    )
    result = check(book, NOTHING)
    assert all((p.sheet + p.heading + p.message + p.value).isprintable() for p in result.problems)
