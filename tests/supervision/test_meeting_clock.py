"""The clock opens a year's meetings once each, whatever outages it had."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from fivestep_web.assessment.daily.bulletins import supervised
from fivestep_web.assessment.daily.bulletins.rules import Consultation, Parts
from fivestep_web.assessment.daily.reviews import held
from fivestep_web.assessment.daily.reviews.rules import Parts as ReviewParts
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.supervision.meetings import opening, rules
from fivestep_web.supervision.meetings.models import Meeting
from fivestep_web.supervision.meetings.rules import MeetingKind
from tasks import clock
from tests.factories.queue import run_queue
from tests.supervision.meeting_steps import (
    TODAY,
    begin,
    closed,
    make_meetings,
    meeting_of,
    open_meetings,
    play,
)

SINCE = date(2026, 1, 4)
LAST = date(2027, 1, 10)


def due_on(day):
    """Return what is to be there on a day: the periods that are due, by the rule alone."""
    return {
        (kind, period)
        for kind, periods in opening.PERIODS.items()
        for period in periods
        if rules.is_due(kind, 2026, period, day, SINCE)
    }


@given(st.lists(st.integers(1, 45), min_size=8, max_size=60))
def test_a_year_with_outages_ends_like_one_without(gaps):
    opened, day = [], SINCE
    for gap in [*gaps, (LAST - SINCE).days]:
        day = min(day + timedelta(days=gap), LAST)
        opened += sorted(due_on(day) - set(opened))
    assert len(opened) == len(set(opened))
    assert set(opened) == due_on(LAST)
    assert len(opened) == 12 + 4 + 4


def stored():
    rows = database.session.execute(select(Meeting.kind, Meeting.period, Meeting.planned_on))
    return sorted((kind.value, period, day) for kind, period, day in rows if kind is not MeetingKind.SPECIAL)


@pytest.mark.one_database
def test_the_clock_opens_after_an_outage_what_it_would_have_opened_day_by_day(db):
    made = make_meetings()
    moment = datetime.combine(date(2026, 7, 1), time(1), UTC)
    schedule = [entry for entry in clock.SCHEDULE if entry.name == "meetings"]
    for day, down in ((date(2026, 8, 3), 1), (date(2026, 10, 9), 3), (LAST, 2)):
        play(day)
        moment += timedelta(days=down)
        assert clock.start_due(moment, schedule) >= 1
        assert clock.start_due(moment, schedule) == 0
        run_queue()
        run_queue()
    after_outages = stored()
    assert len(after_outages) == 20
    with unit_of_work():
        for meeting in database.session.scalars(select(Meeting)):
            for item in meeting.items:
                database.session.delete(item)
            database.session.flush()
            database.session.delete(meeting)
    for day in (
        date(2026, 2, 1),
        date(2026, 4, 1),
        date(2026, 7, 1),
        date(2026, 10, 1),
        date(2027, 1, 1),
        LAST,
    ):
        play(day)
        with unit_of_work():
            opening.open_due(day)
    assert stored() == after_outages
    assert made


@pytest.mark.one_database
def test_the_quarterly_review_tells_of_the_review_meeting_unless_the_office_wrote_of_it(db):
    made = make_meetings()
    open_meetings()
    meeting = meeting_of(MeetingKind.REVIEW, 2)
    assert held.fill(ReviewParts(), 2026, 2) == ReviewParts()
    begin(made, meeting.id)
    found = held.fill(ReviewParts(), 2026, 2)
    assert (found.held_on, found.place, len(found.leaders)) == (TODAY.isoformat(), "三楼会议室", 2)
    assert found.chair
    written = ReviewParts(held_on="2026-07-10", place="二楼", chair="部长", leaders=["部长"])
    assert held.fill(written, 2026, 2) == written


@pytest.mark.one_database
def test_the_bulletin_tells_of_the_joint_consultation_unless_the_clerk_wrote_of_it(db):
    made = make_meetings()
    closed(made)
    empty = Parts(key_topics={}, praised_units=[], reasons={}, requirements="")
    told = Consultation(TODAY.isoformat(), 1, 1)
    assert supervised.add_consultation(empty, 2026, 7).consultation == told
    assert supervised.add_consultation(empty, 2026, 6).consultation is None
    written = Parts({}, [], {}, "", Consultation("2026-07-20", 4, 2))
    assert supervised.add_consultation(written, 2026, 7) == written
