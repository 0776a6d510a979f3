"""Dates of supervision that another working calendar moves: asked for while ahead, kept once sent."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from fivestep_web.core.errors import Conflict, DomainError
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org import moved_dates, services
from fivestep_web.org.models import MovedDate, MovedState
from fivestep_web.org.rules import parse_days
from fivestep_web.supervision.extensions.models import ExtensionRequest
from fivestep_web.supervision.extensions.rules import ExtensionState
from fivestep_web.supervision.feedback.models import Feedback
from fivestep_web.supervision.meetings.models import Meeting
from fivestep_web.supervision.meetings.rules import MeetingKind, MeetingState
from fivestep_web.supervision.notices.models import SupervisionNotice
from fivestep_web.supervision.notices.rules import NoticeState
from tests.factories.feedback import feedback_of, make_feedback
from tests.factories.ledger import actor_of
from tests.factories.supervision_notices import make_notice
from tests.supervision.meeting_steps import make_meetings, open_meetings
from tests.web import get


def enter(county, text):
    with unit_of_work():
        services.enter_days(actor_of(county.office), parse_days(text))


def listed(prefix):
    query = select(MovedDate).where(MovedDate.key.startswith(prefix)).order_by(MovedDate.id)
    return database.session.scalars(query).all()


def approve(county, row):
    with unit_of_work():
        moved_dates.approve(actor_of(county.minister), moved_dates.get_moved(row.id, lock=True))


def test_open_feedback_is_due_on_another_day_once_that_is_approved(db):
    county = make_feedback()
    enter(county, "2026-06-30 休 抗洪")
    (row,) = listed("feedback")
    assert (row.label, row.before, row.after) == ("2026年6月信息反馈", date(2026, 6, 30), date(2026, 6, 29))
    assert row.note == "2个单位还没有报送"
    assert feedback_of(county).due_on == date(2026, 6, 30)
    approve(county, row)
    assert feedback_of(county).due_on == date(2026, 6, 29)
    with pytest.raises(Conflict):
        approve(county, row)


def extension(county, feedback):
    database.session.add(
        ExtensionRequest(
            year=2026,
            kind="feedback",
            item_id=feedback.id,
            label="反馈",
            unit_id=feedback.unit_id,
            due_on=feedback.due_on,
            asked_due_on=date(2026, 7, 3),
            reason="抗洪",
            state=ExtensionState.GRANTED,
            requested_by_id=county.head.person_id,
            requested_at=datetime(2026, 6, 23, 2, tzinfo=UTC),
            decided_by_id=county.leader.person_id,
            decided_at=datetime(2026, 6, 23, 3, tzinfo=UTC),
        )
    )
    feedback.due_on = date(2026, 7, 3)
    database.session.commit()


def test_what_was_extended_is_not_moved(db):
    county = make_feedback()
    extension(county, feedback_of(county))
    enter(county, "2026-06-30 休 抗洪")
    (row,) = listed("feedback")
    assert row.note == "1个单位还没有报送"
    approve(county, row)
    days = database.session.scalars(select(Feedback.due_on).where(Feedback.month == 6))
    assert sorted(days) == [date(2026, 6, 29), date(2026, 7, 3)]


def coming():
    """Return the review meeting of the second quarter, proposed for the fifth working day of July."""
    query = select(Meeting).where(Meeting.kind == MeetingKind.REVIEW, Meeting.period == 2)
    return database.session.scalars(query).one()


def test_a_proposed_meeting_is_moved_one_arranged_is_left_and_one_called_stays(db):
    made = make_meetings(date(2026, 7, 1))
    open_meetings(date(2026, 7, 1))
    assert coming().planned_on == coming().proposed_on == date(2026, 7, 7)
    enter(made.county, "2026-07-06 休 抗洪")
    (row,) = [item for item in listed("meeting") if item.key == f"meeting:{coming().id}"]
    assert (row.before, row.after, row.is_signed) == (date(2026, 7, 7), date(2026, 7, 8), False)
    approve(made.county, row)
    assert coming().planned_on == date(2026, 7, 8)
    coming().state = MeetingState.OPEN
    database.session.commit()
    enter(made.county, "2026-07-03 休 抗洪")
    row = listed(f"meeting:{coming().id}")[-1]
    assert row.is_signed
    with pytest.raises(DomainError, match="会议通知已发出"):
        approve(made.county, row)
    coming().planned_on = date(2026, 7, 13)
    database.session.commit()
    enter(made.county, "2026-07-02 休 抗洪")
    assert [item.state for item in listed(f"meeting:{coming().id}")] == [
        MovedState.APPROVED,
        MovedState.LAPSED,
    ]


@pytest.fixture
def notice(db):
    made = make_meetings(date(2026, 7, 1))
    goal = database.session.get_one(type(made.county.goal()), made.red_goal_id)
    found = make_notice(goal, date(2026, 7, 1))
    found.reply_by = found.limit_on = date(2026, 7, 8)
    database.session.add(found)
    database.session.commit()
    return made


def test_the_answer_to_an_issued_notice_keeps_its_day_and_says_why(notice, login):
    enter(notice.county, "2026-07-06 休 抗洪")
    (row,) = listed("notice")
    assert (row.before, row.after, row.is_signed) == (date(2026, 7, 8), date(2026, 7, 9), True)
    with pytest.raises(DomainError, match="以单上的日期为准"):
        approve(notice.county, row)
    page = get(login(notice.county.minister), "/admin/calendar/moved").text
    assert "督办单已发出，以单上的日期为准，需要放宽的请申请延期" in page
    assert "不作调整" in page
    database.session.scalars(select(SupervisionNotice)).one().state = NoticeState.CLOSED
    database.session.commit()
    enter(notice.county, "2026-07-03 休 抗洪")
    assert [item.state for item in listed("notice")] == [MovedState.LAPSED]
