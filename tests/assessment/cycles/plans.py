"""A year with sections and townships, those who run its assessment, and a plan brought to any state."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import time_machine
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.assessment.cycles import queries, rule_forms, services, setup
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleUnit
from fivestep_web.assessment.cycles.presets import Basis, Proposal
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.publicity import services as publicity
from fivestep_web.assessment.publicity.queries import find_publicity
from fivestep_web.assessment.publicity.rules import PublicityState, Subject
from fivestep_web.assessment.publicity.services import Terms
from fivestep_web.assessment.score_settings import Group
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.clock import ZONE
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit, UnitKind
from fivestep_web.responsibility.models import Goal
from tests.factories.accounts import user_with_role
from tests.factories.daily import hand_in_reports
from tests.factories.keys import actor_of
from tests.factories.org import PlanYearFactory, UnitFactory, stored_at_once
from tests.factories.responsibility import GoalFactory, TopicFactory
from tests.remembered import remembered

YEAR = 2026
CYCLE = f"/assessment/{YEAR}/cycle"
CUT_OFF = date(2026, 12, 31)
NOW = datetime(2026, 12, 28, 10, 0, tzinfo=ZONE)
CLOSES_AT = datetime(2026, 12, 30, 18, 0, tzinfo=ZONE)
TALLY_DAY = datetime(2027, 1, 5, 10, 0, tzinfo=ZONE)  # a Tuesday; five working days on is the 12th
CONFIRM_DAY = datetime(2027, 1, 20, 10, 0, tzinfo=ZONE)
UNITS = 4
TERMS = Terms(5, "《实绩考核办法》", "干部监督科", "振兴路1号305室", "0000-12380")


@dataclass
class Cast:
    """Accounts of those who have a part in the assessment."""

    office: User
    hr: User
    minister: User
    deputy: User


@remembered
def make_cast() -> Cast:
    """Make a planned year with four sections and four townships, and those who run its assessment."""
    with stored_at_once():
        PlanYearFactory(year=YEAR)
        sections = [UnitFactory(code=f"K{n:02}", name=f"第{n}科") for n in range(1, UNITS + 1)]
        for n in range(1, UNITS + 1):
            UnitFactory(code=f"T{n:02}", name=f"第{n}镇", kind=UnitKind.TOWNSHIP)
    leaders = UnitFactory(code="B00", name="部领导", kind=UnitKind.LEADERSHIP, is_assessed=False)
    return Cast(
        office=user_with_role(Role.OFC, unit=sections[0], name="文某甲"),
        hr=user_with_role(Role.HRO, unit=sections[1], name="任某甲"),
        minister=user_with_role(Role.MIN, unit=leaders, name="林某甲"),
        deputy=user_with_role(Role.EXD, unit=leaders, name="常某甲"),
    )


def begin(cast: Cast, basis: Basis = Basis.DEFAULT) -> None:
    """Begin the year's plan."""
    with unit_of_work():
        setup.create(actor_of(cast.office), YEAR, name="2026年度实绩考核", cut_off_date=CUT_OFF, basis=basis)


def fill_rosters(cast: Cast) -> None:
    """Give every group of both series its rosters."""
    with unit_of_work():
        cycle = queries.get_cycle(YEAR, lock=True)
        setup.add_rosters(actor_of(cast.office), cycle, rosters(cycle))


def rosters(cycle: AssessmentCycle) -> list[Proposal]:
    """Twenty of the public, ten deputies, five leaders, and one code for each unit."""
    found = []
    for series, units in queries.list_units(cycle).items():
        found += [
            Proposal(Group.SOCIAL_SURVEY, series, "群众", None, 20),
            Proposal(Group.MASS_EVALUATION, series, "人大代表", None, 10),
            Proposal(Group.LEADER_EVALUATION, series, "部领导", None, 5),
            *(Proposal(Group.PEER_EVALUATION, series, name, unit_id, 1) for unit_id, name in units.items()),
        ]
    return found


def planned(cast: Cast) -> None:
    """Draw up a plan that lacks nothing."""
    begin(cast)
    fill_rosters(cast)


def rate_all(*, without: tuple[Group, Series] | None = None) -> None:
    """Store ratings of every group for every unit, but for one group of one series."""
    cycle = queries.get_cycle(YEAR)
    for series, unit_id in db.session.execute(
        select(CycleUnit.series, CycleUnit.unit_id).where(CycleUnit.cycle_id == cycle.id)
    ).all():
        for group in Group:
            if (group, series) != without:
                db.session.add(
                    RatingTally(year=YEAR, rater_group=group, unit_id=unit_id, score=Decimal(90), count=5)
                )
    db.session.commit()


def make_goal(cast: Cast, code: str = "M01", **facts: Any) -> Goal:
    """Make a goal of the first section, its clerk's."""
    unit = db.session.scalars(select(Unit).where(Unit.code == "K01")).one()
    topic = TopicFactory(year=YEAR, lead_unit=unit, leader=cast.deputy.person)
    return GoalFactory(code=code, topic=topic, unit=unit, person=cast.office.person, **facts)


def report_all() -> None:
    """Hand in a self-report of every unit of the cycle that has none."""
    cycle = queries.get_cycle(YEAR)
    hand_in_reports(YEAR, db.session.scalars(select(CycleUnit.unit_id).filter_by(cycle_id=cycle.id)))


MOVERS = {
    CycleState.OPEN: "minister",
    CycleState.SELF_REPORTING: "office",
    CycleState.VOTING: "office",
    CycleState.VOTING_CLOSED: "office",
    CycleState.TALLIED: "office",
    CycleState.REVIEWED: "office",
    CycleState.PUBLICIZING: "minister",
    CycleState.CONFIRMED: "minister",
    CycleState.FILED: "hr",
}


def move(cast: Cast, target: CycleState, *, by: User | None = None, **details: object) -> None:
    """Take the cycle one step on, by who may."""
    who = by or getattr(cast, MOVERS[target])
    if target is CycleState.VOTING:
        details.setdefault("closes_at", CLOSES_AT)
    if target is CycleState.SELF_REPORTING:
        report_all()
    if target is CycleState.REVIEWED:
        details.setdefault("reason", "部务会议审核同意")
    if target is CycleState.PUBLICIZING:
        schedule_results(cast)
    with unit_of_work():
        services.move(actor_of(who), queries.get_cycle(YEAR, lock=True), target, **details)


def schedule_results(cast: Cast) -> None:
    """Prepare the publicity of the results, unless one waits already."""
    with unit_of_work():
        if not find_publicity(YEAR, Subject.RESULTS, PublicityState.SCHEDULED):
            cycle = queries.get_cycle(YEAR, lock=True)
            publicity.schedule(actor_of(cast.office), cycle, Subject.RESULTS, TERMS)


DAYS = {
    CycleState.TALLIED: TALLY_DAY,
    CycleState.REVIEWED: TALLY_DAY,
    CycleState.PUBLICIZING: TALLY_DAY,
    CycleState.CONFIRMED: CONFIRM_DAY,
    CycleState.FILED: CONFIRM_DAY,
}


@remembered
def bring_to(cast: Cast, state: CycleState) -> None:
    """Bring a new plan to *state*, each step on a day it can be made; units are rated before the tally."""
    planned(cast)
    bring_on(cast, state)


def bring_on(cast: Cast, state: CycleState) -> None:
    """Bring the drawn up plan to *state*."""
    for target in list(CycleState)[1 : list(CycleState).index(state) + 1]:
        with time_machine.travel(DAYS.get(target, NOW), tick=True):
            if target is CycleState.TALLIED:
                rate_all()
                move(cast, target, by=cast.hr)
            move(cast, target)


def state() -> CycleState:
    """Return where the cycle stands."""
    db.session.expire_all()
    return queries.get_cycle(YEAR).state


def typed_rules(**changed):
    """Return the rules as the form of the draft sends them, with what was changed."""
    draft = queries.find_draft(queries.get_cycle(YEAR))
    typed = rule_forms.typed_values(draft.settings) | revision() | changed
    return {name: str(value) for name, value in typed.items() if value is not False}


def revision():
    """Return the revision a form of the plan carries as it is now."""
    db.session.expire_all()
    return {"revision": queries.find_draft(queries.get_cycle(YEAR)).revision}


def entries():
    """Return the log in order."""
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()


def change_rules(cast, by=None, **values):
    """Edit the draft of the plan."""
    with unit_of_work():
        setup.change_rules(actor_of(by or cast.office), queries.get_cycle(YEAR, lock=True), values)
