"""Additions and deductions: proposed by one, decided by the meeting and entered by another (7.8)."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from fivestep_web.assessment import queries as stored
from fivestep_web.assessment.adjustments import evidence, queries, services
from fivestep_web.assessment.adjustments.rules import is_open, points_fault
from fivestep_web.assessment.adjustments.services import Decision, Entry
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.models import Adjustment, AdjustmentKind, AdjustmentState
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.dashboard.queries import count_waiting
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Unit
from tests.assessment.cycles.plans import YEAR, actor_of, bring_to
from tests.factories.accounts import user_with_role
from tests.web import get, post

BONUS, DEDUCTION, VETO = AdjustmentKind
DAY = date(2026, 12, 28)
PAGE = f"/assessment/{YEAR}/adjustments"
TYPED = {"kind": "bonus", "points": "1.5", "reason": "经验交流", "basis": "简报第3期"}


def unit_id(code="K01"):
    return database.session.query(Unit.id).filter_by(code=code).scalar()


def propose(user, kind=BONUS, points: object = Decimal("1.5"), **changed):
    facts = {"unit_id": unit_id(), "reason": "经验交流", "basis": "简报第3期"} | changed
    entry = Entry(kind=kind, points=points, **facts)
    with unit_of_work():
        return services.propose(actor_of(user), get_cycle(YEAR, lock=True), entry).id


def decide(user, adjustment_id, *, is_approved=True, note="", day=DAY):
    with unit_of_work():
        found = queries.get_adjustment(YEAR, adjustment_id, lock=True)
        decision = Decision(day, is_approved=is_approved, note=note)
        services.decide(actor_of(user), get_cycle(YEAR, lock=True), found, decision)


def found(adjustment_id):
    database.session.expire_all()
    return database.session.get_one(Adjustment, adjustment_id)


def counted():
    return [(line.kind, line.points) for line in stored.adjustments(YEAR).get(unit_id(), [])]


@pytest.fixture
def opened(cast):
    bring_to(cast, CycleState.OPEN)
    return cast


def test_only_what_the_meeting_approved_counts(opened):
    bonus = propose(opened.office)
    veto = propose(opened.hr, VETO, None, reason="安全责任事故")
    refused = propose(opened.office, DEDUCTION, Decimal(1), reason="迟报")
    assert counted() == []
    decide(opened.minister, bonus)
    decide(opened.deputy, veto)
    decide(opened.minister, refused, is_approved=False, note="已说明原因")
    assert counted() == [(BONUS, Decimal("1.5")), (VETO, None)]
    told = found(bonus)
    assert (told.state, told.meeting_on) == (AdjustmentState.APPROVED, DAY)
    assert (told.proposed_by_id, told.decided_by_id) == (opened.office.person_id, opened.minister.person_id)
    assert found(refused).note == "已说明原因"


def test_the_proposer_never_decides(opened):
    both = user_with_role(Role.OFC, Role.EXD)
    adjustment_id = propose(both)
    with pytest.raises(NotAllowed, match="不能登记自己提出的"):
        decide(both, adjustment_id)
    with pytest.raises(NotAllowed):
        decide(opened.office, adjustment_id)
    with pytest.raises(NotAllowed, match="办公室、人事提出"):
        propose(opened.minister)


def test_a_decision_is_made_once(opened):
    adjustment_id = propose(opened.office)
    decide(opened.minister, adjustment_id)
    with pytest.raises(Conflict, match="现在是“已批准”"):
        decide(opened.deputy, adjustment_id, is_approved=False, note="重复")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"points": None}, "points"),
        ({"points": Decimal(0)}, "points"),
        ({"points": Decimal("100.01")}, "points"),
        ({"points": Decimal("1.234")}, "points"),
        ({"kind": VETO}, "points"),
        ({"basis": " "}, "basis"),
        ({"reason": " "}, "reason"),
        ({"unit_id": 999}, "unit_id"),
    ],
)
def test_what_is_incomplete_or_out_of_range_is_refused(opened, facts, field):
    with pytest.raises(FieldError) as refusal:
        propose(opened.office, **facts)
    assert refusal.value.field == field


def test_the_same_is_proposed_anew_only_after_it_was_refused_or_taken_back(opened):
    first = propose(opened.office)
    with pytest.raises(FieldError, match="请勿重复提出"):
        propose(opened.hr)
    with pytest.raises(NotAllowed), unit_of_work():
        services.withdraw(actor_of(opened.hr), queries.get_adjustment(YEAR, first, lock=True))
    with unit_of_work():
        services.withdraw(actor_of(opened.office), queries.get_adjustment(YEAR, first, lock=True))
    second = propose(opened.hr)
    decide(opened.minister, second, is_approved=False, note="依据不足")
    propose(opened.office)


def test_a_meeting_is_not_in_the_future_and_a_refusal_has_a_reason(opened):
    adjustment_id = propose(opened.office)
    with pytest.raises(FieldError, match="不能晚于今天"):
        decide(opened.minister, adjustment_id, day=date(2026, 12, 29))
    with pytest.raises(FieldError, match="不予批准的理由"):
        decide(opened.minister, adjustment_id, is_approved=False)


def test_they_stand_from_the_review_on_and_open_again_when_results_are_sent_back():
    way = list(CycleState)[1:8]
    assert [is_open(way[:count]) for count in range(len(way) + 1)] == [True] * 6 + [False, False]
    assert is_open([*way, CycleState.REVIEWED])
    assert not is_open([*way, CycleState.REVIEWED, CycleState.PUBLICIZING])
    assert points_fault(Decimal("NaN"))


def test_what_is_altered_put_in_or_taken_away_is_found(opened):
    first, second = propose(opened.office), propose(opened.office, reason="宣传推广")
    assert list(evidence.faults()) == []
    put_in = Adjustment(
        year=YEAR,
        unit_id=unit_id(),
        kind=VETO,
        reason="补记",
        state=AdjustmentState.PROPOSED,
        proposed_by_id=opened.hr.person_id,
    )
    database.session.add(put_in)
    database.session.commit()
    database.session.execute(text("UPDATE adjustment SET points = '9' WHERE id = :id"), {"id": first})
    database.session.execute(text("DELETE FROM adjustment WHERE id = :id"), {"id": second})
    database.session.commit()
    assert list(evidence.faults()) == [
        f"加减分{first}在登记后被改动",
        f"加减分{put_in.id}没有登记日志",
        f"加减分{second}已登记，现在不存在",
    ]


def test_they_are_proposed_and_decided_on_the_page_and_what_was_typed_is_kept(opened, login):
    client = login(opened.office)
    refused = post(client, PAGE, TYPED | {"unit_id": unit_id(), "points": "500"})
    assert (refused.status_code, "简报第3期" in refused.text) == (422, True)
    assert "分值应大于0、不超过100" in refused.text
    assert post(client, PAGE, TYPED | {"unit_id": unit_id()}).location == PAGE
    adjustment = database.session.query(Adjustment).one()
    assert "确认撤回" in get(client, PAGE).text
    client = login(opened.minister)
    assert count_waiting(actor_of(opened.minister), YEAR) == 1
    assert "考核加减分：经验交流" in get(client, "/").text
    late = {"revision": adjustment.revision, "meeting_on": "2027-01-31"}
    answer = post(client, f"{PAGE}/{adjustment.id}/approve", late)
    assert (answer.status_code, "会议日期不能晚于今天" in answer.text) == (422, True)
    assert (
        post(client, f"{PAGE}/{adjustment.id}/approve", late | {"meeting_on": "2026-12-28"}).location == PAGE
    )
    assert found(adjustment.id).state is AdjustmentState.APPROVED
    assert "12月28日会议，林某甲登记" in get(client, PAGE).text


def test_the_list_costs_the_same_however_long_it_is(opened, login, count_queries):
    client = login(opened.minister)

    def cost():
        database.session.commit()
        count_queries.statements.clear()
        assert get(client, PAGE).status_code == 200
        return len(count_queries)

    propose(opened.office)
    cost()
    first = cost()
    for code in ("K02", "K03", "T01"):
        propose(opened.office, unit_id=unit_id(code))
    assert cost() == first
