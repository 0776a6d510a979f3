"""A publicity from its preparation to its end, its list and its notice (5.8, N2, N3, N12)."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import g
from sqlalchemy import select

from fivestep_web.assessment.commendations.paper import requests as commendation_payloads
from fivestep_web.assessment.cycles import services as cycles
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.grades import services as grades
from fivestep_web.assessment.grades.queries import publicized
from fivestep_web.assessment.grades.rules import Grade
from fivestep_web.assessment.grades.services import Proposal
from fivestep_web.assessment.payloads import result_payloads
from fivestep_web.assessment.publicity import queries, services
from fivestep_web.assessment.publicity.models import Publicity
from fivestep_web.assessment.publicity.rules import ObjectionState, PublicityState, Subject
from fivestep_web.assessment.publicity.services import Terms
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.rendering import render
from fivestep_web.documents.requests import gather
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Unit
from tests.assessment.commendations import people as commending
from tests.assessment.cycles.plans import CONFIRM_DAY, TALLY_DAY, TERMS, YEAR, actor_of, bring_to, move, state
from tests.assessment.publicity.people import answer, received, results
from tests.factories.accounts import user_with_role
from tests.factories.org import CalendarDayFactory, person_with_role

NOTICE = DocumentKind.PUBLICITY_NOTICE
EXCELLENT, COMMENDATION = Subject.EXCELLENT, Subject.COMMENDATION
RUNNING, ENDED = PublicityState.RUNNING, PublicityState.ENDED


def schedule(user, subject, terms=TERMS):
    with unit_of_work():
        cycle = get_cycle(YEAR, lock=True)
        return services.schedule(actor_of(user), cycle, subject, terms).id


def post(user, publicity_id):
    with unit_of_work():
        actor, cycle = actor_of(user), get_cycle(YEAR, lock=True)
        services.post(actor, cycle, queries.get_publicity(actor, YEAR, publicity_id, lock=True))


def find(publicity_id):
    database.session.expire_all()
    return database.session.get_one(Publicity, publicity_id)


def end_on(day):
    with time_machine.travel(day, tick=True), unit_of_work():
        services.end_due()


def test_results_are_posted_by_the_step_of_the_year_with_their_list(troupe):
    found = results()
    assert (found.state, found.posted_on) == (RUNNING, date(2027, 1, 5))
    assert queries.last_day(found) == date(2027, 1, 12)
    assert len(found.lines) == 8
    assert found.lines[0].outcome.startswith("科室第1名，90.00分")


def test_results_are_not_posted_before_their_publicity_is_prepared(cast):
    bring_to(cast, CycleState.REVIEWED)
    with pytest.raises(Conflict, match="期限、受理部门和电话还没有填"), unit_of_work():
        cycles.move(actor_of(cast.minister), get_cycle(YEAR, lock=True), CycleState.PUBLICIZING)


def test_the_clock_ends_it_the_day_after_its_last_day(troupe):
    end_on(TALLY_DAY + timedelta(days=7))
    assert results().state is RUNNING
    end_on(TALLY_DAY + timedelta(days=8))
    assert (results().state, results().ended_on) == (ENDED, date(2027, 1, 13))
    end_on(CONFIRM_DAY)
    assert results().ended_on == date(2027, 1, 13)


def test_a_day_off_that_is_entered_meanwhile_makes_it_longer(troupe):
    CalendarDayFactory(day=date(2027, 1, 8), is_workday=False)
    g.pop("work_calendar", None)  # as in the next request
    assert queries.last_day(results()) == date(2027, 1, 13)


def test_the_clock_leaves_it_open_while_an_objection_is(troupe):
    with time_machine.travel(TALLY_DAY, tick=True):
        objection_id = received(troupe)
    end_on(CONFIRM_DAY)
    assert results().state is RUNNING
    with time_machine.travel(TALLY_DAY, tick=True):
        answer(troupe.handler, objection_id)
    assert results().state is RUNNING
    end_on(CONFIRM_DAY)
    assert results().state is ENDED


def test_confirming_ends_the_publicity_without_the_clock(troupe):
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(troupe.cast, CycleState.CONFIRMED)
    assert results().state is ENDED


def test_results_sent_back_after_their_period_are_prepared_and_posted_anew(troupe):
    end_on(CONFIRM_DAY)
    before = results().id
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(troupe.cast, CycleState.REVIEWED, by=troupe.cast.minister, reason="计票有误")
        assert results().state is PublicityState.STOPPED
        with pytest.raises(Conflict, match="期限、受理部门和电话还没有填"), unit_of_work():
            cycles.move(actor_of(troupe.cast.minister), get_cycle(YEAR, lock=True), CycleState.PUBLICIZING)
        move(troupe.cast, CycleState.PUBLICIZING)
    assert (results().id > before, results().state) == (True, RUNNING)


def test_its_notice_is_made_with_both_ends_and_where_to_object(troupe):
    asked = database.session.scalars(select(GeneratedDocument).where(GeneratedDocument.kind == NOTICE)).one()
    assert (asked.state, asked.is_draft) == (DocumentState.QUEUED, False)
    (request,) = gather(NOTICE, YEAR)
    payload = request.payload
    assert (payload["start_date"], payload["end_date"], payload["workday_count"]) == (
        "2027年1月6日",
        "2027年1月12日",
        5,
    )
    assert (payload["receiver"], payload["telephone"]) == (TERMS.receiver, TERMS.telephone)
    assert [row["unit"] for row in payload["units"]][:2] == ["第1科", "第2科"]
    assert violations(NOTICE, payload, render(NOTICE, payload)) == []


def test_the_bulletin_of_results_says_the_publicity_once_it_ended(troupe):
    assert result_payloads(YEAR)[0].payload["publicity"] is None
    end_on(CONFIRM_DAY)
    assert result_payloads(YEAR)[0].payload["publicity"] == {
        "start_date": "2027年1月6日",
        "end_date": "2027年1月12日",
        "workday_count": 5,
        "objections": "公示期间未收到异议",
    }


def test_the_bulletin_counts_objections_and_their_outcome(troupe):
    with time_machine.travel(TALLY_DAY, tick=True):
        answer(troupe.handler, received(troupe))
        answer(troupe.handler, received(troupe), ObjectionState.UPHELD)
        move(troupe.cast, CycleState.PUBLICIZING)
    end_on(CONFIRM_DAY)
    said = result_payloads(YEAR)[0].payload["publicity"]["objections"]
    assert said == "收到异议2件，经核查成立1件、不成立1件，均已答复"


def test_fewer_than_five_working_days_are_refused(troupe):
    with pytest.raises(FieldError, match="不少于5个工作日"):
        schedule(troupe.cast.hr, EXCELLENT, terms=Terms(4, "办法", "科", "室", "电话"))


def test_only_who_prepares_the_assessment_prepares_it_and_posted_ones_stand(troupe):
    with pytest.raises(NotAllowed):
        schedule(troupe.member, EXCELLENT)
    with pytest.raises(Conflict, match="已经公示"):
        schedule(troupe.cast.hr, Subject.RESULTS)


@pytest.fixture
def staff(troupe):
    """Ten civil servants in all, two of whom are proposed to be excellent."""
    unit = database.session.scalars(select(Unit).where(Unit.code == "K04")).one()
    count = 10 - len({person for person, _name in queries.assessed_people(get_cycle(YEAR), clock.today())})
    people = [person_with_role(Role.STF, unit=unit, name=f"甲某{n}").id for n in range(count)]
    with unit_of_work():
        for person_id in people[:2]:
            excellent = Proposal(Grade.EXCELLENT)
            grades.propose(actor_of(troupe.cast.hr), get_cycle(YEAR, lock=True), person_id, excellent)
    return people


def test_excellent_people_are_posted_by_the_minister_and_hold_up_the_confirmation(troupe, staff):
    publicity_id = schedule(troupe.cast.hr, EXCELLENT)
    with time_machine.travel(CONFIRM_DAY, tick=True):
        with pytest.raises(Conflict, match="还没有开始"):
            move(troupe.cast, CycleState.CONFIRMED)
        with pytest.raises(NotAllowed):
            post(troupe.cast.hr, publicity_id)
        post(troupe.cast.minister, publicity_id)
        with pytest.raises(Conflict, match="优秀等次人员公示5个工作日，到2027年1月27日为止"):
            move(troupe.cast, CycleState.CONFIRMED)
    assert [line.person_id for line in find(publicity_id).lines] == staff[:2]
    with time_machine.travel(CONFIRM_DAY + timedelta(days=8), tick=True):
        move(troupe.cast, CycleState.CONFIRMED)
    assert state() is CycleState.CONFIRMED
    assert find(publicity_id).state is ENDED


@pytest.mark.usefixtures("staff")
def test_an_upheld_objection_to_an_excellent_person_stops_both_lists(troupe):
    with time_machine.travel(TALLY_DAY, tick=True):
        publicity_id = schedule(troupe.cast.hr, EXCELLENT)
        post(troupe.cast.minister, publicity_id)
        name = find(publicity_id).lines[0].name
        answer(troupe.handler, received(troupe, about=name), ObjectionState.UPHELD)
    assert state() is CycleState.REVIEWED
    assert {find(publicity_id).state, results().state} == {PublicityState.STOPPED}


@pytest.mark.usefixtures("staff")
def test_a_list_of_excellent_people_that_ended_is_stopped_with_the_results_it_followed_from(troupe):
    with time_machine.travel(TALLY_DAY, tick=True):
        publicity_id = schedule(troupe.cast.hr, EXCELLENT)
        post(troupe.cast.minister, publicity_id)
    end_on(CONFIRM_DAY)
    assert find(publicity_id).state is ENDED
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(troupe.cast, CycleState.REVIEWED, by=troupe.cast.minister, reason="计票有误")
    assert find(publicity_id).state is PublicityState.STOPPED
    assert publicized(YEAR) == set()


@pytest.fixture
def confirmed(troupe):
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(troupe.cast, CycleState.CONFIRMED)
        yield troupe


def test_candidates_of_commendation_are_posted_once_results_are_confirmed(troupe):
    publicity_id = schedule(troupe.cast.office, COMMENDATION)
    with pytest.raises(Conflict, match="进入“结果确定”或“已归档”以后"):
        post(troupe.cast.minister, publicity_id)


@pytest.fixture
def nominated(confirmed):
    """Nominate every candidate."""
    commending.draw(confirmed.cast.hr)
    commending.nominate(confirmed.cast.hr, commending.ids())
    return confirmed


def test_a_list_without_anybody_nominated_is_not_posted(confirmed):
    publicity_id = schedule(confirmed.cast.office, COMMENDATION)
    with pytest.raises(Conflict, match="还没有提名"):
        post(confirmed.cast.minister, publicity_id)


def test_the_decision_names_the_end_of_the_publicity_of_its_candidates(nominated):
    publicity_id = schedule(nominated.cast.office, COMMENDATION)
    post(nominated.cast.minister, publicity_id)
    lines = find(publicity_id).lines
    (payload,) = (request.payload for request in commendation_payloads(YEAR))
    assert [line.name for line in lines if line.unit_id] == [row["unit"] for row in payload["units"]]
    assert payload["publicity_end_date"] is None
    end_on(CONFIRM_DAY + timedelta(days=8))
    with time_machine.travel(CONFIRM_DAY + timedelta(days=8), tick=True):
        (payload,) = (request.payload for request in commendation_payloads(YEAR))
    assert payload["publicity_end_date"] == "2027年1月27日"


def test_an_upheld_objection_to_a_candidate_stops_neither_the_list_nor_the_results(nominated):
    publicity_id = schedule(nominated.cast.office, COMMENDATION)
    post(nominated.cast.minister, publicity_id)
    answer(nominated.handler, received(nominated), ObjectionState.UPHELD)
    assert find(publicity_id).state is RUNNING
    assert state() is CycleState.CONFIRMED


@pytest.mark.usefixtures("staff")
def test_nobody_sees_a_list_before_it_is_posted_but_who_sees_results(troupe):
    publicity_id = schedule(troupe.cast.hr, EXCELLENT)
    seen = {
        user.person.name: publicity_id in {item.id for item in queries.list_publicities(actor_of(user), YEAR)}
        for user in (troupe.member, troupe.cast.office, user_with_role(Role.SHD, name="科某甲"))
    }
    assert seen == {"丁某甲": False, "文某甲": True, "科某甲": False}
