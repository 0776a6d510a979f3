"""A plan from the owner's draft to the goal's phases (R3.5), and what it must not do."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.planning import dependencies, services, waiting
from fivestep_web.execution.planning.models import SchedulePlan
from fivestep_web.execution.planning.queries import bars_of_goals
from fivestep_web.execution.planning.rules import PlanState
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes import hooks
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.goals import key_mark
from fivestep_web.responsibility.models import Goal, LetterVersion, Milestone
from fivestep_web.responsibility.rules import MilestoneState
from tests.execution.planning.plans import DEADLINE, START, approve, draft, propose, save, step
from tests.factories.ledger import MilestoneFactory, actor_of, letter_in_force


@pytest.fixture
def goal(county):
    return county.goal(starts_on=START, deadline=DEADLINE)


def phases(goal):
    return db.session.scalars(
        select(Milestone).where(Milestone.goal_id == goal.id).order_by(Milestone.sequence)
    ).all()


def signed(county, goal, *ends):
    """Write the goal's phases into the text of a letter in force."""
    for place, end in enumerate(ends, 1):
        MilestoneFactory(goal=goal, sequence=place, name=f"阶段{place}", due_on=end, share=None)
    letter = letter_in_force(county, [goal], in_force_at=datetime(2026, 1, 9, 1, tzinfo=UTC))
    schedule = [{"code": goal.code, "phase": f"阶段{place}"} for place in range(1, len(ends) + 1)]
    db.session.add(
        LetterVersion(
            letter_id=letter.id,
            version=1,
            content={"schedule": schedule},
            content_sha256="0" * 64,
            issued_at=datetime(2026, 1, 9, 1, tzinfo=UTC),
        )
    )
    db.session.commit()
    return letter


def test_an_approved_plan_becomes_the_goals_phases(county, goal):
    plan = save(county.member, goal)
    assert (plan.state, plan.excess, plan.slack) == (PlanState.DRAFT, 0, 19)
    propose(county.member, goal)
    assert [item.note for item in waiting.list_waiting(actor_of(county.leader), 2026)] == ["待批准"]
    assert db.session.scalar(select(*waiting.counts(actor_of(county.leader), 2026))) == 1
    assert waiting.list_waiting(actor_of(county.office), 2026) == []
    assert approve(county.leader, goal, "同意") == ""
    rows = phases(goal)
    assert (rows[0].starts_on, rows[0].due_on) == (date(2026, 1, 30), date(2026, 3, 4))
    assert rows[-1].due_on == DEADLINE
    assert [row.share for row in rows] == [Decimal(n) / 100 for n in (15, 25, 50, 85, 100)]
    assert [row.workdays for row in rows] == [20, 10, 25, 35, 10]
    assert [bar.start_on for bar in bars_of_goals([goal.id])[goal.id]] == [row.starts_on for row in rows]
    logged = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)).all()
    assert logged[-4:] == ["plan.saved", "plan.proposed", "plan.approved", "plan.took_effect"]


def test_the_next_version_takes_the_place_of_the_one_before_and_may_have_fewer_phases(county, goal):
    for lengths in ((), (10, 10, 10, 10, 10)):
        save(county.head, goal, draft(*lengths))
        propose(county.head, goal)
        approve(county.leader, goal)
    plans = db.session.scalars(select(SchedulePlan).order_by(SchedulePlan.number)).all()
    assert [plan.state for plan in plans] == [PlanState.SUPERSEDED, PlanState.APPROVED]
    assert [row.workdays for row in phases(goal)] == [10] * 5


def test_a_deliverable_is_asked_for_from_the_day_a_later_plan_puts_it_down(county, goal):
    def plan(**facts):
        save(county.member, goal, draft(**facts))
        propose(county.member, goal)
        approve(county.leader, goal)
        db.session.expire_all()
        phase = db.session.scalar(
            select(Milestone).where(Milestone.goal_id == goal.id, Milestone.sequence == 1)
        )
        return phase.deliverable_since

    assert plan(deliverable="名册") is None
    assert plan(deliverable="名册和照片") is None
    assert plan(deliverable="") is None
    assert plan(deliverable="名册") == clock.today()


def test_nobody_approves_what_they_prepared_and_only_leaders_do(county, goal):
    save(county.office, goal)
    propose(county.office, goal)
    for user, words in ((county.office, "由主管领导"), (county.head, "由主管领导")):
        with pytest.raises(NotAllowed, match=words):
            approve(user, goal)
    db.session.scalars(select(SchedulePlan)).one().prepared_by_id = county.leader.person_id
    db.session.commit()
    with pytest.raises(NotAllowed, match="本人报批"):
        approve(county.leader, goal)


def test_a_colleague_does_not_plan_anothers_goal(county):
    goal = county.goal(person=county.head.person, deadline=DEADLINE)
    with pytest.raises(NotAllowed):
        save(county.member, goal)


def test_a_plan_that_does_not_fit_is_kept_but_not_proposed(county, goal):
    assert save(county.member, goal, draft(40, 10, 25, 35, 10)).excess == 1
    with pytest.raises(DomainError, match="超出1个工作日"):
        propose(county.member, goal)


def test_a_stale_form_and_a_plan_under_decision_are_refused(county, goal):
    plan = save(county.member, goal)
    with unit_of_work(), pytest.raises(Conflict, match="已有变化"):
        services.save(
            actor_of(county.head), db.session.get(Goal, goal.id), draft(), revision=plan.revision - 1
        )
    propose(county.member, goal)
    with pytest.raises(Conflict, match="请先撤回"):
        save(county.head, goal)
    with pytest.raises(Conflict, match="待批准"):
        propose(county.head, goal)


def test_a_plan_is_taken_back_or_returned_with_a_reason(county, goal):
    save(county.member, goal)
    propose(county.member, goal)
    with pytest.raises(NotAllowed):
        step(services.withdraw, county.head, goal)
    step(services.withdraw, county.member, goal)
    propose(county.member, goal)
    with pytest.raises(FieldError, match="理由"):
        step(services.send_back, county.leader, goal, " ")
    step(services.send_back, county.leader, goal, "试点时间太短")
    (item,) = waiting.list_waiting(actor_of(county.member), 2026)
    assert item.note == "已退回，待修改"
    assert save(county.member, goal).state is PlanState.DRAFT


def test_dates_that_are_no_longer_right_are_not_approved(county, goal):
    save(county.member, goal)
    propose(county.member, goal)
    db.session.get(Goal, goal.id).deadline = date(2026, 6, 29)
    db.session.commit()
    with pytest.raises(Conflict, match="不再准确"):
        approve(county.leader, goal)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (draft(starts_on=date(2026, 1, 4)), "不能早于2026年1月5日"),
        (draft(starts_on=date(2026, 7, 1)), "不能晚于完成时限"),
        (draft(0, 1, 1, 1, 1), "应在1至"),
        (draft(name=""), "名称"),
        (draft(weight=Decimal(1)), "合计应为100"),
    ],
)
def test_what_is_no_plan_is_refused(county, goal, typed, words):
    with pytest.raises(DomainError, match=words):
        save(county.member, goal, typed)


def test_signed_dates_that_stay_take_a_plan_and_those_that_move_need_a_change_order(county, goal):
    signed(county, goal, date(2026, 3, 31), DEADLINE)
    kept = [services.Row("改名", 30, finish_by=date(2026, 3, 31)), services.Row("阶段2", 40)]
    save(county.member, goal, services.Draft(services.Basis.WORKDAYS, START, kept))
    propose(county.member, goal)
    assert approve(county.leader, goal) == ""
    assert [(row.name, row.due_on) for row in phases(goal)] == [
        ("阶段1", date(2026, 3, 31)),
        ("阶段2", DEADLINE),
    ]
    moved = services.Draft(
        services.Basis.WORKDAYS, START, [services.Row("阶段1", 30), services.Row("阶段2", 40)]
    )
    save(county.member, goal, moved)
    with pytest.raises(DomainError, match="由单位负责人或办公室报批"):
        propose(county.member, goal)
    save(county.head, goal, moved)
    propose(county.head, goal)
    number = approve(county.leader, goal)
    order = db.session.scalars(select(ChangeOrder)).one()
    assert (order.number, order.requested_by_id) == (number, county.head.person_id)
    assert [(item.field, item.after) for item in order.items] == [("milestone 1", "2026-04-30")]
    assert [row.due_on for row in phases(goal)] == [date(2026, 3, 31), DEADLINE]
    phases(goal)[0].due_on = date(2026, 4, 30)
    hooks.carried_out(order)
    assert [row.starts_on for row in phases(goal)] == [date(2026, 3, 19), date(2026, 5, 6)]


def test_another_order_that_moves_an_end_takes_the_next_begin_along(county, goal):
    signed(county, goal, date(2026, 3, 31), DEADLINE)
    first, second = phases(goal)
    first.starts_on, second.starts_on, second.workdays = START, date(2026, 4, 1), 60
    first.due_on = date(2026, 4, 30)
    item = ChangeItem(goal_id=goal.id, field="milestone 1", before="2026-03-31", after="2026-04-30")
    hooks.carried_out(ChangeOrder(items=[item]))
    assert (first.starts_on, second.starts_on, second.workdays) == (START, date(2026, 5, 6), 40)


def test_what_is_over_keeps_its_dates_and_only_the_rest_is_planned(county, goal):
    signed(county, goal, date(2026, 1, 9), DEADLINE)
    rows = [services.Row("阶段2", 40)]
    plan = save(county.head, goal, services.Draft(services.Basis.WORKDAYS, date(2026, 1, 12), rows))
    assert [(row.sequence, row.due_on) for row in plan.phases] == [(2, DEADLINE)]
    with pytest.raises(DomainError, match="现有1个待排阶段"):
        save(county.head, goal, services.Draft(services.Basis.WORKDAYS, date(2026, 1, 12), rows * 2))


def test_phases_under_way_keep_number_and_names(county, goal):
    MilestoneFactory(goal=goal, sequence=1, name="摸底", due_on=DEADLINE, state=MilestoneState.IN_PROGRESS)
    with pytest.raises(DomainError, match="个数和名称不能变"):
        save(county.member, goal)


def test_a_goal_waits_for_another_and_circles_are_refused_with_their_chain(county, goal):
    first = county.goal(name="摸清底数", deadline=date(2026, 3, 31))
    with unit_of_work():
        found = dependencies.add(actor_of(county.head), goal, first.id, "先摸底")
    assert save(county.member, goal).excess == 39
    for predecessor, words in ((goal.id, "不能等自己"), (first.id, "已经设过"), (0, "请选择")):
        with unit_of_work(), pytest.raises(FieldError, match=words):
            dependencies.add(actor_of(county.head), db.session.get(Goal, goal.id), predecessor, "先")
    with unit_of_work(), pytest.raises(FieldError, match=f"“摸清底数”等“{goal.name}”等“摸清底数”"):
        dependencies.add(actor_of(county.head), db.session.get(Goal, first.id), goal.id, "循环")
    with unit_of_work(), pytest.raises(NotAllowed):
        dependencies.remove(actor_of(county.leader), goal, found.id)
    with unit_of_work():
        dependencies.remove(actor_of(county.head), db.session.get(Goal, goal.id), found.id)
    assert dependencies.list_of(goal.id) == []


def test_a_goal_ends_before_the_approved_plan_of_one_that_waits_begins(county, goal):
    first = county.goal(name="摸清底数", deadline=date(2026, 1, 29), starts_on=START)
    with unit_of_work():
        dependencies.add(actor_of(county.head), goal, first.id, "先摸底")
    save(county.member, goal)
    propose(county.member, goal)
    approve(county.leader, goal)
    db.session.get(Goal, first.id).deadline = date(2026, 3, 31)
    db.session.commit()
    plan = save(county.member, first, draft(1, 1, 1, 1, 1))
    assert plan.phases[-1].due_on == date(2026, 1, 29)


def test_key_goals_are_marked_by_leaders_and_the_office(county, goal):
    with unit_of_work(), pytest.raises(NotAllowed):
        key_mark.mark(actor_of(county.head), db.session.get(Goal, goal.id), is_key=True)
    for is_key, user in ((True, county.leader), (False, county.office)):
        with unit_of_work():
            key_mark.mark(actor_of(user), db.session.get(Goal, goal.id), is_key=is_key)
    with unit_of_work(), pytest.raises(Conflict):
        key_mark.mark(actor_of(county.office), db.session.get(Goal, goal.id), is_key=False)
