"""The clock opens each evaluation once, and after an outage the same ones (R3.11)."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from fivestep_web.core import clock, jobs, settings
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.ledger.models import LedgerChange
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.models import PlanYear
from fivestep_web.responsibility.rules import MilestoneState
from fivestep_web.supervision.evaluations import opening
from fivestep_web.supervision.evaluations import settings as settings_of_year
from fivestep_web.supervision.evaluations.models import StageEvaluation
from tests.execution.acceptance.cast import accept, hand_in, under_way
from tests.factories.ledger import MOMENT, MilestoneFactory, ProgressEventFactory
from tests.factories.queue import run_queue
from tests.factories.supervision import opened, phase


def open_due(day):
    with unit_of_work():
        return opening.open_due(day)


@pytest.fixture(autouse=True)
def begun(county):
    """The clock has looked for phases since New Year."""
    with unit_of_work():
        settings_of_year.begin(2026, date(2026, 1, 1))


def facts():
    database.session.rollback()
    query = select(StageEvaluation.milestone_id, StageEvaluation.ended_on, StageEvaluation.due_on)
    return sorted(tuple(row) for row in database.session.execute(query))


def test_a_phase_is_opened_once_when_its_day_is_over(county):
    milestone = phase(county, date(2026, 10, 9))
    assert open_due(date(2026, 10, 9)) == 0
    assert open_due(date(2026, 10, 10)) == 1
    assert open_due(date(2026, 10, 10)) == 0
    assert facts() == [(milestone.id, date(2026, 10, 9), date(2026, 10, 15))]


def test_a_phase_completed_early_is_opened_at_once(county):
    milestone = phase(county, date(2026, 12, 20))
    milestone.state, milestone.submitted_on = MilestoneState.COMPLETED, date(2026, 10, 8)
    database.session.commit()
    with unit_of_work():
        assert opening.open_completed(milestone.id) == 1
        assert opening.open_completed(milestone.id) == 0
    assert facts()[0][1:] == (date(2026, 10, 8), date(2026, 10, 15))


@pytest.mark.one_database
def test_nothing_is_opened_for_what_is_idle_does_not_apply_or_is_in_no_ledger(county):
    MilestoneFactory(goal=county.goal(), due_on=date(2026, 3, 31))
    for state in (LedgerState.CANCELLED, LedgerState.SUSPENDED):
        entry = county.entry(state)
        MilestoneFactory(goal=entry.goal, due_on=date(2026, 3, 31))
    applies_not = phase(county, date(2026, 3, 31))
    ProgressEventFactory(goal=applies_not.goal, done=None, is_not_applicable=True)
    assert open_due(clock.today()) == 0


def test_no_limit_runs_before_the_goal_was_taken_up_again(county):
    entry = county.entry(LedgerState.IN_PROGRESS)
    MilestoneFactory(goal=entry.goal, due_on=date(2026, 6, 30))
    for state, day in (
        (LedgerState.SUSPENDED, date(2026, 6, 1)),
        (LedgerState.IN_PROGRESS, date(2026, 10, 8)),
    ):
        entry.changes.append(LedgerChange(state=state, changed_on=day, recorded_at=MOMENT))
    database.session.commit()
    open_due(clock.today())
    assert facts()[0][1:] == (date(2026, 6, 30), date(2026, 10, 14))


def test_no_limit_runs_before_phases_were_first_looked_for(county):
    with unit_of_work():
        settings_of_year.limits_of(2026).begun_on = None
    phase(county, date(2026, 3, 31))
    open_due(clock.today())
    assert facts()[0][1:] == (date(2026, 3, 31), date(2026, 10, 15))


@pytest.mark.one_database
def test_the_task_may_run_twice(county):
    phase(county)
    for day in ("2026-10-09", "2026-10-10"):
        with unit_of_work():
            jobs.enqueue("evaluations.open_due", day, key=f"clock-evaluations-{day}")
    assert run_queue() == 2
    assert len(facts()) == 1


@pytest.mark.one_database
def test_a_year_with_outages_opens_what_an_uninterrupted_year_opens(county):
    chance = random.Random(20260101)  # noqa: S311 - outages that can be repeated
    for number in range(12):
        goal = county.entry().goal
        MilestoneFactory(goal=goal, sequence=1, due_on=date(2026, 1, 4) + timedelta(days=28 * number))
        MilestoneFactory(goal=goal, sequence=2, due_on=date(2026, 2, 1) + timedelta(days=27 * number))
    database.session.add(PlanYear(year=2027))
    database.session.commit()
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(0, 370, 3)]
    play(days)
    uninterrupted = facts()
    assert len(uninterrupted) == 24
    with unit_of_work():
        database.session.execute(delete(StageEvaluation))
    play([day for day in days if chance.random() < 0.2] + days[-1:])
    assert facts() == uninterrupted


def play(days):
    for day in days:
        settings.put("rehearsal_date", day.isoformat())
        database.session.commit()
        with unit_of_work():
            opening.open_due(clock.today())


def test_a_phase_has_one_evaluation(county):
    evaluation = opened(county)
    again = StageEvaluation(
        milestone_id=evaluation.milestone_id, ended_on=clock.today(), opened_on=clock.today()
    )
    with pytest.raises(IntegrityError), unit_of_work():
        database.session.add(again)


@pytest.mark.one_database
def test_accepting_a_phase_asks_for_its_evaluation_at_once(county):
    _entry, (first, second) = under_way(county)
    open_due(clock.today())  # the first was due on 30 September
    for milestone in (first, second):
        hand_in(county.member, milestone)
        accept(county.leader, milestone)
    run_queue()
    assert [row[0] for row in facts()] == [first.id, second.id]
