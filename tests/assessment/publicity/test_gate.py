"""The gate's page and the commands agree: what it calls blocking is refused, the rest goes through."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import select, text

from fivestep_web.assessment.adjustments import queries as adjustments
from fivestep_web.assessment.adjustments import services as adjusting
from fivestep_web.assessment.ballots.models import Poll
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.models import AdjustmentKind, RatingTally
from fivestep_web.assessment.publicity import gate
from fivestep_web.assessment.publicity.queries import find_publicity
from fivestep_web.assessment.publicity.rules import ObjectionKind, PublicityState, Subject
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Unit
from tests.assessment.cycles.plans import (
    CONFIRM_DAY,
    TALLY_DAY,
    YEAR,
    actor_of,
    begin,
    bring_to,
    move,
    planned,
    rate_all,
    schedule_results,
    state,
)
from tests.assessment.grades.people import make_staff, propose_all
from tests.assessment.publicity.people import answer, make_troupe, received
from tests.factories.accounts import user_with_role
from tests.web import get

ANSWERED = "对单位、对整体的异议都已答复"
GATE = f"/assessment/{YEAR}/gate"
pytestmark = pytest.mark.usefixtures("posting_day")


def blocking():
    """Return the labels of the next step's conditions that are unmet, with their first sentences."""
    step = gate.steps(get_cycle(YEAR))[0]
    return {item.label: item.unmet[0].sentence for item in step.conditions if item.unmet}


def refused(cast, target, sentence):
    """The command of the step refuses with the very sentence, and nothing moved."""
    before = state()
    with pytest.raises(Conflict, match=sentence):
        move_plainly(cast, target)
    database.session.rollback()
    assert state() is before


def move_plainly(cast, target):
    """Take the step without preparing a publicity for it."""
    from fivestep_web.assessment.cycles import services
    from tests.assessment.cycles.plans import MOVERS

    details = {"reason": "部务会议审核同意"} if target is CycleState.REVIEWED else {}
    with unit_of_work():
        services.move(actor_of(getattr(cast, MOVERS[target])), get_cycle(YEAR, lock=True), target, **details)


def propose(cast):
    entry = adjusting.Entry(unit_id(), AdjustmentKind.BONUS, Decimal(2), "经验交流", "简报第3期")
    with unit_of_work():
        return adjusting.propose(actor_of(cast.office), get_cycle(YEAR, lock=True), entry).id


def approve(cast, adjustment_id):
    with unit_of_work():
        found = adjustments.get_adjustment(YEAR, adjustment_id, lock=True)
        decision = adjusting.Decision(clock.today(), is_approved=True)
        adjusting.decide(actor_of(cast.minister), get_cycle(YEAR, lock=True), found, decision)


def unit_id():
    return database.session.scalars(select(Unit.id).where(Unit.code == "K01")).one()


def make_poll(**facts):
    """Store a vote as it would stand after its count, but for *facts*."""
    given = {"rater_group": Group.PEER_EVALUATION, "series": Series.SECTIONS} | facts
    poll = Poll(cycle_id=get_cycle(YEAR).id, **given)
    database.session.add(poll)
    database.session.commit()
    return poll


def drop_polls():
    database.session.execute(text("DELETE FROM poll"))
    database.session.commit()


def test_a_plan_without_rosters_is_not_opened(cast):
    begin(cast)
    ((label, sentence),) = blocking().items()
    assert label == "方案完整：规则、参评单位、评价名单"
    refused(cast, CycleState.OPEN, sentence)


def test_a_plan_that_lacks_nothing_is_opened(cast):
    planned(cast)
    assert blocking() == {}
    move_plainly(cast, CycleState.OPEN)


def test_before_the_tally_groups_need_results_and_votes_their_seal_and_count(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    poll = make_poll()
    found = blocking()
    assert "社会调查" in found["完成情况截止日已过，各组都有结果或部长已决定不计"]
    assert "还没有封存完" in found["评价票已封存，由两人计完"]
    rate_all()
    refused(cast, CycleState.TALLIED, "还没有封存完")
    poll.sealed_at = poll.swept_at = clock.now()
    database.session.commit()
    refused(cast, CycleState.TALLIED, "还没有由两人计完")
    drop_polls()
    assert blocking() == {}
    move(cast, CycleState.TALLIED, by=cast.hr)
    move_plainly(cast, CycleState.TALLIED)
    assert state() is CycleState.TALLIED


def test_before_the_review_each_unit_needs_a_total_and_adjustments_a_decision(cast):
    bring_to(cast, CycleState.TALLIED)
    waiting = propose(cast)
    assert set(blocking()) == {"加减分都已由部务会议决定"}
    refused(cast, CycleState.REVIEWED, "还有1项加减分没有登记部务会议的决定")
    approve(cast, waiting)
    tallies = database.session.execute(
        select(RatingTally.id, RatingTally.count).where(RatingTally.unit_id == unit_id())
    ).all()
    database.session.execute(text("UPDATE rating_tally SET count = 1 WHERE unit_id = :id"), {"id": unit_id()})
    database.session.commit()
    assert set(blocking()) == {"各单位都有总分，人工评定已完成"}
    refused(cast, CycleState.REVIEWED, "第1科还没有总分")
    for tally_id, count in tallies:
        database.session.get_one(RatingTally, tally_id).count = count
    database.session.commit()
    assert blocking() == {}
    move_plainly(cast, CycleState.REVIEWED)


@pytest.mark.parametrize("fault", ["seal", "counters"])
def test_before_publication_votes_are_as_they_were_sealed_and_counted_by_two(cast, fault):
    bring_to(cast, CycleState.REVIEWED)
    schedule_results(cast)
    assert blocking() == {}
    if fault == "seal":
        moments = {"sealed_at": clock.now(), "swept_at": clock.now(), "root": "0" * 64}
        make_poll(**moments)
        assert set(blocking()) == {"封存的评价票没有改动"}
        refused(cast, CycleState.PUBLICIZING, "与操作日志不符")
        drop_polls()
    else:
        cycle = get_cycle(YEAR)
        first, cycle.first_counter_id = cycle.first_counter_id, cast.office.person_id
        database.session.commit()
        assert set(blocking()) == {"计票、汇总由两名计票人签认"}
        refused(cast, CycleState.PUBLICIZING, "没有两名计票人的签认")
        get_cycle(YEAR).first_counter_id = first
        database.session.commit()
    assert blocking() == {}
    move_plainly(cast, CycleState.PUBLICIZING)
    assert state() is CycleState.PUBLICIZING


def test_before_publication_it_is_scheduled_and_no_objection_to_the_count_is_open(cast):
    troupe = make_troupe(cast)
    bring_to(cast, CycleState.REVIEWED)
    objection_id = received(troupe, kind=ObjectionKind.COUNT)
    assert set(blocking()) == {"公示已经安排", "没有未答复的计票异议"}
    refused(cast, CycleState.PUBLICIZING, "公示的期限、受理部门和电话还没有填")
    schedule_results(cast)
    refused(cast, CycleState.PUBLICIZING, "计票异议还没有答复")
    answer(troupe.handler, objection_id)
    assert blocking() == {}
    move_plainly(cast, CycleState.PUBLICIZING)


def test_before_the_confirmation_the_period_is_over_and_no_objection_is_open(troupe):
    objection_id = received(troupe)
    assert set(blocking()) == {"公示期满", ANSWERED}
    refused(troupe.cast, CycleState.CONFIRMED, "期满后才能确定结果")
    with time_machine.travel(CONFIRM_DAY, tick=True):
        assert set(blocking()) == {ANSWERED}
        refused(troupe.cast, CycleState.CONFIRMED, "关于第3科的公示异议还没有答复")
        answer(troupe.handler, objection_id)
        assert blocking() == {}
        move_plainly(troupe.cast, CycleState.CONFIRMED)
    assert state() is CycleState.CONFIRMED


def test_each_line_of_the_gate_leads_to_its_cure(cast, login):
    troupe = make_troupe(cast)
    bring_to(cast, CycleState.REVIEWED)
    objection_id = received(troupe, kind=ObjectionKind.COUNT)
    shown = get(login(cast.office), GATE).text
    assert f'href="/assessment/{YEAR}/objections/{objection_id}"' in shown
    assert f'href="/assessment/{YEAR}/publicities/results/edit"' in shown
    assert "“开始公示”前还有2项没有办好" in shown
    assert "1、2、3、4、5、6、7、8、9、10、11、12月的月通报没有印发" in shown
    third = database.session.scalars(select(Unit).where(Unit.code == "K03")).one()
    concerned = login(user_with_role(Role.OFC, unit=third))
    for page in (GATE, f"/assessment/{YEAR}/cycle"):
        shown = get(concerned, page).text
        assert "关于第3科的计票异议还没有答复。" in shown
        assert f"/objections/{objection_id}" not in shown, "a page that is not there for the unit it is about"
    answer(troupe.handler, objection_id)
    schedule_results(cast)
    assert "前要办的都已办好，由部长办理" in get(login(cast.minister), GATE).text


@pytest.mark.parametrize("place", [CycleState.OPEN, CycleState.VOTING_CLOSED, CycleState.PUBLICIZING])
def test_no_line_leads_a_reader_to_a_page_that_is_refused(db, login, place):
    staff = make_staff(place)
    if place is CycleState.PUBLICIZING:
        propose_all(staff)
    for reader in (staff.cast.office, staff.cast.hr, staff.cast.minister, staff.cast.deputy):
        client = login(reader)
        pages = [get(client, page) for page in (GATE, f"/assessment/{YEAR}/cycle")]
        links = {link for page in pages for link in re.findall(r'<li>[^<]*<a href="([^"]+)"', page.text)}
        assert {link: get(client, link).status_code for link in links} == dict.fromkeys(links, 200)
        if reader is staff.cast.hr and place is CycleState.PUBLICIZING:
            assert f"/assessment/{YEAR}/grades" in links


def test_what_is_missing_of_daily_assessment_is_advice_and_blocks_nothing(cast):
    bring_to(cast, CycleState.REVIEWED)
    told = {item.label for item in gate.advice(get_cycle(YEAR)) if item.unmet}
    assert told == {"12个月的月通报都已印发", "四个季度的点评都已印发"}
    schedule_results(cast)
    assert blocking() == {}


def test_later_steps_are_looked_at_once_the_vote_is_closed(cast):
    bring_to(cast, CycleState.VOTING)
    assert [bool(step.conditions) for step in gate.steps(get_cycle(YEAR))] == [False] * 6


def test_adjustments_may_change_again_only_after_results_were_sent_back(troupe):
    with pytest.raises(Conflict, match="已经审核，加减分不能再改"):
        propose(troupe.cast)
    move(troupe.cast, CycleState.REVIEWED, by=troupe.cast.minister)
    waiting = propose(troupe.cast)
    schedule_results(troupe.cast)
    assert set(blocking()) == {"加减分都已由部务会议决定"}
    refused(troupe.cast, CycleState.PUBLICIZING, "没有登记部务会议的决定")
    approve(troupe.cast, waiting)
    move_plainly(troupe.cast, CycleState.PUBLICIZING)
    found = find_publicity(YEAR, Subject.RESULTS, PublicityState.RUNNING)
    assert next(line.outcome for line in found.lines if line.name == "第1科").startswith("科室第1名，92.00分")
    assert found.posted_on == TALLY_DAY.date() == date(2027, 1, 6) - timedelta(days=1)
