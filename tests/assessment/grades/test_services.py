"""Grades are proposed by one, decided by another, within bars, quotas and the procedure."""

from datetime import date

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from fivestep_web.assessment.admonitions.models import Admonition
from fivestep_web.assessment.admonitions.rules import AdmonitionState, Source
from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.eligible import barred
from fivestep_web.assessment.grades import bars, evidence, queries, services, standing
from fivestep_web.assessment.grades.rules import BarKind, Grade, GradeState, Step
from fivestep_web.assessment.publicity.rules import ObjectionKind, ObjectionState
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.assessment.cycles.plans import CONFIRM_DAY, TALLY_DAY, YEAR, move
from tests.assessment.grades import people
from tests.assessment.grades.people import bar, decide, latest, propose
from tests.assessment.publicity.people import answer, file, receive
from tests.factories.accounts import user_with_role
from tests.factories.keys import actor_of
from tests.factories.org import UnitFactory


@pytest.fixture
def staff(db):
    return people.make_staff(CycleState.PUBLICIZING)


@pytest.fixture(autouse=True)
def tally_day():
    with time_machine.travel(TALLY_DAY, tick=True) as traveller:
        yield traveller


def confirm(staff, traveller):
    """Confirm the year's results after their publicity, with the procedure held."""
    people.hold_steps(staff)
    traveller.move_to(CONFIRM_DAY)
    move(staff.cast, CycleState.CONFIRMED)


def test_personnel_proposes_and_the_minister_confirms(staff, tally_day):
    member = staff.members[0]
    propose(staff, member, remarks="踏实肯干")
    assert latest(member).state is GradeState.PROPOSED
    confirm(staff, tally_day)
    decide(staff, member)
    grade = latest(member)
    assert (grade.state, grade.label, grade.decided_on) == (
        GradeState.CONFIRMED,
        "称职",
        date(2027, 1, 20),
    )
    assert Step.DECISION in queries.list_steps(YEAR)


def test_the_figure_stands_beside_the_grade_and_never_makes_one(staff):
    assert all(item.current is None for item in standing.read(YEAR).candidates)
    assert latest_figure(staff) == propose(staff, staff.members[0], Grade.INCOMPETENT).figure


def latest_figure(staff):
    return standing.read(YEAR).get(staff.members[0].person_id).figure


def test_nobody_proposes_the_own_grade_nor_decides_what_they_prepared(staff, tally_day):
    with pytest.raises(NotAllowed):
        propose(staff, staff.cast.hr, by=staff.cast.hr)
    with pytest.raises(NotAllowed):
        propose(staff, staff.members[0], by=staff.cast.office)
    both = user_with_role(Role.MIN, Role.EXD, unit=UnitFactory(code="B01", name="部领导二"))
    propose(staff, staff.members[0], by=both)
    confirm(staff, tally_day)
    with pytest.raises(NotAllowed):
        decide(staff, staff.members[0], by=both)
    with pytest.raises(NotAllowed):
        decide(staff, staff.members[0], by=staff.cast.deputy)
    decide(staff, staff.members[0])


def test_leaders_of_the_county_get_no_grade_here(staff):
    with pytest.raises(NotFound):
        propose(staff, staff.cast.deputy)


def test_staff_of_a_section_that_is_not_assessed_are_graded_as_they_count_for_the_quota(db):
    unit = UnitFactory(code="K09", name="第九科", is_assessed=False)
    clerk = user_with_role(Role.STF, unit=unit, name="单某甲")
    staff = people.make_staff(CycleState.PUBLICIZING)
    year = standing.read(YEAR)
    assert len(year.candidates) == sum(year.score.pool_sizes.values()) == 13
    assert year.get(clerk.person_id).figure == standing.NO_FIGURE
    assert propose(staff, clerk, Grade.EXCELLENT).figure == standing.NO_FIGURE
    assert [person.id for person, _label in standing.excellent_rows(year.score)] == [clerk.person_id]


@pytest.mark.parametrize(
    ("kind", "grade"),
    [
        (BarKind.PROBATION, Grade.COMPETENT),
        (BarKind.LEAVE, Grade.COMPETENT),
        (BarKind.INVESTIGATION, Grade.COMPETENT),
        (BarKind.WARNING, Grade.EXCELLENT),
        (BarKind.SERIOUS_ON_DUTY, Grade.BASIC),
        (BarKind.AWAY, Grade.COMPETENT),
    ],
)
def test_a_bar_refuses_the_grade_it_excludes_with_its_reason(staff, kind, grade):
    bar(staff, staff.members[0], kind)
    with pytest.raises(FieldError, match="青组〔2026〕5号") as refusal:
        propose(staff, staff.members[0], grade)
    assert refusal.value.field == "grade"


def test_probation_takes_remarks_alone_and_an_investigation_none(staff):
    first, second = staff.members[:2]
    bar(staff, first, BarKind.PROBATION)
    with pytest.raises(FieldError, match="填写评语"):
        propose(staff, first, Grade.UNGRADED)
    assert propose(staff, first, Grade.UNGRADED, remarks="适应较快").label == "不定等次"
    bar(staff, second, BarKind.INVESTIGATION)
    with pytest.raises(FieldError, match="不写评语"):
        propose(staff, second, Grade.UNGRADED, remarks="待查")


def test_without_a_bar_nobody_goes_without_a_grade(staff):
    with pytest.raises(FieldError, match="先登记情形"):
        propose(staff, staff.members[0], Grade.UNGRADED)


def test_a_bar_entered_after_the_proposal_stops_the_decision(staff, tally_day):
    member = staff.members[0]
    propose(staff, member)
    bar(staff, member, BarKind.INVESTIGATION)
    confirm(staff, tally_day)
    with pytest.raises(Conflict, match="立案调查"):
        decide(staff, member)


def test_a_bar_ends_and_is_withdrawn_by_personnel_alone(staff):
    member = staff.members[0]
    bar_id = bar(staff, member, BarKind.INVESTIGATION)
    with pytest.raises(NotAllowed), unit_of_work():
        bars.end(actor_of(staff.cast.deputy), queries.get_bar(bar_id), date(2027, 1, 4))
    with unit_of_work():
        bars.end(actor_of(staff.cast.hr), queries.get_bar(bar_id, lock=True), date(2027, 1, 4))
    propose(staff, member)
    wrong = bar(staff, staff.members[1], BarKind.LEAVE)
    with unit_of_work():
        bars.withdraw(actor_of(staff.cast.hr), queries.get_bar(wrong, lock=True), "登记错人")
    propose(staff, staff.members[1])
    assert any(row.withdrawal_reason == "登记错人" for row in queries.list_all_bars())


def test_a_disciplinary_bar_keeps_from_commendation(staff):
    bar(staff, staff.members[0], BarKind.PARTY_WARNING)
    bar(staff, staff.members[1], BarKind.LEAVE)
    assert barred(YEAR, date(2027, 1, 5)) == {staff.members[0].person_id}
    told = queries.reasons_for(actor_of(staff.cast.hr), YEAR, date(2027, 1, 5))
    assert "党内警告" in told[staff.members[0].person_id]
    assert queries.reasons_for(actor_of(staff.cast.office), YEAR, date(2027, 1, 5)) == {}


def test_excellent_stays_within_the_seats_of_the_own_pool(staff):
    propose(staff, staff.members[0], Grade.EXCELLENT)
    propose(staff, staff.members[1], Grade.EXCELLENT)
    with pytest.raises(FieldError, match="名额2个"):
        propose(staff, staff.members[2], Grade.EXCELLENT)
    people.to_institution(staff.members[3])
    with pytest.raises(FieldError, match="事业人员优秀名额0个"):
        propose(staff, staff.members[3], Grade.EXCELLENT)


def test_who_was_posted_elsewhere_for_over_half_of_the_year_counts_for_no_seat_here(staff):
    away, shortly = staff.members[:2]
    bar(staff, shortly, BarKind.AWAY, date(2026, 9, 1))
    assert standing.read(YEAR).score.pool_sizes[Pool.CIVIL_SERVANT] == 12
    bar(staff, away, BarKind.AWAY, date(2026, 3, 1))
    assert standing.read(YEAR).score.pool_sizes[Pool.CIVIL_SERVANT] == 11
    for member in staff.members[2:5]:
        bar(staff, member, BarKind.LEAVE, date(2026, 3, 1))
    assert standing.read(YEAR).seats[Pool.CIVIL_SERVANT] == 2, "who is on leave takes part without a grade"


def test_an_approval_raises_the_seats_and_cannot_be_taken_from_under_them(staff):
    given = {Pool.CIVIL_SERVANT: ("青公〔2027〕1号", date(2027, 1, 4))}
    with unit_of_work():
        services.approve_seats(actor_of(staff.cast.hr), YEAR, given)
    for member in staff.members[:3]:
        propose(staff, member, Grade.EXCELLENT)
    with pytest.raises(FieldError, match="只有2个名额"), unit_of_work():
        services.approve_seats(actor_of(staff.cast.hr), YEAR, {})
    assert Pool.CIVIL_SERVANT in queries.list_approvals(YEAR)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(st.integers(0, 9), max_size=6, unique=True))
def test_never_more_are_excellent_than_a_fifth(staff, chosen):
    for place in chosen:
        try:
            propose(staff, staff.members[place], Grade.EXCELLENT)
        except FieldError:
            database.session.rollback()
    known = standing.read(YEAR)
    assert known.taken(Pool.CIVIL_SERVANT) <= known.seats[Pool.CIVIL_SERVANT] == 2


def test_excellent_waits_for_the_end_of_its_publicity(staff, tally_day):
    member = staff.members[0]
    propose(staff, member, Grade.EXCELLENT)
    propose(staff, staff.members[1])
    confirm(staff, tally_day)
    with pytest.raises(Conflict, match="还没有公示期满"):
        decide(staff, member)
    people.post_excellent(staff)
    assert people.decide_all(staff) == 1, "the other one need not wait"
    with pytest.raises(Conflict):
        decide(staff, member)
    tally_day.move_to("2027-01-29T10:00:00+08:00")
    people.end_publicity()
    decide(staff, member)
    assert latest(member).label == "优秀"


def test_only_proposals_of_excellent_are_publicized(staff):
    with pytest.raises(Conflict, match="名单上没有人"):
        people.post_excellent(staff)


def test_an_open_objection_to_the_list_stops_its_decisions(staff, tally_day):
    first, second = staff.members[:2]
    propose(staff, first, Grade.EXCELLENT)
    propose(staff, second, Grade.EXCELLENT)
    people.post_excellent(staff)
    objection_id = file(staff.members[5], ObjectionKind.PUBLICITY, "丁某0")
    tally_day.move_to("2027-01-29T10:00:00+08:00")
    people.hold_steps(staff)
    move(staff.cast, CycleState.CONFIRMED)
    with pytest.raises(Conflict, match="没有可以确定的等次"):
        people.decide_all(staff)
    receive(user_with_role(Role.SUP, name="监某甲"), objection_id)
    answer(user_with_role(Role.SUP, name="监某乙"), objection_id, ObjectionState.DISMISSED)
    assert people.decide_all(staff) == 2


def test_grades_wait_for_the_procedure(staff, tally_day):
    propose(staff, staff.members[0])
    tally_day.move_to(CONFIRM_DAY)
    move(staff.cast, CycleState.CONFIRMED)
    with pytest.raises(Conflict, match="总结述职、民主测评、了解核实、审核评鉴"):
        decide(staff, staff.members[0])


def test_steps_of_the_procedure_follow_each_other_and_lie_in_the_past(staff):
    actor = actor_of(staff.cast.hr)
    early = {**people.HELD, Step.REVIEW: (date(2026, 12, 1), "")}
    with pytest.raises(FieldError, match="不能早于了解核实"), unit_of_work():
        services.record_steps(actor, YEAR, early)
    with pytest.raises(FieldError, match="不能晚于今天"), unit_of_work():
        services.record_steps(actor, YEAR, {Step.REPORT: (date(2027, 3, 1), "")})


def test_the_minister_returns_a_proposal_with_the_reason(staff):
    member = staff.members[0]
    propose(staff, member)
    with unit_of_work():
        grade = queries.find_versions(YEAR, member.person_id, lock=True)[-1]
        services.send_back(actor_of(staff.cast.minister), grade, "请再核实")
    assert (latest(member).state, latest(member).return_reason) == (GradeState.RETURNED, "请再核实")
    propose(staff, member, Grade.BASIC)
    assert (latest(member).state, latest(member).version) == (GradeState.PROPOSED, 1)
    with pytest.raises(DomainError), unit_of_work():
        services.send_back(actor_of(staff.cast.minister), latest(member), " ")


def test_basically_competent_opens_a_candidate_of_admonition_and_nothing_more(staff, tally_day):
    propose(staff, staff.members[0], Grade.BASIC)
    confirm(staff, tally_day)
    decide(staff, staff.members[0])
    case = database.session.scalars(select(Admonition)).one()
    assert (case.person_id, case.source, case.state) == (
        staff.members[0].person_id,
        Source.BASICALLY_COMPETENT,
        AdmonitionState.CANDIDATE,
    )


def test_a_decided_grade_stands_in_the_database(staff, tally_day):
    propose(staff, staff.members[0])
    confirm(staff, tally_day)
    decide(staff, staff.members[0])
    with pytest.raises(DatabaseError), database.session.begin_nested():
        database.session.execute(text("UPDATE annual_grade SET grade = 'excellent'"))
    with pytest.raises(DatabaseError), database.session.begin_nested():
        database.session.execute(text("DELETE FROM annual_grade"))
    assert list(evidence.faults()) == []


def test_proposals_begin_once_the_count_is_in(staff):
    cycle = get_cycle(YEAR)
    cycle.state = CycleState.VOTING
    database.session.commit()
    with pytest.raises(Conflict, match="评价进行中"):
        propose(staff, staff.members[0])
