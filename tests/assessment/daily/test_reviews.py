"""Quarterly reviews: every unit is remarked on, in two fields, before anything is issued (R5.5, R5.6)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from fivestep_web.assessment.daily.bulletins.rules import Figures
from fivestep_web.assessment.daily.reviews import orders, payloads, queries, rules, services
from fivestep_web.assessment.daily.reviews.models import QuarterlyReview, UnitRemark
from fivestep_web.assessment.daily.reviews.rules import Parts, StageRating
from fivestep_web.assessment.daily.rules import PaperState
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.documents import queries as document_queries
from fivestep_web.documents import services as documents
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.numbers import services as numbering
from fivestep_web.documents.opened import WordFile, own_text
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Unit
from fivestep_web.supervision.correctives import queries as correctives
from fivestep_web.supervision.correctives.rules import Origin
from fivestep_web.supervision.evaluations.rules import Rating
from tests.factories.accounts import user_with_role
from tests.factories.daily import TODAY, make_daily, play
from tests.factories.ledger import ProgressEventFactory, actor_of
from tests.factories.org import UnitFactory
from tests.factories.queue import run_queue
from tests.factories.supervision import assessed, conclude
from tests.web import get, post

pytestmark = pytest.mark.one_database

CALENDAR = WorkCalendar(known_exceptions(), known_years())
MEETING = Parts(held_on="2026-07-10", place="三楼会议室", chair="常务副部长", leaders=["部长", "副部长"])
SECOND = "/assessment/2026/reviews/2"


@pytest.fixture
def daily(db):
    """The second quarter is over; only the section and the township are assessed."""
    made = make_daily()
    made.goal(due=date(2026, 6, 30), done_on=date(2026, 6, 20), name="走访全覆盖")
    made.goal(due=date(2026, 6, 30), unit=made.township)
    kept = {made.county.unit.id, made.township.id}
    for unit in database.session.scalars(select(Unit)):
        unit.is_assessed = unit.id in kept
    database.session.commit()
    with unit_of_work():
        services.draft(made.office, 2026, 2)
    return made


def found():
    review = queries.find_review(2026, 2)
    assert review is not None
    return review


def remark(actor, unit, affirmed="任务分解细", shortcomings="无", grade=None):
    with unit_of_work():
        services.remark(actor, found(), unit.id, affirmed=affirmed, shortcomings=shortcomings, grade=grade)


def complete(daily):
    remark(daily.leader, daily.county.unit)
    remark(daily.leader, daily.township, "节点快", "材料报送不及时")
    with unit_of_work():
        services.edit(daily.office, found(), MEETING)


def submit(daily):
    with unit_of_work():
        services.submit(daily.office, found())


def state():
    database.session.rollback()
    return found().state


@pytest.mark.parametrize(("quarter", "due"), [(1, "04-15"), (2, "07-14"), (3, "10-20")])
def test_the_meeting_is_due_within_ten_working_days_after_the_quarter(quarter, due):
    assert rules.review_due(2026, quarter, CALENDAR) == date.fromisoformat(f"2026-{due}")


@given(
    units=st.lists(st.tuples(st.integers(0, 30), st.text(max_size=3)), max_size=9),
    have=st.sets(st.integers(0, 30)),
)
def test_a_unit_is_skipped_exactly_when_nobody_remarked_on_it(units, have):
    missing = rules.without_remark(units, have)
    assert missing == [name for unit_id, name in units if unit_id not in have]
    assert any("还没有点评" in fault for fault in rules.faults(MEETING, units, have)) == bool(missing)


def test_the_clock_opens_each_quarter_that_is_over_once(daily):
    with unit_of_work():
        assert services.draft_due(TODAY) == 1  # the first; the second is open
    play(date(2026, 12, 1))
    with unit_of_work():
        assert services.draft_due(date(2026, 12, 1)) == 1
        assert services.draft_due(date(2026, 12, 1)) == 0
    quarters = database.session.scalars(
        select(QuarterlyReview.quarter).order_by(QuarterlyReview.quarter)
    ).all()
    assert quarters == [1, 2, 3]


def test_a_quarter_is_opened_once_and_not_before_it_is_over(daily):
    for quarter, refusal in ((2, Conflict), (3, Conflict), (5, NotFound)):
        with pytest.raises(refusal), unit_of_work():
            services.draft(daily.office, 2026, quarter)


def test_the_figures_are_the_ledgers_of_the_last_day_until_asked_anew(daily):
    units = {unit.name: unit for unit in queries.units_of(found())}
    assert (units["城关镇"].due, units["城关镇"].done) == (1, 0)
    goal = next(goal for goal in Figures.from_json(found().figures).late_goals if goal.unit == "城关镇")
    ProgressEventFactory(
        goal_id=goal.goal_id,
        happened_on=date(2026, 6, 29),
        done=Decimal(10),
        completed_on=date(2026, 6, 29),
        evidence="补报",
    )
    assert services.is_outdated(found())
    with unit_of_work():
        services.refresh(daily.office, found())
    assert not services.is_outdated(found())
    assert Figures.from_json(found().figures).done == 2


def test_a_review_with_a_unit_left_out_is_not_handed_in(daily):
    remark(daily.leader, daily.county.unit)
    with unit_of_work():
        services.edit(daily.office, found(), MEETING)
    with pytest.raises(DomainError, match="城关镇还没有点评"):
        submit(daily)
    assert state() is PaperState.DRAFT
    assert database.session.scalars(select(documents.GeneratedDocument)).all() == []
    remark(daily.leader, daily.township)
    submit(daily)
    assert state() is PaperState.SUBMITTED


def test_a_review_without_the_meeting_is_not_handed_in(daily):
    remark(daily.leader, daily.county.unit)
    remark(daily.leader, daily.township)
    with pytest.raises(DomainError, match="点评会的时间"):
        submit(daily)


@pytest.mark.parametrize(
    ("affirmed", "shortcomings", "field"), [("", "无", "affirmed"), ("快", "  ", "shortcomings")]
)
def test_an_empty_field_is_refused_none_has_to_be_written(daily, affirmed, shortcomings, field):
    with pytest.raises(FieldError, match="没有的写“无”") as refusal:
        remark(daily.leader, daily.county.unit, affirmed, shortcomings)
    assert refusal.value.field == field
    assert database.session.scalars(select(UnitRemark)).all() == []


def test_a_leader_remarks_on_the_own_charge_and_the_ministers_on_all(daily):
    in_charge = actor_of(daily.county.leader)
    remark(in_charge, daily.county.unit)
    with pytest.raises(NotAllowed):
        remark(in_charge, daily.township)
    remark(actor_of(daily.county.minister), daily.township)
    stored = database.session.scalars(select(UnitRemark)).all()
    assert len(stored) == 2
    assert all(item.position for item in stored)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.MIN, Role.EXD, Role.DEP}])
def test_nobody_else_remarks(daily, role):
    with pytest.raises(NotAllowed):
        remark(actor_of(user_with_role(role, unit=daily.county.unit)), daily.county.unit)


def test_each_leader_has_one_remark_that_may_be_mended_until_it_is_handed_in(daily):
    remark(daily.leader, daily.county.unit, "快")
    remark(daily.leader, daily.county.unit, "快而实", "无", Rating.GOOD)
    remark(actor_of(daily.county.leader), daily.county.unit, "稳")
    own = queries.list_remarks(found())[daily.county.unit.id]
    assert [(item.affirmed, item.grade) for item in own] == [("快而实", Rating.GOOD), ("稳", None)]
    complete(daily)
    submit(daily)
    with pytest.raises(Conflict, match="不能再改"):
        remark(daily.leader, daily.county.unit)


def test_only_the_head_reports_for_the_unit(daily):
    head = actor_of(daily.county.head)
    with unit_of_work():
        services.report(head, found(), daily.county.unit.id, "到期1项，完成1项。")
    for actor, unit in (
        (head, daily.township),
        (actor_of(daily.county.member), daily.county.unit),
        (daily.leader, daily.county.unit),
    ):
        with pytest.raises(NotAllowed), unit_of_work():
            services.report(actor, found(), unit.id, "到期1项。")
    with pytest.raises(FieldError), unit_of_work():
        services.report(head, found(), daily.county.unit.id, " ")


def text_of(document_id, actor):
    data = document_queries.get_file(actor, document_id).data
    return "".join(own_text(item) for item in WordFile.open(data).paragraphs).replace("\n", "")


def test_the_document_collects_reports_remarks_ratings_and_orders(daily):
    complete(daily)
    with unit_of_work():
        services.report(actor_of(daily.county.head), found(), daily.county.unit.id, "到期1项，完成1项。")
        services.edit(
            daily.office,
            found(),
            Parts(
                held_on=MEETING.held_on,
                place=MEETING.place,
                chair=MEETING.chair,
                leaders=MEETING.leaders,
                overview="总体平稳。",
                next_quarter="抓好验收。",
                ratings={daily.county.topic.id: StageRating("good", "fairly_good", "", "现场核查")},
            ),
        )
        goal = next(goal for goal in orders.list_goals(found()) if goal.unit_id == daily.township.id)
        wanted = orders.Wanted(goal.id, "记录不全", "补齐走访记录", date(2026, 7, 31))
        orders.place(daily.office, found(), wanted)
    unit, person = goal.unit.name, goal.person.name
    submit(daily)
    run_queue()
    database.session.rollback()
    paper = queries.papers(daily.leader, 2026)["quarter:2"]
    text = text_of(paper.document_id, daily.leader)
    for words in (
        "关于2026年第二季度重点工作进展点评情况的通报",
        "2026年7月10日，第二季度重点工作进展点评会在三楼会议室召开。会议由常务副部长主持，部长、副部长参加。2个单位汇报了",
        "完成率50.0%；",
        "汇报要点。到期1项，完成1项。",
        "汇报要点。没有报送书面汇报。",
        "材料报送不及时。",
        "待评估",
        f"1.{unit}：补齐走访记录。责任人：{person}；完成时限：2026年7月31日。",
        "抓好验收。",
    ):
        assert words in text


def test_a_review_takes_its_number_once_reviewed_by_another(daily):
    complete(daily)
    submit(daily)
    run_queue()
    database.session.rollback()
    document_id = queries.papers(daily.leader, 2026)["quarter:2"].document_id
    with pytest.raises(Conflict, match="审核通过后才能批准编号"), unit_of_work():
        numbering.approve(daily.leader, document_id, approved_on=TODAY)
    with pytest.raises(NotAllowed), unit_of_work():
        services.pass_on(daily.office, found())
    with unit_of_work():
        services.pass_on(daily.leader, found())
    run_queue()
    with unit_of_work():
        numbering.approve(daily.leader, document_id, approved_on=TODAY)
    run_queue()
    with unit_of_work():
        numbering.issue(daily.leader, document_id, issued_on=TODAY)
    run_queue()
    database.session.rollback()
    assert queries.papers(daily.leader, 2026)["quarter:2"].number == "青组通〔2026〕1号"
    assert document_queries.get_file(actor_of(user_with_role(Role.ORG)), document_id).data


def test_a_returned_review_can_be_mended_and_a_reviewed_one_reopened(daily):
    complete(daily)
    submit(daily)
    with unit_of_work():
        services.send_back(daily.leader, found(), reason="点评太简单")
    remark(daily.leader, daily.county.unit, "任务分解细，责任到人")
    submit(daily)
    with unit_of_work():
        services.pass_on(daily.leader, found())
    with unit_of_work():
        services.reopen(daily.office, found(), reason="更正单位名称")
    assert state() is PaperState.DRAFT


@pytest.mark.parametrize(
    ("held_on", "words"), [("2026-08-11", "不能晚于今天"), ("2026-03-31", "早于这个季度")]
)
def test_a_meeting_of_another_time_is_refused(daily, held_on, words):
    with pytest.raises(FieldError, match=words), unit_of_work():
        services.edit(daily.office, found(), Parts(held_on=held_on))


def test_what_is_not_handed_in_is_not_made_into_a_document(daily):
    with unit_of_work():
        documents.build_all(daily.office, 2026, [DocumentKind.QUARTERLY_REVIEW])
    assert database.session.scalars(select(documents.GeneratedDocument)).all() == []


def text(answer):
    return answer.get_data(as_text=True)


def test_a_unit_sees_its_own_report_and_remarks_and_no_others(daily, login):
    remark(daily.leader, daily.township, "节点快", "材料报送不及时")
    client = login(user_with_role(Role.SHD, unit=daily.county.unit))
    page = text(get(client, SECOND))
    assert daily.county.unit.name in page
    assert "材料报送不及时" not in page
    assert get(client, f"{SECOND}/units/{daily.township.code}").status_code == 404
    assert get(client, f"{SECOND}/units/{daily.county.unit.code}").status_code == 200


def test_the_head_reports_and_the_leader_remarks_on_the_units_page(daily, login):
    address = f"{SECOND}/units/{daily.county.unit.code}"
    client = login(daily.county.head)
    assert "截至季末到期目标1项，已完成1项，其中按期完成1项。" in text(get(client, address))
    assert post(client, f"{address}/report", {"report": ""}).status_code == 422
    assert post(client, f"{address}/report", {"report": "到期1项，完成1项。"}).status_code == 303
    leader = login(daily.county.leader)
    answer = post(leader, f"{address}/remark", {"affirmed": "责任到人", "shortcomings": "", "grade": ""})
    assert answer.status_code == 422
    assert "没有的写“无”" in text(answer)
    assert "责任到人" in text(answer)
    sent = {"affirmed": "责任到人", "shortcomings": "无", "grade": "good"}
    assert post(leader, f"{address}/remark", sent).status_code == 303
    assert "平时考核：好" in text(get(leader, address))
    assert post(leader, f"{SECOND}/units/{daily.township.code}/remark", sent).status_code == 403


def test_the_office_is_told_why_the_review_cannot_be_handed_in(daily, login):
    client = login(daily.clerk)
    answer = post(client, f"{SECOND}/submit", {"revision": found().revision})
    assert answer.status_code == 422
    assert "请先填写点评会的时间" in text(answer)
    assert "还有2个单位没有点评" in text(get(client, SECOND))


def test_a_rating_without_evidence_is_refused(daily, login):
    client = login(daily.clerk)
    revision = found().revision
    topic = daily.county.topic.id
    answer = post(client, f"{SECOND}/ratings", {"revision": revision, f"running_{topic}": "good"})
    assert answer.status_code == 422
    assert "请写一句评估依据" in text(answer)
    sent = {"revision": revision, f"running_{topic}": "good", f"evidence_{topic}": "现场核查"}
    assert post(client, f"{SECOND}/ratings", sent).status_code == 303
    page = text(get(client, SECOND))
    assert "现场核查" in page
    sent = {
        "revision": found().revision,
        "held_on": "2026-07-10", "place": "三楼", "chair": "部长", "leaders": "部长",
    }  # fmt: skip
    assert post(client, f"{SECOND}/edit", sent).status_code == 303
    page = text(get(client, SECOND))
    for words in ("现场核查", "2026-07-10"):
        assert words in page


def test_an_order_of_the_review_is_followed_in_step_3(daily, login):
    client = login(daily.clerk)
    sent = {
        "goal_id": "",
        "reason": "走访记录不全",
        "what": "补齐走访记录",
        "person_id": "",
        "due_on": "2026-07-31",
    }
    assert get(client, f"{SECOND}/orders/new").status_code == 200
    answer = post(client, f"{SECOND}/orders", sent)
    assert (answer.status_code, "补齐走访记录" in text(answer)) == (422, True)
    with unit_of_work():
        services.edit(daily.office, found(), MEETING)
    goal = orders.list_goals(found())[0]
    early = {**sent, "goal_id": str(goal.id), "due_on": "2026-07-01"}
    assert post(client, f"{SECOND}/orders", early).status_code == 422
    assert post(client, f"{SECOND}/orders", {**sent, "goal_id": str(goal.id)}).status_code == 303
    (order,) = correctives.open_orders(2026)
    assert (order.what, order.person_id, order.origin) == ("补齐走访记录", goal.person_id, Origin.MEETING)
    page = text(get(client, SECOND))
    assert f"/correctives/{order.id}" in page
    assert "待落实" in page
    other = login(user_with_role(Role.SHD, unit=UnitFactory()))
    assert "补齐走访记录" not in text(get(other, SECOND))


def test_a_review_handed_in_keeps_its_orders_and_takes_no_more(daily):
    complete(daily)
    goal = orders.list_goals(found())[0]
    wanted = orders.Wanted(goal.id, "记录不全", "补齐走访记录", date(2026, 7, 31))
    with unit_of_work():
        order = orders.place(daily.office, found(), wanted)
    submit(daily)
    order.due_on = date(2026, 8, 31)
    database.session.commit()
    assert [one.deadline for one in orders.printed(found())] == ["2026-07-31"]
    with pytest.raises(Conflict), unit_of_work():
        orders.place(daily.office, found(), wanted)


def test_the_index_says_which_quarters_were_missed(daily, login):
    page = text(get(login(daily.clerk), "/assessment/2026/reviews"))
    assert page.count("未召开") == 2
    for words in ("汇报点评中", "未到季末", "04-15"):
        assert words in page


def test_the_annual_result_lists_the_remarks_of_the_quarters(daily, login):
    remark(daily.leader, daily.county.unit, "任务分解细", "答复不及时")
    client = login(user_with_role(Role.MIN))
    for address in ("/assessment/2026", f"/assessment/2026/units/{daily.county.unit.code}"):
        page = text(get(client, address))
        assert "肯定：任务分解细；不足：答复不及时" in page
        assert "四季度" in page


def concluded(daily, rating):
    """Have a phase of the section that ended in the quarter evaluated by its leader."""
    evaluation = assessed(daily.county, due_on=date(2026, 6, 10))
    conclude(evaluation.id, daily.county.leader, rating)
    return daily.county.topic.id


def test_evaluations_of_the_quarter_fill_the_ratings_and_typed_ones_win(daily):
    topic_id = concluded(daily, Rating.FAIR)
    filled = queries.ratings_of(found())[topic_id]
    assert (filled.running, filled.results, filled.opinion) == ("fair", "fair", "fair")
    assert filled.evidence == "本季度评估1个阶段：中期。"
    typed = StageRating("good", "good", "good", "抽查属实")
    with unit_of_work():
        services.edit(daily.office, found(), Parts(ratings={topic_id: typed}))
    assert queries.ratings_of(found())[topic_id] == typed


def test_what_evaluations_filled_is_kept_with_what_was_handed_in(daily):
    topic_id = concluded(daily, Rating.GOOD)
    complete(daily)
    submit(daily)
    conclude(assessed(daily.county, due_on=date(2026, 6, 11)).id, daily.county.leader, Rating.POOR)
    assert queries.ratings_of(found())[topic_id].running == "good"
    printed = payloads.review_request(found()).payload["stage_evaluations"]
    assert [line["running"] for line in printed] == ["好"]
