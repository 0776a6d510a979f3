"""The clock runs a whole year, and days without it leave what a year without such days leaves."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from fivestep_web.assessment.daily.bulletins.models import MonthlyBulletin
from fivestep_web.assessment.daily.reviews.models import QuarterlyReview
from fivestep_web.core import clock, jobs
from fivestep_web.extensions import db as database
from fivestep_web.operations.models import ScheduleRun
from fivestep_web.org.models import MovedDate
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.models import Milestone
from fivestep_web.supervision.evaluations.models import StageEvaluation
from fivestep_web.supervision.feedback.models import Feedback
from fivestep_web.supervision.meetings.models import AgendaItem, Meeting, Resolution
from fivestep_web.supervision.notices.models import (
    DailyDigest,
    NoticeClimb,
    NoticeRecipient,
    NoticeTalk,
    SupervisionNotice,
)
from fivestep_web.supervision.signals.models import SignalTurn
from tests.factories.played_year import DAYS, LAST, SCHEDULE, at, make_year, outage

pytestmark = pytest.mark.one_database

HELD = select(Meeting.id).where(Meeting.held_on.is_not(None))
MADE = (
    (SignalTurn, "goal_id signal colour reason workdays_late turned_on ended_on"),
    (SupervisionNotice, "number goal_id colour standing issued_on reply_by level state answered_on"),
    (NoticeRecipient, "notice_id person_id capacity level sent_on"),
    (NoticeClimb, "notice_id person_id capacity level climbed_on"),
    (NoticeTalk, "notice_id offered_on"),
    (Meeting, "kind period planned_on state chair_id held_on ordinal"),
    (Resolution, "matter owner_id due_on state"),
    (StageEvaluation, "milestone_id ended_on due_on state"),
    (Feedback, "year month unit_id due_on state figures figures_on"),
    (MonthlyBulletin, "year month figures parts"),
    (QuarterlyReview, "year quarter state"),
    (MovedDate, "key before after note state"),
    (Milestone, "goal_id sequence starts_on due_on state"),
)


@contextmanager
def put_back() -> Iterator[None]:
    """Take back whatever is written inside, so that the same year can be played again."""
    database.session.rollback()
    before = database.engines[None].begin_nested()
    yield
    database.session.rollback()
    before.rollback()
    database.session.expire_all()


def rows(model, names):
    columns = [getattr(model, name) for name in names.split()]
    return sorted(map(repr, database.session.execute(select(*columns))))


def made():
    """Return what the clock and the people left, but for ids and hours.

    Meetings nobody held keep the agenda of the last night before their day was over: only held ones count.
    """
    found = {model.__tablename__: rows(model, names) for model, names in MADE}
    items = select(AgendaItem.meeting_id, AgendaItem.key, AgendaItem.detail, AgendaItem.colour)
    live = items.where(AgendaItem.meeting_id.in_(HELD), AgendaItem.settled_on.is_(None))
    return found | {"agenda": sorted(map(repr, database.session.execute(live)))}


def check_all_was_started_and_done():
    begun = {(row.name, row.due_at.astimezone(clock.ZONE).date()) for row in rows_of(ScheduleRun)}
    assert begun == {(entry.name, day) for entry in SCHEDULE for day in DAYS}
    assert [row.key for row in rows_of(jobs.Outbox) if row.failed_at or not row.done_at] == []


def check_digests():
    """Nobody got an empty one or two a day, and everybody sent a notice was told of it once."""
    digests = rows_of(DailyDigest)
    assert len(digests) == len({(digest.person_id, digest.day) for digest in digests})
    calendar = get_calendar()
    assert all(digest.items and calendar.is_workday(digest.day) for digest in digests)
    for row in rows_of(NoticeRecipient):
        told = [
            digest for digest in digests if (digest.person_id, digest.day) == (row.person_id, row.digest_on)
        ]
        assert len(told) == 1
        assert row.notice_id in {item["notice_id"] for item in told[0].items}


def rows_of(model):
    return database.session.scalars(select(model)).all()


def play(year, *without):
    """Play the year, check what holds in any year, and return what it left; then put all back."""
    with put_back():
        year.play(*without)
        with at(LAST, 12):
            check_all_was_started_and_done()
            check_digests()
            return made()


def test_a_year_with_outages_leaves_what_an_uninterrupted_year_leaves(db):
    year = make_year()
    chance = random.Random(6)  # noqa: S311 - the same outages each time
    clockless, workless = outage(chance, 0.3, 7, 12), outage(chance, 0.2, 8)
    uninterrupted = play(year)
    assert [name for name, left in uninterrupted.items() if not left] == []
    assert play(year, clockless, workless) == uninterrupted
