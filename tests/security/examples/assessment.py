"""Examples of step 5: results, their reasons, candidates, and points given by hand."""

from sqlalchemy import select

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal
from tests.assessment.county import county, goal, load
from tests.factories.accounts import user_with_role
from tests.security.example import READS, Example


def _county():
    sheets = county(2)
    sheets["目标"].append(goal("N1", "K01", method="人工评定"))
    load(sheets)


def points_give():
    _county()
    found = db.session.scalars(select(Goal.id).where(Goal.code == "N1")).one()
    form = {"points": "8.5", "reason": "材料齐全"}
    return Example(user_with_role(Role.EXD), {"year": 2026, "goal_id": found}, form)


def _page(role, **values):
    _county()
    return Example(user_with_role(role), {"year": 2026, **values})


def admonition_index():
    example = _page(Role.SUP)
    example.stranger = user_with_role(Role.OFC, Role.HRO, Role.ADM)
    return example


UNSAFE = {"assessment.points_give": points_give}
PAGES = {
    "assessment.assessment_show": lambda: _page(Role.HRO),
    "assessment.unit_show": lambda: _page(Role.OFC, code="K01"),
    "assessment.series_charts": lambda: _page(Role.EXD),
    "assessment.workbook_download": lambda: _page(Role.OFC),
    "assessment.unit_charts": lambda: _page(Role.HRO, code="K01"),
    "assessment.result_index": lambda: _page(Role.MIN),
    "assessment.admonition_index": admonition_index,
}
COMMANDS = {"score": READS}
