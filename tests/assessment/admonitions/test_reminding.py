"""Supervisors are reminded of a follow-up by the clock, once of each kind, however late it runs."""

from datetime import date, timedelta

import pytest

from fivestep_web.assessment.admonitions.models import AdmonitionReminder
from fivestep_web.assessment.admonitions.reminding import remind_due
from fivestep_web.assessment.admonitions.rules import ReminderKind, reminder_on
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock, jobs
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from tasks.assessment import remind_admonitions
from tests.assessment.admonitions.cast import EFFECT_ENDS, S, brought_to, on
from tests.web import get

NEAR = EFFECT_ENDS - timedelta(days=15)


def remind(day):
    on(day)
    with unit_of_work():
        return remind_due(clock.today())


def reminded():
    return [
        (item.kind, item.reminded_on) for item in db.session.query(AdmonitionReminder).order_by("reminded_on")
    ]


def test_the_last_fifteen_days_are_near_and_the_last_day_is_due():
    days = [NEAR - timedelta(days=1), NEAR, EFFECT_ENDS - timedelta(days=1), EFFECT_ENDS, date(2028, 1, 1)]
    near, due = ReminderKind.NEARING, ReminderKind.DUE
    assert [reminder_on(EFFECT_ENDS, day) for day in days] == [None, near, near, due, due]


@pytest.mark.parametrize("state", [S.TALKED, S.RECTIFYING])
def test_each_reminder_comes_once(cast, state):
    brought_to(state, cast)
    assert remind(NEAR - timedelta(days=1)) == 0
    assert [remind(NEAR), remind(NEAR), remind(NEAR + timedelta(days=3))] == [1, 0, 0]
    assert [remind(EFFECT_ENDS), remind(EFFECT_ENDS + timedelta(days=1))] == [1, 0]
    assert reminded() == [(ReminderKind.NEARING, NEAR), (ReminderKind.DUE, EFFECT_ENDS)]
    entries = db.session.query(AuditEntry).filter_by(action="admonition.reminded").count()
    assert entries == 2


def test_after_downtime_only_what_is_due_is_reminded_of(cast):
    brought_to(S.RECTIFYING, cast)
    assert remind(EFFECT_ENDS + timedelta(days=40)) == 1
    assert reminded() == [(ReminderKind.DUE, EFFECT_ENDS + timedelta(days=40))]


@pytest.mark.parametrize("state", [S.NOTIFIED, S.FOLLOWED_UP, S.LIFTED])
def test_nothing_is_reminded_of_before_the_talk_or_after_the_follow_up(cast, state):
    brought_to(state, cast)
    assert remind(EFFECT_ENDS + timedelta(days=1)) == 0


def test_supervisors_alone_see_the_reminder_on_the_today_page(cast, login):
    brought_to(S.RECTIFYING, cast)
    remind(NEAR)
    near = "影响期到2027-02-28为止，请准备回访评估"
    assert near in get(login(cast.supervisor), "/").text
    for stranger in (cast.minister, cast.secretary, *cast.strangers):
        assert near not in get(login(stranger), "/").text
    remind(EFFECT_ENDS)
    shown = get(login(cast.supervisor), "/").text
    assert "已满六个月，待回访评估" in shown
    assert near not in shown


def test_the_clock_asks_for_it_every_day(cast):
    brought_to(S.RECTIFYING, cast)
    on(NEAR)
    with unit_of_work():
        jobs.enqueue("assessment.remind_admonitions", "2027-02-13", key="clock-admonitions-2027-02-13")
    claim = jobs.claim("clock-admonitions-2027-02-13")
    remind_admonitions(claim, "2027-02-13")
    assert reminded() == [(ReminderKind.NEARING, NEAR)]
