"""Who asks, answers, judges and urges; limits, escalation, what other means take in (R4.6, R4.7)."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.supervision.inquiries import (
    clockwork,
    payloads,
    queries,
    services,
    sources,
    telling,
    waiting,
)
from fivestep_web.supervision.inquiries.models import Inquiry, InquiryReceipt
from fivestep_web.supervision.inquiries.rules import InquiryKind, InquiryState, Move, StepKind
from fivestep_web.supervision.limits.queries import list_handovers
from fivestep_web.supervision.meetings.rules import MeetingKind
from tests.factories.accounts import user_with_role
from tests.factories.inquiries import asked, stored, take
from tests.factories.ledger import actor_of
from tests.factories.org import UnitFactory

DUE, ESCALATED = date(2026, 5, 8), date(2026, 5, 13)


def counted(user):
    found = waiting.counts(actor_of(user), 2026)
    return sum(database.session.execute(select(*found)).one()) if found else 0


def urge(user, inquiry):
    with unit_of_work():
        return services.urge(actor_of(user), queries.get_inquiry(actor_of(user), inquiry.id, lock=True))


def escalate(day):
    with time_machine.travel(f"{day} 10:00+08:00"), unit_of_work():
        return clockwork.escalate_due(day)


def test_a_question_is_answered_guided_followed_and_closed(county):
    inquiry = asked(county)
    assert (inquiry.state, inquiry.due_on) == (InquiryState.RAISED, DUE)  # the example of 5.5
    take(Move.ACKNOWLEDGE, inquiry, county.head, "")
    take(Move.ANSWER, inquiry, county.head)
    take(Move.GUIDE, inquiry, county.leader, "逐村明确责任人", date(2026, 5, 20))
    assert stored(inquiry).due_on == date(2026, 5, 20)
    take(Move.RECTIFY, inquiry, county.head, "已明确")
    take(Move.CLOSE, inquiry, county.leader, "")
    found = stored(inquiry)
    assert found.state is InquiryState.CLOSED
    assert [step.kind for step in found.steps] == [
        StepKind.RAISED,
        StepKind.ACKNOWLEDGED,
        StepKind.ANSWERED,
        StepKind.GUIDED,
        StepKind.RECTIFIED,
        StepKind.CLOSED,
    ]


def test_an_unclear_answer_is_asked_about_again_with_a_new_limit(county):
    inquiry = asked(county)
    take(Move.ANSWER, inquiry, county.head)
    with time_machine.travel("2026-05-07 10:00+08:00"):
        take(Move.ASK_AGAIN, inquiry, county.leader, "没有说何时补上")
    assert (stored(inquiry).state, stored(inquiry).due_on) == (InquiryState.RAISED, date(2026, 5, 11))


def test_an_opinion_alone_is_followed_by_the_leaders_own_day(county):
    inquiry = asked(county, kind=InquiryKind.OPINION, due_on=date(2026, 5, 29))
    assert (inquiry.state, inquiry.due_on) == (InquiryState.GUIDED, date(2026, 5, 29))
    take(Move.ACKNOWLEDGE, inquiry, county.head, "")
    assert stored(inquiry).state is InquiryState.RECTIFYING


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["member", "head", "office"])
def test_only_leaders_ask(county, who):
    with pytest.raises(NotAllowed):
        asked(county, getattr(county, who))


@pytest.mark.one_database
def test_a_leader_asks_in_the_own_charge_only_the_minister_about_any_goal(county):
    other = user_with_role(Role.DEP, charge=(UnitFactory(),))
    with pytest.raises(NotAllowed):
        asked(county, other)
    assert asked(county, county.minister).state is InquiryState.RAISED


@pytest.mark.one_database
def test_another_section_does_not_answer_and_who_answered_does_not_judge(county):
    inquiry = asked(county, county.minister)
    with pytest.raises(NotAllowed):
        take(Move.ANSWER, inquiry, user_with_role(Role.SHD, unit=UnitFactory()))
    take(Move.ANSWER, inquiry, county.head)
    for user in (county.head, county.office):
        with pytest.raises(NotAllowed):
            take(Move.CLOSE, inquiry, user)
    take(Move.CLOSE, inquiry, county.leader)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("move", "field"), [(Move.ANSWER, "text"), (Move.GUIDE, "text"), (Move.ASK_AGAIN, "text")]
)
def test_empty_words_are_refused(county, move, field):
    inquiry = asked(county)
    if move is not Move.ANSWER:
        take(Move.ANSWER, inquiry, county.head)
    by = county.head if move is Move.ANSWER else county.leader
    with pytest.raises(FieldError) as caught:
        take(move, inquiry, by, " ")
    assert caught.value.field == field
    with pytest.raises(FieldError):
        asked(county, kind=InquiryKind.OPINION, due_on=date(2026, 4, 29))


@pytest.mark.one_database
def test_goals_out_of_the_ledger_are_not_asked_about(county):
    with pytest.raises(Conflict, match="还没有建账"):
        asked(county, goal_id=county.goal().id)
    with pytest.raises(Conflict, match="不再质询"):
        asked(county, goal_id=county.entry(LedgerState.CANCELLED).goal_id)


@pytest.mark.one_database
def test_a_step_out_of_turn_and_one_of_a_stale_page_are_refused(county):
    inquiry = asked(county)
    with pytest.raises(Conflict, match="已发起"):
        take(Move.RECTIFY, inquiry, county.head)
    take(Move.ACKNOWLEDGE, inquiry, county.head, "")
    with pytest.raises(Conflict, match="有变化"):
        queries.get_inquiry(actor_of(county.head), inquiry.id, revision=1)


def test_what_nobody_answers_goes_to_the_minister_on_its_day_whatever_nights_are_missed(county):
    inquiry = asked(county)
    assert escalate(ESCALATED - timedelta(days=1)) == 0
    assert escalate(ESCALATED + timedelta(days=4)) == 1
    assert escalate(ESCALATED + timedelta(days=5)) == 0
    found = stored(inquiry)
    assert (found.escalated_to_id, found.escalated_on) == (county.minister.person_id, ESCALATED)
    assert counted(county.minister) == 1
    take(Move.ANSWER, inquiry, county.head)
    assert escalate(date(2026, 6, 30)) == 0


@pytest.mark.one_database
def test_a_new_round_may_go_to_the_minister_again(county):
    inquiry = asked(county)
    escalate(ESCALATED)
    with time_machine.travel("2026-05-13 12:00+08:00"):
        take(Move.ANSWER, inquiry, county.head)
        take(Move.ASK_AGAIN, inquiry, county.leader)
    assert stored(inquiry).escalated_on is None
    assert escalate(date(2026, 6, 1)) == 1
    steps = [step.kind for step in stored(inquiry).steps]
    assert steps.count(StepKind.ESCALATED) == 2


@pytest.mark.one_database
def test_urging_is_logged_counted_and_once_a_day(county):
    inquiry = asked(county)
    assert urge(county.office, inquiry) == 1
    with pytest.raises(Conflict, match="今天已经催办过"):
        urge(county.leader, inquiry)
    with time_machine.travel("2026-05-06 10:00+08:00"):
        assert urge(county.leader, inquiry) == 2
    with pytest.raises(NotAllowed):
        urge(county.head, inquiry)
    assert "已催办2次" in waiting.list_waiting(actor_of(county.head), 2026)[0].note
    take(Move.ANSWER, inquiry, county.head)
    with pytest.raises(NotAllowed):
        urge(county.office, inquiry)
    actions = database.session.scalars(select(AuditEntry.action)).all()
    assert actions.count("inquiry.urged") == 2


@pytest.mark.one_database
def test_it_is_sent_to_head_owner_and_leader_and_reading_is_noted_once(county):
    inquiry = asked(county, county.minister)
    sent = {row.person_id for row in inquiry.receipts}
    assert sent == {county.head.person_id, county.member.person_id}  # the goal names no leader of its own
    for _reading in range(2):
        with unit_of_work():
            head = actor_of(county.head)
            services.note_opened(head, queries.get_inquiry(head, inquiry.id, lock=True))
    actions = database.session.scalars(select(AuditEntry.action)).all()
    assert actions.count("inquiry.opened") == 1
    unread = select(InquiryReceipt.person_id).where(InquiryReceipt.opened_at.is_(None))
    assert database.session.scalars(unread).all() == [county.member.person_id]


@pytest.mark.one_database
def test_it_waits_for_the_unit_then_for_who_asked(county):
    inquiry = asked(county)
    assert (counted(county.head), counted(county.leader), counted(county.office)) == (1, 0, 0)
    take(Move.ANSWER, inquiry, county.head)
    assert (counted(county.head), counted(county.leader), counted(county.minister)) == (0, 1, 0)
    take(Move.CLOSE, inquiry, county.leader)
    assert counted(county.leader) == 0


@pytest.mark.one_database
def test_a_township_sees_what_was_asked_about_its_own_goals_only(county):
    inquiry = asked(county)
    other = user_with_role(Role.TSC, unit=UnitFactory())
    with pytest.raises(NotFound):
        queries.get_inquiry(actor_of(other), inquiry.id)


@pytest.mark.one_database
def test_consultations_hand_overs_timeline_and_paper_take_it_in(county):
    goal_id = county.entry().goal_id
    inquiry = asked(county, goal_id=goal_id)
    (matter,) = sources.open_inquiries(2026, MeetingKind.JOINT, DUE)
    assert (matter.key, matter.goal_id) == (f"inquiry:{inquiry.id}", goal_id)
    assert list(sources.open_inquiries(2026, MeetingKind.REVIEW, DUE)) == []
    (handed,) = [one for one in list_handovers(actor_of(county.minister), 2026) if one.kind.code == "inquiry"]
    assert (handed.timing.due_on, handed.timing.is_open) == (DUE, True)
    take(Move.ANSWER, inquiry, county.head, "因换届推迟")
    goal = stored(inquiry).goal
    told = list(telling.inquiries(actor_of(county.minister), goal))
    assert [event.text for event in told] == ["为什么落后", "因换届推迟"]
    payload = payloads.inquiry_request(inquiry.id).payload
    assert payload["reply"]["text"] == "因换届推迟"
    assert payload["guidance"] is None
    assert payload["reply_by_date"] == "2026年5月8日"
    take(Move.CLOSE, inquiry, county.leader)
    assert list(sources.open_inquiries(2026, MeetingKind.JOINT, DUE)) == []
    assert [one.subject for one in payloads.inquiry_requests(2026)] == [f"inquiry:{inquiry.id}"]


@pytest.mark.one_database
def test_the_list_puts_what_the_unit_owes_first_and_counts(county):
    answered, owed = asked(county), asked(county)
    take(Move.ANSWER, answered, county.head)
    closed = asked(county)
    take(Move.ANSWER, closed, county.head)
    take(Move.CLOSE, closed, county.leader)
    wanted = queries.Filter(2026)
    actor, late = actor_of(county.office), date(2026, 5, 9)
    found = queries.list_inquiries(actor, wanted, 0, late)
    assert [row.id for row in found] == [owed.id, answered.id, closed.id]
    counts = queries.count_states(actor, wanted, late)
    assert (counts["open"], counts["overdue"], counts["closed"]) == (2, 1, 1)
    overdue = queries.list_inquiries(actor, queries.Filter(2026, "overdue"), 0, late)
    assert [row.id for row in overdue] == [owed.id]
    assert database.session.scalars(select(Inquiry.id)).all()
