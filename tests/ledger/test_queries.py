from datetime import date
from decimal import Decimal

import pytest

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.ledger import page_queries, queries, write_off_services
from fivestep_web.ledger.filters import read_view
from fivestep_web.ledger.models import LedgerChange
from fivestep_web.ledger.rules import LedgerState, Signal
from fivestep_web.org.models import UnitKind
from tests.factories.accounts import user_with_role
from tests.factories.ledger import MOMENT, MilestoneFactory, ProgressEventFactory, TopicFactory, actor_of
from tests.factories.org import UnitFactory

S = LedgerState
DAY = date(2026, 10, 9)


def change(entry, state, day) -> None:
    entry.changes.append(LedgerChange(state=state, changed_on=day, recorded_at=MOMENT))
    entry.state = state
    db.session.commit()


def page(user, **arguments):
    return page_queries.get_page(actor_of(user), read_view(arguments, 2026))


def names(user, **arguments) -> list[str]:
    return [row.name for group in page(user, **arguments).groups for row in group.rows]


def test_the_ledger_is_replayed_to_any_day(county):
    entry = county.entry()
    MilestoneFactory(goal=entry.goal, due_on=date(2026, 6, 30), share=Decimal("0.5"))
    change(entry, S.IN_PROGRESS, date(2026, 3, 28))
    ProgressEventFactory(goal=entry.goal, happened_on=date(2026, 3, 28), done=Decimal(3))
    ProgressEventFactory(
        goal=entry.goal, happened_on=date(2026, 9, 10), done=Decimal(10), completed_on=date(2026, 9, 10)
    )
    change(entry, S.CLOSED, date(2026, 9, 20))
    seen = {}
    for day in (date(2026, 2, 1), date(2026, 4, 1), date(2026, 7, 10), date(2026, 9, 15), DAY):
        (standing,) = queries.standings(day, year=2026)
        seen[day] = (standing.state, standing.completion.done, standing.result.signal)
    assert list(seen.values()) == [
        (S.NOT_STARTED, Decimal(0), Signal.GREEN),
        (S.IN_PROGRESS, Decimal(3), Signal.GREEN),
        (S.IN_PROGRESS, Decimal(3), Signal.RED_LAGGING),
        (S.IN_PROGRESS, Decimal(10), Signal.GREEN),
        (S.CLOSED, Decimal(10), Signal.DONE),
    ]


def test_an_entry_is_absent_before_its_ledger_was_opened(county):
    county.entry()
    assert queries.standings(date(2026, 1, 3), year=2026) == []


def test_of_two_changes_on_one_day_the_later_one_holds(county):
    entry = county.entry()
    change(entry, S.IN_PROGRESS, DAY)
    change(entry, S.SUSPENDED, DAY)
    (standing,) = queries.standings(DAY, year=2026)
    assert standing.state is S.SUSPENDED


def test_signals_are_given_by_goal(county):
    entry, other = county.entry(), county.entry()
    assert queries.signals_of(DAY, goal_ids=[entry.goal_id])[entry.goal_id].signal is Signal.RED_OVERDUE
    assert set(queries.signals_of(DAY, year=2026)) == {entry.goal_id, other.goal_id}
    assert queries.signals_of(DAY, year=2025) == {}


def test_incidents_are_never_measured_against_a_plan(county):
    entry = county.entry(scoring_method="逐例扣分", deadline=date(2026, 12, 28))
    MilestoneFactory(goal=entry.goal, due_on=date(2026, 3, 1), share=Decimal("0.9"))
    ProgressEventFactory(goal=entry.goal, happened_on=date(2026, 9, 28), done=Decimal(0))
    assert queries.signals_of(DAY, year=2026)[entry.goal_id].signal is Signal.GREEN


def test_a_section_sees_all_sections_a_township_only_itself(county):
    township = UnitFactory(kind=UnitKind.TOWNSHIP)
    organizer = user_with_role(Role.ORG, unit=township)
    county.entry(name="科室目标")
    own = county.entry(name="乡镇目标", unit=township, person=organizer.person)
    assert names(county.member) == ["科室目标", "乡镇目标"]
    assert names(organizer) == ["乡镇目标"]
    assert queries.get_entry(actor_of(organizer), own.id).goal.name == "乡镇目标"


def test_another_township_entry_looks_like_none(county):
    organizer = user_with_role(Role.ORG)
    entry = county.entry()
    with pytest.raises(NotFound):
        queries.get_entry(actor_of(organizer), entry.id)


def test_every_filter_narrows_the_ledger(county):
    late = county.entry(name="逾期的", deadline=date(2026, 3, 31))
    county.entry(S.CANCELLED, name="100%撤账", deadline=date(2026, 11, 30))
    other = UnitFactory()
    county.entry(name="外科室", unit=other, person=user_with_role(Role.STF, unit=other).person)
    leader = str(county.leader.person_id)
    assert names(county.office, month="3") == ["逾期的"]
    assert names(county.office, state="cancelled") == ["100%撤账"]
    assert names(county.office, signal="red_overdue", month="3") == ["逾期的"]
    assert names(county.office, signal="red_yellow") == ["逾期的", "外科室"]
    assert names(county.office, unit=str(other.id)) == ["外科室"]
    assert names(county.office, leader=leader) == ["逾期的", "100%撤账"]
    assert names(county.office, keyword="0%") == ["100%撤账"]
    assert names(county.office, keyword=late.goal.code) == ["逾期的"]
    assert names(county.office, keyword="_") == []
    assert names(county.office, signal="nonsense", unit="x") == ["逾期的", "100%撤账", "外科室"]


def test_sums_count_due_completed_lagging_and_overdue(county):
    county.entry(deadline=date(2026, 3, 31))
    county.completed_entry(S.CLOSED)
    county.entry(S.IN_PROGRESS, deadline=date(2026, 12, 28))
    sums = page(county.office).sums
    assert (sums.total, sums.due, sums.completed, sums.lagging, sums.overdue) == (3, 2, 1, 1, 1)


def test_pages_follow_each_other_and_lose_nobody(county, monkeypatch):
    monkeypatch.setattr(page_queries, "PAGE", 2)
    for index in range(5):
        county.entry(name=str(index))
    first = page(county.office)
    second = page(county.office, after=str(first.following))
    third = page(county.office, after=str(second.following))
    shown = [[row.name for group in part.groups for row in group.rows] for part in (first, second, third)]
    assert shown == [["0", "1"], ["2", "3"], ["4"]]
    assert (first.previous, second.previous, third.following) == (None, 0, None)
    back = page(county.office, after=str(third.previous))
    assert [row.name for group in back.groups for row in group.rows] == ["2", "3"]


def test_topics_are_counted_each_for_itself(county):
    county.entry()
    other = TopicFactory(lead_unit=county.unit, leader=county.leader.person)
    county.entry(topic=other, deadline=date(2026, 12, 28), starts_on=date(2026, 11, 2))
    lines = {line.topic_id: line for line in page(county.office).topics}
    assert lines[county.topic.id].signals[Signal.RED_OVERDUE] == 1
    assert lines[other.id].signals == {Signal.GREY_NOT_STARTED: 1}


def test_the_six_columns_of_a_row(county):
    entry = county.completed_entry(name="党员冬训", measures="")
    with unit_of_work():
        actor = actor_of(county.member)
        stored = queries.get_entry(actor, entry.id, lock=True)
        write_off_services.request_write_off(
            actor, stored, conditions=tuple(write_off_services.AcceptanceCondition)
        )
    (row,) = page(county.member).groups[0].rows
    assert (row.period, row.name, row.measures) == ("01-04至09-30", "党员冬训", "调研论证、倒排工期")
    assert (row.due, row.days_left, row.person) == ("09-30", None, county.member.person.name)
    assert (row.state, row.done, row.reported_on) == ("申请销号", "10 个", "09-10")
    assert row.result.signal is Signal.GREEN
    assert not row.can_report


def test_goals_own_measures_come_before_the_topics(county):
    county.entry(measures="入户走访")
    assert page(county.member).groups[0].rows[0].measures == "入户走访"


def test_nobody_reports_into_the_past(county):
    county.entry()
    assert page(county.member).groups[0].rows[0].can_report
    assert not page(county.member, as_of="2026-05-01").groups[0].rows[0].can_report


def test_a_row_names_the_target_that_was_typed_and_none_of_a_deliverable(county):
    goal = county.entry().goal
    goal.target, goal.measure_unit, goal.indicator = Decimal(1), "个", ""
    db.session.commit()
    assert [row.target for group in page(county.office).groups for row in group.rows] == ["1 个"]
    goal.measure_unit = ""
    db.session.commit()
    assert [row.target for group in page(county.office).groups for row in group.rows] == [""]
