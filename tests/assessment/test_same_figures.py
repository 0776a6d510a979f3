"""Command, page, workbook, bulletin and publicity of the demo county carry the same figures."""

import json
import re
from decimal import Decimal
from io import BytesIO

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from fivestep_web.assessment.export import fingerprint
from fivestep_web.assessment.payloads import result_payloads
from fivestep_web.assessment.publicity.lists import result_lines
from fivestep_web.assessment.recount import TOTALS_SHEET
from fivestep_web.assessment.scoring import score_year
from fivestep_web.cli import main
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Unit
from tests.assessment.county import load
from tests.factories.accounts import user_with_role
from tests.workbook.loading import demo_sheets

ROW = re.compile(
    r'<td class="numeric">(\d+)</td>\s*<th scope="row">\s*<a [^>]*units/(\w+)">(.*?)</tr>', re.DOTALL
)
TOTAL = re.compile(r"<b>([\d.]+)</b>")


def shown(cell):
    """A cell with two decimals: workbooks keep no zeros at the end."""
    return f"{Decimal(str(cell)):.2f}"


@pytest.fixture
def printed(app, db):
    """The figures of `fivestep score --format json`, by unit code."""
    load(demo_sheets())
    told = CliRunner().invoke(
        main, ["score", "2026", "--format", "json"], obj=ScriptInfo(create_app=lambda: app)
    )
    return {unit["code"]: unit for unit in json.loads(told.stdout)["units"]}


def test_page_workbook_bulletin_and_publicity_are_what_the_command_prints(printed, login):
    office = database.session.scalars(select(Unit).where(Unit.code == "K01")).one()
    client = login(user_with_role(Role.OFC, unit=office))
    wanted = {code: (unit["total"], unit["rank"]) for code, unit in printed.items()}
    assert len(wanted) == 23
    page = client.get("/assessment/2026").text
    rows = {code: (TOTAL.search(rest).group(1), int(rank)) for rank, code, rest in ROW.findall(page)}
    assert rows == wanted
    book = CalamineWorkbook.from_filelike(BytesIO(client.get("/assessment/2026/workbook").data))
    head, *lines = book.get_sheet_by_name(TOTALS_SHEET).to_python()
    places = [
        head.index(name) for name in ("单位编码", "复算总分", "复算位次", "系统总分", "系统位次", "核对")
    ]
    for code, total, rank, own_total, own_rank, verdict in ([line[at] for at in places] for line in lines):
        assert (shown(total), int(rank)) == (shown(own_total), int(own_rank)) == wanted[code]
        assert verdict == "一致"
    names = {unit["name"]: code for code, unit in printed.items()}
    (request,) = result_payloads(2026)
    bulletin = {
        names[row["unit"]]: (row["total_score"], int(row["rank"]))
        for series in request.payload["series"]
        for row in series["results"]
    }
    assert bulletin == wanted
    score = score_year(2026)
    posted = {line.name: line.outcome for line in result_lines(score)}
    for name, code in names.items():
        total, rank = wanted[code]
        assert f"第{rank}名，{total}分" in posted[name]
    digits = fingerprint(score)
    assert digits in page
    assert digits in "".join(request.payload["notes"]).replace(" ", "")


def test_each_groups_result_is_the_same_too(printed):
    (request,) = result_payloads(2026)
    groups = ("social_survey", "mass_evaluation", "leader_evaluation", "peer_evaluation")
    names = {unit["name"]: unit for unit in printed.values()}
    for series in request.payload["series"]:
        for row in series["results"]:
            of_unit = names[row["unit"]]["groups"]
            assert [row[group] for group in groups] == [of_unit[group]["result"] for group in groups]
