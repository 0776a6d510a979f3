"""The demo county brought to a state of its year: `python -m tests.browser.assessed STATE`."""

import sys
from datetime import date, datetime

from sqlalchemy import select

from fivestep_web import create_app
from fivestep_web.accounts.models import User
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.grades import services, standing
from fivestep_web.assessment.grades.rules import Grade
from fivestep_web.assessment.grades.services import Proposal
from fivestep_web.core.clock import ZONE
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.demo.services import play
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, PostHolding
from tests.assessment.cycles.plans import Cast, move, planned
from tests.assessment.grades.people import HELD
from tests.factories.keys import actor_of

BEGUN_ON = date(2026, 3, 2)
POSTED_ON, CONFIRMED_ON = date(2027, 1, 5), date(2027, 1, 20)
CLOSES_AT = datetime(2027, 1, 6, tzinfo=ZONE)
POOL, UNGRADED = ("P0008", "P0009", "P0010", "P0011", "P0012"), "P0012"


def begin() -> None:
    """Be in the first days of March: nothing of the year is late yet, and no night has come."""
    _play(BEGUN_ON)


def publicize() -> Cast:
    """Post the results of 2026 on 5 January 2027."""
    _play(POSTED_ON)
    names = ("P0007", "P0032", "P0001", "P0002")
    found = {user.username: user for user in db.session.scalars(select(User).where(User.username.in_(names)))}
    cast = Cast(*(found[name] for name in names))
    planned(cast)
    for target in list(CycleState)[1 : list(CycleState).index(CycleState.PUBLICIZING) + 1]:
        if target is CycleState.TALLIED:
            move(cast, target, by=cast.hr)
        move(cast, target, **({"closes_at": CLOSES_AT} if target is CycleState.VOTING else {}))
    return cast


def confirm() -> None:
    """Post the results and confirm them on 20 January."""
    cast = publicize()
    _play(CONFIRMED_ON)
    move(cast, CycleState.CONFIRMED)


def grade() -> None:
    """Post the results, and propose grades for all but one of five people, who have one seat of 优秀."""
    with unit_of_work():
        kept = set(db.session.scalars(select(Person.id).where(Person.code.in_(POOL))))
        for held in db.session.scalars(select(PostHolding)):
            if held.person_id not in kept:
                held.establishment = None
    hr = actor_of(publicize().hr)
    with unit_of_work():
        cycle = get_cycle(2026, lock=True)
        for item in standing.read(2026).candidates:
            if item.score.code != UNGRADED:
                services.propose(hr, cycle, item.person_id, Proposal(Grade.COMPETENT))
        services.record_steps(hr, 2026, HELD)


def _play(day: date) -> None:
    with unit_of_work():
        play(day)


STATES = {"begun": begin, "publicized": publicize, "confirmed": confirm, "graded": grade}

if __name__ == "__main__":
    with create_app().app_context():
        STATES[sys.argv[1]]()
