"""Ties, the summary meeting and the reference list (7.7, R5.16, R5.17)."""

from datetime import date, time

import pytest
import time_machine
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.assessment.commendations import promotion, queries, ties
from fivestep_web.assessment.commendations.models import MeetingState
from fivestep_web.assessment.commendations.year_services import Plan, hold_meeting, plan_meeting
from fivestep_web.assessment.publicity.lists import tie_gaps
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.assessment.commendations import people
from tests.assessment.commendations.people import ISSUE_DAY, S, bring_to, person_id, rows
from tests.assessment.cycles.plans import CONFIRM_DAY, YEAR, actor_of

POOL = "civil_servant"
DAY = date(2027, 1, 15)
PLAN = Plan(date(2027, 1, 28), time(9), "会议室", "何某甲", "全体", "宣读表彰决定", "第3科")


@pytest.fixture
def tied(db):
    made = people.tied_cast()
    with time_machine.travel(CONFIRM_DAY, tick=True):
        yield made


def decide(user, *names, reason="承担任务更重", met_on=DAY):
    with unit_of_work():
        chosen = [person_id(name) for name in names]
        ties.decide(actor_of(user), YEAR, POOL, chosen, met_on=met_on, reason=reason)


def listed():
    return [row.name for row in rows() if not row.is_unit]


def test_whom_a_tie_leaves_open_is_not_drawn_before_the_meeting_decides(tied):
    (tie,) = ties.list_open(YEAR)
    assert ([row.person for row in tie.people], tie.seats) == (["丁某甲", "文某甲", "任某甲"], 1)
    assert "由部务会议决定" in tie_gaps(YEAR)[0].sentence
    people.draw(tied.office)
    assert listed() == []
    decide(tied.office, "任某甲")
    people.draw(tied.office)
    assert listed() == ["任某甲"]
    assert rows()[-1].reason.endswith("与他人完全并列，2027年1月15日部务会议决定：承担任务更重")
    assert tie_gaps(YEAR) == []


def test_none_of_the_equals_records_the_decision(tied):
    among = database.session.scalars(select(User).where(User.person_id == person_id("任某甲"))).one()
    with pytest.raises(NotAllowed, match="您在并列的人员之中"):
        decide(among, "任某甲")


def test_the_latest_decision_holds_until_somebody_is_nominated(tied):
    decide(tied.office, "任某甲")
    decide(tied.office, "丁某甲", reason="复议")
    people.draw(tied.office)
    assert listed() == ["丁某甲"]
    people.nominate(tied.hr, [rows()[-1].id])
    with pytest.raises(Conflict, match="已经提名"):
        decide(tied.office, "任某甲")


def test_a_decision_names_as_many_as_there_are_seats_with_reason_and_day(tied):
    with pytest.raises(FieldError, match="1个名额"):
        decide(tied.office, "任某甲", "丁某甲")
    with pytest.raises(FieldError, match="请写明"):
        decide(tied.office, "任某甲", reason=" ")
    with pytest.raises(FieldError, match="不能晚于今天"):
        decide(tied.office, "任某甲", met_on=date(2027, 2, 1))
    with pytest.raises(NotAllowed):
        decide(tied.minister, "任某甲")


def test_without_a_tie_there_is_nothing_to_decide(cast):
    with pytest.raises(NotFound):
        decide(cast.office)


def plan(user, **changed):
    values = {name: getattr(PLAN, name) for name in Plan.__slots__} | changed
    with unit_of_work():
        plan_meeting(actor_of(user), YEAR, Plan(**values))


def hold(user):
    with unit_of_work():
        hold_meeting(actor_of(user), YEAR, attended=80, notes="")


def test_the_meeting_is_planned_and_changed_and_held_once_the_decision_is_issued(cast):
    plan(cast.office)
    plan(cast.hr, place="县委礼堂")
    with pytest.raises(FieldError, match="还没有召开"):
        hold(cast.office)
    with time_machine.travel(ISSUE_DAY, tick=True), pytest.raises(DomainError, match="请先印发"):
        hold(cast.office)
    bring_to(cast, S.ISSUED)
    with time_machine.travel(ISSUE_DAY, tick=True):
        hold(cast.office)
        with pytest.raises(Conflict, match="已经召开"):
            plan(cast.office)
        with pytest.raises(Conflict, match="已经登记召开"):
            hold(cast.office)
    meeting = queries.find_meeting(YEAR)
    assert (meeting.state, meeting.attended, meeting.place) == (MeetingState.HELD, 80, "县委礼堂")


def test_the_meeting_is_of_the_year_or_the_next_and_prepared_by_the_office(cast):
    with pytest.raises(FieldError, match="请核对日期"):
        plan(cast.office, met_on=date(2028, 1, 28))
    with pytest.raises(NotAllowed):
        plan(cast.minister)


def test_the_reference_list_holds_who_has_an_excellent_figure(cast):
    assert promotion.list_reference(YEAR) == []
