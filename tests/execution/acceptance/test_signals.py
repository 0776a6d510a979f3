"""The signal, the write-off and the goal's page say the same of a phase, on any day (domain.md 8.2)."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from fivestep_web.core.errors import DomainError
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.acceptance.page import list_phases
from fivestep_web.execution.schedule_queries import list_weeks
from fivestep_web.extensions import db
from fivestep_web.ledger import write_off_services
from fivestep_web.ledger.queries import get_entry, signals_of
from fivestep_web.ledger.rules import LedgerState, Signal
from fivestep_web.ledger.write_off_services import AcceptanceCondition
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.rules import MilestoneState
from tests.execution.acceptance.cast import DEADLINE, accept, fresh, hand_in, send_back, under_way
from tests.factories.ledger import MilestoneFactory, ProgressEventFactory, actor_of

S = MilestoneState
TODAY = date(2026, 10, 9)


def lit(entry, day=TODAY):
    db.session.expire_all()
    found = signals_of(day, goal_ids=[entry.goal_id])[entry.goal_id]
    return found.signal, found.reason


def shown(entry, day=TODAY):
    db.session.expire_all()
    return [
        (line.state, line.days_late) for line in list_phases(db.session.get_one(Goal, entry.goal_id), day)
    ]


def test_progress_alone_does_not_reach_a_phase_with_a_deliverable(county):
    entry, _phases = under_way(county)
    assert lit(entry) == (Signal.YELLOW, "节点“调研”已晚2个工作日。")
    assert shown(entry) == [(S.PLANNED, 2), (S.PLANNED, 0)]


def test_progress_reaches_a_phase_without_a_deliverable(county):
    entry, _phases = under_way(county, deliverable="")
    assert lit(entry)[0] is Signal.GREEN
    assert shown(entry) == [(S.COMPLETED, 0), (S.PLANNED, 0)]


def test_a_deliverable_put_down_later_does_not_change_what_an_earlier_day_knew(county):
    entry, (first, _second) = under_way(county, deliverable="")
    then = lit(entry), shown(entry)
    later = date(2026, 10, 14)
    first.deliverable, first.deliverable_since = "报告", later
    db.session.commit()
    assert (lit(entry), shown(entry)) == then
    assert shown(entry, later)[0] == (S.PLANNED, 6)
    assert lit(entry, later)[0] is Signal.YELLOW
    goal = db.session.get_one(Goal, entry.goal_id)
    assert [list_phases(goal, day)[0].deliverable for day in (TODAY, later)] == ["", "报告"]


def test_a_phase_handed_in_is_late_no_more_until_it_is_sent_back(county):
    entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    assert lit(entry)[0] is Signal.GREEN
    assert shown(entry)[0] == (S.SUBMITTED, 0)
    with time_machine.travel("2026-10-14 09:00+08:00"):
        send_back(county.leader, first)
    day = date(2026, 10, 14)
    assert lit(entry, day) == (Signal.YELLOW, "节点“调研”已晚6个工作日。")
    assert shown(entry, day)[0] == (S.SENT_BACK, 6)


def test_each_day_shows_what_was_known_on_it(county):
    entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    with time_machine.travel("2026-10-14 09:00+08:00"):
        accept(county.leader, first)
        known = {date(2026, 10, 8): S.IN_PROGRESS, TODAY: S.SUBMITTED, date(2026, 10, 14): S.COMPLETED}
        assert {day: shown(entry, day)[0][0] for day in known} == known
        assert list_phases(entry.goal, date(2026, 10, 14))[0].finished_on == TODAY
        colours = [lit(entry, day)[0] for day in known]
    assert colours == [Signal.YELLOW, Signal.GREEN, Signal.GREEN]


def test_a_goal_handed_in_on_time_is_not_overdue_while_it_waits(county):
    entry, phases = under_way(county)
    with time_machine.travel("2026-12-17 09:00+08:00"):
        for phase in phases:
            hand_in(county.member, phase)
    late = date(2026, 12, 30)
    assert lit(entry, date(2026, 12, 16))[0] is Signal.RED_LAGGING
    assert lit(entry, late) == (Signal.GREEN, "最后阶段2026-12-17已提交验收，待验收。")
    with time_machine.travel("2026-12-29 09:00+08:00"):
        accept(county.leader, phases[0])
        accept(county.leader, phases[1])
    assert lit(entry, late) == (Signal.GREEN, "最后阶段2026-12-17完成，已通过验收，待报完成。")
    assert lit(entry, date(2026, 12, 28))[1].endswith("待验收。")


def test_a_goal_whose_last_phase_is_sent_back_is_overdue_again(county):
    entry, phases = under_way(county)
    with time_machine.travel("2026-12-17 09:00+08:00"):
        for phase in phases:
            hand_in(county.member, phase)
        send_back(county.leader, phases[0])
    assert lit(entry, date(2026, 12, 30))[0] is Signal.RED_OVERDUE


def test_the_timetable_marks_an_accepted_phase_as_done(county):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    for is_done in (False, True):
        if is_done:
            accept(county.leader, first)
        (week,) = list_weeks(actor_of(county.leader), 2026, first.due_on, first.due_on, today=TODAY)
        assert [node.is_done for node in week.nodes] == [is_done]


def write_off(county, entry):
    with unit_of_work():
        found = get_entry(actor_of(county.member), entry.id, lock=True)
        write_off_services.request_write_off(
            actor_of(county.member), found, conditions=list(AcceptanceCondition)
        )


def test_nothing_is_written_off_while_a_phase_waits_or_is_sent_back(county):
    entry = county.completed_entry(deadline=DEADLINE)
    phase = MilestoneFactory(goal=entry.goal, name="总结", due_on=DEADLINE, share=Decimal(1))
    hand_in(county.member, phase)
    with pytest.raises(DomainError, match="“总结”已提交、还没有验收"):
        write_off(county, entry)
    send_back(county.leader, phase)
    with pytest.raises(DomainError, match="“总结”还没有完成"):
        write_off(county, entry)
    hand_in(county.member, phase, answer="已补", data=b"more")
    accept(county.leader, phase)
    write_off(county, entry)
    db.session.expire_all()
    assert entry.state is LedgerState.WRITE_OFF_REQUESTED
    assert fresh(phase).state is S.COMPLETED


def test_a_completion_imported_without_acceptance_is_not_written_off(county):
    entry = county.entry(LedgerState.IN_PROGRESS, deadline=DEADLINE)
    MilestoneFactory(goal=entry.goal, name="总结", due_on=DEADLINE, share=Decimal(1), deliverable="总结报告")
    ProgressEventFactory(
        goal=entry.goal, happened_on=TODAY, done=Decimal(10), completed_on=TODAY, evidence="有"
    )
    with pytest.raises(DomainError, match="“总结”还没有完成"):
        write_off(county, entry)
