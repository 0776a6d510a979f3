from datetime import date

import pytest
from sqlalchemy import func, select

from fivestep_web.assessment.models import RatingTally
from fivestep_web.audit.verification import verify
from fivestep_web.core import clock, settings
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.demo import services
from fivestep_web.extensions import db as database
from fivestep_web.ledger.queries import standings
from fivestep_web.ledger.rules import Signal
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import LetterState
from fivestep_web.supervision.feedback.page import month_page
from fivestep_web.supervision.feedback.rules import FeedbackState, Punctuality
from tests.factories.org import UnitFactory

ADMINISTRATOR = Actor(user_id=1, person_id=None, name="管理员", roles=frozenset({Role.ADM}))


def test_the_demo_plays_its_rehearsal_date(demo):
    assert clock.today() == services.REHEARSAL_DATE
    assert settings.is_demo()
    assert settings.department_name() == "中共青禾县委组织部"


def test_letters_are_at_every_stage_of_signing(demo):
    states = set(database.session.scalars(select(Letter.state)))
    assert states == {
        LetterState.DRAFT,
        LetterState.ISSUED,
        LetterState.OBJECTED,
        LetterState.ACCEPTED,
        LetterState.IN_FORCE,
    }


def test_the_ledger_shows_every_signal(demo):
    shown = {item.result.signal for item in standings(clock.today(), year=services.YEAR)}
    assert shown >= set(Signal) - {Signal.GREY_NOT_STARTED}


def test_feedback_came_every_month_and_in_the_last_one_some_is_missing_or_unanswered(demo):
    months = range(1, 12)
    office = Actor(None, None, "办公室", roles=frozenset({Role.OFC}))
    pages = [month_page(office, services.YEAR, month) for month in months]
    assert all(page.counts[Punctuality.LATE] for page in pages)
    assert [len(page.missing) for page in pages] == [0] * 10 + [2]
    assert [len(page.unanswered) for page in pages] == [0] * 10 + [2]
    assert sum(line.feedback.state is FeedbackState.QUESTIONED for line in pages[-1].lines) == 1


def test_ratings_of_all_lines_are_in(demo):
    assert database.session.scalar(select(func.sum(RatingTally.count))) == 2738


def test_nothing_of_the_played_year_looks_altered(demo):
    assert verify().faults == ()


def test_an_instance_with_data_is_refused(db):
    UnitFactory()
    with pytest.raises(Conflict, match="已有数据"), unit_of_work():
        services.load_demo()


def test_one_account_per_role_is_named(demo):
    labels = [item.role for item in services.sign_ins()]
    assert len(labels) == len(Role)
    assert len({item.username for item in services.sign_ins()}) >= len(Role) - 1


def test_the_administrator_moves_the_rehearsal_date(demo):
    with unit_of_work():
        services.move_rehearsal(ADMINISTRATOR, date(2026, 6, 15))
    assert clock.today() == date(2026, 6, 15)


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 2, 1)])
def test_the_rehearsal_stays_within_the_demo_year(demo, day):
    with pytest.raises(DomainError), unit_of_work():
        services.move_rehearsal(ADMINISTRATOR, day)


def test_others_do_not_move_the_rehearsal_date(demo):
    clerk = Actor(user_id=2, person_id=None, name="办公室", roles=frozenset({Role.OFC}))
    with pytest.raises(NotAllowed), unit_of_work():
        services.move_rehearsal(clerk, date(2026, 6, 15))


def test_a_real_instance_has_no_rehearsal(db):
    with pytest.raises(Conflict), unit_of_work():
        services.move_rehearsal(ADMINISTRATOR, date(2026, 6, 15))
