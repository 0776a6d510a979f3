from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.ledger import policy, queries, rules
from fivestep_web.ledger import write_off_services as services
from fivestep_web.ledger.rules import LedgerState, Mover
from fivestep_web.ledger.write_off_services import AcceptanceCondition
from tests.factories.accounts import user_with_role
from tests.factories.ledger import MilestoneFactory, actor_of

S = LedgerState
ALL = tuple(AcceptanceCondition)
DAY = date(2026, 10, 9)


def do(user, entry, command, **facts):
    with unit_of_work():
        actor = actor_of(user)
        return command(actor, queries.get_entry(actor, entry.id, lock=True), **facts)


def request(county, entry, user=None):
    do(user or county.member, entry, services.request_write_off, conditions=ALL)


def write_off(county, entry):
    request(county, entry)
    do(county.office, entry, services.record_check, note="")
    return do(county.leader, entry, services.approve_write_off)


def test_the_moves_people_make_are_exactly_those_of_the_rules():
    made = {(source, command.target) for command in policy.COMMANDS for source in command.sources}
    ruled = {(move.source, move.target): move.by for move in rules.TRANSITIONS if Mover.CYCLE not in move.by}
    assert made == set(ruled)
    for command in policy.COMMANDS:
        for source in command.sources:
            assert frozenset(command.permissions) == ruled[source, command.target]


def test_request_check_and_approval_give_a_number_and_a_history(county):
    entry = county.completed_entry()
    assert write_off(county, entry) == "销号〔2026〕1号"
    assert (entry.state, entry.write_off_number) == (S.CLOSED, "销号〔2026〕1号")
    assert [(change.state, change.person_id) for change in entry.changes[1:]] == [
        (S.WRITE_OFF_REQUESTED, county.member.person_id),
        (S.WRITE_OFF_REQUESTED, county.office.person_id),
        (S.CLOSED, county.leader.person_id),
    ]
    actions = db.session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.subject == f"ledger_entry:{entry.id}")
        .order_by(AuditEntry.sequence)
    ).all()
    assert actions == ["ledger.moved", "ledger.write_off_checked", "ledger.moved"]


def test_numbers_follow_each_other_without_gaps_in_each_year(county):
    entries = [county.completed_entry() for _index in range(3)]
    assert [write_off(county, entry) for entry in entries] == [f"销号〔2026〕{n}号" for n in (1, 2, 3)]


def test_an_entry_written_off_again_keeps_its_number_and_the_next_takes_the_next(county):
    first, second = county.completed_entry(), county.completed_entry()
    write_off(county, first)
    do(county.office, first, services.reopen, finding="现场与材料不符")
    assert write_off(county, second) == "销号〔2026〕2号"
    assert write_off(county, first) == "销号〔2026〕1号"


def test_without_a_completion_date_nothing_is_written_off(county):
    with pytest.raises(DomainError, match="完成日期"):
        request(county, county.entry(S.IN_PROGRESS))


def test_an_open_milestone_is_named(county):
    entry = county.completed_entry(target=Decimal(20))
    MilestoneFactory(goal=entry.goal, name="验收总结", share=Decimal(1))
    with pytest.raises(DomainError, match="验收总结"):
        request(county, entry)


def test_every_acceptance_condition_has_to_be_ticked(county):
    entry = county.completed_entry()
    with pytest.raises(DomainError, match="佐证材料齐全"):
        do(
            county.member,
            entry,
            services.request_write_off,
            conditions=[AcceptanceCondition.STANDARD_MET, AcceptanceCondition.FIGURES_AGREE],
        )
    assert entry.state is S.IN_PROGRESS


def test_the_leader_waits_for_the_office(county):
    entry = county.completed_entry()
    request(county, entry)
    with pytest.raises(Conflict, match="办公室还没有核查"):
        do(county.leader, entry, services.approve_write_off)


def test_nobody_approves_what_they_own_asked_for_or_checked(county):
    both = user_with_role(Role.EXD, Role.OFC, Role.SHD, unit=county.unit)
    owned = county.completed_entry(person=both.person)
    request(county, owned, county.head)
    do(county.office, owned, services.record_check, note="")
    asked = county.completed_entry()
    request(county, asked, both)
    do(county.office, asked, services.record_check, note="")
    checked = county.completed_entry()
    request(county, checked)
    do(both, checked, services.record_check, note="")
    for entry in (owned, asked, checked):
        assert not policy.can_approve(actor_of(both), entry)
        with pytest.raises(NotAllowed, match="不能由本人批准"):
            do(both, entry, services.approve_write_off)


def test_the_office_does_not_check_what_it_asked_for_itself(county):
    clerk = user_with_role(Role.OFC, unit=county.unit)
    entry = county.completed_entry(person=clerk.person)
    request(county, entry, clerk)
    with pytest.raises(NotAllowed):
        do(clerk, entry, services.record_check, note="")


def test_a_returned_request_is_checked_again(county):
    entry = county.completed_entry()
    request(county, entry)
    do(county.office, entry, services.record_check, note="齐全")
    do(county.leader, entry, services.send_back, reason="补照片")
    assert (entry.state, entry.checked_by_id) == (S.IN_PROGRESS, None)
    request(county, entry)
    with pytest.raises(Conflict):
        do(county.leader, entry, services.approve_write_off)


def test_a_leader_of_other_units_decides_nothing_here(county):
    stranger = user_with_role(Role.DEP)
    entry = county.completed_entry()
    request(county, entry)
    do(county.office, entry, services.record_check, note="")
    for command, facts in (
        (services.approve_write_off, {}),
        (services.send_back, {"reason": "不齐"}),
    ):
        with pytest.raises(NotAllowed):
            do(stranger, entry, command, **facts)


def test_suspension_has_a_reason_and_a_day_to_come(county):
    entry = county.entry(S.IN_PROGRESS)
    with pytest.raises(DomainError, match="今天之后"):
        do(county.leader, entry, services.suspend, reason="政策调整", review_on=DAY)
    with pytest.raises(DomainError, match="理由"):
        do(county.leader, entry, services.suspend, reason=" ", review_on=date(2026, 11, 1))
    do(county.leader, entry, services.suspend, reason="政策调整", review_on=date(2026, 11, 1))
    assert (entry.state, entry.changes[-1].review_on) == (S.SUSPENDED, date(2026, 11, 1))
    do(county.leader, entry, services.resume)
    assert entry.state is S.IN_PROGRESS


def test_only_the_minister_strikes_an_entry_out(county):
    entry = county.entry()
    for user in (county.leader, county.office, county.head):
        with pytest.raises(NotAllowed):
            do(user, entry, services.cancel, reason="变更单")
    do(county.minister, entry, services.cancel, reason="变更〔2026〕1号")
    assert entry.state is S.CANCELLED


@pytest.mark.parametrize("state", [S.NOT_STARTED, S.CLOSED, S.CANCELLED, S.SETTLED])
def test_an_order_that_does_not_fit_the_state_is_a_conflict(county, state):
    entry = county.completed_entry(state)
    with pytest.raises(Conflict, match=state.label):
        request(county, entry)


def test_a_page_shown_before_another_change_decides_nothing(county):
    entry = county.entry(S.IN_PROGRESS)
    shown = entry.revision
    do(county.leader, entry, services.suspend, reason="缓", review_on=date(2026, 12, 1))
    with pytest.raises(Conflict, match="打开之后有变化"):
        queries.get_entry(actor_of(county.leader), entry.id, revision=shown)
