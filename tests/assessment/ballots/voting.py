"""A cycle in voting, its codes, and voters as a browser makes them."""

import re
from dataclasses import dataclass

from fivestep_web.assessment.ballots import issuing, sealing
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove, CycleUnit, RaterRoster
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM, Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import UnitKind
from tests.factories.org import PlanYearFactory, UnitFactory, person_with_role, stored_at_once
from tests.web import BASE_URL

YEAR = 2026
DOORS = {Group.SOCIAL_SURVEY: "survey"}
TICKET = re.compile(r'name="ticket" value="([^"]+)"')
TRACKING = re.compile(r'class="tracking">([^<]+)<')


@dataclass
class Vote:
    """The cycle, its units by series, and the codes of each row of the roster by its name."""

    cycle_id: int
    units: dict
    codes: dict
    actor: Actor

    @property
    def cycle(self):
        return db.session.get_one(AssessmentCycle, self.cycle_id)


def officer(*roles):
    """Somebody of the office, as an actor."""
    person = person_with_role(*(roles or (Role.OFC,)))
    return Actor(
        user_id=None,
        person_id=person.id,
        name=person.name,
        unit_id=person.holdings[0].position.unit_id,
        roles=frozenset(roles or (Role.OFC,)),
    )


def a_cycle(units=4, state=CycleState.VOTING, **facts):
    """A cycle with *units* sections and two townships, without rosters."""
    with stored_at_once():
        PlanYearFactory(year=YEAR)
        made = {
            Series.SECTIONS: [UnitFactory(name=f"第{n}科室") for n in range(1, units + 1)],
            Series.TOWNSHIPS: [
                UnitFactory(name=name, kind=UnitKind.TOWNSHIP) for name in ("城关镇", "河东乡", "河西乡")
            ],
        }
        cycle = AssessmentCycle(
            year=YEAR,
            name="2026年度实绩考核",
            state=state,
            cut_off_date=clock.today(),
            rule_version=1,
            **facts,
        )
        db.session.add(cycle)
        db.session.flush()
        for series, members in made.items():
            db.session.add_all(
                CycleUnit(cycle_id=cycle.id, unit_id=unit.id, series=series) for unit in members
            )
    return cycle, made


def a_vote(*rows, units=4, **facts):
    """A vote for (group, series, name, number of codes, own unit or its number in the series) each."""
    cycle, made = a_cycle(units, **facts)
    actor = officer()
    for group, series, name, count, own in rows:
        unit_id = None if own is None else made[series][own].id
        db.session.add(
            RaterRoster(
                cycle_id=cycle.id,
                rater_group=group,
                series=series,
                name=name,
                unit_id=unit_id,
                code_count=count,
            )
        )
    db.session.commit()
    codes = {}
    for group, series in dict.fromkeys((row[0], row[1]) for row in rows):
        codes |= issue(actor, cycle, group, series)
    ids = {series: [unit.id for unit in members] for series, members in made.items()}
    return Vote(cycle.id, ids, codes, actor)


def issue(actor, cycle, group, series):
    with unit_of_work():
        return {slips.name: slips.codes for slips in issuing.issue(actor, cycle, group, series)}


def leaders(count=6):
    return (Group.LEADER_EVALUATION, Series.SECTIONS, "县级领导", count, None)


def peers(number, count=1):
    return (Group.PEER_EVALUATION, Series.SECTIONS, f"第{number + 1}科室", count, number)


def survey(count=6):
    return (Group.SOCIAL_SURVEY, Series.SECTIONS, "群众代表", count, None)


def township_voters(count=2):
    return (Group.MASS_EVALUATION, Series.TOWNSHIPS, "城关镇组织干事", count, 0)


class Voter:
    """A visitor with a slip; keeps cookies as a phone does."""

    def __init__(self, app, code, door="ballot", address="10.0.0.7"):
        self.client = app.test_client()
        self.code, self.door = code, door
        self.environment = {"REMOTE_ADDR": address}

    def get(self, path=""):
        db.session.commit()  # a later rollback of the test's own transaction would undo what requests wrote
        return self.client.get(f"/{self.door}{path}", base_url=BASE_URL, environ_base=self.environment)

    def post(self, path, **fields):
        db.session.commit()
        return self.client.post(
            f"/{self.door}{path}", data=fields, base_url=BASE_URL, environ_base=self.environment
        )

    def scan(self):
        """Follow the QR code to the ballot."""
        first = self.get(f"/{self.code}")
        assert first.status_code == 303
        assert first.headers["Location"] == f"/{self.door}"
        return self.get()

    def ticket(self):
        return TICKET.search(self.scan().text)[1]

    def submit(self, marks, ticket=None):
        """Hand in, with every report opened."""
        fields = {f"mark-{unit_id}": mark for unit_id, mark in marks.items()}
        fields |= {f"read-{unit_id}": "1" for unit_id in marks}
        return self.post("/submit", ticket=ticket or self.ticket(), **fields)


def tracking(response):
    assert response.status_code == 200, response.text
    found = TRACKING.search(response.text)
    assert found, response.text
    return found[1]


def close(vote, actor=SYSTEM):
    """Close the voting as the cycle's move does, which seals; nothing is swept yet."""
    with unit_of_work():
        cycle = vote.cycle
        cycle.state = CycleState.VOTING_CLOSED
        move = CycleMove(
            cycle_id=cycle.id, state=cycle.state, moved_on=clock.today(), moved_at=clock.now(), groups=[]
        )
        db.session.add(move)
        db.session.flush()
        sealing.seal_cycle(actor, cycle, move)


def sweep(vote):
    """What the queue does after the close; the database of a shared test cannot be scrubbed inside."""
    with unit_of_work():
        sealing.shuffle_codes(vote.cycle_id)
        sealing.mark_swept(SYSTEM, vote.cycle_id)
