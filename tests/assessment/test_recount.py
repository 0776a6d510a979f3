"""复算表: the workbook's own formulas give the published totals, from sums and counts alone."""

import re
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from fivestep_web.assessment.export import write_workbook
from fivestep_web.assessment.recount import GUARD, HEADINGS, TOTALS_SHEET, total_rows
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.totals import TotalParts, evaluate, total_of
from fivestep_web.core.permissions import Role
from fivestep_web.core.rounding import round_half_up
from fivestep_web.documents.pdf.office import find_program
from tests.assessment.county import county, goal, load, ratings
from tests.factories.accounts import user_with_role

TRAP = {"社会调查": 92.4, "群众评价": 88.75, "领导评价": 91, "科室互评": 86.5}
CACHED = re.compile(r"(<f>[^<]*</f>)<v>[^<]*</v>")


def lines(path):
    """The lines of the sheet that computes the totals, by unit."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(TOTALS_SHEET).to_python()
    return {row[1]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}


def computed(score, folder: Path):
    """The same, computed by LibreOffice from a workbook without any computed value."""
    write_workbook(score, folder / "with.xlsx")
    with zipfile.ZipFile(folder / "with.xlsx") as made, zipfile.ZipFile(folder / "in.xlsx", "w") as bare:
        texts = {name: CACHED.subn(r"\1", made.read(name).decode()) for name in made.namelist()}
        for name, (text, _emptied) in texts.items():
            bare.writestr(name, text)
    assert sum(emptied for _text, emptied in texts.values()) >= len(score.units)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = ["--headless", "--norestore", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    command = [
        str(find_program()),
        profile,
        *convert,
        "--outdir",
        str(folder / "out"),
        str(folder / "in.xlsx"),
    ]
    for _start in ("makes its profile", "converts"):
        if subprocess.run(command, check=False, capture_output=True, timeout=120).returncode == 0:
            break
    return lines(folder / "out" / "in.xlsx")


def assert_same(score, found):
    scored = [unit for unit in score.units if unit.rank is not None]
    assert scored
    for unit in scored:
        line = found[unit.code]
        places = score.settings.decimals
        assert f"{line['复算总分']:.{places}f}" == str(unit.total.printed), unit.code
        assert line["复算总分"] == float(unit.total.printed)
        assert (line["复算位次"], line["核对"]) == (unit.rank, "一致")


def _trap():
    """Two units whose exact total is a half of the last place, one with less of it, one without a total."""
    sheets = county(4, settings=[("评价占比", "70%"), ("完成情况占比", "30%")])
    sheets["评价"] = sheets["评价"][:1]
    for group, mark in TRAP.items():
        sheets["评价"] += ratings(["K01", "K02", "K03"], [mark] * 6, [group])
    sheets["评价"] += ratings(["K04"], [90, 80], ["社会调查"])
    sheets["目标"] += [goal("N1", "K01", target=3), goal("N2", "K01", target=3), goal("N3", "K03", target=7)]
    sheets["进展"] += [["N1", sheets["进展"][1][1], 1, None], ["N3", sheets["进展"][1][1], 3, None]]
    sheets["加减分"] += [["K02", "加分", 1.25, "创新", None], ["K02", "扣分", 2.5, "迟报", None]]
    return sheets


@pytest.mark.office
@pytest.mark.usefixtures("demo")
def test_the_formulas_give_the_totals_of_the_demo_county_to_the_last_digit(tmp_path):
    score = score_year(2026)
    assert len(score.units) > 20
    assert_same(score, computed(score, tmp_path))


@pytest.mark.office
@pytest.mark.usefixtures("db")
def test_the_formulas_round_halves_up_and_take_in_completion_additions_and_deductions(tmp_path):
    sheets = _trap()
    load(sheets)
    score = score_year(2026)
    assert [unit.rank is None for unit in score.units] == [False, False, False, True]
    found = computed(score, tmp_path)
    assert_same(score, found)
    assert found["K04"]["核对"].startswith("社会调查有效票2张，少于3张")
    assert (found["K04"]["复算总分"], found["K04"]["社会调查计入分数之和"]) == ("—", "—")


@pytest.mark.office
@pytest.mark.usefixtures("db")
def test_the_formulas_round_the_trap_of_binary_figures_half_up_also_without_a_group(tmp_path):
    sheets = county(2)
    sheets["评价"] = sheets["评价"][:1]
    for group, mark in TRAP.items():
        sheets["评价"] += ratings(["K01", "K02"], [mark] * 6, [group])
    load(sheets)
    score = score_year(2026)
    assert score.units[0].total.printed == Decimal("89.71")
    unit = score.units[1]
    results = {group: unit.groups[group].result for group in Group}
    evaluation = evaluate(results, score.settings, left_out=frozenset({Group.SOCIAL_SURVEY}))
    total = total_of(TotalParts(evaluation.score, None, None), score.settings)
    left = replace(unit, evaluation=evaluation, total=total, rank=2)
    score = replace(score, units=(score.units[0], left))
    found = computed(score, tmp_path)
    assert_same(score, found)
    assert (found["K02"]["社会调查权重"], found["K02"]["群众评价权重"]) == ("不计", 0.375)


@pytest.mark.usefixtures("db")
def test_of_a_trimmed_group_the_sum_and_the_number_of_the_kept_marks_are_told():
    load(county(1, marks=(61.5, 80.25, 81.75, 83.5, 97.5)))
    [headings, row] = total_rows(score_year(2026))
    line = dict(zip(headings, row, strict=True))
    assert (line["领导评价计入分数之和"], line["领导评价计入个数"]) == (Decimal("245.5"), 3)
    assert (line["社会调查计入分数之和"], line["社会调查计入个数"]) == (Decimal("404.5"), 5)
    assert len(row) == len(HEADINGS)


@given(
    st.lists(st.tuples(st.integers(0, 2000), st.integers(3, 400)), min_size=4, max_size=4),
    st.integers(0, 4),
)
def test_a_guarded_binary_total_rounds_like_the_exact_one(groups, places):
    weights = (Decimal("0.2"), Decimal("0.3"), Decimal("0.3"), Decimal("0.2"))
    sums = [(Decimal(per_line * count) / 20 + Decimal(count % 7) / 2, count) for per_line, count in groups]
    exact = sum(
        (
            Fraction(weight) * Fraction(total) / count
            for weight, (total, count) in zip(weights, sums, strict=True)
        ),
        Fraction(0),
    )
    binary = sum(
        float(weight) * (float(total) / count) for weight, (total, count) in zip(weights, sums, strict=True)
    )
    guarded = round_half_up(Decimal(repr(binary)), GUARD)
    assert round_half_up(guarded, places) == round_half_up(exact, places)


@pytest.mark.usefixtures("db")
def test_the_workbook_is_a_download_from_the_results_and_from_a_unit(login, tmp_path):
    load(county(2))
    client = login(user_with_role(Role.HRO))
    answer = client.get("/assessment/2026/workbook")
    assert "%E5%A4%8D%E7%AE%97%E8%A1%A8.xlsx" in answer.headers["Content-Disposition"]
    (tmp_path / "a.xlsx").write_bytes(answer.data)
    found = lines(tmp_path / "a.xlsx")
    assert [found[code]["核对"] for code in ("K01", "K02")] == ["一致", "一致"]
    for address in ("/assessment/2026", "/assessment/2026/units/K01"):
        assert 'href="/assessment/2026/workbook"' in client.get(address).get_data(as_text=True)
    assert login(user_with_role(Role.STF)).get("/assessment/2026/workbook").status_code == 403
