"""Feedback of a unit: opened by the clock, drafted, sent, answered, asked back, counted (R3.10)."""

from datetime import date
from random import Random

import pytest
from sqlalchemy import func, select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org.models import UnitKind
from fivestep_web.org.queries import get_plan_year
from fivestep_web.supervision.feedback import page, queries, services, waiting
from fivestep_web.supervision.feedback.models import Feedback, FeedbackDraft
from fivestep_web.supervision.feedback.rules import FeedbackState, Figures, Punctuality, Saying
from fivestep_web.supervision.feedback.services import Words
from fivestep_web.supervision.limits import queries as limits
from tasks import clock as tasks_clock
from tests.factories.accounts import user_with_role
from tests.factories.feedback import OPENED_ON, WORDS, feedback_of, make_feedback, play, say, send, within
from tests.factories.ledger import actor_of, make_county
from tests.factories.org import PlanYearFactory, UnitFactory
from tests.factories.queue import run_queue
from tests.web import get, post

DUE = date(2026, 6, 30)


@pytest.fixture
def county(db):
    return make_feedback()


def all_feedback():
    database.session.rollback()
    rows = database.session.execute(
        select(Feedback.year, Feedback.month, Feedback.unit_id, Feedback.due_on, Feedback.state)
    )
    return sorted(tuple(row) for row in rows)


def counted(user, year=2026):
    figures = waiting.counts(actor_of(user), year)
    return sum(database.session.execute(select(*figures)).one()) if figures else 0


def test_each_month_is_opened_once_for_each_assessed_unit_from_the_month_the_ledger_began(county):
    found = all_feedback()
    assert {month for _year, month, *_rest in found} == {1, 2, 3, 4, 5, 6}
    assert feedback_of(county).due_on == DUE
    assert feedback_of(county).state is FeedbackState.OPEN
    before = database.session.scalar(select(func.count()).select_from(AuditEntry))
    with unit_of_work():
        assert services.open_due(OPENED_ON) == 0
    assert database.session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_leaders_units_not_assessed_and_units_to_come_owe_nothing(db):
    play(OPENED_ON)
    county = make_county()
    county.entry()
    others = [
        UnitFactory(kind=UnitKind.LEADERSHIP),
        UnitFactory(is_assessed=False),
        UnitFactory(since=date(2026, 7, 1)),
    ]
    with unit_of_work():
        services.open_due(OPENED_ON)
    assert not {row[2] for row in all_feedback()} & {unit.id for unit in others}


def test_a_year_without_a_ledger_owes_nothing(db):
    play(OPENED_ON)
    PlanYearFactory(year=2026)
    UnitFactory()
    with unit_of_work():
        assert services.open_due(OPENED_ON) == 0


def run_year(days):
    """Start the clock on each of these days and do what it asks for; return what is stored."""
    for day in days:
        play(day)
        now = tasks_clock.clock.now()
        entries = [entry for entry in tasks_clock.SCHEDULE if entry.name == "feedback"]
        tasks_clock.start_due(now, entries)
        run_queue(limit=400)
    found = all_feedback()
    database.session.rollback()
    return found


@pytest.mark.one_database
@pytest.mark.parametrize("seed", [1, 2])
def test_a_year_with_outages_opens_what_the_uninterrupted_year_opens(db, seed):
    play(date(2026, 1, 5))
    county = make_county()
    county.entry()
    chance, days, day = Random(seed), [], date(2026, 1, 5)  # noqa: S311 - outages, not secrets
    while day <= date(2027, 1, 8):
        days.append(day)
        day = date.fromordinal(day.toordinal() + chance.choice((1, 3, 9, 24)))
    found = run_year([*days, date(2027, 1, 8)])
    units = {row[2] for row in found}
    due = {(month, on) for _year, month, _unit, on, _state in found}
    assert len(found) == 12 * len(units)
    assert sorted(on.isoformat()[5:] for _month, on in due) == [
        "01-30", "02-28", "03-31", "04-30", "05-29", "06-30",
        "07-31", "08-31", "09-30", "10-30", "11-30", "12-31",
    ]  # fmt: skip


def test_a_sent_feedback_keeps_the_figures_and_goes_to_the_leader_in_charge(county):
    feedback_id = send(county)
    found = database.session.get_one(Feedback, feedback_id)
    assert (found.state, found.leader_id) == (FeedbackState.SENT, county.leader.person_id)
    assert found.figures_on == OPENED_ON
    assert Figures.from_json(found.figures) == Figures(1, 0, 0, 1, ("走访全覆盖",))
    with pytest.raises(Conflict, match="已经报送"):
        send(county)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (Words(" ", "无", "无"), "完成情况"),
        (Words("好", "", "无"), "没有的写“无”"),
        (Words("好", "无", " "), "没有的写“无”"),
    ],
)
def test_no_part_may_be_left_empty(county, words, message):
    with pytest.raises(FieldError, match=message):
        within(county.head, feedback_of(county).id, services.send, words)


def test_only_the_head_sends_and_others_units_are_hidden(county):
    feedback_id = feedback_of(county).id
    with pytest.raises(NotAllowed, match="单位负责人"):
        within(county.member, feedback_id, services.send, WORDS)
    with pytest.raises(NotFound):
        within(user_with_role(Role.SHD), feedback_id, services.send, WORDS)
    for role in (Role.OFC, Role.EXD):
        with pytest.raises(NotAllowed):
            within(user_with_role(role), feedback_id, services.send, WORDS)


def test_a_draft_is_kept_until_it_is_sent_and_logged_once(county):
    feedback_id = feedback_of(county).id
    for text in ("写了一半", "写了一半，又改"):
        within(county.head, feedback_id, services.save_draft, Words(text, "", ""))
    assert database.session.get_one(FeedbackDraft, feedback_id).completion == "写了一半，又改"
    drafted = select(func.count()).where(AuditEntry.action == "feedback.drafted")
    assert database.session.scalar(drafted) == 1
    send(county)
    assert database.session.get(FeedbackDraft, feedback_id) is None
    with pytest.raises(Conflict):
        within(county.head, feedback_id, services.save_draft, WORDS)


def test_leader_and_unit_speak_in_turn(county):
    feedback_id = send(county)
    say(county.leader, feedback_id, Saying.QUESTION, "逾期的一项何时完成？")
    with pytest.raises(Conflict, match="待补充"):
        say(county.leader, feedback_id, Saying.QUESTION)
    say(county.head, feedback_id, Saying.REPLY, "7月10日前。")
    say(county.leader, feedback_id, Saying.ANSWER)
    found = feedback_of(county)
    assert found.state is FeedbackState.ANSWERED
    assert [message.kind for message in found.messages] == [Saying.QUESTION, Saying.REPLY, Saying.ANSWER]
    with pytest.raises(Conflict):
        say(county.head, feedback_id, Saying.REPLY)


def test_only_the_leader_in_charge_or_a_higher_one_answers_and_never_who_sent(county):
    feedback_id = send(county)
    with pytest.raises(NotAllowed, match="主管领导答复"):
        say(county.head, feedback_id, Saying.ANSWER)
    with pytest.raises(NotFound):
        say(user_with_role(Role.DEP), feedback_id, Saying.ANSWER)
    with pytest.raises(FieldError, match="答复"):
        say(county.leader, feedback_id, Saying.ANSWER, " ")
    say(user_with_role(Role.EXD), feedback_id, Saying.ANSWER)


def test_a_leader_who_heads_the_unit_does_not_answer_the_own_feedback(db):
    play(OPENED_ON)
    county = make_county()
    county.entry()
    both = user_with_role(Role.SHD, Role.DEP, unit=county.unit, charge=(county.unit,))
    deputy = user_with_role(Role.EXD)
    with unit_of_work():
        services.open_due(OPENED_ON)
    feedback_id = feedback_of(county).id
    within(both, feedback_id, services.send, WORDS)
    with pytest.raises(NotAllowed, match="不能答复自己"):
        say(both, feedback_id, Saying.ANSWER)
    assert feedback_id not in {
        item.values["feedback_id"] for item in waiting.list_waiting(actor_of(both), 2026)
    }
    assert [item.values["feedback_id"] for item in waiting.list_waiting(actor_of(deputy), 2026)] == [
        feedback_id
    ]


def test_what_waits_is_what_the_figure_counts(county):
    head, leader = county.head, county.leader
    assert counted(head) == len(waiting.list_waiting(actor_of(head), 2026)) == 6
    assert counted(leader) == counted(county.member) == 0
    feedback_id = send(county)
    assert (counted(head), counted(leader)) == (5, 1)
    assert waiting.list_waiting(actor_of(leader), 2026)[0].values == {"feedback_id": feedback_id}
    say(leader, feedback_id, Saying.QUESTION)
    assert (counted(head), counted(leader)) == (6, 0)


def test_late_missing_and_unanswered_are_listed_in_the_months_statistics(county):
    feedback_id = send(county)
    play(date(2026, 6, 26))
    reader = actor_of(county.office)
    shown = page.month_page(reader, 2026, 6)
    assert shown.counts[Punctuality.PENDING] == len(shown.lines) - 1
    assert [line.feedback.id for line in shown.unanswered] == [feedback_id]  # two working days: 24th, 25th
    assert shown.leaders == {county.leader.person_id: county.leader.person.name}
    play(date(2026, 7, 2))
    late_id = send(county, 5)
    assert feedback_id not in {line.feedback.id for line in page.month_page(reader, 2026, 6).missing}
    shown = page.month_page(reader, 2026, 5)
    assert [line.feedback.id for line in shown.late] == [late_id]
    assert len(shown.missing) == len(shown.lines) - 1


def test_answers_are_hand_overs_with_the_limit_of_feedback(county):
    feedback_id = send(county)
    say(county.leader, feedback_id, Saying.QUESTION)
    (asked, back) = [
        item
        for item in limits.list_handovers(actor_of(county.head), 2026)
        if item.step.matter == f"feedback:{feedback_id}"
    ]
    assert (asked.workdays, asked.timing.is_open, back.timing.is_open) == (2, False, True)
    assert back.holder.people == (county.head.person_id,)
    assert back.above.people == (county.leader.person_id,)


def test_a_new_date_holds_from_the_next_month(county):
    def put(user, offset, seen=0):
        with unit_of_work():
            services.set_schedule(actor_of(user), get_plan_year(2026, lock=True), offset, seen=seen)

    with pytest.raises(NotAllowed):
        put(county.head, 2)
    for refused in (0, 11):
        with pytest.raises(DomainError):
            put(county.office, refused)
    put(county.office, 2)
    with pytest.raises(Conflict, match="有变化"):
        put(county.office, 3)
    with unit_of_work():
        services.open_due(date(2026, 8, 1))
    assert feedback_of(county).due_on == DUE
    assert feedback_of(county, 7).due_on == date(2026, 8, 4)


# the pages


def text(answer):
    return answer.get_data(as_text=True)


def sent_form(county, **changes):
    return {
        "revision": feedback_of(county).revision,
        "completion": WORDS.completion,
        "problems": WORDS.problems,
        "suggestions": WORDS.suggestions,
        **changes,
    }


@pytest.mark.one_database
def test_the_form_begins_with_the_month_in_words_and_keeps_what_was_typed(county, login):
    client, address = login(county.head), f"/feedback/{feedback_of(county).id}"
    shown = text(get(client, address))
    for words in ("截至6月23日，到期目标1项，已完成0项", "走访全覆盖", "申请延期", "自动暂存"):
        assert words in shown
    answer = post(client, f"{address}/send", sent_form(county, problems=""))
    assert answer.status_code == 422
    assert "没有的写“无”" in text(answer)
    assert WORDS.suggestions in text(answer)
    assert post(client, f"{address}/send", sent_form(county)).status_code == 303
    assert post(client, f"{address}/send", sent_form(county)).status_code == 409
    assert WORDS.completion in text(get(login(county.leader), address))


@pytest.mark.one_database
def test_a_draft_is_saved_while_typing_and_shown_again(county, login):
    client, address = login(county.head), f"/feedback/{feedback_of(county).id}"
    answer = post(client, f"{address}/draft", {"completion": "写了一半"}, htmx=True)
    assert answer.status_code == 200
    assert "暂存" in text(answer)
    assert 'id="feedback-draft"' in text(answer)
    assert "写了一半" in text(get(client, address))
    assert post(client, f"{address}/draft", {"completion": "又写"}).status_code == 303


@pytest.mark.one_database
def test_a_leader_goes_on_from_an_answer_to_the_next_feedback(county, login):
    other = UnitFactory(code="ZZ9", name="第二科", leader=county.leader.person)
    head = user_with_role(Role.SHD, unit=other)
    with unit_of_work():
        services.open_due(OPENED_ON)
    first_id = send(county)
    second_id = database.session.scalars(
        select(Feedback.id).where(Feedback.unit_id == other.id, Feedback.month == 6)
    ).one()
    within(head, second_id, services.send, WORDS)
    client = login(county.leader)
    answer = post(client, f"/feedback/{first_id}/answer", {"answer-text": ""})
    assert answer.status_code == 422
    revision = {"answer-revision": feedback_of(county).revision}
    answer = post(client, f"/feedback/{first_id}/answer", {"answer-text": "已阅。", **revision})
    assert (answer.status_code, answer.location) == (303, f"/feedback/{second_id}")
    assert "第二科" in text(get(client, answer.location))


@pytest.mark.one_database
@pytest.mark.parametrize("role", list(Role))
def test_who_sees_the_lists(county, login, role):
    allowed = role not in {Role.PNL, Role.ADM}
    client = login(user_with_role(role))
    for address in ("/feedback", "/feedback/2026/6", "/feedback/settings"):
        assert get(client, address).status_code == (200 if allowed else 403)


@pytest.mark.one_database
def test_lists_and_statistics_say_who_is_late(county, login):
    send(county)
    play(date(2026, 7, 2))
    client = login(county.office)
    assert "超时限" in text(get(client, "/feedback?month=6"))
    shown = text(get(client, "/feedback/2026/6"))
    for words in ("应报单位", "逾期未报", county.leader.person.name, "超时限未答复"):
        assert words in shown
    assert get(client, "/feedback/2026/13").status_code == 404
    assert get(client, "/feedback/2031/1").status_code == 404


@pytest.mark.one_database
def test_the_date_is_set_on_its_page(county, login):
    client = login(county.office)
    assert "当月最后一个工作日" in text(get(client, "/feedback/settings"))
    sent = {"workday_offset": "-1", "seen": "0"}
    assert post(client, "/feedback/2026/settings", sent | {"workday_offset": "0"}).status_code == 422
    assert post(client, "/feedback/2026/settings", sent).status_code == 303
    assert "当月倒数第2个工作日" in text(get(client, "/feedback/settings"))
    assert post(login(county.head), "/feedback/2026/settings", sent).status_code == 403


def test_the_clock_opens_as_the_system(county):
    entry = database.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "feedback.opened").order_by(AuditEntry.sequence)
    ).first()
    assert entry.user_id is SYSTEM.user_id
    assert queries.ledger_began(2026) == date(2026, 1, 4)
