"""The pages of step 5: who may see them, what they say, and giving points by hand."""

import pytest
from sqlalchemy import select

from fivestep_web.assessment.models import ManualPoints
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Unit
from fivestep_web.responsibility.models import Goal
from tests.assessment.county import D, county, goal, load
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory

pytestmark = pytest.mark.one_database

SEES_RESULTS = {Role.MIN, Role.EXD, Role.OFC, Role.HRO}
SEES_ADMONITIONS = {Role.MIN, Role.EXD, Role.SUP}
LOW_MARKS = (50, 52, 54, 56, 58)


@pytest.fixture
def town(db):
    """Three units, excellent, in between and below the threshold; the first has a goal to assess by hand."""
    sheets = county(3, marks=(96, 97, 98, 99, 100))
    for row in sheets["评价"][1:]:
        if row[2] == "K03":
            row[3] = LOW_MARKS[int(row[1][1:])]
        if row[2] == "K02":
            row[3] -= 15
    sheets["目标"].append(goal("N1", "K01", method="人工评定"))
    load(sheets)


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("role", list(Role))
def test_only_those_entitled_see_results_and_only_few_admonitions(role, login):
    client = login(user_with_role(role))
    seen = 200 if role in SEES_RESULTS else 403
    for address in ("/assessment/2026", "/assessment/2026/units/K01", "/results/2026"):
        page(client, address, seen)
    page(client, "/results/2026/admonitions", 200 if role in SEES_ADMONITIONS else 404)


@pytest.mark.usefixtures("town")
def test_nobody_unknown_sees_anything(client):
    for address in ("/assessment/2026", "/results/2026", "/results/2026/admonitions"):
        page(client, address, 401)


@pytest.mark.usefixtures("town")
def test_step_five_leads_to_the_year_or_to_what_the_reader_may_see(login):
    answer = login(user_with_role(Role.OFC)).get("/assessment")
    assert (answer.status_code, answer.location) == (303, "/assessment/2026")
    answer = login(user_with_role(Role.SUP)).get("/assessment")
    assert (answer.status_code, answer.location) == (303, "/results/2026/admonitions")


@pytest.mark.usefixtures("town")
def test_the_year_switch_leads_from_one_year_to_the_other(login):
    PlanYearFactory(year=2025)
    client = login(user_with_role(Role.MIN))
    answer = client.get("/assessment/2026/units/K01?year=2025")
    assert (answer.status_code, answer.location) == (303, "/assessment/2025")
    page(client, "/assessment/2025")
    page(client, "/assessment/2026?year=2024")
    page(client, "/assessment/2024", 404)
    page(client, "/assessment/99999999999999999999", 404)


@pytest.mark.usefixtures("town")
def test_the_results_stand_by_rank_with_a_link_to_their_reasons(login):
    text = page(login(user_with_role(Role.MIN)), "/assessment/2026")
    assert text.index("第K01科") < text.index("第K02科") < text.index("第K03科")
    assert 'href="/assessment/2026/units/K01"' in text
    for word in ("98.00", "83.00", "54.00", "优秀", "较差", "结果运用", "诫勉建议对象"):
        assert word in text


@pytest.mark.usefixtures("town")
def test_an_office_clerk_is_not_told_of_admonitions(login):
    client = login(user_with_role(Role.OFC))
    for address in ("/assessment/2026", "/results/2026"):
        assert "诫勉" not in page(client, address)


@pytest.mark.usefixtures("town")
def test_the_reasons_page_shows_counts_and_no_single_mark(login):
    text = page(login(user_with_role(Role.MIN)), "/assessment/2026/units/K03")
    assert "第K03科：为什么是这个分" in text
    assert "最高、最低各1个" in text
    for mark in ("50.", ">50<", ">58<", ">52<"):
        assert mark not in text
    page(login(user_with_role(Role.MIN)), "/assessment/2026/units/K99", 404)


@pytest.mark.usefixtures("town")
def test_each_candidate_stands_with_the_rule_that_named_it(login):
    text = page(login(user_with_role(Role.MIN)), "/results/2026")
    assert "年度总分98.00分，不低于90分（优秀），位次第1" in text
    assert "第K03科" not in text


@pytest.mark.usefixtures("town")
def test_an_admonition_is_a_proposal_and_reading_it_changes_nothing(login):
    client = login(user_with_role(Role.SUP))
    before = database.session.scalars(select(AuditEntry.sequence)).all()
    text = page(client, "/results/2026/admonitions")
    assert "年度总分54.00分，低于60.00分（实绩考核较差）" in text
    assert "不是诫勉决定" in text
    assert "第K01科" not in text
    assert "/assessment/2026/units" not in text
    assert database.session.scalars(select(AuditEntry.sequence)).all() == before


@pytest.mark.usefixtures("db")
def test_before_there_are_ratings_every_page_says_so(login):
    sheets = county(1)
    sheets["评价"] = sheets["评价"][:1]
    load(sheets)
    client = login(user_with_role(Role.MIN))
    for address in ("/assessment/2026", "/results/2026", "/results/2026/admonitions"):
        assert "尚无评价数据" in page(client, address)


@pytest.mark.usefixtures("db")
def test_a_year_without_assessed_units_says_who_fills_it(login):
    sheets = county(1)
    sheets["单位"][2][-1] = "否"
    sheets["评价"] = sheets["评价"][:1]
    load(sheets)
    leaders = database.session.scalars(select(Unit).where(Unit.code == "B00")).one()
    text = page(login(user_with_role(Role.MIN, unit=leaders)), "/assessment/2026")
    assert "本年度没有参加考核的单位" in text


def goal_by_hand():
    return database.session.scalars(select(Goal).where(Goal.code == "N1")).one()


def give(client, points, reason, goal_id=None):
    form = {"points": points, "reason": reason}
    address = f"/assessment/2026/goals/{goal_id or goal_by_hand().id}/points"
    return client.post(address, data=form, headers=csrf(client))


def csrf(client):
    import re

    token = re.search(r'X-CSRFToken": "([^"]+)"', client.get("/assessment/2026").get_data(as_text=True))
    return {"X-CSRFToken": token.group(1) if token else "", "Referer": "http://127.0.0.1:8000/"}


@pytest.mark.usefixtures("town")
def test_points_are_stored_with_their_reason_and_logged(login):
    client = login(user_with_role(Role.EXD))
    assert "评定得分" in page(client, "/assessment/2026/units/K01")
    answer = give(client, "8.5", "材料齐全，效果好")
    goal_id = goal_by_hand().id
    assert (answer.status_code, answer.location) == (303, f"/assessment/2026/units/K01#goal-{goal_id}")
    given = database.session.scalars(select(ManualPoints)).one()
    assert (str(given.points), given.reason) == ("8.5", "材料齐全，效果好")
    entry = database.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert (entry.action, entry.subject) == ("goal.points_given", f"goal:{goal_id}")
    text = page(client, "/assessment/2026/units/K01")
    assert "材料齐全，效果好" in text
    assert "92.50%" in text
    give(client, "9", "复核后调整")
    assert str(database.session.scalars(select(ManualPoints.points)).one()) == "9"


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("points", "reason", "words"),
    [
        ("10.01", "好", "评定得分应在0到10分之间"),
        ("-1", "好", "评定得分应在0到10分之间"),
        ("NaN", "好", "评定得分应在0到10分之间"),
        ("8.125", "好", "最多两位小数"),
        ("", "好", "请填写评定得分"),
        ("8", "  ", "请写明评定理由"),
        ("8", "好" * 401, "评定理由不超过400字"),
    ],
)
def test_wrong_points_are_refused_at_the_field_and_nothing_typed_is_lost(login, points, reason, words):
    answer = give(login(user_with_role(Role.EXD)), points, reason)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in text
    assert reason.strip() in text
    assert database.session.scalars(select(ManualPoints)).all() == []


@pytest.mark.usefixtures("town")
def test_nobody_assesses_the_own_unit(login):
    own = database.session.scalars(select(Unit).where(Unit.code == "K01")).one()
    client = login(user_with_role(Role.HRO, unit=own))
    assert "保存评定" not in page(client, "/assessment/2026/units/K01")
    assert give(client, "8", "好").status_code == 403
    assert give(login(user_with_role(Role.OFC)), "8", "好").status_code == 403
    assert database.session.scalars(select(ManualPoints)).all() == []


@pytest.mark.usefixtures("town")
def test_a_goal_with_a_rule_of_its_own_takes_no_points_by_hand(login):
    counted = database.session.scalars(select(Goal).where(Goal.code == "MK01")).one()
    answer = give(login(user_with_role(Role.EXD)), "8", "好", counted.id)
    assert answer.status_code == 409
    assert "目标MK01按“按比例”计分，不用人工评定" in answer.get_data(as_text=True)
    assert give(login(user_with_role(Role.EXD)), "8", "好", 99999).status_code == 404
    assert database.session.scalars(select(ManualPoints)).all() == []


@pytest.mark.usefixtures("town")
def test_a_task_by_hand_is_assessed_on_the_page_of_its_unit(login):
    sheets = county(3)
    sheets["目标"].append(
        goal("P1", "K02", parent="MK02", person="SK02", method="人工评定", due=D(2026, 10, 30))
    )
    load({name: sheets[name] for name in ("单位", "人员", "课题", "目标", "设置")})
    text = page(login(user_with_role(Role.EXD)), "/assessment/2026/units/K02")
    assert "李某甲的1项个人任务" in text
    assert "保存评定" in text
