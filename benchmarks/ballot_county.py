"""A vote in an instance of its own: `prepare COUNT FILE` opens it, `close FILE` seals it and says what is in.

Run as a program by bench_ballots, with FIVESTEP_INSTANCE set to the instance's folder.
"""

import json
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from fivestep_web import create_app
from fivestep_web.accounts.models import User
from fivestep_web.assessment.ballots import issuing
from fivestep_web.assessment.ballots.models import BallotReceipt, Poll
from fivestep_web.assessment.ballots.queries import BALLOT, units_for
from fivestep_web.assessment.ballots.sealed import make_ticket, recognise
from fivestep_web.assessment.cycles import queries, services, setup
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.presets import Basis, Proposal
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from tests.assessment.cycles.plans import YEAR, report_all, rosters
from tests.factories.keys import actor_of

OFFICE, MINISTER = "P0007", "P0001"
VOTERS = Group.MASS_EVALUATION, Series.SECTIONS
SWEEP_SECONDS = 300


def _actor(username: str) -> Actor:
    return actor_of(db.session.scalars(select(User).where(User.username == username)).one())


def _cycle() -> AssessmentCycle:
    return queries.get_cycle(YEAR, lock=True)


def prepare(count: int, path: Path) -> None:
    """Open a vote with *count* codes of one group; write the forms that their voters hold."""
    office, minister = _actor(OFFICE), _actor(MINISTER)
    with unit_of_work():
        setup.create(office, YEAR, name="压力测试", cut_off_date=clock.today(), basis=Basis.DEFAULT)
    with unit_of_work():
        many = Proposal(*VOTERS, "评价人", None, count)
        setup.add_rosters(office, _cycle(), [*rosters(_cycle()), many])
    report_all()
    closes_at = clock.now() + timedelta(days=1)
    for actor, state in (
        (minister, CycleState.OPEN),
        (office, CycleState.SELF_REPORTING),
        (office, CycleState.VOTING),
    ):
        with unit_of_work():
            services.move(actor, _cycle(), state, closes_at=closes_at)
    with unit_of_work():
        slips = issuing.issue(office, _cycle(), *VOTERS)
    codes = next(item.codes for item in slips if len(item.codes) == count)
    units = [unit_id for unit_id, _name in units_for(_cycle().id, Series.SECTIONS)]
    known = [recognise(code) for code in codes]
    forms = [[make_ticket(BALLOT, one), one.tracking] for one in known]
    path.write_text(json.dumps({"units": units, "forms": forms}))


def close(path: Path) -> None:
    """Close the vote, wait for the worker to sweep, and write what the seal counted and lists."""
    with unit_of_work():
        services.move(_actor(OFFICE), _cycle(), CycleState.VOTING_CLOSED)
    deadline = time.monotonic() + SWEEP_SECONDS
    group, series = VOTERS
    query = select(Poll).where(Poll.rater_group == group, Poll.series == series)
    while (poll := db.session.scalars(query).one()).swept_at is None:
        if time.monotonic() > deadline:
            raise RuntimeError("the ballots were not swept")
        db.session.rollback()
        time.sleep(0.5)
    numbers = db.session.scalars(select(BallotReceipt.tracking).where(BallotReceipt.poll_id == poll.id)).all()
    counts = {"used": poll.used_codes, "returned": poll.returned, "unreadable": poll.unreadable}
    path.write_text(json.dumps({"receipts": list(numbers), **counts}))


if __name__ == "__main__":
    with create_app().app_context():
        if sys.argv[1] == "prepare":
            prepare(int(sys.argv[2]), Path(sys.argv[3]))
        else:
            close(Path(sys.argv[2]))
