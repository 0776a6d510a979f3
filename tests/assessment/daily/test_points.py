"""Points of a month: entered by one, approved by another, and only then part of the score."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.daily.bulletins import queries as bulletin_queries
from fivestep_web.assessment.daily.bulletins import services as bulletins
from fivestep_web.assessment.daily.points import queries, services
from fivestep_web.assessment.daily.points.models import MonthlyPoints, PointsKind, PointsState
from fivestep_web.assessment.explanation import explain
from fivestep_web.assessment.export import as_json, write_workbook
from fivestep_web.assessment.scoring import score_year
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.rounding import round_half_up
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org.models import PlanYear
from tests.factories.accounts import user_with_role
from tests.factories.daily import make_daily, store_issued
from tests.factories.ledger import actor_of
from tests.web import get, post


@pytest.fixture
def daily(db):
    made = make_daily()
    made.goal(due=date(2026, 7, 15), done_on=date(2026, 7, 1))
    made.goal(due=date(2026, 7, 16))
    made.goal(due=date(2026, 7, 16))
    with unit_of_work():
        bulletins.draft(made.office, 2026, 7)
    return made


def entry(daily, **changes):
    given = {
        "month": 7,
        "unit_id": daily.county.unit.id,
        "kind": PointsKind.PLUS,
        "points": Decimal("2.5"),
        "reason": "经验在全县推广",
        "basis": "青组发〔2026〕3号",
    }
    return services.Entry(**(given | changes))


def enter(daily, **changes):
    with unit_of_work():
        return services.enter(daily.office, 2026, entry(daily, **changes)).id


def stored(points_id):
    database.session.rollback()
    return database.session.get_one(MonthlyPoints, points_id)


def decide(command, actor, points_id, **facts):
    with unit_of_work():
        command(actor, database.session.get_one(MonthlyPoints, points_id), **facts)


def test_points_count_once_another_has_approved_them(daily):
    points_id = enter(daily)
    assert stored(points_id).state is PointsState.ENTERED
    decide(services.approve, daily.leader, points_id)
    points = stored(points_id)
    assert (points.state, points.decided_by_id) == (PointsState.APPROVED, daily.leader.person_id)
    with pytest.raises(Conflict, match="已批准"):
        decide(services.refuse, daily.leader, points_id, reason="不妥")


def test_nobody_approves_the_points_they_entered(daily):
    both = actor_of(user_with_role(Role.OFC, Role.EXD))
    with unit_of_work():
        points_id = services.enter(both, 2026, entry(daily)).id
    for command, facts in ((services.approve, {}), (services.refuse, {"reason": "不妥"})):
        with pytest.raises(NotAllowed, match="登记人不能"):
            decide(command, both, points_id, **facts)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.MIN, Role.EXD}])
def test_only_the_leaders_who_issue_approve(daily, role):
    points_id = enter(daily)
    with pytest.raises(NotAllowed):
        decide(services.approve, actor_of(user_with_role(role)), points_id)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OFC])
def test_only_the_office_enters(daily, role):
    with pytest.raises(NotAllowed), unit_of_work():
        services.enter(actor_of(user_with_role(role)), 2026, entry(daily))


def test_refused_points_keep_the_reason_and_withdrawn_ones_leave_the_list(daily):
    refused, withdrawn = enter(daily), enter(daily, reason="另一件事")
    with pytest.raises(DomainError, match="理由"):
        decide(services.refuse, daily.leader, refused, reason=" ")
    decide(services.refuse, daily.leader, refused, reason="依据不足")
    assert (stored(refused).state, stored(refused).note) == (PointsState.REFUSED, "依据不足")
    with pytest.raises(NotAllowed):
        decide(services.withdraw, actor_of(user_with_role(Role.OFC)), withdrawn)
    decide(services.withdraw, daily.office, withdrawn)
    assert [points.id for points in queries.list_points(2026)] == [refused]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"points": Decimal(0)}, "大于0"),
        ({"points": Decimal("100.01")}, "不超过100"),
        ({"points": Decimal("NaN")}, "大于0"),
        ({"points": Decimal("1.005")}, "两位小数"),
        ({"reason": " "}, "都要填写"),
        ({"basis": " "}, "都要填写"),
        ({"month": 6}, "还没有起草"),
        ({"unit_id": 0}, "没有到期目标"),
    ],
)
def test_points_that_cannot_be_so_are_refused(daily, changes, words):
    with pytest.raises(DomainError, match=words):
        enter(daily, **changes)
    assert database.session.scalars(select(MonthlyPoints)).all() == []


def test_a_unit_without_a_rate_takes_no_points(daily):
    with pytest.raises(DomainError, match="没有到期目标"):
        enter(daily, unit_id=daily.township.id)


def issue_all_year(daily):
    """Have every month issued: nothing due before July, then 1 of 3 goals done."""
    figures = {month: (3, 1) if month >= 7 else (0, 0) for month in range(1, 13)}
    store_issued(2026, {month: {daily.county.unit.code: counts} for month, counts in figures.items()})


def share(**settings):
    year = database.session.get_one(PlanYear, 2026)
    year.settings = {"evaluation_share": "0", "completion_share": "0", "daily_share": "0", **settings}
    database.session.commit()


def test_the_daily_score_is_brought_into_the_total_by_its_share(daily, tmp_path):
    decide(services.approve, daily.leader, enter(daily))
    enter(daily, reason="没有批准的", points=Decimal(50))
    issue_all_year(daily)
    share(daily_share="1")
    score = score_year(2026)
    unit = score.find_unit(daily.county.unit.code)
    assert unit.daily.score == (6 * Fraction(100, 3) + Fraction("2.5")) / 6
    shown = next(row for row in as_json(score)["units"] if row["code"] == unit.code)
    assert (shown["daily_score"], shown["total"]) == ("33.75", "33.75")
    why = explain(score, unit)
    assert why.daily == "33.75"
    assert why.daily_sum == "6个月得分合计202.5÷6＝33.75"
    assert any("日常考核得分＝各月得分的平均" in rule for rule in why.rules)
    write_workbook(score, tmp_path / "score.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "score.xlsx").get_sheet_by_name("日常考核").to_python()
    own = [row for row in rows if row[0] == unit.code]
    scores = [row[8] for row in own[:-1] if isinstance(row[8], float)]
    assert own[-1][8] == pytest.approx(sum(scores) / len(scores))


def test_shares_of_three_parts_add_up_exactly(daily):
    issue_all_year(daily)
    share(completion_share="0.7", daily_share="0.3")
    unit = score_year(2026).find_unit(daily.county.unit.code)
    exact = Fraction("0.7") * unit.completion.score + Fraction("0.3") * unit.daily.score
    assert unit.total.exact == exact
    assert unit.total.printed == round_half_up(exact, 2)


def test_without_a_share_the_daily_score_stands_beside_the_total(daily):
    score = score_year(2026)
    unit = score.find_unit(daily.county.unit.code)
    assert unit.daily.problem == "全年的月通报都还没有印发"
    assert all("日常考核" not in problem for problem in unit.problems)
    shown = next(row for row in as_json(score)["units"] if row["code"] == unit.code)
    assert shown["daily_score"] is None


def test_with_a_share_a_month_that_is_not_issued_is_named(daily):
    share(evaluation_share="0.8", daily_share="0.2")
    unit = score_year(2026).find_unit(daily.county.unit.code)
    assert "日常考核：全年的月通报都还没有印发" in unit.problems


def test_a_unit_that_no_issued_bulletin_names_had_nothing_due(daily):
    issue_all_year(daily)
    unit = score_year(2026).find_unit(daily.township.code)
    assert unit.daily.problem == "全年没有到期目标，没有月完成率"


SEES = {Role.MIN, Role.EXD, Role.OFC, Role.HRO}


@pytest.mark.parametrize("role", list(Role))
def test_the_months_of_the_units_are_for_those_who_see_results(daily, login, role):
    assert get(login(user_with_role(role)), "/assessment/2026/daily").status_code == (
        200 if role in SEES else 403
    )


def test_points_are_entered_on_a_page_and_approved_by_a_leader(daily, login):
    client = login(daily.clerk)
    unit_id = daily.county.unit.id
    sent = {"month": 7, "unit_id": unit_id, "kind": "plus", "points": "2.5", "reason": "推广", "basis": ""}
    answer = post(client, "/assessment/2026/points", sent)
    assert answer.status_code == 422
    assert "请填写依据" in answer.get_data(as_text=True)
    answer = post(client, "/assessment/2026/points", sent | {"basis": "通知", "points": "200"})
    assert answer.status_code == 422
    assert "不超过100" in answer.get_data(as_text=True)
    assert post(client, "/assessment/2026/points", sent | {"basis": "通知"}).status_code == 303
    page = get(client, "/assessment/2026/daily").get_data(as_text=True)
    assert "待批准" in page
    assert "确认批准" not in page
    points = database.session.scalars(select(MonthlyPoints)).one()
    leader = login(daily.reviewer)
    assert "确认批准" in get(leader, "/assessment/2026/daily").get_data(as_text=True)
    address, revision = f"/assessment/2026/points/{points.id}", {"revision": points.revision}
    answer = post(leader, f"{address}/refuse", revision)
    assert answer.status_code == 422
    assert "请写明理由" in answer.get_data(as_text=True)
    assert post(leader, f"{address}/approve", revision).status_code == 303
    assert post(leader, f"{address}/approve", revision).status_code == 409
    assert "已批准" in get(leader, "/assessment/2026/daily").get_data(as_text=True)


def test_the_unit_page_tells_each_month(daily, login):
    decide(services.approve, daily.leader, enter(daily))
    issue_all_year(daily)
    page = get(login(daily.reviewer), f"/assessment/2026/units/{daily.county.unit.code}").get_data(
        as_text=True
    )
    for words in ("日常考核 33.75", "1 / 3", "+2.5", "35.8333", "没有到期目标，不计"):
        assert words in page


def test_what_was_handed_in_waits_on_the_leaders_page_and_not_on_the_clerks(daily, login):
    enter(daily)
    with unit_of_work():
        bulletins.submit(daily.office, bulletin_queries.find_bulletin(2026, 7))
    leader = get(login(daily.reviewer), "/").get_data(as_text=True)
    assert "待我审核 2" in leader
    assert "2026年7月通报" in leader
    assert "待我审核" not in get(login(daily.clerk), "/").get_data(as_text=True)


def test_points_with_a_share_in_the_total_stand_with_the_reviewed_result(daily):
    points_id = enter(daily)
    cycle = AssessmentCycle(
        year=2026, name="2026年度实绩考核", state=CycleState.REVIEWED, cut_off_date=date(2026, 12, 31)
    )
    cycle.moves.append(
        CycleMove(state=cycle.state, moved_on=date(2027, 1, 5), moved_at=clock.now(), groups=[])
    )
    database.session.add(cycle)
    share(daily_share="1")
    with pytest.raises(Conflict, match="已经审核"):
        enter(daily)
    with pytest.raises(Conflict, match="已经审核"):
        decide(services.approve, daily.leader, points_id)
    share(evaluation_share="1")
    enter(daily, reason="另一项经验")
    decide(services.approve, daily.leader, points_id)
