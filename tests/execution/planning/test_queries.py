from datetime import UTC, date, datetime

from fivestep_web.execution.planning.models import GoalDependency
from fivestep_web.execution.planning.queries import bars_of_goals, dependencies_of_year
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.rules import ChangeKind, ChangeState
from tests.factories.ledger import MilestoneFactory, letter_in_force


def nodes(goal, *ends):
    for place, (end, start) in enumerate(ends, 1):
        MilestoneFactory(goal=goal, sequence=place, name=f"阶段{place}", due_on=end, starts_on=start)


def spans(goal):
    return [(bar.start_on, bar.end_on, bar.original_end_on) for bar in bars_of_goals([goal.id])[goal.id]]


def moved(letter, goal, serial, before, after):
    """Store an order in force that moved the goal's first phase."""
    db.session.add(
        ChangeOrder(
            year=2026,
            serial=serial,
            number=f"变〔2026〕{serial}号",
            letter_id=letter.id,
            kind=ChangeKind.AMEND,
            reason="上级调整",
            effective_on=date(2026, 2, serial),
            state=ChangeState.IN_FORCE,
            requested_by_id=letter.responsible_id,
            requested_at=datetime(2026, 2, serial, 1, tzinfo=UTC),
            in_force_at=datetime(2026, 2, serial, 2, tzinfo=UTC),
            items=[ChangeItem(goal_id=goal.id, field="milestone 1", before=before, after=after)],
        )
    )
    db.session.commit()


def test_a_phase_without_a_begin_follows_the_one_before_and_the_first_begins_with_the_goal(county):
    goal = county.goal()
    nodes(goal, (date(2026, 3, 31), None), (date(2026, 6, 30), date(2026, 4, 7)), (date(2026, 9, 30), None))
    assert spans(goal) == [
        (goal.starts_on, date(2026, 3, 31), None),
        (date(2026, 4, 7), date(2026, 6, 30), None),
        (date(2026, 7, 1), date(2026, 9, 30), None),
    ]


def test_a_goal_without_a_begin_starts_with_the_year_and_one_without_phases_has_no_bars(county):
    goal, bare = county.goal(starts_on=None), county.goal()
    nodes(goal, (date(2026, 3, 31), None))
    assert bars_of_goals([goal.id, bare.id]).keys() == {goal.id}
    assert spans(goal) == [(date(2026, 1, 1), date(2026, 3, 31), None)]


def test_a_moved_phase_keeps_the_first_date_that_was_signed(county):
    goal = county.goal()
    letter = letter_in_force(county, [goal])
    nodes(goal, (date(2026, 4, 30), None))
    moved(letter, goal, 1, "2026-03-31", "2026-04-15")
    moved(letter, goal, 2, "2026-04-15", "2026-04-30")
    assert spans(goal) == [(goal.starts_on, date(2026, 4, 30), date(2026, 3, 31))]


def test_dependencies_name_both_goals(county):
    first, then = county.goal(name="先办"), county.goal(name="后办")
    db.session.add(
        GoalDependency(
            goal_id=then.id,
            predecessor_id=first.id,
            reason="摸清底数",
            made_at=datetime(2026, 2, 2, 1, tzinfo=UTC),
        )
    )
    db.session.commit()
    (found,) = dependencies_of_year(2026)
    assert (found.goal, found.predecessor, found.reason) == ("后办", "先办", "摸清底数")
