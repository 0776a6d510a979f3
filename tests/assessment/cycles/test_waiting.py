"""The today page says whose turn it is in the year's assessment, and only to that person."""

import pytest
import time_machine

from fivestep_web.assessment.cycles import queries, versions
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.cycles.waiting import WaitingStep, find_waiting
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from tests.assessment.cycles.plans import CONFIRM_DAY, TALLY_DAY, YEAR, actor_of, begin, bring_to
from tests.factories.accounts import user_with_role
from tests.web import get

NAME = "2026年度实绩考核"
TURNS = {
    CycleState.CONFIGURING: ("minister", "批准启动"),
    CycleState.OPEN: ("office", "开始自评"),
    CycleState.SELF_REPORTING: ("office", "开始评价"),
    CycleState.TALLIED: ("office", "登记审核"),
    CycleState.REVIEWED: ("minister", "开始公示"),
    CycleState.PUBLICIZING: ("minister", "确定结果"),
    CycleState.CONFIRMED: ("hr", "归档"),
}


def whose_turn(cast):
    people = {name: getattr(cast, name) for name in ("office", "hr", "minister", "deputy")}
    found = {name: find_waiting(actor_of(user), queries.get_cycle(YEAR)) for name, user in people.items()}
    return {name: step for name, step in found.items() if step}


@pytest.mark.parametrize("state", TURNS)
def test_the_step_waits_for_who_may_take_it(cast, state):
    bring_to(cast, state)
    name, verb = TURNS[state]
    with time_machine.travel(CONFIRM_DAY, tick=True):
        assert whose_turn(cast) == {name: WaitingStep(NAME, verb)}


def test_both_counters_are_asked_until_one_has_confirmed(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    assert whose_turn(cast).keys() == {"office", "hr"}


def test_nothing_waits_before_the_plan_is_whole(cast):
    begin(cast)
    assert whose_turn(cast) == {}


@pytest.mark.parametrize("state", [CycleState.VOTING, CycleState.FILED])
def test_nothing_waits_where_only_time_or_nobody_goes_on(cast, state):
    bring_to(cast, state)
    assert whose_turn(cast) == {}


def test_a_running_publicity_waits_for_nobody(cast):
    bring_to(cast, CycleState.PUBLICIZING)
    with time_machine.travel(TALLY_DAY, tick=True):
        assert whose_turn(cast) == {}


def test_a_change_of_rules_waits_for_the_minister_before_anything_else(cast):
    bring_to(cast, CycleState.OPEN)
    with unit_of_work():
        versions.begin_change(actor_of(cast.hr), queries.get_cycle(YEAR, lock=True), "调整")
    assert whose_turn(cast)["minister"] == WaitingStep(NAME, "批准规则变更")


def test_the_today_page_leads_there(cast, login):
    bring_to(cast, CycleState.OPEN)
    shown = get(login(cast.office), "/").text
    assert f"{NAME}等您办理：开始自评。" in shown
    assert f'href="/assessment/{YEAR}/cycle"' in shown
    assert "今天没有等您办理的事" not in shown
    assert "等您办理：" not in get(login(user_with_role(Role.SHD)), "/").text
