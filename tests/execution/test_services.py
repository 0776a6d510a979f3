from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import DomainError, NotAllowed
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.queries import progress_of_goals, progress_of_year
from fivestep_web.execution.services import Report, append_event
from fivestep_web.extensions import db
from tests.factories.ledger import County, ProgressEventFactory, actor_of

DAY = date(2026, 10, 9)


def append(county: County, report: Report, user=None):
    goal = county.goal()
    with unit_of_work():
        return append_event(actor_of(user or county.member), goal, report)


def test_a_report_is_appended_with_who_and_when_and_logged(county):
    event = append(county, Report(DAY, Decimal("3.50"), note=" 已走访 ", evidence=""))
    assert (event.done, event.note, event.reporter_id) == (Decimal("3.5"), "已走访", county.member.person_id)
    logged = db.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert (logged.action, logged.subject) == ("progress.reported", f"goal:{event.goal_id}")


def test_reporting_not_applicable_keeps_no_figure(county):
    event = append(county, Report(DAY, None))
    assert event.is_not_applicable
    assert event.done is None


@pytest.mark.parametrize(
    ("report", "message"),
    [
        (Report(date(2026, 10, 10), Decimal(1)), "不能晚于今天"),
        (Report(date(2025, 12, 31), Decimal(1)), "不在2026年度内"),
        (Report(DAY, Decimal("-0.5")), "不能小于 0"),
        (Report(DAY, Decimal("NaN")), "应为数字"),
        (Report(DAY, Decimal("1E+400")), "应为数字"),
        (Report(DAY, Decimal("1E-7")), "应为数字"),
        (Report(date(2026, 9, 1), Decimal(1), date(2026, 9, 2), evidence="报告"), "不能晚于汇报日期"),
        (Report(DAY, Decimal(10), DAY, evidence="  "), "佐证材料"),
        (Report(DAY, None, DAY, evidence="报告"), "二者只填其一"),
    ],
)
def test_what_cannot_be_so_is_refused_with_a_reason(county, report, message):
    with pytest.raises(DomainError, match=message):
        append(county, report)


def test_a_member_does_not_report_for_a_colleague_but_the_head_does(county):
    goal = county.goal(person=county.head.person)
    with unit_of_work(), pytest.raises(NotAllowed):
        append_event(actor_of(county.member), goal, Report(DAY, Decimal(1)))
    with unit_of_work():
        append_event(actor_of(county.head), county.goal(), Report(DAY, Decimal(1)))


@pytest.mark.parametrize("role", ["leader", "minister", "office"])
def test_leaders_and_the_office_do_not_report_for_others(county, role):
    with pytest.raises(NotAllowed):
        append(county, Report(DAY, Decimal(1)), getattr(county, role))


def test_of_two_reports_of_one_day_the_later_recorded_counts(county):
    goal = county.goal()
    ProgressEventFactory(goal=goal, happened_on=DAY, done=Decimal(5))
    last = ProgressEventFactory(goal=goal, happened_on=DAY, done=Decimal(4))
    progress = progress_of_goals([goal.id], DAY)[goal.id]
    assert [point.done for point in progress.points] == [Decimal(4)]
    assert progress.latest_id == last.id


def test_a_report_for_a_past_day_does_not_hide_a_later_one(county):
    goal = county.goal()
    last = ProgressEventFactory(goal=goal, happened_on=DAY, done=Decimal(5))
    ProgressEventFactory(goal=goal, happened_on=date(2026, 5, 1), done=Decimal(2))
    assert progress_of_year(2026, DAY)[goal.id].latest_id == last.id
    assert [point.done for point in progress_of_year(2026, DAY)[goal.id].points] == [Decimal(2), Decimal(5)]


def test_what_was_reported_later_is_unknown_on_an_earlier_day(county):
    goal = county.goal()
    ProgressEventFactory(goal=goal, happened_on=DAY)
    assert progress_of_goals([goal.id], date(2026, 10, 8)) == {}
