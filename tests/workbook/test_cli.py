"""`fivestep import`: every problem is listed, nothing is half done, one line says why."""

import datetime as dt

import pytest
from click.testing import CliRunner
from sqlalchemy.exc import IntegrityError

from fivestep_web import cli
from fivestep_web.extensions import db as database
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import LetterState
from fivestep_web.workbook import cli as workbook_cli
from fivestep_web.workbook.reading import read_workbook
from tests.limits import file_size_limit
from tests.workbook.builders import sheets, write
from tests.workbook.loading import DEMO, demo_sheets, dump, put, touched

# Twenty faults of twenty kinds: sheet, cell and value; the cell is where the fault is told.
FAULTS = (
    ("单位", "C3", "科"),
    ("单位", "D4", "K99"),
    ("单位", "E5", "P9999"),
    ("单位", "G6", "是的"),
    ("人员", "B3", None),
    ("人员", "F4", "科长"),
    ("人员", "E6", "合同"),
    ("课题", "C2", "党建"),
    ("课题", "D3", "重要"),
    ("课题", "E4", "X99"),
    ("目标", "G2", "P0"),
    ("目标", "I3", "45%"),
    ("目标", "L4", "2026-02-30"),
    ("目标", "N5", "按心情"),
    ("里程碑", "B4", 0),
    ("里程碑", "E3", "120%"),
    ("进展", "C2", "很多"),
    ("评价", "D2", 101),
    ("加减分", "B2", "加点"),
    ("设置", "B3", "21%"),
)


@pytest.fixture
def run(app, monkeypatch):
    """Run the command on the test's database; return exit status, standard output and standard error."""
    monkeypatch.setattr(cli, "load_app", lambda: app)
    monkeypatch.setattr(workbook_cli, "PATIENCE", 60.0)

    def invoke(*arguments):
        result = CliRunner().invoke(cli.main, ["import", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr

    return invoke


def faulty(folder):
    data = demo_sheets()
    for sheet, cell, value in FAULTS:
        put(data, sheet, cell, value)
    return write(folder / "faulty.xlsx", data)


@pytest.mark.parametrize("command", ["check", "load"])
def test_twenty_seeded_errors_are_all_listed_and_nothing_is_written(run, tmp_path, command):
    path, before = faulty(tmp_path), dump()
    status, out, err = run(command, path)
    told = [tuple(line.split("\t")) for line in out.splitlines()]
    places = {(sheet, column[0], int(row[1:-1])) for sheet, row, column, _message in told}
    assert places == {(sheet, cell[0], int(cell[1:])) for sheet, cell, _value in FAULTS}
    assert len(told) == len(FAULTS)
    assert status == 1
    assert err.startswith("错误：工作簿有 20 处问题")
    assert err.count("\n") == 1
    assert touched(before) == {}


def test_a_message_quotes_the_value_and_says_what_to_do(run, tmp_path):
    _status, out, _err = run("check", faulty(tmp_path))
    assert "目标\t第4行\tL列 完成时限\t“2026-02-30”不是有效日期，请改为 2026-02-28 或之前" in out.splitlines()


def test_a_faultless_file_passes_the_check_and_is_not_written(run):
    before = dump()
    assert run("check", DEMO) == (0, "没有发现问题\n", "")
    assert touched(before) == {}


def test_a_load_counts_each_sheet_and_the_second_one_changes_nothing(run):
    status, out, err = run("load", DEMO)
    assert (status, err) == (0, "")
    assert out.splitlines()[:4] == [
        "单位：新增 24，修改 0，不变 0",
        "人员：新增 85，修改 0，不变 0",
        "课题：新增 21，修改 0，不变 0",
        "目标：新增 370，修改 0，不变 0",
    ]
    letters = database.session.query(Letter).count()
    assert out.splitlines()[-1] == f"起草责任书 {letters} 份"
    before = dump()
    assert run("load", DEMO) == (0, "没有变化\n", "")
    assert touched(before) == {}


def test_changes_to_what_is_signed_are_listed_like_errors(run, tmp_path):
    run("load", write(tmp_path / "first.xlsx", sheets()))
    database.session.query(Letter).update({Letter.state: LetterState.IN_FORCE})
    database.session.commit()
    before = dump()
    data = put(put(sheets(), "目标", "I2", 31), "目标", "J2", "验收合格")
    status, out, err = run("load", write(tmp_path / "second.xlsx", data))
    assert status == 1
    assert [line.split("\t")[:3] for line in out.splitlines()] == [
        ["目标", "第2行", "I列 目标值"],
        ["目标", "第2行", "J列 完成标准"],
    ]
    assert "2 处" in err
    assert touched(before) == {}


def test_a_missing_or_foreign_file_is_one_line_on_standard_error(run, tmp_path):
    text = tmp_path / "notes.xlsx"
    text.write_text("不是工作簿")
    for path, words in (
        (tmp_path / "none.xlsx", "找不到文件"),
        (tmp_path, "找不到文件"),
        (text, "不是 .xlsx"),
    ):
        for command in ("check", "load"):
            status, out, err = run(command, path)
            assert (status, out, err.count("\n")) == (1, "", 1)
            assert words in err


def test_a_file_that_may_not_be_read_is_one_line(run, tmp_path, monkeypatch):
    path = write(tmp_path / "closed.xlsx", sheets())

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(workbook_cli, "read_workbook", refuse)
    status, _out, err = run("check", path)
    assert status == 1
    assert err.startswith(f"错误：不能读取 {path}")


def test_a_load_that_meets_another_one_is_one_line(run, tmp_path, monkeypatch):
    def collide(actor, result, *, is_trusted):
        raise IntegrityError("INSERT", {}, ValueError())

    monkeypatch.setattr(workbook_cli.services, "load", collide)
    before = dump()
    status, _out, err = run("load", write(tmp_path / "small.xlsx", sheets()))
    assert (status, "请重新执行一次" in err) == (1, True)
    assert touched(before) == {}


def test_the_template_is_a_faultless_workbook_of_this_year(run, tmp_path):
    path = tmp_path / "out.xlsx"
    assert run("template", path) == (0, f"已写入 {path}\n", "")
    years = [row.cells[1].text for sheet in read_workbook(path).sheets if sheet.name == "设置"
             for row in sheet.rows if row.cells[0].text == "年度"]  # fmt: skip
    assert years == [str(dt.datetime.now(tz=dt.UTC).year)]
    assert run("check", path)[0] == 0


@pytest.mark.parametrize(
    ("name", "words"), [("out.xlsx", "已经存在"), ("out.xls", "不以 .xlsx 结尾"), ("none/out.xlsx", "不存在")]
)
def test_a_template_that_cannot_be_written_leaves_what_is_there(run, tmp_path, name, words):
    (tmp_path / "out.xlsx").write_bytes(b"mine")
    status, out, err = run("template", tmp_path / name)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert words in err
    assert (tmp_path / "out.xlsx").read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]


def test_a_template_that_finds_no_room_leaves_nothing_and_one_line(run, tmp_path):
    with file_size_limit(1000):
        status, out, err = run("template", tmp_path / "out.xlsx")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "不能写入" in err
    assert "File too large" in err
    assert list(tmp_path.iterdir()) == []


def test_a_load_that_takes_long_says_so(run, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_cli, "PATIENCE", 0.0)
    _status, out, err = run("check", write(tmp_path / "small.xlsx", sheets()))
    assert (out, err) == ("没有发现问题\n", "正在检查……\n")


def test_problems_stand_in_a_table_on_a_screen(run, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(workbook_cli, "_is_screen", lambda: True)
    _status, out, _err = run("check", write(tmp_path / "one.xlsx", put(sheets(), "目标", "H2", "[red]" * 9)))
    assert "[red]" in out
    assert "H列" in out


def test_the_goals_of_the_demo_are_stored_as_the_file_says(run):
    run("load", DEMO)
    sheet = demo_sheets()["目标"]
    column = sheet[0].index("目标名称")
    stored = {goal.code: goal.name for goal in database.session.query(Goal)}
    assert stored == {row[0]: row[column] for row in sheet[1:]}
