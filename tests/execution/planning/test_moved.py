"""Plans when the working calendar changes: listed, approved by another, never moved silently (domain 10)."""

from datetime import date

import pytest
from sqlalchemy import select

from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.planning.models import SchedulePlan
from fivestep_web.extensions import db
from fivestep_web.org import moved_dates, services
from fivestep_web.org.models import MovedDate, MovedState
from fivestep_web.org.queries import get_calendar
from fivestep_web.org.rules import parse_days
from fivestep_web.responsibility.models import Milestone
from fivestep_web.responsibility.rules import MilestoneState
from tests.execution.planning.plans import DEADLINE, START, approve, draft, propose, save
from tests.execution.planning.test_services import signed
from tests.factories.ledger import actor_of
from tests.web import get, post


@pytest.fixture
def goal(county):
    return county.goal(starts_on=START, deadline=DEADLINE, name="示范点建设")


@pytest.fixture
def approved(county, goal):
    save(county.member, goal)
    propose(county.member, goal)
    approve(county.leader, goal)
    return goal


def enter(user, text):
    with unit_of_work():
        services.enter_days(actor_of(user), parse_days(text))


def rows():
    return db.session.scalars(select(MovedDate).order_by(MovedDate.id)).all()


def begins(goal):
    query = select(Milestone.starts_on).where(Milestone.goal_id == goal.id).order_by(Milestone.sequence)
    return db.session.scalars(query).all()


def decide(command, user, row):
    with unit_of_work():
        command(actor_of(user), moved_dates.get_moved(row.id, lock=True))


def test_another_day_off_is_listed_and_moves_nothing_until_another_approves(county, approved):
    before = begins(approved)
    enter(county.office, "2026-06-22 休 抗洪")
    (row,) = rows()
    assert (row.label, row.before, row.after) == (
        "“示范点建设”倒排工期",
        date(2026, 1, 30),
        date(2026, 1, 29),
    )
    assert "第5阶段开始6月16日→6月15日" in row.note
    assert begins(approved) == before
    with pytest.raises(NotAllowed, match="由其他同志确认"):
        decide(moved_dates.approve, county.office, row)
    with pytest.raises(NotAllowed):
        decide(moved_dates.approve, county.head, row)
    with unit_of_work(), pytest.raises(Conflict, match="没有您可以确认"):
        moved_dates.approve_all(actor_of(county.office))
    with unit_of_work():
        assert moved_dates.approve_all(actor_of(county.minister)) == 1
    assert begins(approved)[0] == date(2026, 1, 29)
    assert begins(approved)[-1] == date(2026, 6, 15)
    with pytest.raises(Conflict, match="已调整"):
        decide(moved_dates.keep, county.minister, rows()[0])


def test_what_was_kept_is_not_asked_again_and_what_moves_back_lapses(county, approved):
    enter(county.office, "2026-06-22 休")
    decide(moved_dates.keep, county.minister, rows()[0])
    enter(county.office, "2026-07-06 休")
    assert [row.state for row in rows()] == [MovedState.KEPT]
    enter(county.office, "2026-06-23 休")
    assert [row.state for row in rows()] == [MovedState.KEPT, MovedState.PROPOSED]
    with unit_of_work():
        for day in (22, 23):
            services.remove_day(actor_of(county.office), date(2026, 6, day))
    assert [row.state for row in rows()] == [MovedState.KEPT, MovedState.LAPSED]


def test_a_plan_that_no_longer_fits_says_so_and_stays(county, approved):
    enter(county.office, "2026-01-05至2026-01-29 休 停工")
    enter(county.office, "2026-06-22 休")
    (row,) = rows()
    assert "排不下" in row.note
    with pytest.raises(DomainError, match="先在计划里缩短阶段"):
        decide(moved_dates.approve, county.minister, row)


def test_what_cannot_be_moved_holds_up_nothing_else(county, approved):
    tight = county.goal(starts_on=date(2026, 5, 25), deadline=DEADLINE, name="排满的事项")
    save(county.member, tight, draft(5, 5, 5, 5, 5, starts_on=date(2026, 5, 26)))
    propose(county.member, tight)
    approve(county.leader, tight)
    enter(county.office, "2026-06-22 休")
    assert len(rows()) == 2
    with unit_of_work():
        assert moved_dates.approve_all(actor_of(county.minister)) == 1
    assert sorted(row.state for row in rows()) == [MovedState.APPROVED, MovedState.PROPOSED]
    with unit_of_work(), pytest.raises(DomainError, match="先在计划里缩短阶段"):
        moved_dates.approve_all(actor_of(county.minister))


def test_a_plan_under_way_moves_what_is_still_ahead_of_it(county, approved):
    first = db.session.scalars(select(Milestone).where(Milestone.sequence == 1)).one()
    first.state = MilestoneState.COMPLETED
    db.session.commit()
    enter(county.office, "2026-06-27 班")
    (row,) = rows()
    assert (row.before, row.after) == (date(2026, 3, 5), date(2026, 3, 6))
    decide(moved_dates.approve, county.minister, row)
    plan = db.session.scalars(select(SchedulePlan)).one()
    assert [phase.starts_on for phase in plan.phases] == begins(approved)
    assert begins(approved)[:2] == [date(2026, 1, 30), date(2026, 3, 6)]


def test_signed_dates_are_only_shown(county, approved):
    db.session.query(Milestone).delete()
    signed(
        county, approved, date(2026, 2, 27), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 29), DEADLINE
    )
    enter(county.office, "2026-06-22 休")
    (row,) = rows()
    assert row.is_signed
    assert row.link.startswith("/letters/")
    with pytest.raises(DomainError, match="须走变更程序"):
        decide(moved_dates.approve, county.minister, row)
    with unit_of_work(), pytest.raises(Conflict):
        moved_dates.approve_all(actor_of(county.minister))


def test_a_plan_that_changed_since_is_not_moved(county, approved):
    enter(county.office, "2026-06-22 休")
    db.session.scalars(select(SchedulePlan)).one().phases[0].workdays = 19
    db.session.commit()
    with pytest.raises(Conflict, match="已有变化"):
        decide(moved_dates.approve, county.minister, rows()[0])


def test_the_clock_lists_what_another_deadline_moves_and_leaves_what_is_listed_to_who_caused_it(
    county, approved
):
    enter(county.office, "2026-06-22 休")
    with unit_of_work():
        moved_dates.propose(SYSTEM, get_calendar())
    assert [row.made_by_id for row in rows()] == [county.office.person_id]
    approved.deadline = date(2026, 6, 29)
    db.session.commit()
    with unit_of_work():
        moved_dates.propose(SYSTEM, get_calendar())
    assert [(row.made_by_id, row.after) for row in rows()] == [(None, date(2026, 1, 28))]


@pytest.mark.one_database
def test_the_page_lists_and_decides(county, approved, login):
    enter(county.office, "2026-06-22 休")
    assert "由其他同志确认" in get(login(county.office), "/admin/calendar/moved").text
    assert "等待确认" in get(login(county.office), "/admin/calendar?calendar_year=2026").text
    minister, address = login(county.minister), "/admin/calendar/moved"
    assert "1月30日" in get(minister, address).text
    assert post(minister, f"{address}/{rows()[0].id}/approve").status_code == 303
    assert "没有日期需要调整" in get(minister, f"{address}?state=proposed").text
    enter(county.office, "2026-06-24 休")
    assert post(minister, f"{address}/{rows()[1].id}/keep").status_code == 303
    enter(county.office, "2026-06-25 休")
    assert post(minister, f"{address}/approve").status_code == 303
    assert [row.state for row in rows()] == [MovedState.APPROVED, MovedState.KEPT, MovedState.APPROVED]
