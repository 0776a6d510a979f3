"""A phase goes from a report through evidence to somebody else's acceptance (domain.md 5.3)."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.acceptance import queries, waiting
from fivestep_web.execution.acceptance.models import MilestoneSubmission
from fivestep_web.execution.acceptance.rules import Outcome
from fivestep_web.execution.evidence import queries as evidence_queries
from fivestep_web.extensions import db
from fivestep_web.ledger import services as ledger
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.responsibility.rules import MilestoneState
from tests.execution.acceptance.cast import accept, choose, fresh, hand_in, send_back, under_way
from tests.factories.accounts import user_with_role
from tests.factories.ledger import MilestoneFactory, actor_of

S = MilestoneState
TODAY = date(2026, 10, 9)


def report(user, entry, done, **facts):
    with unit_of_work():
        ledger.report_progress(actor_of(user), entry.goal_id, happened_on=TODAY, done=Decimal(done), **facts)


def test_a_report_begins_the_phase_whose_turn_it_is(county):
    entry, (first, second) = under_way(county)
    report(county.member, entry, 6)
    assert [fresh(first).state, fresh(second).state] == [S.IN_PROGRESS, S.PLANNED]
    hand_in(county.member, first)
    report(county.member, entry, 7)
    assert [fresh(first).state, fresh(second).state] == [S.SUBMITTED, S.IN_PROGRESS]


def test_completion_is_the_day_it_was_handed_in_not_the_day_it_was_accepted(county):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    with time_machine.travel("2026-10-15 09:00+08:00"):
        accept(county.leader, first)
    assert (fresh(first).state, first.submitted_on) == (S.COMPLETED, TODAY)
    decided = queries.latest_submission(first.id)
    assert (decided.outcome, decided.decided_on) == (Outcome.ACCEPTED, date(2026, 10, 15))
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"milestone.started", "milestone.submitted", "milestone.accepted", "evidence.added"} <= actions


def test_nothing_is_handed_in_without_evidence(county):
    _entry, (first, _second) = under_way(county)
    with pytest.raises(FieldError, match="须有佐证材料"):
        hand_in(county.member, first, data=None)
    assert fresh(first).state is S.PLANNED


def test_nothing_is_handed_in_before_a_report(county):
    entry = county.entry(LedgerState.IN_PROGRESS)
    with pytest.raises(Conflict, match="还没有汇报过进展"):
        hand_in(county.member, MilestoneFactory(goal=entry.goal))


def test_phases_are_handed_in_in_their_order(county):
    _entry, (_first, second) = under_way(county)
    with pytest.raises(Conflict, match="“调研”还没有提交验收"):
        hand_in(county.member, second)


@pytest.mark.parametrize("role", ["member", "head", "office"])
def test_who_may_not_accept_is_refused(county, role):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    with pytest.raises(NotAllowed):
        accept(getattr(county, role), first)
    with pytest.raises(NotAllowed):
        send_back(getattr(county, role), first)


def test_a_leader_of_other_units_accepts_nothing_here(county):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    with pytest.raises(NotAllowed, match="主管领导验收"):
        accept(user_with_role(Role.DEP), first)


def test_nobody_accepts_what_they_handed_in_or_own(county):
    both = user_with_role(Role.SHD, Role.MIN, unit=county.unit)
    _entry, (first, _second) = under_way(county)
    hand_in(both, first)
    with pytest.raises(NotAllowed, match="本人提交的"):
        accept(both, first)
    _entry, (own, _second) = under_way(county, person=both.person)
    hand_in(county.head, own)
    with pytest.raises(NotAllowed, match="本人负责的"):
        accept(both, own)


def test_the_database_itself_knows_no_acceptance_by_who_handed_it_in(county):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    accept(county.leader, first)
    decided = queries.latest_submission(first.id)
    decided.decided_by_id = decided.submitted_by_id
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_the_unit_head_accepts_personal_tasks_alone(county):
    parent = county.goal()
    task = {"parent": parent, "person": county.member.person}
    _entry, (first, _second) = under_way(county, **task)
    hand_in(county.member, first)
    accept(county.head, first)
    assert fresh(first).state is S.COMPLETED


def test_what_is_sent_back_is_answered_before_it_comes_again(county):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    send_back(county.leader, first)
    assert (fresh(first).state, first.submitted_on) == (S.SENT_BACK, None)
    with pytest.raises(FieldError, match="逐条写明整改情况"):
        hand_in(county.member, first, data=None)
    with time_machine.travel("2026-10-12 09:00+08:00"):
        hand_in(county.member, first, answer="已补签到表", data=b"list")
        accept(county.leader, first)
    before, after = reversed(queries.list_submissions(first.id))
    assert (before.outcome, before.reason, before.answer) == (Outcome.SENT_BACK, "缺少签到表", "已补签到表")
    assert (after.number, after.outcome, fresh(first).submitted_on) == (
        2,
        Outcome.ACCEPTED,
        date(2026, 10, 12),
    )
    assert [len(evidence_queries.of_submissions([item.id])[item.id]) for item in (before, after)] == [1, 1]


def test_a_phase_is_sent_back_with_a_reason(county):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    with pytest.raises(FieldError, match="退回的理由"):
        send_back(county.leader, first, " ")


def test_a_phase_is_decided_once(county):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    accept(county.leader, first)
    for decide in (accept, send_back):
        with pytest.raises(Conflict, match="没有待验收的内容"):
            decide(county.leader, first)
    with pytest.raises(Conflict, match="不能提交验收"):
        hand_in(county.member, first, data=None)


def test_two_hand_ins_never_wait_at_once(county):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    sent = queries.latest_submission(first.id)
    twin = {"submitted_by_id": sent.submitted_by_id, "submitted_on": TODAY, "submitted_at": sent.submitted_at}
    db.session.add(MilestoneSubmission(milestone_id=first.id, number=2, note="再次", **twin))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_page_shown_before_another_change_decides_nothing(county):
    _entry, (first, _second) = under_way(county)
    shown = first.revision
    hand_in(county.member, first)
    with pytest.raises(Conflict, match="有变化"):
        queries.get_milestone(actor_of(county.leader), first.id, lock=True, revision=shown)


def test_a_goal_out_of_the_ledger_or_suspended_takes_no_phase(county):
    entry, (first, _second) = under_way(county)
    entry.state = LedgerState.SUSPENDED
    db.session.commit()
    with pytest.raises(Conflict, match="暂缓"):
        choose(county.member, first)
    free = MilestoneFactory(goal=county.goal())
    with pytest.raises(Conflict, match="还没有建账"):
        choose(county.member, free)


def test_another_units_phase_is_as_good_as_absent(county):
    _entry, (first, _second) = under_way(county)
    with pytest.raises(NotFound):
        queries.get_milestone(actor_of(user_with_role(Role.ORG)), first.id)


def test_a_goal_is_reported_complete_once_its_phases_are_accepted(county):
    entry, phases = under_way(county)
    done = {"completed_on": TODAY, "evidence": "报告"}
    for phase in phases:
        hand_in(county.member, phase)
    with pytest.raises(DomainError, match="“调研”“总结”还没有验收通过"):
        report(county.member, entry, 10, **done)
    for phase in phases:
        accept(county.leader, phase)
    report(county.member, entry, 10, **done)


def test_a_phase_without_a_deliverable_hinders_no_completion_unless_it_waits(county):
    entry, (first, _second) = under_way(county, deliverable="")
    hand_in(county.member, first)
    with pytest.raises(DomainError, match="“调研”"):
        report(county.member, entry, 10, completed_on=TODAY, evidence="报告")
    accept(county.leader, first)
    report(county.member, entry, 10, completed_on=TODAY, evidence="报告")


def labels(user):
    items = waiting.list_waiting(actor_of(user), 2026)
    assert len(items) == count(user)
    return [(item.label.partition(" · ")[2], item.note) for item in items]


def count(user):
    found = waiting.counts(actor_of(user), 2026)
    return sum(db.session.execute(select(*found)).one()) if found else 0


def test_a_phase_waits_for_the_one_who_is_asked_and_then_for_its_owner(county):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    name = county.member.person.name
    assert labels(county.leader) == [("调研", f"{name}提交，待验收")]
    assert [labels(user) for user in (county.minister, county.head, county.member, county.office)] == [[]] * 4
    send_back(county.leader, first)
    assert labels(county.member) == [("调研", "退回整改：缺少签到表")]
    assert labels(county.leader) == []


def test_a_personal_task_waits_for_the_head_unless_it_is_the_heads_own(county):
    parent = county.goal()
    _entry, (first, _second) = under_way(county, parent=parent)
    hand_in(county.member, first)
    assert (count(county.head), count(county.leader)) == (1, 0)
    _entry, (own, _second) = under_way(county, parent=parent, person=county.head.person)
    hand_in(county.head, own)
    assert (count(county.head), count(county.leader)) == (1, 1)


def test_what_has_no_leader_in_charge_waits_for_the_minister(county):
    _entry, (first, _second) = under_way(county)
    hand_in(county.member, first)
    county.unit.periods[-1].leader_id = None
    db.session.commit()
    assert count(county.minister) == 1
