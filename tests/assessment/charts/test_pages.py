"""The pages with charts: who sees them, the numbers beside them, the line over the years."""

import re

import pytest

from fivestep_web.assessment.charts.figures import series_figures
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.scoring import score_year
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from tests.assessment.county import county, load, ratings
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory

pytestmark = pytest.mark.one_database

SEES_RESULTS = {Role.MIN, Role.EXD, Role.OFC, Role.HRO}
SERIES, UNIT = "/assessment/2026/charts", "/assessment/2026/units/K01/charts"


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


def cells(text, caption):
    """The rows of the table of that caption."""
    table = re.search(rf"<caption>{caption}</caption>(.*?)</table>", text, re.DOTALL)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [[cell.strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t", row, re.DOTALL)] for row in rows]


@pytest.fixture
def town(db):
    sheets = county(3, marks=(80, 84, 88, 92, 96))
    for row in sheets["评价"][1:]:
        if row[2] == "K03":
            row[3] -= 15
    load(sheets)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_see_the_results_see_their_charts(role, login):
    client = login(user_with_role(role))
    for address in (SERIES, UNIT):
        page(client, address, 200 if role in SEES_RESULTS else 403)


@pytest.mark.usefixtures("town")
def test_each_chart_is_named_and_has_its_numbers_as_a_table(login):
    text = page(login(user_with_role(Role.MIN)), SERIES)
    assert text.count('role="img"') == 2
    assert 'aria-labelledby="totals-1-title totals-1-desc"' in text
    assert "3个单位有总分：最低73.00，最高88.00，中位数88.00。" in text
    assert "style=" not in text
    rows = cells(text, "科室总分分布")
    assert [row for row in rows[1:] if row[1] != "0"] == [["72–74", "1", "33.33%"], ["88–90", "2", "66.67%"]]
    assert ["领导评价", "3", "73.00", "80.50", "88.00", "88.00", "88.00"] in cells(text, "科室各项结果的高低")


@pytest.mark.usefixtures("town")
def test_a_unit_stands_beside_the_mean_of_its_series(login):
    client = login(user_with_role(Role.OFC))
    rows = cells(page(client, UNIT), "与本类别比较")
    assert rows[0] == ["项目", "本单位", "平均", "最高", "最低"]
    assert rows[1] == ["社会调查", "88.00", "83.00", "88.00", "73.00"]
    assert rows[5] == ["指标完成率", "100.00", "100.00", "100.00", "100.00"]
    assert 'href="/assessment/2026/units/K02/charts"' in page(client, UNIT)
    assert f'href="{UNIT}"' in page(client, "/assessment/2026/units/K01")
    assert f'href="{SERIES}"' in page(client, "/assessment/2026")
    page(client, "/assessment/2026/units/K99/charts", 404)


@pytest.mark.usefixtures("town")
def test_the_line_shows_the_years_there_are_and_says_why_one_is_missing(login):
    PlanYearFactory(year=2021)
    PlanYearFactory(year=2023)
    PlanYearFactory(year=2025, settings={"social_weight": "0.9"})
    for tally in database.session.query(RatingTally).all():
        row = {name: getattr(tally, name) for name in ("rater_group", "unit_id", "score", "count")}
        database.session.add(RatingTally(year=2023, **row))
    database.session.commit()
    rows = cells(page(login(user_with_role(Role.MIN)), UNIT), "近五年总分")
    assert [row[0] for row in rows[1:]] == ["2023", "2024", "2025", "2026"]
    assert rows[1][1:5] == ["88.00", "83.00", "1 / 3", "良好"]
    assert [rows[2][-1], rows[3][-1]] == ["系统里没有该年度", "该年度的考核设置有误"]
    assert rows[4][1] == "88.00"


@pytest.mark.usefixtures("town")
def test_the_year_switch_leads_from_charts_to_those_of_the_other_year(login):
    PlanYearFactory(year=2025)
    client = login(user_with_role(Role.MIN))
    assert client.get(f"{SERIES}?year=2025").location == "/assessment/2025/charts"
    assert client.get(f"{UNIT}?year=2025").location == "/assessment/2025"
    assert "本年度没有参加考核的单位" not in page(client, "/assessment/2025/charts")


@pytest.mark.usefixtures("db")
def test_before_there_are_ratings_the_charts_say_so(login):
    sheets = county(2)
    sheets["评价"] = sheets["评价"][:1]
    load(sheets)
    client = login(user_with_role(Role.MIN))
    assert "还没有单位有总分" in page(client, SERIES)
    assert "这几年都还没有总分。" in page(client, UNIT)


@pytest.mark.usefixtures("db")
def test_a_unit_without_a_result_is_left_out_and_told_of():
    sheets = county(2)
    sheets["评价"] = sheets["评价"][:1] + ratings(["K01"], (80, 84, 88, 92, 96))
    load(sheets)
    [series] = series_figures(score_year(2026))
    totals = series.figures[0]
    assert "另有1个单位还没有总分，没有计入。" in totals.notes
    assert sum(int(row[1]) for row in totals.rows) == 1


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("marks", [(61.5, 80.25, 97.5), (61.5, 80.25, 81.75, 83.5, 97.5)])
def test_no_chart_breaks_a_group_down_to_its_marks(login, marks):
    load(county(2, marks=marks))
    client = login(user_with_role(Role.MIN))
    for address in (SERIES, UNIT):
        text = page(client, address)
        assert not [mark for mark in marks if f"{mark:.2f}" in text or f">{mark:g}<" in text]
