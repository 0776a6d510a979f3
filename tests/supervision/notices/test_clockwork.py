"""Signals turn and notices are issued by the clock, each once, whatever nights are missed (8.2, 8.3)."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import g
from sqlalchemy import delete, func, select, update

from fivestep_web.assessment.daily.bulletins.models import MonthlyBulletin
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import events, jobs
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.ledger import services as ledger
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org import services as org
from fivestep_web.org.rules import DayOff
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.notices import clockwork
from fivestep_web.supervision.notices.models import (
    NoticeClimb,
    NoticeRecipient,
    NoticeTalk,
    SupervisionNotice,
)
from fivestep_web.supervision.notices.rules import Capacity, Colour
from fivestep_web.supervision.signals.models import SignalTurn, SupervisionRun
from fivestep_web.topics.models import Topic
from fivestep_web.topics.rules import Tier
from tests.factories.ledger import MilestoneFactory, ProgressEventFactory, actor_of
from tests.factories.queue import queued, run_queue
from tests.factories.supervision_notices import make_supervised, night, nights, notices, play

MARCH = date(2026, 3, 2)
DUE = date(2026, 3, 10)


@pytest.fixture
def supervised(db):
    return make_supervised()


def entry(supervised, due=DUE, **facts):
    """Return an entry under way, reported in February, with its final deadline on *due*."""
    made = supervised.county.entry(LedgerState.IN_PROGRESS, deadline=due, **facts)
    ProgressEventFactory(goal=made.goal, happened_on=date(2026, 2, 27), done=Decimal(8))
    return made


def no_key_goals():
    database.session.execute(update(Topic).values(tier=Tier.ROUTINE))
    database.session.commit()


def turns_of(goal_id):
    rows = database.session.scalars(
        select(SignalTurn).where(SignalTurn.goal_id == goal_id).order_by(SignalTurn.id)
    )
    return [(turn.colour, turn.turned_on, turn.ended_on) for turn in rows]


def test_a_turn_of_colour_gets_one_notice_however_many_nights_it_lasts(supervised):
    goal_id = entry(supervised).goal_id
    nights(date(2026, 2, 28), date(2026, 3, 16))
    assert turns_of(goal_id) == [
        ("green", date(2026, 2, 28), date(2026, 3, 3)),
        ("blue", date(2026, 3, 3), date(2026, 3, 11)),
        ("red", date(2026, 3, 11), None),
    ]
    assert [(notice.colour, notice.name, notice.issued_on) for notice in notices()] == [
        (Colour.BLUE, "督办〔2026〕1号", date(2026, 3, 3)),
        (Colour.RED, "督办〔2026〕2号", date(2026, 3, 11)),
    ]
    red = notices()[1]
    assert red.reply_by == date(2026, 3, 18)
    assert "逾期" in red.standing
    assert {row.capacity for row in red.recipients} == {
        Capacity.UNIT_HEAD,
        Capacity.LEADER_IN_CHARGE,
        Capacity.MINISTER,
    }


def test_blue_notices_are_for_key_goals_only(supervised):
    plain, marked = entry(supervised), entry(supervised, is_key=True)
    no_key_goals()
    night(date(2026, 3, 4))
    assert [notice.goal_id for notice in notices()] == [marked.goal_id]
    assert turns_of(plain.goal_id)[0][0] == "blue"


def test_a_late_milestone_turns_yellow_then_red_and_each_gets_its_notice(supervised):
    goal_id = entry(supervised, due=date(2026, 9, 30)).goal_id
    no_key_goals()
    MilestoneFactory(goal_id=goal_id, name="试点", due_on=MARCH, share=Decimal("0.85"))
    nights(MARCH, date(2026, 3, 13))
    assert [(notice.colour, notice.issued_on) for notice in notices()] == [
        (Colour.YELLOW, date(2026, 3, 3)),
        (Colour.RED, date(2026, 3, 12)),
    ]
    yellow = notices()[0]
    assert yellow.reply_by == date(2026, 3, 6)
    assert {row.person_id for row in yellow.recipients} == {
        supervised.county.member.person_id,
        supervised.county.head.person_id,
        supervised.county.leader.person_id,
    }


def test_an_ignored_notice_climbs_once_per_limit_to_the_leader_and_the_executive_deputy(supervised):
    goal_id = entry(supervised, due=date(2026, 9, 30)).goal_id
    no_key_goals()
    MilestoneFactory(goal_id=goal_id, name="试点", due_on=MARCH, share=Decimal("0.9"))
    nights(date(2026, 3, 3), date(2026, 3, 11))  # past the day it turns red the yellow one climbs no more
    rows = database.session.scalars(select(NoticeClimb).order_by(NoticeClimb.id)).all()
    assert [(row.level, row.capacity, row.climbed_on) for row in rows] == [
        (1, Capacity.LEADER_IN_CHARGE, date(2026, 3, 7)),
    ]
    nights(date(2026, 3, 12), date(2026, 4, 3))
    rows = database.session.scalars(select(NoticeClimb).order_by(NoticeClimb.id))
    climbed = [(row.notice.colour, row.level, row.capacity) for row in rows]
    assert climbed == [
        (Colour.YELLOW, 1, Capacity.LEADER_IN_CHARGE),
        (Colour.RED, 1, Capacity.LEADER_IN_CHARGE),
        (Colour.RED, 2, Capacity.MINISTER),
    ]


def test_red_for_more_than_15_working_days_offers_the_minister_a_talk_once(supervised):
    entry(supervised, due=MARCH)
    nights(date(2026, 3, 3), date(2026, 3, 31))
    (talk,) = database.session.scalars(select(NoticeTalk)).all()
    assert talk.offered_on == date(2026, 3, 25)


def test_progress_turns_the_signal_at_once_and_not_only_at_night(supervised):
    made = entry(supervised, due=date(2026, 9, 30))
    no_key_goals()
    MilestoneFactory(goal=made.goal, name="试点", due_on=MARCH, share=Decimal("0.9"))
    night(date(2026, 3, 4))
    with unit_of_work():
        ledger.report_progress(
            actor_of(supervised.county.member), made.goal_id, happened_on=date(2026, 3, 4), done=Decimal(9)
        )
    assert [task for task, _key in queued()] == ["notices.refresh_goal"]
    run_queue()
    assert turns_of(made.goal_id)[-1] == ("green", date(2026, 3, 4), None)


def test_a_goal_told_to_have_changed_is_asked_to_be_looked_at(supervised):
    made = entry(supervised, due=date(2026, 9, 30))
    night(MARCH)
    with unit_of_work():
        events.tell(events.Event.GOAL_CHANGED, made.goal_id)
    ((task, key),) = queued()
    assert task == "notices.refresh_goal"
    assert key.startswith(f"signal-{made.goal_id}-")


def test_a_day_taken_off_the_calendar_turns_signals_at_once(supervised):
    made = entry(supervised, due=date(2026, 9, 30))
    no_key_goals()
    MilestoneFactory(goal=made.goal, name="试点", due_on=MARCH, share=Decimal("0.85"))
    night(date(2026, 3, 11))
    assert turns_of(made.goal_id)[-1][0] == "yellow"  # 7 working days late
    play(date(2026, 3, 11))
    with unit_of_work():
        org.enter_days(supervised.actor("office"), [DayOff(date(2026, 3, 7), is_workday=True, note="补班")])
    g.pop("work_calendar", None)  # kept for one request or job
    run_queue()
    assert turns_of(made.goal_id)[-1][:2] == ("red", date(2026, 3, 11))


def test_before_the_first_night_and_on_a_date_set_back_events_turn_nothing(supervised):
    made = entry(supervised)
    play(DUE + timedelta(1))
    with unit_of_work():
        clockwork.refresh(DUE + timedelta(1), [made.goal_id])
        clockwork.refresh(DUE + timedelta(1))
    assert turns_of(made.goal_id) == []
    night(DUE + timedelta(1))
    night(MARCH)
    assert [colour for colour, *_days in turns_of(made.goal_id)] == ["red"]


def forget():
    """Take back all the clock has done, so that the same days can be played again."""
    for table in (NoticeTalk, NoticeClimb, NoticeRecipient, SupervisionNotice, SignalTurn, SupervisionRun):
        database.session.execute(delete(table))
    database.session.commit()


def outcome():
    """Return turns, notices with recipients, climbs and talks, without their ids."""
    turns = [
        (turn.goal_id, turn.colour, turn.reason, turn.turned_on, turn.ended_on)
        for turn in database.session.scalars(select(SignalTurn).order_by(SignalTurn.turned_on, SignalTurn.id))
    ]
    sent = [
        (
            notice.goal_id,
            notice.number,
            notice.colour,
            notice.standing,
            notice.issued_on,
            notice.reply_by,
            notice.level,
            [(row.person_id, row.capacity, row.level, row.sent_on) for row in notice.recipients],
            [(climb.level, climb.climbed_on, climb.person_id) for climb in notice.climbs],
            notice.talk and notice.talk.offered_on,
        )
        for notice in notices()
    ]
    return turns, sent


@pytest.mark.one_database
def test_a_report_dated_back_while_the_clock_was_down_leaves_no_turn_and_no_notice(supervised):
    silent, made = (entry(supervised, due=date(2026, 9, 30)) for _goal in range(2))
    night(date(2026, 3, 30))
    play(date(2026, 4, 5))
    ProgressEventFactory(goal=made.goal, happened_on=date(2026, 3, 31), done=Decimal(9))
    night(date(2026, 4, 6))
    assert [colour for colour, *_days in turns_of(made.goal_id)] == ["green"]
    (sent,) = notices()
    assert (sent.goal_id, sent.issued_on) == (silent.goal_id, date(2026, 4, 1))


@pytest.mark.one_database
@pytest.mark.parametrize("seed", [1, 2])
def test_two_months_with_random_outages_leave_what_two_months_without_leave(supervised, seed):
    first, last = date(2026, 2, 24), date(2026, 4, 24)
    for place in range(4):
        made = entry(supervised, due=date(2026, 3, 10 + 6 * place))
        MilestoneFactory(goal=made.goal, due_on=date(2026, 3, 2 + place), share=Decimal("0.9"))
        reported = date(2026, 3, 5 + 4 * place)
        ProgressEventFactory(goal=made.goal, happened_on=reported, done=Decimal(9))
    nights(first, last)
    undisturbed = outcome()
    assert len(undisturbed[1]) > 8
    forget()
    chance = random.Random(seed)  # noqa: S311 - the same outages each time
    days = [first + timedelta(days=place) for place in range(1, (last - first).days)]
    start = chance.choice(days[:40])
    week = {start + timedelta(days=place) for place in range(7)}
    nights(first, last, without=week | {day for day in days if chance.random() < 0.4})
    assert outcome() == undisturbed


@pytest.mark.one_database
def test_a_night_takes_as_many_statements_for_twenty_goals_as_for_two(supervised, count_queries):
    made = [entry(supervised, due=date(2026, 9, 30)) for _place in range(2)]
    night(MARCH)
    count_queries.statements.clear()
    night(MARCH + timedelta(1))
    few = len(count_queries)
    made += [entry(supervised, due=date(2026, 9, 30)) for _place in range(18)]
    night(MARCH + timedelta(2))
    count_queries.statements.clear()
    night(MARCH + timedelta(3))
    assert len(count_queries) == few


def test_running_a_night_again_changes_nothing(supervised):
    entry(supervised)
    night(DUE + timedelta(1))
    before, entries = outcome(), database.session.scalar(select(func.max(AuditEntry.sequence)))
    night(DUE + timedelta(1))
    assert outcome() == before
    assert database.session.scalar(select(func.max(AuditEntry.sequence))) == entries


def test_goals_not_in_the_ledger_or_settled_long_ago_are_left_alone(supervised):
    supervised.county.goal(deadline=MARCH)
    old = entry(supervised, due=MARCH)
    database.session.execute(update(LedgerEntry).where(LedgerEntry.id == old.id).values(opened_on=DUE))
    database.session.commit()
    night(MARCH + timedelta(1))
    assert notices() == []
    assert database.session.scalar(select(func.count(Goal.id))) == 2


@pytest.mark.one_database
def test_the_bulletin_of_a_month_made_after_an_outage_counts_the_notices_of_the_days_missed(supervised):
    entry(supervised, due=date(2026, 3, 20))
    night(MARCH)
    play(date(2026, 4, 2))
    with unit_of_work():
        jobs.enqueue("daily.draft_papers", "2026-04-02", key="clock-daily_papers-2026-04-02")
    run_queue()
    march = database.session.scalars(select(MonthlyBulletin).where(MonthlyBulletin.month == 3)).one()
    assert march.parts["notices_sent"] == 2  # blue, then red
