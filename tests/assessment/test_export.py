"""Table, JSON and workbook of a year's score, and the command that prints them."""

import hashlib
import json
import re

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from python_calamine import CalamineWorkbook

from fivestep_web.assessment.export import as_json, as_text, fingerprint, write_workbook
from fivestep_web.assessment.payloads import result_payloads
from fivestep_web.assessment.scoring import score_year
from fivestep_web.cli import main
from tests.assessment.county import county, load, ratings
from tests.limits import file_size_limit

SECRET_MARKS = (61.5, 80.25, 81.75, 83.5, 97.5)


@pytest.fixture
def scored(db):
    sheets = county(2, marks=SECRET_MARKS)
    sheets["单位"][2][1] = '=HYPERLINK("http://x")'
    sheets["加减分"] += [["K02", "扣分", 1.5, "+迟报", "@月通报"], ["K02", "一票否决", None, "事故", None]]
    load(sheets)
    return score_year(2026)


def run(app: Flask, *arguments: str):
    return CliRunner().invoke(main, ["score", *arguments], obj=ScriptInfo(create_app=lambda: app))


def test_no_trimmed_mark_leaves_in_any_form(scored, tmp_path):
    write_workbook(scored, tmp_path / "score.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "score.xlsx")
    cells = [
        str(cell)
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    ]
    for text in (json.dumps(as_json(scored)), as_text(scored), " ".join(cells)):
        numbers = {float(found) for found in re.findall(r"\d+\.\d+|\d+", text)}
        assert not numbers & set(SECRET_MARKS)


def test_the_workbook_keeps_texts_as_texts_and_figures_as_figures(scored, tmp_path):
    write_workbook(scored, tmp_path / "score.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "score.xlsx")
    rows = book.get_sheet_by_name("考核结果").to_python()
    assert rows[1][:4] == ["科室", 1, "K01", '=HYPERLINK("http://x")']
    assert rows[1][8] == float(as_json(scored)["units"][0]["total"])
    assert book.get_sheet_by_name("加减分").to_python()[1] == [
        "K02",
        "第K02科",
        "扣分",
        1.5,
        "+迟报",
        "@月通报",
    ]
    assert rows[2][-1] == "一票否决"


@pytest.mark.usefixtures("db")
def test_the_fingerprint_is_that_of_the_json_and_changes_with_any_figure(tmp_path):
    sheets = county(2)
    load(sheets)
    before = score_year(2026)
    text = json.dumps(as_json(before), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert fingerprint(before) == hashlib.sha256(text.encode()).hexdigest() == fingerprint(score_year(2026))
    [bulletin] = result_payloads(2026)
    assert fingerprint(before) in "".join(bulletin.payload["notes"]).replace(" ", "")
    write_workbook(before, tmp_path / "score.xlsx")
    rules = CalamineWorkbook.from_path(tmp_path / "score.xlsx").get_sheet_by_name("复算规则").to_python()
    assert rules[-1] == ["结果校验码", fingerprint(before)]
    sheets["加减分"].append(["K02", "加分", 0.01, "创新", None])
    load(sheets)
    assert fingerprint(score_year(2026)) != fingerprint(before)


def test_weights_and_shares_are_exact_and_figures_have_the_places_of_the_settings(db):
    load(
        county(
            1,
            settings=[
                ("社会调查权重", "12.5%"), ("群众评价权重", "37.5%"), ("评价占比", "70%"),
                ("完成情况占比", "30%"), ("保留小数", 0),
            ],
        )
    )  # fmt: skip
    printed = as_json(score_year(2026))
    assert printed["weights"]["social_survey"] == "0.125"
    assert printed["weights"]["leader_evaluation"] == "0.30"
    assert printed["shares"] == {"evaluation": "0.7", "completion": "0.3", "daily": "0"}
    assert printed["units"][0]["total"] == "92"
    assert printed["units"][0]["bonus"] == "0"


@pytest.mark.usefixtures("db")
def test_the_table_shows_each_series_and_why_a_unit_has_no_total():
    sheets = county(2)
    sheets["评价"] = sheets["评价"][:1] + ratings(["K01"], (80, 84, 88, 92, 96))
    load(sheets)
    text = as_text(score_year(2026), width=400)
    assert "2026年度考核结果 · 科室" in text
    assert "88.00" in text
    assert "科室互评有效票0张，少于3张，没有结果" in text


def test_json_on_the_screen_is_what_the_function_returns(app, scored):
    result = run(app, "2026", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == as_json(scored)


def test_a_file_is_written_whole_and_replaces_the_old_one(app, scored, tmp_path):
    path = tmp_path / "score.json"
    path.write_text("old")
    result = run(app, "2026", "--format", "json", "--out", str(path))
    assert result.exit_code == 0
    assert json.loads(path.read_text("utf-8")) == as_json(scored)
    assert [entry.name for entry in tmp_path.iterdir()] == ["score.json"]
    assert run(app, "2026", "--format", "xlsx", "--out", str(tmp_path / "a.xlsx")).exit_code == 0
    assert run(app, "2026", "--out", str(tmp_path / "a.txt")).exit_code == 0
    assert "第K02科" in (tmp_path / "a.txt").read_text("utf-8")


def test_a_workbook_that_finds_no_room_leaves_the_old_one(app, scored, tmp_path):
    path = tmp_path / "score.xlsx"
    path.write_bytes(b"old")
    with file_size_limit(1000):
        result = run(app, "2026", "--format", "xlsx", "--out", str(path))
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "File too large" in result.stderr
    assert [(entry.name, entry.read_bytes()) for entry in tmp_path.iterdir()] == [("score.xlsx", b"old")]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("2031",), 1, "没有2031年度的数据，请先导入该年度的工作簿。"),
        (("2026", "--format", "xlsx"), 2, "xlsx 须用 --out 指定文件"),
        (("2026", "--format", "json", "--out", "/nowhere/a.json"), 1, "文件夹 /nowhere 不存在"),
    ],
)
def test_bad_input_is_one_clear_line(app, scored, arguments, status, words):
    result = run(app, *arguments)
    assert result.exit_code == status
    assert words in result.stderr
    assert "Traceback" not in result.stderr
