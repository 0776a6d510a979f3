"""What opening freezes, and how frozen rules are changed by a new version."""

from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import select

from fivestep_web.assessment.cycles import queries, services, setup, versions
from fivestep_web.assessment.cycles.models import RaterRoster
from fivestep_web.assessment.cycles.presets import Proposal
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.year_rules import read_year_rules
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.assessment.cycles.plans import (
    CUT_OFF,
    TALLY_DAY,
    YEAR,
    actor_of,
    begin,
    bring_to,
    change_rules,
    entries,
    move,
    planned,
    rate_all,
    state,
)
from tests.factories.accounts import user_with_role


def test_who_drew_up_the_plan_cannot_approve_it(cast):
    both = user_with_role(Role.MIN, Role.OFC)
    planned(cast)
    change_rules(cast, by=both, social_weight="0.25", mass_weight="0.25")
    with pytest.raises(NotAllowed, match="不能由本人批准"):
        move(cast, CycleState.OPEN, by=both)
    move(cast, CycleState.OPEN)
    assert state() is CycleState.OPEN


def test_rules_that_do_not_add_up_are_refused_with_the_sum(cast):
    begin(cast)
    with pytest.raises(DomainError, match="之和为95%，应为100%"):
        change_rules(cast, social_weight="0.15")
    assert queries.find_draft(queries.get_cycle(YEAR)).settings["social_weight"] == "0.20"


def test_opening_freezes_rules_units_and_rosters(cast):
    bring_to(cast, CycleState.OPEN)
    actor, cycle = actor_of(cast.office), queries.get_cycle(YEAR)
    line = database.session.scalars(select(RaterRoster)).first()
    frozen = (
        lambda: setup.set_counts(actor, cycle, {line.id: 9}),
        lambda: setup.add_rosters(
            actor, cycle, [Proposal(Group.MASS_EVALUATION, Series.SECTIONS, "政协委员", None, 3)]
        ),
        lambda: setup.set_units(actor, cycle, name="甲", cut_off_date=CUT_OFF, unit_ids={}),
        lambda: setup.change_rules(actor, cycle, {"decimals": "1"}),
        lambda: setup.set_default_rule(actor, cycle, ("完成得满分", "")),
    )
    for change in frozen:
        with pytest.raises(Conflict), unit_of_work():
            change()
    assert versions.content_hash(cycle, queries.get_version(cycle, 1)) == queries.get_version(cycle, 1).sha256


def test_frozen_rules_change_by_a_new_version_the_minister_approves(cast):
    bring_to(cast, CycleState.VOTING)
    first = read_year_rules(YEAR).version
    with unit_of_work():
        versions.begin_change(actor_of(cast.hr), queries.get_cycle(YEAR, lock=True), "会议决定调整权重")
    change_rules(cast, social_weight="0.25", mass_weight="0.25")
    assert read_year_rules(YEAR).version == first
    with unit_of_work():
        versions.approve_change(actor_of(cast.minister), queries.get_cycle(YEAR, lock=True))
    rules = read_year_rules(YEAR)
    assert rules.settings.weights[Group.SOCIAL_SURVEY] == Decimal("0.25")
    assert rules.version.startswith("2-")
    told = entries()[-1]
    assert told.action == "cycle.change_approved"
    assert "25%" in told.body.encode().decode("unicode_escape")


def test_a_change_that_changes_nothing_is_not_approved_and_can_be_withdrawn(cast):
    bring_to(cast, CycleState.OPEN)
    with unit_of_work():
        versions.begin_change(actor_of(cast.hr), queries.get_cycle(YEAR, lock=True), "再看看")
    with pytest.raises(Conflict, match="请先改完这一版"), unit_of_work():
        versions.begin_change(actor_of(cast.hr), queries.get_cycle(YEAR, lock=True), "又一版")
    with pytest.raises(Conflict, match="没有可批准的修改"), unit_of_work():
        versions.approve_change(actor_of(cast.minister), queries.get_cycle(YEAR, lock=True))
    with unit_of_work():
        versions.withdraw_change(actor_of(cast.hr), queries.get_cycle(YEAR, lock=True))
    assert queries.find_draft(queries.get_cycle(YEAR)) is None
    with pytest.raises(Conflict), unit_of_work():
        versions.withdraw_change(actor_of(cast.hr), queries.get_cycle(YEAR, lock=True))


def test_a_pending_change_keeps_the_tally_waiting(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all()
    with unit_of_work():
        versions.begin_change(actor_of(cast.hr), queries.get_cycle(YEAR, lock=True), "调整")
    with time_machine.travel(TALLY_DAY), pytest.raises(Conflict, match="第2版规则还没有批准"):
        move(cast, CycleState.TALLIED)


def change(cast, **values):
    """Have other rules drawn up and approved."""
    with unit_of_work():
        versions.begin_change(actor_of(cast.hr), queries.get_cycle(YEAR, lock=True), "会议决定")
    change_rules(cast, **values)
    with unit_of_work():
        versions.approve_change(actor_of(cast.minister), queries.get_cycle(YEAR, lock=True))


@pytest.mark.parametrize("origin", [CycleState.TALLIED, CycleState.REVIEWED])
def test_once_tallied_rules_that_leave_a_group_without_a_result_are_refused(cast, origin):
    bring_to(cast, origin)
    with pytest.raises(Conflict, match=r"按第2版规则，社会调查（科室）.*没有结果"):
        change(cast, min_valid_lines="6")
    assert queries.get_cycle(YEAR).rule_version == 1
    change_rules(cast, min_valid_lines="5")
    with unit_of_work():
        versions.approve_change(actor_of(cast.minister), queries.get_cycle(YEAR, lock=True))
    assert queries.get_cycle(YEAR).rule_version == 2


def test_both_counters_confirm_the_tally_by_the_same_rules(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all()
    with time_machine.travel(TALLY_DAY):
        move(cast, CycleState.TALLIED, by=cast.hr)
        change(cast, decimals="1")
        assert queries.get_cycle(YEAR).first_counter_id is None
        assert entries()[-1].action == "cycle.count_taken_back"
        move(cast, CycleState.TALLIED)
        assert state() is CycleState.VOTING_CLOSED
        move(cast, CycleState.TALLIED, by=cast.hr)
    assert state() is CycleState.TALLIED


def test_a_group_that_has_its_results_by_other_rules_is_left_out_no_more(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all()
    change(cast, min_valid_lines="6")
    with unit_of_work():
        cycle, minister = queries.get_cycle(YEAR, lock=True), actor_of(cast.minister)
        services.leave_out(minister, cycle, Series.SECTIONS, Group.PEER_EVALUATION, "票数不够")
    change(cast, min_valid_lines="5")
    assert queries.list_decisions(queries.get_cycle(YEAR)) == []
    assert entries()[-1].action == "cycle.group_taken_in"


@pytest.mark.parametrize("origin", [CycleState.PUBLICIZING, CycleState.CONFIRMED, CycleState.FILED])
def test_rules_stand_once_results_are_publicized(cast, origin):
    bring_to(cast, origin)
    with pytest.raises(Conflict, match="不能修改规则"), unit_of_work():
        versions.begin_change(actor_of(cast.hr), queries.get_cycle(YEAR, lock=True), "调整")
