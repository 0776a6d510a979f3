from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import jobs
from fivestep_web.core.errors import Conflict, NotAllowed, NotFound
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.ledger import services
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.responsibility.rules import LetterKind, LetterState
from tasks.ledger import open_entries
from tests.factories.ledger import LedgerEntryFactory, ProgressEventFactory, actor_of, letter_in_force

S = LedgerState
DAY = date(2026, 10, 9)


def open_for(letter) -> int:
    with unit_of_work():
        return services.open_entries(SYSTEM, letter.id)


def entry_of(goal) -> LedgerEntry:
    return db.session.scalars(select(LedgerEntry).where(LedgerEntry.goal_id == goal.id)).one()


def history(entry) -> list[tuple[LedgerState, date]]:
    return [(change.state, change.changed_on) for change in entry.changes]


def report(county, goal, day=DAY, done="1", user=None):
    with unit_of_work():
        return services.report_progress(
            actor_of(user or county.member), goal.id, happened_on=day, done=Decimal(done)
        )


def test_entries_open_on_the_day_the_letter_came_into_force(county):
    goal = county.goal()
    assert open_for(letter_in_force(county, [goal])) == 1
    entry = entry_of(goal)
    assert (entry.state, entry.opened_on) == (S.NOT_STARTED, date(2026, 1, 30))
    assert history(entry) == [(S.NOT_STARTED, date(2026, 1, 30))]


def test_the_day_is_the_one_in_shanghai(county):
    goal = county.goal()
    letter = letter_in_force(county, [goal], in_force_at=datetime(2026, 1, 29, 17, tzinfo=UTC))
    open_for(letter)
    assert entry_of(goal).opened_on == date(2026, 1, 30)


def test_opening_twice_changes_nothing(county):
    letter = letter_in_force(county, [county.goal(), county.goal()])
    assert [open_for(letter), open_for(letter)] == [2, 0]
    opened = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "ledger.entries_opened")).all()
    assert len(opened) == 1


def test_an_imported_year_reaches_back_to_the_start_of_its_goals(county):
    goal = county.goal()
    ProgressEventFactory(goal=goal, happened_on=date(2026, 1, 20))
    open_for(letter_in_force(county, [goal]))
    entry = entry_of(goal)
    assert (entry.state, entry.opened_on) == (S.IN_PROGRESS, date(2026, 1, 4))
    assert history(entry) == [(S.NOT_STARTED, date(2026, 1, 4)), (S.IN_PROGRESS, date(2026, 1, 20))]


def test_progress_after_the_letter_does_not_move_the_opening_day(county):
    goal = county.goal()
    ProgressEventFactory(goal=goal, happened_on=date(2026, 3, 2))
    open_for(letter_in_force(county, [goal]))
    assert history(entry_of(goal)) == [
        (S.NOT_STARTED, date(2026, 1, 30)),
        (S.IN_PROGRESS, date(2026, 3, 2)),
    ]


def test_a_head_has_no_personal_letter_so_the_units_letter_opens_the_heads_tasks_only(county):
    goal = county.goal(person=county.head.person)
    own = county.goal(parent=goal, person=county.head.person)
    county.goal(parent=goal)
    assert open_for(letter_in_force(county, [goal])) == 2
    assert entry_of(own).state is S.NOT_STARTED


def test_a_personal_letter_opens_its_own_tasks_only(county):
    goal = county.goal()
    task = county.goal(parent=goal)
    county.goal(parent=task)
    letter = letter_in_force(
        county, [task], kind=LetterKind.SECTION_HEAD_STAFF, responsible_id=county.member.person_id
    )
    assert open_for(letter) == 1


@pytest.mark.parametrize("state", [LetterState.DRAFT, LetterState.ACCEPTED, LetterState.VOID])
def test_a_letter_not_in_force_opens_nothing(county, state):
    letter = letter_in_force(county, [county.goal()], state=state, in_force_at=None)
    with pytest.raises(Conflict):
        open_for(letter)
    assert db.session.scalars(select(LedgerEntry)).all() == []


def test_an_absent_letter_is_not_found(county):
    with unit_of_work(), pytest.raises(NotFound):
        services.open_entries(SYSTEM, 999_999)


def test_the_task_opens_the_entries_and_ends_its_claim(county):
    letter = letter_in_force(county, [county.goal()])
    with unit_of_work():
        jobs.enqueue("ledger.open_entries", letter.id, key="open")
    claim = jobs.claim("open")
    open_entries(claim, letter.id)
    assert claim.is_finished
    assert len(db.session.scalars(select(LedgerEntry)).all()) == 1


def test_the_first_report_starts_the_entry_and_later_ones_do_not(county):
    entry = county.entry()
    report(county, entry.goal)
    report(county, entry.goal, done="2")
    assert entry_of(entry.goal).state is S.IN_PROGRESS
    assert history(entry) == [(S.NOT_STARTED, date(2026, 1, 4)), (S.IN_PROGRESS, DAY)]


@pytest.mark.parametrize("state", [S.WRITE_OFF_REQUESTED, S.CLOSED, S.CANCELLED, S.SUSPENDED, S.SETTLED])
def test_an_entry_that_takes_no_reports_says_why(county, state):
    entry = county.entry(state)
    with pytest.raises(Conflict, match=state.label):
        report(county, entry.goal)


def test_a_reopened_entry_takes_reports(county):
    entry = county.entry(S.REOPENED)
    report(county, entry.goal)
    assert entry_of(entry.goal).state is S.REOPENED


def test_a_goal_without_a_ledger_takes_no_reports(county):
    with pytest.raises(Conflict, match="还没有建账"):
        report(county, county.goal())


def test_another_persons_goal_is_refused_before_its_state_is_told(county):
    entry = county.entry(S.CLOSED, person=county.head.person)
    with pytest.raises(NotAllowed):
        report(county, entry.goal)


def test_a_refused_report_leaves_nothing_behind(county):
    entry = county.entry()
    with pytest.raises(Exception, match="不能晚于今天"):
        report(county, entry.goal, day=date(2026, 12, 1))
    assert entry_of(entry.goal).state is S.NOT_STARTED


def test_progress_imported_later_starts_the_entries_it_belongs_to(county):
    reported, silent = county.entry(), county.entry()
    started = LedgerEntryFactory(goal=county.goal(), state=S.IN_PROGRESS)
    for entry in (reported, started):
        ProgressEventFactory(goal=entry.goal, happened_on=date(2026, 5, 1))
    with unit_of_work():
        assert services.start_reported(SYSTEM, 2026) == 1
    assert history(reported)[-1] == (S.IN_PROGRESS, date(2026, 5, 1))
    assert silent.state is S.NOT_STARTED
    assert len(started.changes) == 1
