"""Chart, timetable, letters and ledger show the same dates of every phase (R3.4)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.execution import queries as progress_queries
from fivestep_web.execution import schedule_queries
from fivestep_web.execution.planning.queries import bars_of_goals
from fivestep_web.extensions import db
from fivestep_web.responsibility.books import timetable
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.models import Goal, Milestone

pytestmark = pytest.mark.one_database
OFFICE = Actor(None, None, "办公室", roles=frozenset({Role.OFC}))


def test_every_phase_of_the_demo_county_has_one_begin_and_one_end(demo):
    year = 2026
    planned = db.session.scalars(select(Milestone).order_by(Milestone.goal_id, Milestone.sequence)).first()
    planned.starts_on, planned.workdays = planned.due_on - timedelta(days=10), 7
    db.session.flush()
    goals = db.session.scalars(select(Goal.id).where(Goal.year == year)).all()
    bars = bars_of_goals(goals)
    assert bars[planned.goal_id][0].start_on == planned.starts_on
    rows = timetable.with_phases(year, goal_queries.list_goals(OFFICE, year))
    nodes = progress_queries.milestones_of_goals(goals)
    weeks = schedule_queries.list_weeks(
        OFFICE, year, date(year, 1, 1), date(year + 1, 1, 31), today=clock.today()
    )
    listed = {(node.goal_id, node.phase, node.start_on, node.due_on) for week in weeks for node in week.nodes}
    for item in rows:
        own = bars.get(item.goal.id, [])
        printed = [(phase.name, phase.begin, phase.end) for phase in item.phases][: len(own)]
        assert [(bar.name, bar.start_on, bar.end_on) for bar in own] == [
            (name, begin or date(year, 1, 1), end) for name, begin, end in printed
        ]
        assert [(bar.name, bar.end_on) for bar in own] == [
            (node.name, node.due_on) for node in nodes.get(item.goal.id, [])
        ]
        assert {(item.goal.id, bar.name, bar.start_on, bar.end_on) for bar in own} <= listed
