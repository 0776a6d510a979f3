"""The effect of trimming is advice: ranks and coarse steps, nothing that tells a mark (trust.md B7)."""

import re

import pytest

from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.trimming import trim_effects
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Unit
from tests.assessment.county import county, load, ratings
from tests.factories.accounts import user_with_role

EVEN, HARSH, FEW = (88, 88, 88, 88, 88), (20, 90, 90, 90, 90), (70, 80, 90)


def given(*marks):
    """A county in which all groups give the units *marks*, in their order."""
    sheets = county(len(marks))
    sheets["评价"] = sheets["评价"][:1]
    for number, of_unit in enumerate(marks, 1):
        code = f"K{number:02}"
        sheets["评价"] += ratings([code], (88, 88, 88), ["社会调查", "群众评价"])
        sheets["评价"] += ratings([code], of_unit, ["领导评价", "科室互评"])
    load(sheets)


@pytest.mark.usefixtures("db")
def test_a_rank_that_trimming_decides_is_named_with_a_coarse_step():
    given(EVEN, HARSH)
    (effect,) = trim_effects(score_year(2026))
    assert (effect.series, effect.trimmed_units) == ("科室", 2)
    assert [(line.unit, line.rank, line.untrimmed_rank, line.effect) for line in effect.lines] == [
        ("第K02科", 1, 2, "2分以上"),
        ("第K01科", 2, 1, "不到0.5分"),
    ]


@pytest.mark.usefixtures("db")
def test_nothing_is_said_where_no_mark_was_left_out():
    given(FEW, FEW)
    assert trim_effects(score_year(2026)) == []


def test_the_page_tells_it_as_advice_and_without_a_mark(login, db):
    given(EVEN, HARSH)
    office = database.session.query(Unit).filter_by(code="K01").one()
    page = login(user_with_role(Role.OFC, unit=office)).get("/assessment/2026/charts").text
    told = page[page.index("trimming-title") :]
    assert "仅供参考，不改变结果" in told
    assert "第K02科" in told
    assert not re.search(r"\b(20|76)(\.\d+)?\b", re.sub(r"<[^>]+>", " ", told.split("</table>")[0]))


def test_trimming_without_effect_on_ranks_says_so(login, db):
    given(EVEN, (80, 80, 80, 80, 80))
    office = database.session.query(Unit).filter_by(code="K01").one()
    page = login(user_with_role(Role.OFC, unit=office)).get("/assessment/2026/charts").text
    assert "对位次没有影响" in page
