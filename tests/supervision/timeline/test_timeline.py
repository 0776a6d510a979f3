"""A goal's timeline tells everything stored of it, from start to write-off (R3.11)."""

from datetime import UTC, date, datetime

import pytest

from fivestep_web.core.permissions import Role
from fivestep_web.execution.timeline import TimelineEvent, events_of, register
from fivestep_web.extensions import db as database
from fivestep_web.ledger.models import LedgerChange
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.rules import ChangeKind, ChangeState, MilestoneState
from tests.factories.accounts import user_with_role
from tests.factories.ledger import MOMENT, ProgressEventFactory, actor_of, letter_in_force
from tests.factories.supervision import assess, conclude, opened, ordered
from tests.web import get

pytestmark = pytest.mark.one_database


@pytest.fixture
def goal(county):
    """A goal with a phase handed in, its evaluation, a report, an order, a change order, written off."""
    evaluation = opened(county)
    found = evaluation.milestone.goal
    ProgressEventFactory(goal=found, note="走访三个村", evidence="走访记录")
    evaluation.milestone.state = MilestoneState.COMPLETED
    evaluation.milestone.submitted_on = date(2026, 9, 28)
    entry = database.session.query(LedgerChange).first().entry
    entry.changes.append(
        LedgerChange(state=LedgerState.CLOSED, changed_on=date(2026, 10, 9), recorded_at=MOMENT)
    )
    letter = letter_in_force(county, [found])
    order = ChangeOrder(
        year=2026, serial=1, number="变更〔2026〕1号", letter_id=letter.id, kind=ChangeKind.AMEND,
        reason="上级调整部署", effective_on=date(2026, 6, 1), state=ChangeState.IN_FORCE,
        requested_by_id=county.head.person_id, requested_at=datetime(2026, 5, 20, tzinfo=UTC),
        decided_by_id=county.leader.person_id, decided_at=datetime(2026, 5, 21, tzinfo=UTC),
        in_force_at=datetime(2026, 6, 1, tzinfo=UTC),
    )  # fmt: skip
    order.items = [ChangeItem(goal_id=found.id, field="deadline", before="2026-08-31", after="2026-09-30")]
    database.session.add(order)
    database.session.commit()
    assess(evaluation.id, county.head)
    conclude(evaluation.id, county.leader)
    ordered(county, goal_id=found.id)
    return database.session.merge(found)


def test_every_step_is_told_by_day(county, goal):
    events = events_of(actor_of(county.office), goal)
    assert [event.day for event in events] == sorted(event.day for event in events)
    assert {event.kind for event in events} >= {
        "计划启动", "汇报进展", "申请变更", "批准变更", "变更生效", "阶段时限", "阶段完成", "发起阶段评估",
        "阶段自评", "阶段评估", "台账：未启动", "台账：已销号", "纠偏：下达", "纠偏时限", "完成时限",
    }  # fmt: skip


def test_why_a_letter_changed_is_told_to_who_reads_the_letter(county, goal):
    told = {
        user: "上级调整部署" in str(events_of(actor_of(user), goal)) for user in (county.head, county.member)
    }
    assert told == {county.head: True, county.member: True}
    other = user_with_role(Role.STF)
    assert "上级调整部署" not in str(events_of(actor_of(other), goal))


def test_the_page_shows_them_to_who_reads_the_ledger(county, goal, login):
    page = get(login(county.member), f"/goals/{goal.id}/timeline")
    assert page.status_code == 200
    for text in ("走访三个村", "阶段和评估", "已评估", "变更〔2026〕1号", "增派人手"):
        assert text in page.text
    assert get(login(user_with_role(Role.TSC)), f"/goals/{goal.id}/timeline").status_code == 404


def test_a_complete_phase_without_evaluation_shows_as_to_be_evaluated(county, login):
    evaluation = opened(county)
    evaluation.milestone.state = MilestoneState.COMPLETED
    database.session.commit()
    goal_id = evaluation.milestone.goal_id
    assert "待评估" in get(login(county.member), f"/goals/{goal_id}/timeline").text


def test_others_add_their_part_once(county, monkeypatch):
    monkeypatch.setattr("fivestep_web.execution.timeline._providers", [])

    def tell(_actor, _goal):
        yield TimelineEvent(date(2026, 2, 1), "督办单", "黄色督办单")

    register(tell)
    register(tell)
    assert [event.kind for event in events_of(actor_of(county.office), county.goal())] == ["督办单"]
