"""Bulletins drafted from the ledger, handed in, reviewed, numbered and issued (R5.4)."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from fivestep_web.assessment.daily.bulletins import figures as computing
from fivestep_web.assessment.daily.bulletins import queries, rules, services
from fivestep_web.assessment.daily.bulletins.models import MonthlyBulletin
from fivestep_web.assessment.daily.bulletins.payloads import bulletin_request
from fivestep_web.assessment.daily.bulletins.rules import Consultation, Figures, Parts
from fivestep_web.assessment.daily.rules import PaperState
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import queries as document_queries
from fivestep_web.documents import services as documents
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.numbers import services as numbering
from fivestep_web.documents.opened import WordFile, own_text
from fivestep_web.extensions import db as database
from fivestep_web.ledger.models import LedgerChange, LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.supervision.limits.queries import list_handovers
from fivestep_web.topics.rules import Tier
from tests.factories.accounts import user_with_role
from tests.factories.daily import TODAY, document_of, found, found_locked, issued, make_daily, play, reviewed
from tests.factories.ledger import MOMENT, ProgressEventFactory, TopicFactory, actor_of
from tests.factories.queue import run_queue
from tests.factories.supervision_notices import make_notice

JULY = date(2026, 7, 31)


@pytest.fixture
def daily(db):
    return make_daily()


def of_section(daily, month=7):
    rows = computing.compute(2026, month).units
    return next(row for row in rows if row.unit_id == daily.county.unit.id)


def draft(daily, month=7):
    with unit_of_work():
        return services.draft(daily.office, 2026, month).id


def text_of(document_id, actor):
    data = document_queries.get_file(actor, document_id).data
    return "".join(own_text(found) for found in WordFile.open(data).paragraphs).replace("\n", "")


def test_a_unit_counts_what_fell_due_by_the_last_day_and_what_of_it_was_done_by_then(daily):
    daily.goal(due=date(2026, 5, 31), done_on=date(2026, 5, 20))
    daily.goal(due=date(2026, 6, 30), done_on=date(2026, 7, 31))  # done, not on time
    daily.goal(due=JULY, done_on=date(2026, 8, 1))  # done a day after the cut-off
    daily.goal(due=date(2026, 8, 1), done_on=date(2026, 7, 1))  # not due yet
    found = of_section(daily)
    assert (found.due, found.done, found.on_time, found.overdue) == (3, 2, 1, 0)
    june = of_section(daily, 6)
    assert (june.due, june.done, june.on_time, june.overdue) == (2, 1, 1, 0)
    play(date(2026, 9, 1))
    assert of_section(daily, 8).due == 4


def test_a_goal_past_its_deadline_is_overdue_with_its_working_days(daily):
    goal_id = daily.goal(due=date(2026, 7, 15))
    computed = computing.compute(2026, 7)
    (late,) = computed.late_goals
    assert (late.goal_id, late.workdays, late.reason) == (goal_id, 12, "")
    assert computed.red == 1
    assert of_section(daily).signal == "▲ 红"


def test_personal_tasks_cancelled_suspended_and_inapplicable_goals_are_not_due(daily):
    unit_goal = daily.goal(due=date(2026, 5, 31), done_on=date(2026, 5, 20))
    daily.goal(due=date(2026, 5, 31), parent_id=unit_goal)
    for state in (LedgerState.CANCELLED, LedgerState.SUSPENDED):
        entry = database.session.scalars(
            select(LedgerEntry).where(LedgerEntry.goal_id == daily.goal(due=date(2026, 5, 31)))
        ).one()
        entry.changes.append(LedgerChange(state=state, changed_on=date(2026, 6, 1), recorded_at=MOMENT))
    database.session.commit()
    inapplicable = daily.county.entry(deadline=date(2026, 5, 31))
    ProgressEventFactory(
        goal=inapplicable.goal, happened_on=date(2026, 5, 1), done=None, is_not_applicable=True
    )
    found = of_section(daily)
    assert (found.due, found.done) == (1, 1)


def test_a_unit_without_goals_stands_in_the_table_with_nothing_due(daily):
    daily.goal(due=JULY)
    rows = {row.name: row for row in computing.compute(2026, 7).units}
    assert rows["城关镇"].due == 0
    assert rows["城关镇"].block == "乡镇"
    assert rows["城关镇"].signal == "—"


def test_only_key_topics_are_listed_with_their_figures(daily):
    daily.goal(due=JULY, done_on=date(2026, 7, 1))
    routine = TopicFactory(lead_unit=daily.county.unit, leader=daily.county.leader.person, tier=Tier.ROUTINE)
    daily.goal(due=JULY, topic=routine)
    (topic,) = computing.compute(2026, 7).key_topics
    assert (topic.topic_id, topic.progress) == (daily.county.topic.id, "共1项目标，到期1项，已完成1项")


def test_the_clock_drafts_every_month_that_is_over_once(daily):
    daily.goal(due=JULY)
    with unit_of_work():
        assert services.draft_due(TODAY) == 7
    with unit_of_work():
        assert services.draft_due(TODAY) == 0
    play(date(2026, 10, 20))  # down for two months
    with unit_of_work():
        assert services.draft_due(date(2026, 10, 20)) == 2
    months = database.session.scalars(select(MonthlyBulletin.month).order_by(MonthlyBulletin.month)).all()
    assert months == list(range(1, 10))


def test_without_a_ledger_nothing_is_drafted(daily):
    with unit_of_work():
        assert services.draft_due(TODAY) == 0
    with pytest.raises(Conflict, match="没有任何事项"):
        draft(daily)


def test_a_month_is_drafted_once_and_not_before_it_is_over(daily):
    daily.goal(due=JULY)
    draft(daily)
    with pytest.raises(Conflict, match="已经起草"):
        draft(daily)
    with pytest.raises(Conflict, match="还没有过完"):
        draft(daily, 8)
    for month in (0, 13):
        with pytest.raises(NotFound):
            draft(daily, month)


def test_what_is_reported_late_moves_the_draft_only_when_asked(daily):
    goal_id = daily.goal(due=JULY)
    draft(daily)
    ProgressEventFactory(
        goal_id=goal_id, happened_on=JULY, done=Decimal(10), completed_on=JULY, evidence="补报"
    )
    bulletin = found(2026, 7)
    assert Figures.from_json(bulletin.figures).done == 0
    assert services.is_outdated(bulletin)
    with unit_of_work():
        services.refresh(daily.office, found_locked(2026, 7))
    bulletin = found(2026, 7)
    assert Figures.from_json(bulletin.figures).done == 1
    assert not services.is_outdated(bulletin)


def parts(**changes):
    given = {"key_topics": {}, "praised_units": [], "reasons": {}, "requirements": ""}
    return Parts(**(given | changes))


def test_the_clerks_words_stand_in_the_word_file_beside_the_ledgers_figures(daily):
    goal_id = daily.goal(due=date(2026, 7, 15), name="走访全覆盖")
    daily.goal(due=JULY, done_on=date(2026, 7, 1), unit=daily.township)
    draft(daily)
    with unit_of_work():
        services.edit(
            daily.office,
            found_locked(2026, 7),
            parts(
                key_topics={daily.county.topic.id: "第二期培训班已结业"},
                praised_units=[("城关镇", "资料齐全")],
                reasons={goal_id: "汛期道路中断"},
                requirements="8月7日前报送整改计划。",
                consultation=Consultation("2026-07-20", 5, 4),
                notices_sent=9,
                notices_answered=8,
            ),
        )
        services.submit(daily.office, found_locked(2026, 7))
    run_queue()
    text = text_of(document_of(daily, 7), daily.leader)
    for words in (
        "关于2026年7月份课题工作目标完成情况的通报",
        "第二期培训班已结业。",
        "1.城关镇：资料齐全。",
        "“走访全覆盖”滞后12个工作日。原因：汛期道路中断。",
        "2026年7月20日召开联合会商，提出问题5个，解决4个。本月发出督办单9份，已答复8份。",
        "8月7日前报送整改计划。",
        "到期目标2项，已完成1项，其中按期完成1项，完成率50.0%",
    ):
        assert words in text


def test_a_goal_that_lags_without_a_missed_day_is_printed_with_its_reason(daily):
    daily.goal(due=date(2026, 12, 31), name="按月汇报")
    reviewed(daily, 7)
    text = text_of(document_of(daily, 7), daily.leader)
    assert "“按月汇报”进度滞后。原因：2026年6月没有填报进展。" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"consultation": Consultation("2026-07-20", 3, 4)}, "不能多于提出的问题"),
        ({"consultation": Consultation("2025-07-20", 3, 3)}, "不在2026年"),
        ({"notices_sent": 1, "notices_answered": 2}, "不能多于发出的"),
    ],
)
def test_figures_that_cannot_be_so_are_refused(daily, changes, words):
    daily.goal(due=JULY)
    draft(daily)
    with pytest.raises(DomainError, match=words), unit_of_work():
        services.edit(daily.office, found_locked(2026, 7), parts(**changes))


def test_a_bulletin_goes_from_the_office_to_the_leaders_and_takes_its_number(daily):
    daily.goal(due=JULY, done_on=date(2026, 7, 1))
    document_id = issued(daily, 7)
    paper = queries.papers(daily.leader, 2026)["month:7"]
    assert (paper.document_id, paper.number, paper.is_issued) == (document_id, "青组通〔2026〕1号", True)
    log = database.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == f"bulletin:{found(2026, 7).id}")
    ).all()
    assert log == ["bulletin.drafted", "bulletin.submitted", "bulletin.reviewed"]


def test_issued_figures_stay_when_the_ledger_changes_later(daily):
    goal_id = daily.goal(due=JULY)
    document_id = issued(daily, 7)
    before = database.session.get_one(documents.GeneratedDocument, document_id).blob_sha256
    ProgressEventFactory(
        goal_id=goal_id, happened_on=JULY, done=Decimal(10), completed_on=JULY, evidence="补报"
    )
    code = daily.county.unit.code
    assert queries.issued_figures(2026)[7][code].done == 0
    with unit_of_work():
        documents.build_all(daily.office, 2026, [DocumentKind.MONTHLY_BULLETIN])
    run_queue()
    database.session.rollback()
    assert database.session.get_one(documents.GeneratedDocument, document_id).blob_sha256 == before
    assert database.session.scalar(select(func.count(documents.GeneratedDocument.id))) == 1


def test_a_draft_that_is_not_reviewed_takes_no_number(daily):
    daily.goal(due=JULY)
    draft(daily)
    with unit_of_work():
        documents.build_all(daily.office, 2026, [DocumentKind.MONTHLY_BULLETIN])
    run_queue()
    with pytest.raises(Conflict, match="审核通过后才能批准编号"), unit_of_work():
        numbering.approve(daily.leader, document_of(daily, 7), approved_on=TODAY)


def test_who_hands_a_bulletin_in_does_not_review_it(daily):
    daily.goal(due=JULY)
    both = actor_of(user_with_role(Role.OFC, Role.EXD))
    with unit_of_work():
        services.submit(both, services.draft(both, 2026, 7))
    for command in (services.pass_on, lambda actor, found: services.send_back(actor, found, reason="改")):
        with pytest.raises(NotAllowed, match="送审人"), unit_of_work():
            command(both, found_locked(2026, 7))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OFC])
def test_only_the_office_prepares(daily, role):
    daily.goal(due=JULY)
    draft(daily)
    other = actor_of(user_with_role(role))
    for command in (
        services.submit,
        services.refresh,
        lambda actor, found: services.edit(actor, found, parts()),
        lambda actor, found: services.draft(actor, 2026, 6),
    ):
        with pytest.raises(NotAllowed), unit_of_work():
            command(other, found_locked(2026, 7))


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.MIN, Role.EXD}])
def test_only_the_leaders_who_issue_review(daily, role):
    daily.goal(due=JULY)
    with unit_of_work():
        services.submit(daily.office, services.draft(daily.office, 2026, 7))
    with pytest.raises(NotAllowed), unit_of_work():
        services.pass_on(actor_of(user_with_role(role)), found_locked(2026, 7))


def test_a_returned_bulletin_is_mended_and_handed_in_again(daily):
    daily.goal(due=JULY)
    with unit_of_work():
        services.submit(daily.office, services.draft(daily.office, 2026, 7))
    with pytest.raises(Conflict, match="不能修改"), unit_of_work():
        services.edit(daily.office, found_locked(2026, 7), parts())
    with pytest.raises(DomainError, match="理由"), unit_of_work():
        services.send_back(daily.leader, found_locked(2026, 7), reason=" ")
    with unit_of_work():
        services.send_back(daily.leader, found_locked(2026, 7), reason="补充下月要求")
    assert (found(2026, 7).state, found(2026, 7).reason) == (PaperState.RETURNED, "补充下月要求")
    with unit_of_work():
        services.edit(daily.office, found_locked(2026, 7), parts(requirements="抓紧整改。"))
        services.submit(daily.office, found_locked(2026, 7))
        services.pass_on(daily.leader, found_locked(2026, 7))
    run_queue()
    assert "抓紧整改。" in text_of(document_of(daily, 7), daily.leader)


def test_a_number_taken_has_to_be_settled_before_the_bulletin_is_reopened(daily):
    daily.goal(due=JULY)
    reviewed(daily, 7)
    document_id = document_of(daily, 7)
    with unit_of_work():
        numbering.approve(daily.leader, document_id, approved_on=TODAY)
    with pytest.raises(Conflict, match="青组通〔2026〕1号、尚未印发"), unit_of_work():
        services.reopen(daily.office, found_locked(2026, 7), reason="有误")
    run_queue()
    with unit_of_work():
        numbering.drop(daily.leader, document_id, reason="有误")
    with unit_of_work():
        services.reopen(daily.office, found_locked(2026, 7), reason="有误")
    assert found(2026, 7).state is PaperState.DRAFT


def test_a_correction_counts_once_it_is_issued_under_a_number_of_its_own(daily):
    goal_id = daily.goal(due=JULY)
    issued(daily, 7)
    code = daily.county.unit.code
    ProgressEventFactory(
        goal_id=goal_id, happened_on=JULY, done=Decimal(10), completed_on=JULY, evidence="补报"
    )
    with unit_of_work():
        services.reopen(daily.office, found_locked(2026, 7), reason="台账更正")
        services.refresh(daily.office, found_locked(2026, 7))
        services.submit(daily.office, found_locked(2026, 7))
        services.pass_on(daily.leader, found_locked(2026, 7))
    run_queue()
    assert queries.issued_figures(2026)[7][code].done == 0
    document_id = document_of(daily, 7)
    with unit_of_work():
        numbering.approve(daily.leader, document_id, approved_on=TODAY)
    run_queue()
    with unit_of_work():
        numbering.issue(daily.leader, document_id, issued_on=TODAY)
    run_queue()
    assert queries.issued_figures(2026)[7][code].done == 1
    assert queries.papers(daily.leader, 2026)["month:7"].number == "青组通〔2026〕2号"


def test_the_change_is_from_the_bulletin_of_the_month_before(daily):
    daily.goal(due=date(2026, 6, 30), done_on=date(2026, 7, 5))
    draft(daily, 6)
    draft(daily, 7)
    assert bulletin_request(found(2026, 6)).payload["change"] is None
    assert bulletin_request(found(2026, 7)).payload["change"] == "提高100.0个百分点"


def test_only_issued_bulletins_are_for_every_unit(daily):
    daily.goal(due=JULY)
    reviewed(daily, 7)
    organizer = actor_of(user_with_role(Role.ORG))
    document_id = document_of(daily, 7)
    with pytest.raises(NotFound):
        document_queries.get_file(organizer, document_id)
    with unit_of_work():
        numbering.approve(daily.leader, document_id, approved_on=TODAY)
    run_queue()
    with pytest.raises(NotFound):
        document_queries.get_file(organizer, document_id)
    with unit_of_work():
        numbering.issue(daily.leader, document_id, issued_on=TODAY)
    run_queue()
    assert "1.关于" not in document_queries.get_file(organizer, document_id).name


def test_proposed_praise_is_for_units_with_everything_in_time(daily):
    daily.goal(due=JULY, done_on=date(2026, 7, 1), unit=daily.township)
    daily.goal(due=JULY)
    assert rules.first_parts(computing.compute(2026, 7), rules.Held()).praised_units == [
        ("城关镇", "到期1项，全部按期完成")
    ]


def test_the_log_names_the_month_and_no_words_of_the_bulletin(daily):
    daily.goal(due=JULY)
    draft(daily)
    entry = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "bulletin.drafted")).one()
    assert json.loads(entry.body)["detail"] == {"year": 2026, "month": 7}


def test_the_notices_of_the_month_are_filled_in_with_those_answered_by_its_last_day(daily):
    entries = [daily.county.entry(deadline=date(2026, 7, day)) for day in (10, 14, 17)]
    for entry, answered_on in zip(entries, (date(2026, 7, 31), date(2026, 8, 1), None), strict=True):
        make_notice(entry.goal, date(2026, 7, 20), answered_on)
    make_notice(daily.county.entry(deadline=JULY).goal, date(2026, 8, 3), date(2026, 8, 4))
    draft(daily)
    parts = Parts.from_json(found(2026, 7).parts)
    assert (parts.notices_sent, parts.notices_answered) == (3, 1)
    with unit_of_work():
        services.edit(daily.office, found_locked(2026, 7), replace(parts, notices_answered=2))
    with unit_of_work():
        services.refresh(daily.office, found_locked(2026, 7))
    assert Parts.from_json(found(2026, 7).parts).notices_answered == 2  # what was typed stays


def test_the_review_of_a_bulletin_is_a_hand_over_of_the_executive_deputy(daily):
    daily.goal(due=JULY)
    with unit_of_work():
        services.submit(daily.office, services.draft(daily.office, 2026, 7))
    (step,) = (item for item in list_handovers(daily.office, 2026) if item.kind.code == "paper_review")
    assert (step.timing.is_open, step.workdays, step.unit) == (True, 3, "")
    assert step.holder.people == (daily.reviewer.person_id,)
    with unit_of_work():
        services.pass_on(daily.leader, found_locked(2026, 7))
    (step,) = (item for item in list_handovers(daily.office, 2026) if item.kind.code == "paper_review")
    assert not step.timing.is_open
