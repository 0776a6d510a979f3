"""Answers, verdicts, talks and read receipts, and who may give them (domain.md 8.3)."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services as documents
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.requests import gather
from fivestep_web.extensions import db as database
from fivestep_web.ledger import services as ledger
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.supervision.meetings import agenda
from fivestep_web.supervision.meetings.rules import MeetingKind
from fivestep_web.supervision.notices import queries, services, waiting
from fivestep_web.supervision.notices.queries import Filter
from fivestep_web.supervision.notices.rules import Colour, NoticeState, TalkOutcome
from fivestep_web.topics.models import Topic
from fivestep_web.topics.rules import Tier
from tests.factories.accounts import user_with_role
from tests.factories.ledger import MilestoneFactory, ProgressEventFactory, actor_of
from tests.factories.org import UnitFactory
from tests.factories.queue import run_queue
from tests.factories.supervision_notices import make_supervised, night, nights, notices, play
from tests.remembered import remembered

MARCH = date(2026, 3, 2)
LATE = date(2026, 3, 4)


@remembered
def make_yellow(supervised):
    """Leave one goal with a yellow notice of 4 March."""
    database.session.execute(update(Topic).values(tier=Tier.ROUTINE))
    entry = supervised.county.entry(LedgerState.IN_PROGRESS, deadline=date(2026, 9, 30))
    ProgressEventFactory(goal=entry.goal, happened_on=date(2026, 2, 27), done=Decimal(8))
    MilestoneFactory(goal=entry.goal, name="试点", due_on=MARCH, share=Decimal("0.85"))
    night(LATE)


@pytest.fixture
def supervised(db):
    play(LATE)
    return make_supervised()


@pytest.fixture
def notice(supervised):
    make_yellow(supervised)
    play(LATE)
    (made,) = notices()
    assert made.colour is Colour.YELLOW
    return made


def locked(actor, notice):
    return queries.get_notice(actor, notice.id, lock=True)


def answer(actor, notice, text="会议推迟", plan="3月底前补齐"):
    with unit_of_work():
        services.answer(actor, locked(actor, notice), text=text, plan=plan)


def accept(actor, notice):
    with unit_of_work():
        services.accept(actor, locked(actor, notice), note="按计划推进")


def send_back(actor, notice, reason="措施不具体"):
    with unit_of_work():
        services.send_back(actor, locked(actor, notice), reason=reason)


def state_of(notice):
    database.session.rollback()
    database.session.refresh(notice)
    return notice.state


@pytest.mark.parametrize("name", ["member", "head"])
def test_owner_or_unit_head_answers_and_the_leader_in_charge_accepts(supervised, notice, name):
    answer(supervised.actor(name), notice)
    assert state_of(notice) is NoticeState.ANSWERED
    accept(supervised.actor("leader"), notice)
    assert state_of(notice) is NoticeState.CLOSED
    assert notice.closed_on == LATE
    with pytest.raises(Conflict):
        answer(supervised.actor(name), notice)


@pytest.mark.parametrize("name", ["leader", "minister", "office", "deputy"])
def test_nobody_else_answers(supervised, notice, name):
    with pytest.raises(NotAllowed):
        answer(supervised.actor(name), notice)


def test_a_yellow_notice_wants_reason_and_plan(supervised, notice):
    for text, plan in (("", "计划"), ("原因", " ")):
        with pytest.raises(FieldError):
            answer(supervised.actor("member"), notice, text, plan)


def test_a_returned_answer_gives_a_new_limit_and_is_answered_again(supervised, notice):
    answer(supervised.actor("member"), notice)
    play(date(2026, 3, 6))
    with pytest.raises(FieldError):
        send_back(supervised.actor("leader"), notice, " ")
    send_back(supervised.actor("leader"), notice)
    assert state_of(notice) is NoticeState.RETURNED
    assert notice.reply_by == date(2026, 3, 11)
    answer(supervised.actor("head"), notice)
    assert state_of(notice) is NoticeState.ANSWERED
    assert [item.verdict and item.verdict.label for item in notice.answers] == ["退回重报", None]


@pytest.mark.parametrize("name", ["member", "head", "office"])
def test_only_leaders_judge(supervised, notice, name):
    answer(supervised.actor("member"), notice)
    with pytest.raises(NotAllowed):
        accept(supervised.actor(name), notice)


def test_who_answered_or_owns_the_goal_does_not_judge(supervised, notice):
    both = user_with_role(Role.DEP, charge=(supervised.county.unit,))
    notice.goal.person_id = both.person_id
    database.session.commit()
    answer(supervised.actor("head"), notice)
    with pytest.raises(NotAllowed):
        accept(actor_of(both), notice)


def test_nothing_is_judged_before_it_is_answered(supervised, notice):
    with pytest.raises(Conflict):
        accept(supervised.actor("leader"), notice)


def test_once_the_signal_is_better_an_answer_closes_the_notice(supervised, notice):
    with unit_of_work():
        ledger.report_progress(supervised.actor("member"), notice.goal_id, happened_on=LATE, done=Decimal(9))
    run_queue()
    assert state_of(notice) is NoticeState.ISSUED
    answer(supervised.actor("member"), notice)
    assert state_of(notice) is NoticeState.CLOSED


def test_a_notice_of_another_unit_is_not_there(supervised, notice):
    other = actor_of(user_with_role(Role.SHD, unit=UnitFactory()))
    with pytest.raises(NotFound):
        queries.get_notice(other, notice.id)
    assert queries.list_notices(other, Filter(2026), LATE) == []


def test_a_notice_seen_before_it_changed_is_not_decided_on(supervised, notice):
    seen = notice.revision
    answer(supervised.actor("member"), notice)
    with pytest.raises(Conflict):
        queries.get_notice(supervised.actor("leader"), notice.id, revision=seen)


def test_filters_leave_what_they_name(supervised, notice):
    minister = supervised.actor("minister")
    unit_id, leader_id = supervised.county.unit.id, supervised.county.leader.person_id

    def found(today=LATE, **wanted):
        return [row.id for row in queries.list_notices(minister, Filter(2026, **wanted), today)]

    assert found(colour=Colour.YELLOW, unit_id=unit_id, leader_id=leader_id) == [notice.id]
    assert found(colour=Colour.RED) == found(state=NoticeState.CLOSED) == found(unit_id=unit_id + 999) == []
    assert found(goal_id=notice.goal_id) == [notice.id]
    assert found(goal_id=notice.goal_id + 999) == found(is_overdue=True) == []
    assert found(date(2026, 3, 10), is_overdue=True) == [notice.id]


def test_opening_is_noted_once_for_recipients_only(supervised, notice):
    for name in ("head", "head", "office"):
        with unit_of_work():
            services.note_opened(supervised.actor(name), locked(supervised.actor(name), notice))
    database.session.refresh(notice)
    opened = {row.person_id for row in notice.recipients if row.opened_at}
    assert opened == {supervised.county.head.person_id}


def test_what_waits_for_whom(supervised, notice):
    def labels(name):
        actor = supervised.actor(name)
        items = waiting.list_waiting(actor, 2026)
        counted = sum(database.session.scalars(select_counts(waiting.counts(actor, 2026))).all())
        assert counted == len(items)
        return [item.note for item in items]

    assert labels("member") == labels("head") == ["03-09前答复"]
    assert labels("leader") == labels("minister") == labels("office") == []
    answer(supervised.actor("member"), notice)
    assert labels("member") == []
    assert labels("leader") == ["待审核答复"]


def select_counts(counts):
    from sqlalchemy import select, union_all

    return union_all(*(select(count) for count in counts))


@pytest.fixture
def red(supervised):
    """A goal red for more than 15 working days."""
    entry = supervised.county.entry(LedgerState.IN_PROGRESS, deadline=MARCH)
    ProgressEventFactory(goal=entry.goal, happened_on=date(2026, 2, 27), done=Decimal(8))
    night(date(2026, 3, 3))
    nights(date(2026, 3, 25), date(2026, 3, 25))
    (made,) = notices()
    return made


def decide(actor, notice, outcome, held_on=None, note="已谈话提醒"):
    with unit_of_work():
        services.decide_talk(actor, locked(actor, notice), outcome=outcome, held_on=held_on, note=note)


def test_the_minister_records_the_talk_once(supervised, red):
    minister, day = supervised.actor("minister"), date(2026, 3, 25)
    assert [item.note for item in waiting.list_waiting(minister, 2026)] == ["待决定约谈"]
    for held_on in (None, date(2026, 3, 26), date(2026, 3, 1)):
        with pytest.raises(FieldError):
            decide(minister, red, TalkOutcome.HELD, held_on)
    with pytest.raises(FieldError):
        decide(minister, red, TalkOutcome.DECLINED, note=" ")
    with pytest.raises(NotAllowed):
        decide(supervised.actor("deputy"), red, TalkOutcome.HELD, day)
    decide(minister, red, TalkOutcome.HELD, day)
    with pytest.raises(Conflict):
        decide(minister, red, TalkOutcome.DECLINED)
    assert waiting.list_waiting(minister, 2026) == []


def matters(kind):
    return {matter.key: matter.detail for matter in agenda.worrying_goals(2026, kind, date(2026, 3, 25))}


def test_a_red_notice_is_an_item_of_consultations_until_it_is_settled(red):
    key, told = f"signal:{red.goal_id}", "督办〔2026〕1号（红色督办单）待答复。"
    assert matters(MeetingKind.JOINT)[key].endswith(told)
    assert not matters(MeetingKind.DISPATCH)[key].endswith(told)
    ProgressEventFactory(
        goal=red.goal, happened_on=date(2026, 3, 25), done=Decimal(8), completed_on=date(2026, 3, 25)
    )
    assert matters(MeetingKind.JOINT) == {key: told}
    assert matters(MeetingKind.DISPATCH) == {}
    red.state, red.closed_on = NoticeState.CLOSED, date(2026, 3, 25)
    database.session.flush()
    assert matters(MeetingKind.JOINT) == {}


def test_of_a_cancelled_goal_nobody_is_asked_to_answer(supervised, notice):
    member = supervised.actor("member")
    assert len(waiting.list_waiting(member, 2026)) == 1
    entry = database.session.scalars(select(LedgerEntry)).one()
    entry.state = LedgerState.CANCELLED
    database.session.commit()
    assert waiting.list_waiting(member, 2026) == []
    assert sum(database.session.scalars(select_counts(waiting.counts(member, 2026))).all()) == 0


def test_notices_are_told_by_goal_and_by_period(red):
    assert list(queries.open_notices_of_goals([red.goal_id])) == [red.goal_id]
    (sent,) = queries.issued_between(2026, date(2026, 3, 1), date(2026, 3, 31))
    assert (sent.name, sent.answered_on) == ("督办〔2026〕1号", None)
    assert queries.issued_between(2026, date(2026, 4, 1), date(2026, 4, 30)) == []


def test_the_word_file_carries_number_and_answer(supervised, notice):
    answer(supervised.actor("member"), notice)
    with unit_of_work():
        documents.request_documents(
            supervised.actor("office"), 2026, gather(DocumentKind.SUPERVISION_NOTICE, 2026), "督办单"
        )
    run_queue()
    made = database.session.query(GeneratedDocument).one()
    assert made.state is DocumentState.READY
    assert made.payload["number"] == "督办〔2026〕1号"
    to, _bracket, above = made.payload["recipient"].partition("（报")
    leader = supervised.county.leader.person.name
    assert (leader in to, leader in above) == (False, True)
    assert made.payload["answer"]["handling"] == "会议推迟\n补进度计划：3月底前补齐"
    assert queries.find_document(supervised.actor("head"), 2026, notice.id) == made.id


def test_nobody_marks_the_digest_of_another_as_read(supervised, notice):
    from fivestep_web.supervision.notices.models import DailyDigest

    digest = DailyDigest(person_id=supervised.county.head.person_id, day=LATE, items=[])
    with pytest.raises(DomainError):
        services.note_digest_opened(supervised.actor("member"), digest)
