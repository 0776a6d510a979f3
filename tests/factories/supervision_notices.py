"""Days played by the clock over a county, and the notices they bring."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from fivestep_web.accounts.models import User
from fivestep_web.core import clock, settings
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.extensions import db
from fivestep_web.ledger.rules import Signal
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.notices import clockwork
from fivestep_web.supervision.notices.models import SupervisionNotice
from fivestep_web.supervision.notices.rules import Colour
from fivestep_web.supervision.signals.models import SignalTurn
from tests.factories.accounts import user_with_role
from tests.factories.ledger import County, actor_of, make_county

ONE_DAY = timedelta(days=1)


@dataclass
class Supervised:
    """A county with everybody a notice can climb to."""

    county: County
    deputy: User

    def actor(self, name: str) -> Actor:
        """Return who acts as head, member, leader, minister, office or deputy."""
        return actor_of(self.deputy if name == "deputy" else getattr(self.county, name))


def make_supervised() -> Supervised:
    """Return a county whose minister, executive deputy and leader in charge all hold their posts."""
    county = make_county()
    county.unit.periods[-1].leader = county.leader.person
    db.session.commit()
    return Supervised(county, user_with_role(Role.EXD))


def play(day: date) -> None:
    """Make *day* the business date."""
    settings.put("rehearsal_date", day.isoformat())
    db.session.commit()


def night(day: date) -> None:
    """Let the clock come to *day*."""
    play(day)
    clockwork.catch_up(clock.today())


def nights(first: date, last: date, without: Iterable[date] = ()) -> None:
    """Let every night from *first* to *last* come, but those of an outage."""
    skipped, day = set(without), first
    while day <= last:
        if day not in skipped:
            night(day)
        day += ONE_DAY


def notices() -> Sequence[SupervisionNotice]:
    """Return all notices in the order of their numbers, as they are stored now."""
    db.session.rollback()
    return db.session.scalars(select(SupervisionNotice).order_by(SupervisionNotice.number)).all()


def make_notice(goal: Goal, issued_on: date, answered_on: date | None = None) -> SupervisionNotice:
    """Store a red notice as the clock issues them, without recipients."""
    number = db.session.scalar(select(func.count(SupervisionNotice.id))) or 0
    result = {"signal": Signal.RED_OVERDUE, "colour": "red", "reason": "完成时限已过。"}
    notice = SupervisionNotice(
        turn=SignalTurn(goal_id=goal.id, turned_on=issued_on, **result),
        goal_id=goal.id,
        year=goal.year,
        number=number + 1,
        colour=Colour.RED,
        issued_on=issued_on,
        matter=goal.name,
        deadline=goal.deadline,
        standing="逾期",
        requirement="请报送整改报告",
        reply_by=issued_on,
        limit_on=issued_on,
        answered_on=answered_on,
    )
    db.session.add(notice)
    db.session.commit()
    return notice
