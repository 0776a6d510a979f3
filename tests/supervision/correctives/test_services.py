"""Who orders, for whom and until when; who reports and who verifies (R3.13)."""

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
from fivestep_web.supervision.correctives import page, queries, services, waiting
from fivestep_web.supervision.correctives.models import CorrectiveOrder
from fivestep_web.supervision.correctives.queries import Filter
from fivestep_web.supervision.correctives.rules import OrderState, Origin, StepKind
from fivestep_web.topics.rules import Tier
from tests.factories.accounts import user_with_role
from tests.factories.ledger import TopicFactory, actor_of
from tests.factories.org import UnitFactory
from tests.factories.supervision import assessed, ordered


def stored(order_id):
    database.session.rollback()
    return database.session.get(CorrectiveOrder, order_id)


def step(service, order, by, text):
    """Take a step with an order: *text* goes into the one text the step asks for."""
    name = {services.report: "text", services.verify: "note", services.send_back: "reason"}[service]
    with unit_of_work():
        actor = actor_of(by)
        service(actor, queries.get_order(actor, order.id, lock=True), **{name: text})


def report(order, by, text="已增派2人"):
    step(services.report, order, by, text)


def test_an_order_is_reported_sent_back_reported_and_verified(county):
    order = ordered(county)
    report(order, county.member)
    step(services.send_back, order, county.leader, "人员还没有到位")
    assert stored(order.id).state is OrderState.SENT_BACK
    report(order, county.head, "人员已到位")
    step(services.verify, order, county.office, "")
    found = stored(order.id)
    assert (found.state, found.verified_by_id) == (OrderState.VERIFIED, county.office.person_id)
    kinds = [one.kind for one in found.steps]
    assert kinds == [
        StepKind.ORDERED, StepKind.REPORTED, StepKind.SENT_BACK, StepKind.REPORTED, StepKind.VERIFIED,
    ]  # fmt: skip


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["member", "head", "office"])
def test_only_leaders_order_and_the_office_what_a_meeting_ordered(county, who):
    with pytest.raises(NotAllowed):
        ordered(county, getattr(county, who))
    if who == "office":
        made = ordered(county, county.office, origin="meeting")
        assert (made.origin, made.source) == (Origin.MEETING, "")


@pytest.mark.one_database
def test_a_leader_orders_in_the_own_charge_only_the_minister_everywhere(county):
    other = user_with_role(Role.DEP, charge=(UnitFactory(),))
    with pytest.raises(NotAllowed):
        ordered(county, other)
    assert ordered(county, county.minister).origin is Origin.LEADER


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("what", {"what": " "}),
        ("reason", {"reason": ""}),
        ("due_on", {"due_on": date(2026, 10, 8)}),
    ],
)
def test_an_order_says_what_why_and_by_when(county, field, facts):
    with pytest.raises(FieldError) as refused:
        ordered(county, **facts)
    assert refused.value.field == field


def test_an_order_goes_to_somebody_of_the_unit_or_the_goal(county):
    with pytest.raises(FieldError) as refused:
        ordered(county, person_id=county.leader.person_id)
    assert refused.value.field == "person_id"
    assert ordered(county, person_id=county.head.person_id).state is OrderState.ORDERED


@pytest.mark.one_database
@pytest.mark.parametrize("state", [LedgerState.CLOSED, LedgerState.CANCELLED])
def test_what_is_out_of_the_ledger_needs_no_correction(county, state):
    with pytest.raises(Conflict):
        ordered(county, goal_id=county.entry(state).goal_id)
    with pytest.raises(Conflict):
        ordered(county, goal_id=county.goal().id)


def test_an_order_out_of_an_evaluation_names_it_and_is_of_its_goal(county):
    evaluation = assessed(county)
    goal_id = evaluation.milestone.goal_id
    made = ordered(county, goal_id=goal_id, origin="stage_evaluation", evaluation_id=evaluation.id)
    assert [one.id for one in queries.of_evaluation(evaluation.id)] == [made.id]
    with pytest.raises(DomainError):
        ordered(county, origin="stage_evaluation", evaluation_id=evaluation.id)
    with pytest.raises(DomainError):
        ordered(county, goal_id=goal_id, origin="stage_evaluation")


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["leader", "office", "minister"])
def test_who_is_not_of_the_unit_does_not_report(county, who):
    order = ordered(county)
    with pytest.raises(NotAllowed):
        report(order, getattr(county, who))


def test_nobody_verifies_what_they_carry_or_reported(county):
    order = ordered(county)
    report(order, county.head)
    for who in (county.head, county.member):
        with pytest.raises(NotAllowed):
            step(services.verify, order, who, "")
    clerk = user_with_role(Role.OFC, unit=county.unit)
    own = ordered(county, person_id=clerk.person_id)
    report(own, county.head)
    with pytest.raises(NotAllowed):
        step(services.verify, own, clerk, "")
    found = queries.get_order(actor_of(county.minister), order.id)
    found.state, found.verified_by_id = OrderState.VERIFIED, county.head.person_id
    with pytest.raises(IntegrityError):
        database.session.commit()


def test_an_order_is_reported_before_it_is_verified_and_not_after(county):
    order = ordered(county)
    with pytest.raises(Conflict):
        step(services.verify, order, county.leader, "")
    report(order, county.member)
    with pytest.raises(Conflict):
        report(order, county.member)
    step(services.verify, order, county.leader, "现场看过")
    with pytest.raises(Conflict):
        step(services.send_back, order, county.leader, "再看")


@pytest.mark.one_database
def test_a_report_and_a_return_need_words(county):
    order = ordered(county)
    with pytest.raises(FieldError):
        report(order, county.member, "  ")
    report(order, county.member)
    with pytest.raises(FieldError):
        step(services.send_back, order, county.leader, " ")


def test_a_township_sees_its_own_orders_only(county):
    township = UnitFactory(kind=UnitKind.TOWNSHIP)
    secretary = user_with_role(Role.TSC, unit=township)
    foreign = ordered(county)
    goal_id = county.entry(unit=township, person=secretary.person).goal_id
    own = ordered(county, county.minister, goal_id=goal_id, person_id=secretary.person_id)
    actor = actor_of(secretary)
    with pytest.raises(NotFound):
        queries.get_order(actor, foreign.id)
    assert [one.id for one in queries.list_orders(actor, Filter(2026), 0)] == [own.id]


def test_the_sums_and_what_carries_over(county):
    routine = TopicFactory(lead_unit=county.unit, leader=county.leader.person, tier=Tier.ROUTINE)
    late = ordered(county, due_on=date(2026, 10, 9), goal_id=county.entry(topic=routine).goal_id)
    done = ordered(county, goal_id=county.entry(topic=routine).goal_id)
    report(done, county.member)
    key = ordered(county, goal_id=county.entry(topic=routine, is_key=True).goal_id)
    assert [one.id for one in queries.open_orders(2026)] == [key.id, late.id, done.id]
    step(services.verify, done, county.leader, "")
    assert [one.id for one in queries.open_orders(2026)] == [key.id, late.id]
    sums = {row[0]: row[1] for row in page.index_page(actor_of(county.office), Filter(2026), 0).sums}
    assert sums == {"未办结": 2, "逾期": 0, "待核实": 0, "已核实": 1}


def waits(user):
    listed = [item.values["order_id"] for item in waiting.list_waiting(actor_of(user), 2026)]
    counted = [database.session.scalar(database.select(one)) for one in waiting.counts(actor_of(user), 2026)]
    assert sum(counted) == len(listed)
    return listed


def test_of_a_cancelled_goal_nothing_is_to_be_put_right(county):
    order = ordered(county)
    entry = database.session.scalars(select(LedgerEntry).where(LedgerEntry.goal_id == order.goal_id)).one()
    entry.state = LedgerState.CANCELLED
    database.session.commit()
    assert waits(county.member) == []
    assert queries.open_orders(2026) == []


def test_what_waits_goes_from_the_owner_to_the_verifier(county):
    order = ordered(county)
    meeting = ordered(county, county.office, origin="meeting")
    assert (waits(county.member), waits(county.leader)) == ([order.id, meeting.id], [])
    for one in (order, meeting):
        report(one, county.member)
    assert (waits(county.member), waits(county.leader)) == ([], [order.id, meeting.id])
    assert (waits(county.office), waits(county.minister)) == ([meeting.id], [])
