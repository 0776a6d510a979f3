"""Extension requests: reason, date, approver, count, history (field.md 3.12)."""

from datetime import date, timedelta

import pytest
from flask_babel import lazy_gettext as _l
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.extensions import db as database
from fivestep_web.supervision.extensions import queries, registry, rules, services, waiting
from fivestep_web.supervision.extensions.models import ExtensionRequest
from fivestep_web.supervision.extensions.registry import Item, ItemKind
from fivestep_web.supervision.extensions.rules import ExtensionState
from fivestep_web.supervision.limits import queries as limits
from tests.factories.accounts import user_with_role
from tests.factories.feedback import feedback_of, make_feedback, send
from tests.factories.ledger import actor_of
from tests.web import get, post

CALENDAR = WorkCalendar(known_exceptions(), known_years())
DUE, LATER = date(2026, 6, 30), date(2026, 7, 3)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(asked=DAYS, due=DAYS, today=DAYS, latest=st.none() | DAYS)
def test_a_date_moves_to_a_later_working_day_never_past_the_signed_deadline(asked, due, today, latest):
    reason = rules.why_not(asked, due_on=due, latest_on=latest, today=today, calendar=CALENDAR)
    is_possible = asked > due and asked >= today and CALENDAR.is_workday(asked)
    assert (reason is None) == (is_possible and (latest is None or asked <= latest))


def test_the_reason_says_how_to_mend_it():
    found = rules.why_not(date(2026, 10, 3), due_on=DUE, latest_on=None, today=DUE, calendar=CALENDAR)
    assert found == "2026年10月3日不是工作日，请改为2026年9月30日或2026年10月8日。"
    found = rules.why_not(LATER, due_on=DUE, latest_on=DUE + timedelta(1), today=DUE, calendar=CALENDAR)
    assert "申请责任书变更" in found


@pytest.fixture
def county(db):
    return make_feedback()


def ask(county, user=None, asked=LATER, reason="主要负责人参加集中培训"):
    with unit_of_work():
        made = services.ask(
            actor_of(user or county.head),
            "feedback",
            feedback_of(county).id,
            asked_due_on=asked,
            reason=reason,
        )
        return made.id


def decide(command, user, request_id, reason="同意，抓紧报送。"):
    actor = actor_of(user)
    with unit_of_work():
        command(actor, queries.get_request(actor, request_id, lock=True), reason=reason)


def test_a_granted_extension_moves_the_date_and_stands_on_the_thing(county):
    request_id = ask(county)
    feedback_id = feedback_of(county).id
    assert queries.extended("feedback", [feedback_id])[feedback_id].open_id == request_id
    decide(services.grant, county.leader, request_id)
    assert feedback_of(county).due_on == LATER
    found = queries.extended("feedback", [feedback_id])[feedback_id]
    assert (found.struck, found.count, found.open_id) == ([DUE], 1, None)
    decide(services.grant, county.leader, ask(county, asked=LATER + timedelta(3)))
    assert queries.extended("feedback", [feedback_id])[feedback_id].struck == [DUE, LATER]
    assert len(queries.list_of_item(actor_of(county.head), "feedback", feedback_id)) == 2


def test_a_refused_or_withdrawn_request_leaves_the_date(county):
    request_id = ask(county)
    with pytest.raises(FieldError, match="批复意见"):
        decide(services.refuse, county.leader, request_id, " ")
    decide(services.refuse, county.leader, request_id, "请按时报送。")
    second = ask(county)
    with pytest.raises(NotAllowed, match="申请人自己"), unit_of_work():
        services.withdraw(actor_of(county.leader), queries.get_request(actor_of(county.leader), second))
    with unit_of_work():
        services.withdraw(
            actor_of(county.head), queries.get_request(actor_of(county.head), second, lock=True)
        )
    assert feedback_of(county).due_on == DUE
    states = database.session.scalars(select(ExtensionRequest.state).order_by(ExtensionRequest.id)).all()
    assert states == [ExtensionState.REFUSED, ExtensionState.WITHDRAWN]
    with pytest.raises(Conflict, match="已撤回"):
        decide(services.grant, county.leader, second)


def test_one_request_is_open_at_a_time(county):
    ask(county)
    with pytest.raises(Conflict, match="等待批准"):
        ask(county)
    open_one = database.session.scalars(select(ExtensionRequest)).one()
    facts = {column.name: getattr(open_one, column.name) for column in ExtensionRequest.__table__.c}
    with pytest.raises(IntegrityError), unit_of_work():
        database.session.add(ExtensionRequest(**{key: value for key, value in facts.items() if key != "id"}))


def test_nobody_decides_on_the_own_request_and_only_those_in_charge_do(county):
    both = user_with_role(Role.SHD, Role.DEP, unit=county.unit, charge=(county.unit,))
    request_id = ask(county, both)
    for command in (services.grant, services.refuse):
        with pytest.raises(NotAllowed, match="申请人不能"):
            decide(command, both, request_id)
        with pytest.raises(NotAllowed):
            decide(command, county.head, request_id)
        with pytest.raises(NotFound):
            decide(command, user_with_role(Role.DEP), request_id)
    deputy = user_with_role(Role.EXD)
    assert len(waiting.list_waiting(actor_of(deputy), 2026)) == 1
    decide(services.grant, deputy, request_id)


def test_another_units_thing_is_hidden_and_another_persons_not_asked_for(county):
    with pytest.raises(NotFound):
        ask(county, user_with_role(Role.SHD))
    with pytest.raises(NotAllowed, match="责任人或本单位负责人"):
        ask(county, county.member)
    with pytest.raises(NotFound), unit_of_work():
        services.ask(actor_of(county.head), "unheard_of", 1, asked_due_on=LATER, reason="无")


def test_what_is_done_or_moved_meanwhile_is_not_extended(county):
    request_id = ask(county)
    feedback = feedback_of(county)
    feedback.due_on = DUE + timedelta(1)
    database.session.commit()
    with pytest.raises(Conflict, match="已有变动"):
        decide(services.grant, county.leader, request_id)
    send(county)
    with pytest.raises(Conflict, match="已经办结"):
        decide(services.grant, county.leader, request_id)
    decide(services.refuse, county.leader, request_id)
    with pytest.raises(Conflict, match="已经办结"):
        ask(county)


def test_a_responsible_person_asks_for_an_own_thing_of_a_goal_up_to_its_deadline(county, monkeypatch):
    moved = []

    def find(actor, item_id, lock):
        del actor, lock
        return Item(
            id=item_id, label="整改", year=2026, unit_id=county.unit.id, person_id=county.member.person_id,
            due_on=DUE, is_open=True, endpoint="ledger.ledger_index", values={}, latest_on=LATER,
        )  # fmt: skip

    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    registry.register(ItemKind("repair", _l("整改"), find, lambda item_id, day: moved.append((item_id, day))))

    def wanted(day):
        with unit_of_work():
            return services.ask(actor_of(county.member), "repair", 7, asked_due_on=day, reason="等批复").id

    with pytest.raises(FieldError, match="责任书变更"):
        wanted(LATER + timedelta(3))
    decide(services.grant, county.leader, wanted(LATER))
    assert moved == [(7, LATER)]


def test_the_decision_is_a_hand_over_and_waits_for_the_leader(county):
    request_id = ask(county)
    leader = actor_of(county.leader)
    assert [item.values["request_id"] for item in waiting.list_waiting(leader, 2026)] == [request_id]
    figures = waiting.counts(leader, 2026)
    assert database.session.execute(select(*figures)).one() == (1,)
    assert waiting.counts(actor_of(county.head), 2026) == []
    (step,) = [item for item in limits.list_handovers(leader, 2026) if item.kind.code == "extension"]
    assert (step.workdays, step.holder.people) == (3, (county.leader.person_id,))


@pytest.mark.one_database
def test_the_pages_ask_decide_and_show_the_old_date_struck_out(county, login):
    feedback_id = feedback_of(county).id
    client, address = login(county.head), f"/extensions/feedback/{feedback_id}/new"
    assert "延期申请" in get(client, address).text
    sent = {"asked_due_on": "2026-06-29", "reason": "参加培训"}
    answer = post(client, address, sent)
    assert answer.status_code == 422
    assert "应晚于原期限" in answer.text
    assert "参加培训" in answer.text
    answer = post(client, address, sent | {"asked_due_on": LATER.isoformat()})
    assert answer.status_code == 303
    shown = answer.location
    assert "申请人自己不能批准" in get(client, shown).text
    assert "待批准" in get(client, f"/feedback/{feedback_id}").text
    client = login(county.leader)
    assert "信息反馈" in get(client, "/extensions").text
    page = get(client, shown).text
    assert "确认同意延期" in page
    assert post(client, f"{shown}/grant", {"grant-revision": "1"}).status_code == 422
    assert post(client, f"{shown}/grant", {"grant-revision": "9", "grant-reason": "同意"}).status_code == 409
    decided = {"grant-revision": "1", "grant-reason": "同意，抓紧办理"}
    assert post(client, f"{shown}/grant", decided).status_code == 303
    page = get(client, f"/feedback/{feedback_id}").text
    assert "<del>" in page
    assert "延期1次" in page
    assert get(login(county.member), address).status_code == 403
    assert clock.today() < LATER
