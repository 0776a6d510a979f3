"""Corrective orders in meetings, extensions and time limits."""

from datetime import date

import pytest
import time_machine

from fivestep_web.core import clock
from fivestep_web.core.errors import FieldError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.supervision.correctives import extending, queries, services, sources
from fivestep_web.supervision.correctives.models import CorrectiveOrder
from fivestep_web.supervision.correctives.rules import Origin
from fivestep_web.supervision.extensions import queries as requests
from fivestep_web.supervision.extensions import services as extensions
from fivestep_web.supervision.meetings import minutes
from fivestep_web.supervision.meetings.rules import MeetingKind, Outcome
from tests.factories.accounts import user_with_role
from tests.factories.ledger import actor_of
from tests.factories.supervision import ordered
from tests.supervision import meeting_steps
from tests.web import get

pytestmark = pytest.mark.one_database

LATER = date(2026, 10, 30)


def report(order, by):
    with unit_of_work():
        actor = actor_of(by)
        services.report(actor, queries.get_order(actor, order.id, lock=True), text="已增派2人")


def test_a_dispatch_meeting_takes_up_what_an_earlier_quarter_left_open(county):
    order = ordered(county)
    with time_machine.travel("2027-01-08 10:00+08:00"):
        today = clock.today()
        found = list(sources.carried_over(2026, MeetingKind.DISPATCH, today))
        assert [matter.key for matter in found] == [f"corrective:{order.id}"]
        assert "增派人手" in found[0].detail
        assert list(sources.carried_over(2026, MeetingKind.JOINT, today)) == []
    assert list(sources.carried_over(2026, MeetingKind.DISPATCH, date(2026, 12, 31))) == []


@pytest.mark.usefixtures("db")
def test_an_item_of_a_meeting_ends_in_an_order():
    made = meeting_steps.make_meetings()
    meeting_steps.open_meetings()
    meeting_id = meeting_steps.joint().id
    meeting_steps.begin(made, meeting_id)
    signal, problem = (meeting_steps.item_of(meeting_steps.joint(), name) for name in ("signal", "problem"))
    with unit_of_work():
        said = minutes.Decision(
            Outcome.CORRECTIVE, matter="每周报进度", owner_id=made.county.member.person_id,
            due_on=meeting_steps.LATER,
        )  # fmt: skip
        minutes.decide(made.office, database.session.merge(signal), said)
    meeting_steps.resolve(made, database.session.merge(problem))
    meeting_steps.close(made, meeting_id)
    (order,) = queries.open_orders(2026)
    assert (order.what, order.goal_id) == ("每周报进度", made.red_goal_id)
    assert (order.origin, order.source) == (Origin.MEETING, f"meeting:{meeting_id}")


def test_a_meeting_may_name_somebody_of_another_unit_who_then_sees_the_order(county):
    secretary = user_with_role(Role.TSC)
    with pytest.raises(FieldError):
        ordered(county, person_id=secretary.person_id)
    order = ordered(county, county.office, origin="meeting", person_id=secretary.person_id)
    report(order, secretary)
    assert database.session.get(CorrectiveOrder, order.id).reported_by_id == secretary.person_id


def test_the_day_moves_by_an_extension_the_leader_grants(county, login):
    order = ordered(county)
    with pytest.raises(NotAllowed), unit_of_work():
        extensions.ask(
            actor_of(county.leader), extending.KIND, order.id, asked_due_on=LATER, reason="人员月底到位"
        )
    with unit_of_work():
        asked = extensions.ask(
            actor_of(county.member), extending.KIND, order.id, asked_due_on=LATER, reason="人员月底到位"
        )
    with unit_of_work():
        leader = actor_of(county.leader)
        found = requests.get_request(leader, asked.id, lock=True)
        extensions.grant(leader, found, reason="同意")
    assert database.session.get(CorrectiveOrder, order.id).due_on == LATER
    page = get(login(county.member), f"/correctives/{order.id}").text
    assert "延期1次" in page
    assert "延期1次" in get(login(county.member), "/correctives").text


def test_an_extension_does_not_pass_the_signed_deadline(county):
    inside = ordered(county, goal_id=county.entry(deadline=date(2026, 12, 31)).goal_id)
    behind = ordered(county)  # its goal was due on 30 September
    found = {
        order.id: extending.item_of(queries.get_order(actor_of(county.member), order.id)).latest_on
        for order in (inside, behind)
    }
    assert found == {inside.id: date(2026, 12, 31), behind.id: None}


def test_each_report_is_a_hand_over_until_it_is_decided_on(county):
    order = ordered(county)
    report(order, county.member)
    (step,) = sources.verifications(2026)
    assert (step.matter, step.until, step.asked_by_id) == (
        f"corrective:{order.id}", None, county.member.person_id,
    )  # fmt: skip
    with unit_of_work():
        leader = actor_of(county.leader)
        services.send_back(leader, queries.get_order(leader, order.id, lock=True), reason="再核")
    report(order, county.head)
    assert [one.until is None for one in sources.verifications(2026)] == [False, True]
