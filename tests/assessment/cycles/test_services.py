"""A cycle through its life: who takes it where, what is refused, what is frozen and what is logged."""

from copy import copy
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete

from fivestep_web.assessment.ballots.models import Poll
from fivestep_web.assessment.cycles import hooks, queries, services, setup
from fivestep_web.assessment.cycles.presets import Basis, Proposal
from fivestep_web.assessment.cycles.rules import CycleState, Series, Unmet
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.score_settings import Group
from fivestep_web.audit.verification import verify
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org.models import PlanYear
from tasks import clock as clock_process
from tests.assessment.cycles.plans import (
    CLOSES_AT,
    CONFIRM_DAY,
    CUT_OFF,
    MOVERS,
    NOW,
    TALLY_DAY,
    YEAR,
    actor_of,
    begin,
    bring_to,
    entries,
    move,
    rate_all,
    state,
)
from tests.factories.accounts import user_with_role
from tests.factories.queue import run_queue


def test_a_plan_starts_with_the_defaults_and_the_units_marked_as_assessed(cast):
    begin(cast)
    cycle = queries.get_cycle(YEAR)
    assert (cycle.state, cycle.rule_version) == (CycleState.CONFIGURING, 0)
    assert [len(units) for units in queries.list_units(cycle).values()] == [4, 4]
    draft = queries.find_draft(cycle)
    assert (draft.settings["social_weight"], draft.settings["min_valid_rate"]) == ("0.20", "2/3")
    assert draft.prepared_by_id == cast.office.person_id


def test_a_plan_may_start_from_the_workbook(cast):
    database.session.get(PlanYear, YEAR).settings = {"social_weight": "0.1", "peer_weight": "0.3"}
    database.session.commit()
    begin(cast, Basis.WORKBOOK)
    draft = queries.find_draft(queries.get_cycle(YEAR))
    assert (draft.settings["social_weight"], draft.settings["peer_weight"]) == ("0.1", "0.3")


def test_a_year_has_one_plan(cast):
    begin(cast)
    with pytest.raises(Conflict, match="已有考核方案"):
        begin(cast)


def test_a_year_nobody_planned_has_no_plan(cast):
    with pytest.raises(NotFound), unit_of_work():
        setup.create(actor_of(cast.office), 2031, name="甲", cut_off_date=CUT_OFF, basis=Basis.DEFAULT)


def test_the_cut_off_date_lies_at_the_end_of_the_year(cast):
    with pytest.raises(FieldError, match="截止日应在"), unit_of_work():
        setup.create(
            actor_of(cast.office),
            YEAR,
            name="甲",
            cut_off_date=CUT_OFF - timedelta(days=60),
            basis=Basis.DEFAULT,
        )


def test_a_plan_goes_its_whole_way_and_every_step_is_kept(cast):
    bring_to(cast, CycleState.FILED)
    cycle = queries.get_cycle(YEAR)
    assert cycle.state is CycleState.FILED
    assert [step.state for step in cycle.moves] == list(CycleState)[1:]
    assert cycle.opened_at
    assert cycle.closed_at
    moved = [entry for entry in entries() if entry.action == "cycle.moved"]
    assert len(moved) == 9
    assert sum(entry.action == "cycle.count_confirmed" for entry in entries()) == 1
    assert verify().faults == ()


@pytest.mark.parametrize("target", list(CycleState)[1:])
def test_each_step_is_only_for_who_may_take_it(cast, target):
    before = list(CycleState)[list(CycleState).index(target) - 1]
    bring_to(cast, before)
    stranger = user_with_role(Role.SHD, Role.SUP, Role.ADM)
    wrong = [cast.deputy, stranger, cast.office if MOVERS[target] != "office" else cast.minister]
    for user in wrong:
        with pytest.raises(NotAllowed):
            move(cast, target, by=user)
    assert state() is before


@pytest.mark.parametrize("origin", CycleState)
def test_a_way_that_is_not_there_is_refused(cast, origin):
    bring_to(cast, origin)
    ways = {way.target for way in services.rules.moves_from(origin)}
    for target in set(CycleState) - ways:
        with pytest.raises(Conflict):
            move(cast, target, by=cast.minister)
    assert state() is origin


def test_a_plan_with_gaps_is_not_opened(cast):
    begin(cast)
    with pytest.raises(Conflict, match="还没有评价名单"):
        move(cast, CycleState.OPEN)
    assert state() is CycleState.CONFIGURING


def test_the_tally_needs_two_counters_who_are_two_people(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all()
    with time_machine.travel(TALLY_DAY):
        move(cast, CycleState.TALLIED, by=cast.hr)
        assert state() is CycleState.VOTING_CLOSED
        with pytest.raises(NotAllowed, match="须由另一名计票人"):
            move(cast, CycleState.TALLIED, by=cast.hr)
        move(cast, CycleState.TALLIED)
    assert state() is CycleState.TALLIED


def test_the_tally_waits_for_the_cut_off_date_and_for_every_group(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all(without=(Group.LEADER_EVALUATION, Series.TOWNSHIPS))
    with pytest.raises(Conflict, match="2026年12月31日"):
        move(cast, CycleState.TALLIED)
    with time_machine.travel(TALLY_DAY), pytest.raises(Conflict, match=r"领导评价（乡镇）有4个单位没有结果"):
        move(cast, CycleState.TALLIED)


def test_only_a_group_without_a_result_votes_again(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all(without=(Group.SOCIAL_SURVEY, Series.SECTIONS))
    again = {"groups": [SURVEY], "reason": "收回数多于发出数", "by": cast.office}
    whole = [(Group.PEER_EVALUATION, Series.SECTIONS), (Group.SOCIAL_SURVEY, Series.TOWNSHIPS)]
    for wrong in ({"groups": []}, *({"groups": [one]} for one in whole), {"reason": " "}, {"closes_at": NOW}):
        with pytest.raises(FieldError):
            move(cast, CycleState.VOTING, **(again | wrong))
    move(cast, CycleState.VOTING, **again)
    step = queries.get_cycle(YEAR).moves[-1]
    assert (step.state, step.groups, step.reason) == (
        CycleState.VOTING,
        [["social_survey", "科室"]],
        "收回数多于发出数",
    )


SURVEY = (Group.SOCIAL_SURVEY, Series.SECTIONS)
SURVEY_OF_SECTIONS = SURVEY[::-1]


def leave_out(user, series, group, reason="收回不足"):
    with unit_of_work():
        cycle = queries.get_cycle(YEAR, lock=True)
        services.leave_out(actor_of(user), cycle, series, group, reason)


def test_the_minister_may_decide_to_do_without_a_group_that_has_no_result(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all(without=(Group.SOCIAL_SURVEY, Series.SECTIONS))
    with pytest.raises(NotAllowed):
        leave_out(cast.office, *SURVEY_OF_SECTIONS)
    with pytest.raises(FieldError):
        leave_out(cast.minister, *SURVEY_OF_SECTIONS, reason=" ")
    with pytest.raises(Conflict, match="已有结果"):
        leave_out(cast.minister, Series.TOWNSHIPS, Group.SOCIAL_SURVEY)
    leave_out(cast.minister, *SURVEY_OF_SECTIONS)
    with pytest.raises(Conflict, match="已经决定"):
        leave_out(cast.minister, *SURVEY_OF_SECTIONS)
    with time_machine.travel(TALLY_DAY):
        move(cast, CycleState.TALLIED, by=cast.hr)
        move(cast, CycleState.TALLIED)
        move(cast, CycleState.REVIEWED)
    assert state() is CycleState.REVIEWED


def test_a_group_that_votes_again_is_counted_again(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all(without=SURVEY)
    leave_out(cast.minister, *SURVEY_OF_SECTIONS)
    move(cast, CycleState.VOTING, groups=[SURVEY], reason="补发评价码")
    assert queries.list_decisions(queries.get_cycle(YEAR)) == []
    with pytest.raises(Conflict, match="评价截止以后"):
        leave_out(cast.minister, *SURVEY_OF_SECTIONS)


def test_a_series_that_votes_again_leaves_the_decision_on_the_other_as_it_is(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    for series in Series:
        leave_out(cast.minister, series, Group.SOCIAL_SURVEY)
    move(cast, CycleState.VOTING, groups=[SURVEY], reason="补发评价码")
    assert [item.series for item in queries.list_decisions(queries.get_cycle(YEAR))] == [Series.TOWNSHIPS]


def test_a_vote_is_not_opened_again_before_what_is_sealed_is_counted(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    rate_all(without=(Group.SOCIAL_SURVEY, Series.SECTIONS))
    sealed = {"rater_group": Group.PEER_EVALUATION, "series": Series.SECTIONS, "sealed_at": NOW}
    database.session.add(Poll(cycle_id=queries.get_cycle(YEAR).id, **sealed))
    database.session.commit()
    with pytest.raises(Conflict, match="计完以后才能重新评价"):
        move(cast, CycleState.VOTING, groups=[SURVEY], reason="补发评价码")
    assert state() is CycleState.VOTING_CLOSED


def test_a_series_is_not_left_without_any_weight(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    first, *rest = Group
    for group in rest:
        leave_out(cast.minister, Series.SECTIONS, group)
    with pytest.raises(Conflict, match="没有权重"):
        leave_out(cast.minister, Series.SECTIONS, first)


def test_a_vote_needs_a_closing_time_to_come_and_the_office_may_move_it(cast):
    bring_to(cast, CycleState.SELF_REPORTING)
    for closes_at in (None, NOW - timedelta(minutes=1)):
        with pytest.raises(FieldError) as refusal:
            move(cast, CycleState.VOTING, closes_at=closes_at)
        assert refusal.value.field == "closes_at"
    move(cast, CycleState.VOTING)
    later = CLOSES_AT + timedelta(days=1)
    with unit_of_work():
        services.extend_voting(actor_of(cast.office), queries.get_cycle(YEAR, lock=True), later)
    assert queries.get_cycle(YEAR).voting_closes_at == later
    with pytest.raises(NotAllowed), unit_of_work():
        services.extend_voting(actor_of(cast.hr), queries.get_cycle(YEAR, lock=True), later)


def test_a_closing_time_that_has_passed_is_not_moved(cast):
    bring_to(cast, CycleState.VOTING)
    later = CLOSES_AT + timedelta(days=1)
    with (
        time_machine.travel(CLOSES_AT, tick=False),
        pytest.raises(Conflict, match="截止时间已到"),
        unit_of_work(),
    ):
        services.extend_voting(actor_of(cast.office), queries.get_cycle(YEAR, lock=True), later)
    assert queries.get_cycle(YEAR).voting_closes_at == CLOSES_AT


def test_the_clock_closes_a_vote_at_its_time_and_not_before(cast):
    bring_to(cast, CycleState.VOTING)
    clock_process.ask_to_close_votes()
    assert run_queue() == 0
    with time_machine.travel(CLOSES_AT + timedelta(seconds=1)):
        clock_process.ask_to_close_votes()
        clock_process.ask_to_close_votes()
        assert run_queue() == 1
        services.close_due_vote(YEAR)
    cycle = queries.get_cycle(YEAR)
    assert cycle.state is CycleState.VOTING_CLOSED
    assert cycle.moves[-1].person is None
    assert entries()[-1].user_id is None


def test_publicity_runs_five_whole_working_days(cast):
    bring_to(cast, CycleState.PUBLICIZING)
    with (
        time_machine.travel(TALLY_DAY + timedelta(days=7)),
        pytest.raises(Conflict, match="到2027年1月12日为止"),
    ):
        move(cast, CycleState.CONFIRMED)
    with time_machine.travel(TALLY_DAY + timedelta(days=8)):
        move(cast, CycleState.CONFIRMED)
    assert state() is CycleState.CONFIRMED


def test_an_upheld_objection_takes_the_results_back_and_publicity_begins_anew(cast):
    bring_to(cast, CycleState.PUBLICIZING)
    with pytest.raises(FieldError):
        move(cast, CycleState.REVIEWED, by=cast.minister, reason="")
    with time_machine.travel(CONFIRM_DAY):
        move(cast, CycleState.REVIEWED, by=cast.minister, reason="计票有误，异议成立")
        move(cast, CycleState.PUBLICIZING)
        with pytest.raises(Conflict, match="公示5个工作日"):
            move(cast, CycleState.CONFIRMED)


def test_results_without_a_total_are_not_reviewed(cast):
    bring_to(cast, CycleState.TALLIED)
    database.session.execute(delete(RatingTally).where(RatingTally.rater_group == Group.MASS_EVALUATION))
    database.session.commit()
    with pytest.raises(Conflict, match="还没有总分"):
        move(cast, CycleState.REVIEWED)


@pytest.fixture
def attached():
    """Attach to a state for one test."""
    before = [
        (attached_to, {state: copy(items) for state, items in attached_to.items()})
        for attached_to in (hooks._callbacks, hooks._checks)
    ]
    yield
    for attached_to, items in before:
        attached_to.clear()
        attached_to.update(items)


@pytest.mark.usefixtures("attached")
def test_what_is_attached_to_a_state_happens_in_the_same_unit_of_work(cast):
    seen = []

    def refuse_once(actor, cycle, step):
        seen.append((actor.name, cycle.state, step.state))
        if len(seen) == 1:
            raise Conflict("封存没有完成")

    hooks.on_state(CycleState.VOTING_CLOSED, refuse_once)
    hooks.on_state(CycleState.VOTING_CLOSED, refuse_once)
    bring_to(cast, CycleState.VOTING)
    with pytest.raises(Conflict, match="封存没有完成"):
        move(cast, CycleState.VOTING_CLOSED)
    assert state() is CycleState.VOTING
    move(cast, CycleState.VOTING_CLOSED)
    assert state() is CycleState.VOTING_CLOSED
    assert seen == [("文某甲", CycleState.VOTING_CLOSED, CycleState.VOTING_CLOSED)] * 2


@pytest.mark.usefixtures("attached")
def test_other_features_may_require_more_of_a_state(cast):
    hooks.require(CycleState.VOTING, lambda cycle: [Unmet(f"{cycle.year}年度还没有发码。")], label="已发码")
    bring_to(cast, CycleState.SELF_REPORTING)
    with pytest.raises(Conflict, match="2026年度还没有发码"):
        move(cast, CycleState.VOTING)


def test_rosters_are_added_once_changed_and_taken_off(cast):
    begin(cast)
    actor = actor_of(cast.office)
    line = Proposal(Group.MASS_EVALUATION, Series.SECTIONS, "人大代表", None, 20)
    with unit_of_work():
        assert setup.add_rosters(actor, queries.get_cycle(YEAR, lock=True), [line, line]) == 1
    with unit_of_work():
        assert setup.add_rosters(actor, queries.get_cycle(YEAR, lock=True), [line]) == 0
    with pytest.raises(FieldError, match="已有“人大代表”"), unit_of_work():
        setup.add_roster(actor, queries.get_cycle(YEAR, lock=True), line)
    peer = Proposal(Group.PEER_EVALUATION, Series.SECTIONS, "某科", None, 1)
    with pytest.raises(FieldError, match="请选本单位"), unit_of_work():
        setup.add_roster(actor, queries.get_cycle(YEAR, lock=True), peer)
    (stored,) = queries.list_rosters(queries.get_cycle(YEAR))
    for count, left in ((25, [25]), (0, [])):
        with unit_of_work():
            setup.set_counts(actor, queries.get_cycle(YEAR, lock=True), {stored.id: count})
        assert [item.code_count for item in queries.list_rosters(queries.get_cycle(YEAR))] == left


def test_units_are_taken_in_and_left_out_and_the_log_names_them(cast):
    begin(cast)
    units = queries.list_units(queries.get_cycle(YEAR))
    first, *rest = units[Series.SECTIONS]
    kept = {Series.SECTIONS: rest, Series.TOWNSHIPS: list(units[Series.TOWNSHIPS])}
    with unit_of_work():
        setup.set_units(
            actor_of(cast.office),
            queries.get_cycle(YEAR, lock=True),
            name="年度考核",
            cut_off_date=CUT_OFF,
            unit_ids=kept,
        )
    cycle = queries.get_cycle(YEAR)
    assert cycle.name == "年度考核"
    assert list(queries.list_units(cycle)[Series.SECTIONS]) == rest
    assert f'"left_out":[{first}]' in entries()[-1].body
