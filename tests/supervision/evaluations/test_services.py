"""Who rates, in which order, with what; what the year's standard is (R3.11, R3.12)."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.models import UnitKind
from fivestep_web.supervision.evaluations import queries, services, settings, waiting
from fivestep_web.supervision.evaluations.queries import Filter
from fivestep_web.supervision.evaluations.rules import EvaluationState, Rating, Side
from tests.factories.accounts import user_with_role
from tests.factories.ledger import actor_of
from tests.factories.org import UnitFactory
from tests.factories.supervision import assess, assessed, conclude, given, opened, phase
from tests.web import get


def stored(evaluation):
    database.session.rollback()
    return queries.get_evaluation(actor_of(stored.reader), evaluation.id)


@pytest.fixture(autouse=True)
def reader(county):
    stored.reader = county.minister


def send_back(evaluation, by, reason="依据不足"):
    with unit_of_work():
        actor = actor_of(by)
        services.send_back(actor, queries.get_evaluation(actor, evaluation.id, lock=True), reason=reason)


def test_the_unit_rates_and_the_leader_concludes(county):
    evaluation = opened(county)
    assess(evaluation.id, county.head, Rating.GOOD)
    found = stored(evaluation)
    assert (found.state, found.due_on) == (EvaluationState.AWAITING_LEADER, date(2026, 10, 15))
    conclude(evaluation.id, county.leader, Rating.FAIR)
    found = stored(evaluation)
    assert (found.state, found.due_on) == (EvaluationState.EVALUATED, None)
    assert {(one.side, one.rating) for one in found.ratings} == {
        (Side.UNIT, Rating.GOOD),
        (Side.LEADER, Rating.FAIR),
    }


def test_the_leader_does_not_come_first_nor_anybody_twice(county):
    evaluation = opened(county)
    with pytest.raises(Conflict):
        conclude(evaluation.id, county.leader)
    assess(evaluation.id, county.head)
    with pytest.raises(Conflict):
        assess(evaluation.id, county.head)
    conclude(evaluation.id, county.leader)
    with pytest.raises(Conflict):
        send_back(evaluation, county.leader)


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["leader", "office", "minister"])
def test_who_is_not_of_the_unit_does_not_rate_for_it(county, who):
    evaluation = opened(county)
    with pytest.raises(NotAllowed):
        assess(evaluation.id, getattr(county, who))


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["head", "member", "office"])
def test_the_unit_does_not_conclude_its_own_goals(county, who):
    evaluation = assessed(county)
    with pytest.raises(NotAllowed):
        conclude(evaluation.id, getattr(county, who))
    with pytest.raises(NotAllowed):
        send_back(evaluation, getattr(county, who))


@pytest.mark.one_database
def test_a_leader_in_charge_of_another_unit_does_not_conclude(county):
    evaluation = assessed(county)
    other = user_with_role(Role.DEP, charge=(UnitFactory(),))
    with pytest.raises(NotAllowed):
        conclude(evaluation.id, other)


@pytest.mark.one_database
def test_the_head_concludes_a_personal_task_but_not_the_own(county):
    task = opened(county, parent=county.goal())
    assess(task.id, county.member)
    conclude(task.id, county.head)
    assert stored(task).state is EvaluationState.EVALUATED
    own = opened(county, parent=county.goal(), person=county.head.person)
    assess(own.id, county.head)
    with pytest.raises(NotAllowed):
        conclude(own.id, county.head)
    rated_for = opened(county, parent=county.goal())
    assess(rated_for.id, county.head)
    with pytest.raises(NotAllowed):
        conclude(rated_for.id, county.head)
    conclude(rated_for.id, county.leader)


def test_one_sent_back_is_rated_again_in_place_of_the_first(county):
    evaluation = assessed(county)
    with pytest.raises(DomainError):
        send_back(evaluation, county.leader, " ")
    send_back(evaluation, county.leader)
    found = stored(evaluation)
    assert (found.state, found.reason) == (EvaluationState.RETURNED, "依据不足")
    assess(evaluation.id, county.member, Rating.POOR)
    found = stored(evaluation)
    assert found.reason == ""
    assert [one.rating for one in found.ratings] == [Rating.POOR] * 3


@pytest.mark.one_database
def test_every_dimension_needs_its_rating_and_sentence(county):
    evaluation = opened(county)
    partly = given()
    del partly["opinion"]
    actor = actor_of(county.head)
    found = queries.get_evaluation(actor, evaluation.id)
    with pytest.raises(DomainError, match="群众反映"):
        services.assess(actor, found, partly)


def test_the_database_lets_nobody_conclude_the_own_rating(county):
    evaluation = assessed(county)
    found = queries.get_evaluation(actor_of(county.minister), evaluation.id)
    found.state, found.concluded_by_id = EvaluationState.EVALUATED, found.assessed_by_id
    with pytest.raises(IntegrityError):
        database.session.commit()


def test_a_page_shown_before_a_change_is_refused(county):
    evaluation = opened(county)
    revision = evaluation.revision
    assess(evaluation.id, county.head)
    with pytest.raises(Conflict):
        queries.get_evaluation(actor_of(county.leader), evaluation.id, revision=revision)


def test_a_township_sees_its_own_only(county):
    township = UnitFactory(kind=UnitKind.TOWNSHIP)
    secretary = user_with_role(Role.TSC, unit=township)
    foreign, own = opened(county), opened(county, unit=township, person=secretary.person)
    with pytest.raises(NotFound):
        queries.get_evaluation(actor_of(secretary), foreign.id)
    listed = queries.list_evaluations(actor_of(secretary), Filter(2026), 0)
    assert [one.id for one in listed] == [own.id]
    assert queries.count_states(actor_of(secretary), Filter(2026))["awaiting_unit"] == 1


def test_a_dimension_is_rated_once_added_and_fixed_once_rated(county):
    office = actor_of(county.office)
    with pytest.raises(NotAllowed), unit_of_work():
        settings.add_dimension(actor_of(county.leader), 2026, name="创新", standard="有新办法")
    with unit_of_work():
        kept = settings.add_dimension(office, 2026, name="创新", standard="有新办法")
        dropped = settings.add_dimension(office, 2026, name="协作", standard="配合主动")
    with pytest.raises(FieldError), unit_of_work():
        settings.add_dimension(office, 2026, name="工作运行", standard="重名")
    with unit_of_work():
        settings.remove_dimension(office, 2026, dropped.id)
    evaluation = assessed(county)
    assert {one.dimension for one in stored(evaluation).ratings} == {
        "running", "results", "opinion", settings.key_of(kept),
    }  # fmt: skip
    with pytest.raises(Conflict), unit_of_work():
        settings.remove_dimension(office, 2026, kept.id)


def test_limits_hold_from_now_on(county):
    first, office = opened(county), actor_of(county.office)
    shown = settings.limits_of(2026).revision
    with unit_of_work():
        settings.set_limits(office, 2026, unit_workdays=2, leader_workdays=1, revision=shown)
    with pytest.raises(Conflict), unit_of_work():
        settings.set_limits(office, 2026, unit_workdays=3, leader_workdays=1, revision=shown)
    with pytest.raises(FieldError), unit_of_work():
        settings.set_limits(office, 2026, unit_workdays=31, leader_workdays=1, revision=shown + 1)
    second = opened(county)
    assert (stored(first).due_on, stored(second).due_on) == (date(2026, 10, 13), date(2026, 10, 9))
    assess(first.id, county.head)
    assert stored(first).due_on == date(2026, 10, 10)


def waits(user):
    listed = [item.values["evaluation_id"] for item in waiting.list_waiting(actor_of(user), 2026)]
    counted = [
        database.session.scalar(database.select(count)) for count in waiting.counts(actor_of(user), 2026)
    ]
    assert sum(counted) == len(listed)
    return listed


def test_what_waits_goes_from_the_unit_to_the_leader(county):
    evaluation = opened(county)
    assert [waits(one) for one in (county.member, county.head)] == [[evaluation.id]] * 2
    assert [waits(one) for one in (county.leader, county.minister, county.office)] == [[]] * 3
    assess(evaluation.id, county.head)
    assert (waits(county.head), waits(county.leader)) == ([], [evaluation.id])
    conclude(evaluation.id, county.leader)
    assert waits(county.leader) == []


@pytest.mark.parametrize("state", [LedgerState.CANCELLED, LedgerState.SUSPENDED, LedgerState.SETTLED])
def test_a_goal_that_is_cancelled_or_stands_still_is_not_asked_for_its_evaluation(county, state, login):
    evaluation = opened(county)
    entry = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.goal_id == evaluation.milestone.goal_id)
    ).one()
    entry.state = state
    database.session.commit()
    assert waits(county.head) == []
    reader = actor_of(county.head)
    assert queries.list_evaluations(reader, Filter(2026), 0) == []
    assert queries.count_states(reader, Filter(2026))["late"] == 0
    page = get(login(county.head), f"/evaluations/{evaluation.id}").text
    assert ("提交自评" in page, f"台账现在是“{state.label}”" in page) == (False, True)
    with pytest.raises(Conflict):
        assess(evaluation.id, county.head)
    entry.state = LedgerState.IN_PROGRESS
    database.session.commit()
    assert waits(county.head) == [evaluation.id]


def test_a_task_waits_for_its_carrier_then_for_the_head(county):
    task = opened(county, parent=county.goal())
    assert (waits(county.member), waits(county.head)) == ([task.id], [])
    assess(task.id, county.member)
    assert (waits(county.head), waits(county.leader)) == ([task.id], [])


def test_a_quarter_adds_up_the_leaders_ratings_of_its_phases(county):
    for day, rating in ((date(2026, 7, 10), Rating.GOOD), (date(2026, 8, 10), Rating.POOR)):
        evaluation = assessed(county, due_on=day)
        conclude(evaluation.id, county.leader, rating)
    assessed(county, due_on=date(2026, 9, 10))  # not concluded
    earlier = assessed(county, due_on=date(2026, 6, 10))
    conclude(earlier.id, county.leader)
    found = queries.ratings_of_quarter(2026, 3)
    assert found.keys() == {county.topic.id}
    assert set(found[county.topic.id].ratings.values()) == {Rating.POOR}
    assert found[county.topic.id].evidence.startswith("本季度评估2个阶段")
    assert queries.ratings_of_quarter(2026, 4) == {}


@pytest.mark.one_database
def test_a_phase_not_ended_has_no_evaluation(county):
    milestone = phase(county, date(2026, 12, 1))
    assert queries.of_phase([milestone.id]) == {}
