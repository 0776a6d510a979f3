"""What the chart reads: the same dates as timetable and ledger, and no more than its reader may see."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_actor
from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.execution.planning.models import GoalDependency
from fivestep_web.execution.schedule_queries import list_weeks
from fivestep_web.extensions import db
from fivestep_web.ledger import queries as ledger_queries
from fivestep_web.ledger.rules import LedgerState, Signal
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.rules import ChangeKind, ChangeState
from fivestep_web.supervision.wall.filters import read_view
from fivestep_web.supervision.wall.queries import load
from fivestep_web.supervision.wall.rules import Span
from tests.factories.accounts import user_with_role
from tests.factories.ledger import (
    GoalFactory,
    MilestoneFactory,
    ProgressEventFactory,
    actor_of,
    letter_in_force,
)
from tests.factories.org import UnitFactory


def chart(user, **arguments):
    view = read_view(arguments, 2026, clock.today())
    return load(actor_of(user), view)


@pytest.mark.one_database
def test_chart_timetable_and_ledger_show_the_same_dates(demo):
    user = db.session.scalars(select(User).where(User.username == "P0007")).one()
    actor = get_actor(user, clock.today())
    content = load(actor, read_view({"tasks": "1"}, 2026, clock.today()))
    drawn = {
        (goal.goal_id, phase.name, phase.end_on)
        for goal in content.goals
        for phase in goal.phases
        if phase.name
    }
    weeks = list_weeks(actor, 2026, date(2026, 1, 1), date(2026, 12, 31), today=clock.today())
    assert drawn == {(node.goal_id, node.phase, node.due_on) for week in weeks for node in week.nodes}
    assert len(drawn) > 500
    standings = ledger_queries.standings(clock.today(), year=2026)
    shown = {goal.goal_id: goal for goal in content.goals}
    assert len(standings) > 300
    for item in standings:
        goal = shown[item.goal_id]
        assert (goal.deadline, goal.signal, goal.entry_id) == (item.due_on, item.result.signal, item.entry_id)
        assert goal.phases[0].start_on <= goal.phases[-1].end_on <= item.due_on
        assert goal.leader_id == item.leader_id


def test_a_goal_without_phases_is_one_bar_to_its_deadline(county):
    county.entry()
    (goal,) = chart(county.office).goals
    assert [(each.start_on, each.end_on) for each in goal.phases] == [(date(2026, 1, 4), date(2026, 9, 30))]
    assert goal.signal is Signal.RED_OVERDUE


def test_a_phase_reached_is_done_and_the_last_one_only_with_the_goal(county):
    entry = county.entry(LedgerState.IN_PROGRESS, deadline=date(2026, 12, 20))
    MilestoneFactory(goal=entry.goal, sequence=1, share=Decimal("0.3"))
    MilestoneFactory(goal=entry.goal, sequence=2, due_on=date(2026, 12, 20), share=Decimal(1))
    ProgressEventFactory(goal=entry.goal, done=Decimal(10))
    (goal,) = chart(county.office).goals
    assert [each.is_reached for each in goal.phases] == [True, False]


def test_first_signed_dates_and_what_waits_for_what_are_read(county):
    goal, before = county.goal(deadline=date(2026, 11, 30)), county.goal()
    MilestoneFactory(goal=goal, sequence=1, due_on=date(2026, 11, 30))
    letter = letter_in_force(county, [goal])
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    items = [
        ChangeItem(goal_id=goal.id, field=field, before="2026-09-30", after="2026-11-30")
        for field in ("deadline", "milestone 1")
    ]
    facts = {"year": 2026, "serial": 1, "number": "变更〔2026〕1号", "letter_id": letter.id, "reason": "推迟"}
    db.session.add(
        ChangeOrder(
            **facts,
            kind=ChangeKind.AMEND,
            effective_on=date(2026, 5, 1),
            state=ChangeState.IN_FORCE,
            requested_by_id=county.head.person_id,
            requested_at=moment,
            in_force_at=moment,
            items=items,
        )
    )
    db.session.add(
        GoalDependency(goal_id=goal.id, predecessor_id=before.id, reason="先试点后推开", made_at=moment)
    )
    db.session.commit()
    content = chart(county.office)
    drawn = next(each for each in content.goals if each.goal_id == goal.id)
    assert drawn.original_deadline == drawn.phases[0].original_end_on == date(2026, 9, 30)
    assert [(wait.goal_id, wait.predecessor_id) for wait in content.waits] == [(goal.id, before.id)]
    assert content.codes[before.id] == before.code


@pytest.mark.one_database
def test_filters_leave_what_they_name(county):
    other = UnitFactory()
    own, foreign = county.entry().goal, county.goal(unit=other)
    task = county.goal(parent=own)
    key = county.goal(is_key=True, topic=county.topic)

    def shown(**arguments):
        return {goal.goal_id for goal in chart(county.office, **arguments).goals}

    assert shown() == {own.id, foreign.id, key.id}
    assert shown(tasks="1") == {own.id, foreign.id, key.id, task.id}
    assert shown(unit=str(other.id)) == {foreign.id}
    assert shown(leader=str(county.leader.person_id)) == {own.id, key.id}
    assert shown(signal="red") == shown(signal="red_yellow") == {own.id}
    assert shown(person="999999") == set()
    assert shown(topic=str(county.topic.id), key="1") >= {key.id}
    assert read_view({"range": "q9", "unit": "x", "signal": "pink"}, 2026, clock.today()).span is Span.AUTO


@pytest.mark.one_database
def test_a_township_sees_its_own_and_what_its_people_help_with(county):
    township = UnitFactory()
    mine = GoalFactory(topic=county.topic, unit=township, person=county.member.person)
    county.goal()
    organizer = user_with_role(Role.ORG, unit=township)
    content = chart(organizer)
    assert [goal.goal_id for goal in content.goals] == [mine.id]
    assert content.units == [(township.id, township.name)]
    assert list(content.codes) == [mine.id]
