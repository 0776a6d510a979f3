"""A workbook changes nothing of an assessment that is frozen, tallied or publicized."""

from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import func, select

from fivestep_web.assessment.adjustments import evidence
from fivestep_web.assessment.adjustments.services import Decision, Entry, decide, propose
from fivestep_web.assessment.ballots.models import Poll
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.models import Adjustment, AdjustmentKind, AdjustmentState, RatingTally
from fivestep_web.assessment.queries import adjustments
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core.errors import Conflict
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org.models import PlanYear, Unit
from fivestep_web.workbook.services import LockedChanges
from tests.assessment.cycles.plans import NOW, TALLY_DAY, YEAR, actor_of, bring_to, make_cast, move
from tests.workbook.loading import load

SETTINGS = [["项目", "值"], ["年度", YEAR]]
RATINGS = [["评价组", "评价人", "被评单位编码", "分值"], ["社会调查", "R1", "K01", 20]]
ADDED = [["单位编码", "类型", "分值", "事由", "依据"], ["K01", "加分", 1, "交流发言", None]]


@pytest.fixture
def cast(db):
    with time_machine.travel(NOW, tick=True):
        yield make_cast()


def refused(**sheets):
    with pytest.raises(LockedChanges) as refusal:
        load({"设置": SETTINGS} | sheets)
    database.session.rollback()
    return [(problem.sheet, problem.row, problem.message) for problem in refusal.value.problems]


def test_the_rules_of_an_open_cycle_are_not_the_workbooks(cast):
    weights = [*SETTINGS, ["社会调查权重", "30%"], ["群众评价权重", "20%"]]
    bring_to(cast, CycleState.OPEN)
    (first, second) = refused(设置=weights)
    assert first[:2] == ("设置", 3)
    assert "考核已经启动，“社会调查权重”不能改" in first[2]
    assert second[1] == 4
    assert database.session.get(PlanYear, YEAR).settings == {}
    load({"设置": SETTINGS, "评价": RATINGS})
    assert database.session.scalar(select(func.count()).select_from(RatingTally)) == 1


def test_ratings_stand_once_they_are_tallied(cast):
    bring_to(cast, CycleState.TALLIED)
    ((sheet, row, message),) = refused(评价=RATINGS)
    assert (sheet, row) == ("评价", 2)
    assert "“社会调查”的评价不能再改" in message
    load({"设置": SETTINGS, "加减分": ADDED})
    load({"设置": SETTINGS, "加减分": ADDED})


def test_additions_stand_once_results_are_reviewed(cast):
    bring_to(cast, CycleState.TALLIED)
    load({"设置": SETTINGS, "加减分": ADDED})
    with time_machine.travel(TALLY_DAY, tick=True):
        move(cast, CycleState.REVIEWED)
    load({"设置": SETTINGS, "加减分": ADDED})
    changed = [ADDED[0], ["K01", "加分", 2, "交流发言", None], ["K02", "扣分", 1, "迟报", None]]
    found = refused(加减分=changed)
    assert [(sheet, row) for sheet, row, _message in found] == [("加减分", 2), ("加减分", 3)]
    assert all("已经审核" in message for _sheet, _row, message in found)


def test_what_was_proposed_on_the_page_is_not_the_workbooks(cast):
    bring_to(cast, CycleState.OPEN)
    unit_id = database.session.scalars(select(Unit.id).where(Unit.code == "K01")).one()
    entry = Entry(unit_id, AdjustmentKind.BONUS, Decimal(2), "交流发言", "简报第3期")
    with unit_of_work():
        propose(actor_of(cast.office), get_cycle(YEAR, lock=True), entry)
    ((sheet, row, message), _basis) = refused(加减分=ADDED)
    assert (sheet, row) == ("加减分", 2)
    assert "由部务会议决定" in message
    load({"设置": SETTINGS, "加减分": [ADDED[0], ["K01", "加分", 2, "交流发言", "简报第3期"]]})
    assert database.session.scalars(select(Adjustment.state)).all() == [AdjustmentState.PROPOSED]


def test_the_workbook_does_not_replace_a_vote_held_in_the_system(cast):
    bring_to(cast, CycleState.VOTING_CLOSED)
    voted = Poll(cycle_id=get_cycle(YEAR).id, rater_group=Group.SOCIAL_SURVEY, series=Series.SECTIONS)
    database.session.add(voted)
    database.session.commit()
    ((sheet, row, message),) = refused(评价=RATINGS)
    assert (sheet, row) == ("评价", 2)
    assert "“社会调查”在系统内投票" in message
    load({"设置": SETTINGS, "评价": [RATINGS[0], ["社会调查", "R1", "T01", 20]]})
    assert database.session.scalar(select(func.count()).select_from(RatingTally)) == 1
    refused(评价=[RATINGS[0], ["社会调查", "R1", "K01", 20], ["社会调查", "R1", "T01", 20]])
    load({"设置": SETTINGS, "评价": [RATINGS[0], ["领导评价", "R1", "K01", 20]]})


def test_the_meeting_refuses_an_imported_addition_and_the_workbook_does_not_bring_it_back(cast):
    bring_to(cast, CycleState.OPEN)
    load({"设置": SETTINGS, "加减分": ADDED})
    imported = database.session.scalars(select(Adjustment)).one()
    told = Decision(NOW.date(), is_approved=False, note="材料不实")
    with unit_of_work():
        decide(actor_of(cast.minister), get_cycle(YEAR, lock=True), imported, told)
    assert adjustments(YEAR) == {}
    assert list(evidence.faults()) == []
    ((sheet, row, message),) = refused(加减分=ADDED)
    assert (sheet, row) == ("加减分", 2)
    assert "部务会议没有批准" in message
    with pytest.raises(Conflict, match="不予批准"), unit_of_work():
        decide(actor_of(cast.deputy), get_cycle(YEAR, lock=True), imported, told)
