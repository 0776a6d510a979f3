"""One digest a person and day, silent when there is nothing to tell."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from fivestep_web.core import clock, jobs
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.rules import ChangeKind, ChangeState
from fivestep_web.supervision.notices import digests, dry_run, waiting
from fivestep_web.supervision.notices.models import DailyDigest, SupervisionNotice
from fivestep_web.supervision.signals.models import SignalTurn
from tests.factories.ledger import MilestoneFactory, ProgressEventFactory, letter_in_force
from tests.factories.queue import run_queue
from tests.factories.supervision_notices import make_supervised, night, play

DUE = date(2026, 6, 30)


@pytest.fixture
def supervised(db):
    return make_supervised()


def entry(supervised, **facts):
    made = supervised.county.entry(LedgerState.IN_PROGRESS, **facts)
    for month in (1, 2, 3, 4, 5, 6):
        ProgressEventFactory(goal=made.goal, happened_on=date(2026, month, 20), done=Decimal(month))
    return made


def digest(day):
    """Make the digests of a day; return their lines by person, as (block, text)."""
    play(day)
    with unit_of_work():
        digests.make(day)
    rows = database.session.scalars(select(DailyDigest).where(DailyDigest.day == day))
    return {row.person_id: [(item["section"], item["text"]) for item in row.items] for row in rows}


def test_a_node_is_told_to_its_owner_15_7_3_working_days_before_and_on_the_day(supervised):
    made = entry(supervised, name="两轮检查", deadline=DUE)
    owner = supervised.county.member.person_id
    told, day = {}, date(2026, 6, 1)
    while day <= DUE:
        if found := digest(day):
            told[day] = found[owner]
        day += timedelta(days=1)
    assert told == {
        date(2026, 6, 8): [("reminders", "“两轮检查”完成时限6月30日到期，还有15个工作日")],
        date(2026, 6, 18): [("reminders", "“两轮检查”完成时限6月30日到期，还有7个工作日")],
        date(2026, 6, 25): [("reminders", "“两轮检查”完成时限6月30日到期，还有3个工作日")],
        DUE: [("due", "“两轮检查”完成时限今日到期")],
    }
    stored = database.session.scalars(select(DailyDigest).where(DailyDigest.day == DUE)).one()
    assert stored.items[0]["entry_id"] == made.id


def test_overdue_goes_from_the_owner_to_the_head_to_the_leader_and_falls_silent(supervised):
    entry(supervised, deadline=date(2026, 2, 27))
    county = supervised.county
    heard, day = {}, date(2026, 2, 28)
    while day <= date(2026, 4, 30):
        for person_id in digest(day):
            heard.setdefault(person_id, []).append(day)
        day += timedelta(days=1)
    assert [len(heard[user.person_id]) for user in (county.member, county.head, county.leader)] == [3, 3, 2]
    assert max(max(days) for days in heard.values()) == date(2026, 3, 27)


def test_reached_nodes_and_completed_goals_are_not_told(supervised):
    made = entry(supervised, deadline=date(2026, 9, 30))
    MilestoneFactory(goal=made.goal, name="已到", due_on=DUE, share=Decimal("0.3"))
    MilestoneFactory(goal=made.goal, name="未到", due_on=DUE, share=Decimal("0.9"))
    county = supervised.county
    county.completed_entry(deadline=DUE)
    play(date(2026, 6, 29))
    found = digest(DUE)
    assert next(text for _section, text in found[county.member.person_id]).endswith("节点“未到”今日到期")
    assert len(found) == 1


def test_what_starts_is_told_also_when_it_started_on_days_without_digests(supervised):
    made = entry(supervised, name="活动", starts_on=date(2026, 3, 10), deadline=date(2026, 12, 25))
    MilestoneFactory(goal=made.goal, name="二", due_on=DUE, starts_on=date(2026, 3, 15), share=None)
    owner = supervised.county.member.person_id
    assert digest(date(2026, 3, 10))[owner] == [("starts", "“活动”今日启动")]
    assert digest(date(2026, 3, 14)) == {}  # a Saturday
    assert digest(date(2026, 3, 16))[owner] == [("starts", "“活动”阶段“二”计划3月15日启动")]


def test_a_hand_over_past_its_limit_is_told_to_its_holder_and_to_the_level_above(supervised):
    county = supervised.county
    play(date(2026, 3, 2))
    made = change_order(county)
    told, day = {}, date(2026, 3, 3)
    while day <= date(2026, 4, 10):
        for person_id, lines in digest(day).items():
            told.setdefault(person_id, {})[day] = lines
        day += timedelta(days=1)
    late = [date(2026, 3, 6), date(2026, 3, 10), date(2026, 3, 16), date(2026, 3, 26)]
    leader, deputy = county.leader.person, supervised.deputy.person
    assert {person_id: list(days) for person_id, days in told.items()} == {leader.id: late, deputy.id: late}
    text = f"{county.unit.current.name}“{made}”责任书变更审批3月5日到办结时限，已超时限1个工作日"
    assert told[leader.id][late[0]] == [("hand_overs", text)]
    assert told[deputy.id][late[0]] == [("hand_overs", f"{text}，现由{leader.name}办理")]


def change_order(county):
    """Ask for a change of a letter in force; return what the hand-over is called."""
    letter = letter_in_force(county, [county.goal()])
    made = ChangeOrder(
        year=2026, serial=1, number="变〔2026〕1号", letter_id=letter.id, kind=ChangeKind.AMEND,
        reason="调整", effective_on=DUE, state=ChangeState.PROPOSED,
        requested_by_id=county.head.person_id, requested_at=clock.now(),
    )  # fmt: skip
    database.session.add(made)
    database.session.commit()
    return f"{made.number} {letter.title}"


def test_a_notice_is_told_once_to_each_recipient_and_the_digest_is_made_once(supervised):
    entry(supervised, deadline=date(2026, 2, 27))
    night(date(2026, 3, 2))
    found = digest(date(2026, 3, 2))
    county = supervised.county
    assert {county.head.person_id, county.leader.person_id, county.minister.person_id} <= set(found)
    assert any("请于3月9日前答复" in text for _section, text in found[county.head.person_id])
    assert digest(date(2026, 3, 2)) == found
    assert county.minister.person_id not in digest(date(2026, 3, 3))
    play(date(2026, 3, 3))
    assert len(waiting.list_waiting(supervised.actor("minister"), 2026)) == 0
    play(date(2026, 3, 2))
    (line,) = waiting.list_waiting(supervised.actor("minister"), 2026)
    assert line.endpoint == "notices.digest_show"


def test_the_dry_run_says_what_the_night_then_does_and_writes_nothing(supervised, count_queries):
    entry(supervised, name="甲", deadline=date(2026, 2, 28))
    play(date(2026, 3, 2))
    count_queries.statements.clear()
    run = dry_run.preview(date(2026, 3, 2))
    assert not [text for text in count_queries.statements if not text.startswith(("SELECT", "PRAGMA"))]
    assert database.session.scalar(select(func.count(SignalTurn.id))) == 0
    (would,) = run.issued
    assert supervised.county.head.person.name in would.recipients
    assert [one.counts for one in run.reminded] == [[("已逾期", 1)]]
    night(date(2026, 3, 2))
    (notice,) = database.session.scalars(select(SupervisionNotice)).all()
    assert (notice.colour, notice.reply_by, notice.standing) == (would.colour, would.reply_by, would.standing)
    assert dry_run.preview(date(2026, 3, 2)).issued == []
    ahead = dry_run.preview(date(2026, 3, 10))
    assert [one.goes_to.split()[0] for one in ahead.climbing] == ["主管领导"]
    assert len(dry_run.preview(date(2026, 3, 30)).talks) == 1


def test_the_morning_task_makes_signals_notices_and_digests_once(supervised):
    entry(supervised, deadline=date(2026, 2, 27))
    play(date(2026, 3, 2))
    for attempt in range(2):
        with unit_of_work():
            jobs.enqueue("notices.make_digests", "2026-03-02", key=f"digests-{attempt}")
        run_queue()
    database.session.rollback()
    assert database.session.scalar(select(func.count(SupervisionNotice.id))) == 1
    assert database.session.scalar(select(func.count(DailyDigest.id))) == 3
