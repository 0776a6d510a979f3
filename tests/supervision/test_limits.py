"""Hand-overs of the steps, who holds them, the limits and their pages (R3.9)."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.dashboard.queries import count_waiting
from fivestep_web.execution.acceptance.models import MilestoneSubmission
from fivestep_web.extensions import db as database
from fivestep_web.ledger import queries as ledger
from fivestep_web.ledger import write_off_services
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.ledger.write_off_services import AcceptanceCondition
from fivestep_web.org.queries import get_plan_year
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.rules import ChangeKind, ChangeState, MilestoneState
from fivestep_web.supervision.limits import page, queries, services, waiting
from fivestep_web.supervision.limits.registry import list_kinds
from fivestep_web.supervision.limits.rules import DEFAULTS, LimitKind, Seat
from tests.factories.accounts import user_with_role
from tests.factories.feedback import play
from tests.factories.ledger import MilestoneFactory, actor_of, letter_in_force, make_county
from tests.web import get, post

ASKED = date(2026, 9, 15)


@pytest.fixture
def county(db):
    play(ASKED)
    return make_county()


def within(user, entry_id, command, **facts):
    actor = actor_of(user)
    with unit_of_work():
        command(actor, ledger.get_entry(actor, entry_id, lock=True), **facts)


def asked_write_off(county):
    entry_id = county.completed_entry().id
    within(
        county.member, entry_id, write_off_services.request_write_off, conditions=list(AcceptanceCondition)
    )
    return entry_id


def order(county, state=ChangeState.PROPOSED, decided=None):
    letter = letter_in_force(county, [county.goal()])
    made = ChangeOrder(
        year=2026, serial=1, number="变〔2026〕1号", letter_id=letter.id, kind=ChangeKind.AMEND,
        reason="调整", effective_on=ASKED, state=state, requested_by_id=county.head.person_id,
        requested_at=clock.now(),
    )  # fmt: skip
    if decided:
        made.decided_by_id, made.decided_at = county.leader.person_id, clock.now() + timedelta(days=decided)
    database.session.add(made)
    database.session.commit()
    return made.id


def handovers(user, code=""):
    database.session.rollback()
    for kind in list_kinds():
        held = [step for step in kind.read(2026) if step.until is None]
        assert [step for step in kind.read(2026, open_only=True) if step.until is None] == held
    found = queries.list_handovers(actor_of(user), 2026)
    return [item for item in found if code in {"", item.kind.code}]


def test_a_write_off_goes_from_the_office_to_the_leader_in_charge(county):
    entry_id = asked_write_off(county)
    (check,) = handovers(county.office)
    assert (check.kind.code, check.holder.seat, check.workdays) == ("write_off_check", Seat.OFFICE, 5)
    assert check.holder.name == "办公室"
    play(date(2026, 9, 18))
    within(county.office, entry_id, write_off_services.record_check, note="")
    check, approval = handovers(county.office)
    assert (check.timing.is_open, check.timing.spent) == (False, 3)
    assert approval.holder.people == (county.leader.person_id,)
    assert approval.above.seat is Seat.MINISTER  # there is no executive deputy
    within(county.leader, entry_id, write_off_services.approve_write_off)
    assert all(not item.timing.is_open for item in handovers(county.office))
    figures = page.total(handovers(county.office))
    assert (figures.steps, figures.matters, figures.per_matter) == (2, 1, 2)


def test_the_office_clerk_who_owns_the_goal_is_not_who_checks_it(county):
    entry = county.completed_entry(person=county.office.person)
    within(
        county.office, entry.id, write_off_services.request_write_off, conditions=list(AcceptanceCondition)
    )
    deputy = user_with_role(Role.EXD)
    (check,) = handovers(county.office)
    assert check.holder.people == (deputy.person_id,)


@pytest.mark.parametrize(
    ("state", "decided", "is_open"),
    [(ChangeState.PROPOSED, None, True), (ChangeState.REFUSED, 1, False), (ChangeState.IN_FORCE, 1, False)],
)
def test_a_change_order_is_one_approval(county, state, decided, is_open):
    order(county, state, decided)
    (step,) = handovers(county.leader, "change_order")
    assert (step.timing.is_open, step.workdays) == (is_open, 3)
    assert step.holder.people == (county.leader.person_id,)


def test_a_change_taken_back_before_the_decision_is_nobodys_hand_over(county):
    order(county, ChangeState.WITHDRAWN)
    assert handovers(county.office, "change_order") == []


@pytest.mark.one_database
def test_a_step_overdue_shows_to_its_holder_and_to_the_level_above(county):
    order(county)
    deputy = user_with_role(Role.EXD)
    assert waiting.list_waiting(actor_of(county.leader), 2026) == []
    play(date(2026, 9, 21))  # the 16th, 17th, 18th and the 20th, a Sunday worked in exchange
    (held,) = waiting.list_waiting(actor_of(county.leader), 2026)
    (below,) = waiting.list_waiting(actor_of(deputy), 2026)
    assert held.label.startswith(county.unit.current.name)
    assert held.note == "责任书变更审批超时限2个工作日，请尽快办理"
    assert below.note == f"责任书变更审批超时限2个工作日，现由{county.leader.person.name}办理，请督促"
    for user in (county.office, county.head, county.member):
        assert waiting.list_waiting(actor_of(user), 2026) == []
    assert handovers(user_with_role(Role.SHD)) == handovers(county.member) == []
    assert len(handovers(county.head)) == 1


@pytest.mark.one_database
def test_the_today_page_lists_what_is_overdue_and_counts_it_once(county, login):
    order(county)
    deputy = user_with_role(Role.EXD)
    play(date(2026, 9, 21))
    page_of_leader = get(login(county.leader), "/").text
    assert "请尽快办理" in page_of_leader
    assert "超时限未办 1" in page_of_leader
    before = count_waiting(actor_of(county.leader), 2026)
    play(ASKED)
    assert count_waiting(actor_of(county.leader), 2026) == before == 1
    assert "超时限未办" not in get(login(deputy), "/").text


def handed_in(county, by, person, parent=None):
    goal = county.entry(LedgerState.IN_PROGRESS, person=person.person, parent=parent).goal
    phase = MilestoneFactory(goal=goal, state=MilestoneState.SUBMITTED)
    made = MilestoneSubmission(
        milestone_id=phase.id, number=1, note="已办", submitted_by_id=by.person_id,
        submitted_on=ASKED, submitted_at=clock.now(),
    )  # fmt: skip
    database.session.add(made)
    database.session.commit()
    return goal


def test_who_is_in_charge_now_holds_an_acceptance_and_never_who_owns_the_goal(county):
    goal = handed_in(county, county.member, county.head)
    former, goal.leader_id = goal.leader_id, county.office.person_id
    database.session.commit()
    (step,) = handovers(county.leader, "acceptance")
    assert former != county.office.person_id
    assert step.holder.people == (county.leader.person_id,)
    handed_in(county, county.member, county.head, parent=goal)
    assert {item.holder.people for item in handovers(county.leader, "acceptance")} == {
        (county.leader.person_id,)
    }


def put(user, seen=0, **days):
    wanted = {kind: days.get(kind.value, DEFAULTS[kind]) for kind in LimitKind}
    with unit_of_work():
        services.set_limits(actor_of(user), get_plan_year(2026, lock=True), wanted, seen=seen)


def test_a_limit_set_holds_for_what_begins_after_it_and_is_logged(county):
    order(county)
    play(ASKED, hour=10)
    put(county.office, approval=1)
    assert [item.workdays for item in handovers(county.leader)] == [3]
    assert queries.limit_of(2026, LimitKind.APPROVAL, clock.now()) == 1
    entry = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "limit.set")).one()
    assert json.loads(entry.body)["detail"] == {"before": {"审批": 3}, "after": {"审批": 1}}
    with pytest.raises(Conflict, match="有变化"):
        put(county.office, approval=2)
    assert [row.workdays for row in queries.list_limits(2026)] == [1]


@pytest.mark.one_database
def test_limits_are_short_differ_and_are_not_for_everyone(county):
    with pytest.raises(FieldError, match="1至60"):
        put(county.office, approval=61)
    with pytest.raises(DomainError, match="没有改动"):
        put(county.office)
    for role in set(Role) - {Role.EXD, Role.OFC}:
        with pytest.raises(NotAllowed):
            put(user_with_role(role), approval=2)


@pytest.mark.one_database
def test_statistics_group_by_kind_unit_and_month(county):
    asked_write_off(county)
    order(county, ChangeState.REFUSED, 1)
    items = handovers(county.office)
    assert {line.label for line in page.group_lines(items, "kind")} == {"销号材料核查", "责任书变更审批"}
    (unit,) = page.group_lines(items, "unit_id")
    assert (unit.value, unit.figures.steps) == (str(county.unit.id), 2)
    (month,) = page.group_lines(items, "month")
    assert (month.label, month.figures.finished) == ("9月", 1)


@pytest.mark.one_database
def test_the_page_shows_what_is_overdue_first_and_leads_to_the_single_steps(county, login):
    asked_write_off(county)
    order(county)
    play(date(2026, 9, 21))
    client = login(county.office)
    for address in ("/limits", "/limits?by=month", "/limits?by=unit_id&kind=change_order", "/limits?by=x"):
        assert "超时限2个工作日" in get(client, address).text
    shown = get(client, "/limits").text
    assert shown.index("超时限2个工作日") < shown.index("办理中")
    assert f"/limits/steps?unit_id={county.unit.id}" in get(client, "/limits?by=unit_id").text
    assert "变〔2026〕1号" in get(client, "/limits/steps?kind=change_order&month=9").text
    assert "没有符合条件的环节" in get(client, "/limits/steps?month=3").text


@pytest.mark.one_database
def test_the_page_of_the_limits_is_read_by_all_and_set_by_some(county, login):
    client = login(county.head)
    assert "时限由常务副部长或办公室设定" in get(client, "/limits/settings").text
    days = {kind.value: str(DEFAULTS[kind]) for kind in LimitKind}
    assert post(client, "/limits/2026/settings", days).status_code == 403
    client = login(county.office)
    assert "销号材料核查" in get(client, "/limits/settings").text
    wrong = post(client, "/limits/2026/settings", days | {"seen": "0", "feedback": "99"})
    assert wrong.status_code == 422
    assert "反馈答复的时限应为1至60个工作日" in wrong.text
    assert 'value="99"' in wrong.text
    assert post(client, "/limits/2026/settings", days | {"seen": "0", "feedback": "1"}).status_code == 303
    assert "历次设定" in get(client, "/limits/settings").text


@pytest.mark.one_database
def test_a_year_not_there_has_no_limits(county, login):
    assert post(login(county.office), "/limits/2031/settings", {"seen": "0"}).status_code == 404
