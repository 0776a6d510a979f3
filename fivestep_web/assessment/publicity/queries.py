"""What is stored about publicities and objections."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CompoundSelect, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.assessment.ballots.models import Poll
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleRules, CycleUnit
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.models import Adjustment, ManualPoints
from fivestep_web.assessment.publicity import policy, rules
from fivestep_web.assessment.publicity.models import (
    AppealOutcome,
    Objection,
    ObjectionAnswer,
    ObjectionAppeal,
    ObjectionFile,
    Publicity,
    PublicityLine,
)
from fivestep_web.assessment.publicity.rules import ObjectionKind, ObjectionState, PublicityState, Subject
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.dates import read_chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.queries import find_issued
from fivestep_web.extensions import db
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import Person, Position, PostHolding
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.models import Goal

POSTED = (PublicityState.RUNNING, PublicityState.ENDED)


def last_day(publicity: Publicity) -> date | None:
    """Return the last day of a publicity by the calendar as it is now; None before it is posted."""
    if publicity.posted_on is None:
        return None
    return rules.last_day(get_calendar(), publicity.posted_on, publicity.workdays)


def list_publicities(actor: Actor, year: int) -> list[Publicity]:
    """Return the year's publicities the actor may see, the newest first."""
    found = db.session.scalars(_publicities().where(Publicity.year == year).order_by(Publicity.id.desc()))
    return [publicity for publicity in found if policy.can_see(actor, publicity)]


def get_publicity(actor: Actor, year: int, publicity_id: int, *, lock: bool = False) -> Publicity:
    """Return a publicity with its list; hidden and absent look the same."""
    query = _publicities().where(Publicity.year == year, Publicity.id == publicity_id)
    found = db.session.scalar(query.with_for_update(of=Publicity) if lock else query)
    if found is None or not policy.can_see(actor, found):
        raise NotFound(_("没有这次公示。"))
    return found


def _publicities() -> Select[Publicity]:
    return select(Publicity).options(selectinload(Publicity.lines))


def find_publicity(year: int, subject: Subject, *states: PublicityState) -> Publicity | None:
    """Return the latest publicity of *subject* in one of *states*."""
    query = _publicities().where(
        Publicity.year == year, Publicity.subject == subject, Publicity.state.in_(states)
    )
    return db.session.scalars(query.order_by(Publicity.id.desc())).first()


def list_running(year: int | None = None) -> Sequence[Publicity]:
    """Return the running publicities, of one year or of all."""
    query = _publicities().where(Publicity.state == PublicityState.RUNNING).order_by(Publicity.id)
    if year is not None:
        query = query.where(Publicity.year == year)
    return db.session.scalars(query).all()


def list_posted(year: int) -> Sequence[Publicity]:
    """Return the publicities of the year that run or have ended."""
    query = _publicities().where(Publicity.year == year, Publicity.state.in_(POSTED))
    return db.session.scalars(query.order_by(Publicity.id)).all()


def get_line(line_id: int) -> PublicityLine | None:
    """Return a line of a running publicity."""
    return db.session.scalar(
        select(PublicityLine)
        .join(PublicityLine.publicity)
        .where(PublicityLine.id == line_id, Publicity.state == PublicityState.RUNNING)
        .options(joinedload(PublicityLine.publicity))
    )


def count_open(publicity: Publicity) -> int:
    """Count the objections that keep a publicity from ending: its own, for results those to the count too."""
    about = Objection.publicity_id == publicity.id
    if publicity.subject is Subject.RESULTS:
        about |= Objection.kind == ObjectionKind.COUNT
    query = select(func.count()).select_from(Objection)
    query = query.where(Objection.year == publicity.year, Objection.state.in_(rules.OPEN), about)
    return db.session.scalar(query) or 0


def list_open(year: int) -> Sequence[Objection]:
    """Return the objections that are not answered."""
    query = select(Objection).where(Objection.year == year, Objection.state.in_(rules.OPEN))
    return db.session.scalars(query.order_by(Objection.id)).all()


def held_people(year: int) -> frozenset[int]:
    """Return whose result is not settled: an objection about them, or the own request, is open (N8)."""
    return frozenset(item.person_id for item in list_open(year) if item.person_id is not None)


@dataclass(frozen=True, slots=True)
class UpheldReview:
    """A person's result that a review or an appeal corrected: the day, and what was answered."""

    objection_id: int
    person_id: int
    decided_on: date
    text: str


def upheld_reviews(year: int) -> list[UpheldReview]:
    """Return the reviews of a year that were upheld, by the second handler or on appeal, oldest first.

    The latest answer, or the latest decision on the appeal, counts.
    """
    query = select(Objection).where(Objection.year == year, Objection.kind == ObjectionKind.REVIEW)
    query = query.options(
        selectinload(Objection.answers), selectinload(Objection.appeal).selectinload(ObjectionAppeal.outcomes)
    )
    found = [_upheld(objection) for objection in db.session.scalars(query.order_by(Objection.id))]
    return sorted((item for item in found if item), key=lambda item: item.decided_on)


def _upheld(objection: Objection) -> UpheldReview | None:
    if objection.person_id is None or not objection.answers:
        return None
    answer = objection.answers[-1]
    if answer.outcome is ObjectionState.UPHELD:
        return UpheldReview(objection.id, objection.person_id, answer.answered_on, answer.answer)
    decided: AppealOutcome | None = None
    if objection.appeal is not None and objection.appeal.outcomes:
        decided = objection.appeal.outcomes[-1]
    if decided is None or decided.outcome is not ObjectionState.UPHELD:
        return None
    return UpheldReview(objection.id, objection.person_id, decided.decided_on, decided.text)


def list_about(publicity: Publicity) -> Sequence[Objection]:
    """Return every objection to a publicity."""
    query = select(Objection).where(Objection.publicity_id == publicity.id)
    return db.session.scalars(query.order_by(Objection.id)).all()


def count_states(year: int) -> Counter[ObjectionState]:
    """Count the objections to the results of a year, to their count and their publicity, by state."""
    about_results = select(Publicity.id).where(Publicity.year == year, Publicity.subject == Subject.RESULTS)
    about = (Objection.kind == ObjectionKind.COUNT) | Objection.publicity_id.in_(about_results)
    return Counter(db.session.scalars(select(Objection.state).where(Objection.year == year, about)))


def visible_to(actor: Actor) -> Select[Objection]:
    """Return the objections the actor may read: the own ones, and for those who handle them all others.

    Whom one is about, or whose unit, does not read who objected and what was said.
    """
    is_own = Objection.objector_id == actor.person_id
    if not policy.sees_all(actor):
        return select(Objection).where(is_own)
    of_others = and_(
        or_(Objection.person_id.is_(None), Objection.person_id != actor.person_id),
        or_(Objection.unit_id.is_(None), Objection.unit_id != actor.unit_id),
    )
    return select(Objection).where(or_(is_own, of_others))


def list_objections(actor: Actor, year: int) -> Sequence[Objection]:
    """Return the year's objections the actor may read, the newest first."""
    query = visible_to(actor).where(Objection.year == year).order_by(Objection.id.desc())
    return db.session.scalars(query.options(joinedload(Objection.received_by))).all()


def get_objection(actor: Actor, year: int, objection_id: int, *, lock: bool = False) -> Objection:
    """Return an objection with its answers; hidden and absent look the same."""
    query = visible_to(actor).where(Objection.year == year, Objection.id == objection_id)
    query = query.options(
        joinedload(Objection.received_by),
        selectinload(Objection.answers).joinedload(ObjectionAnswer.person),
        selectinload(Objection.files).joinedload(ObjectionFile.added_by),
        selectinload(Objection.appeal).selectinload(ObjectionAppeal.outcomes),
    )
    found = db.session.scalar(query.with_for_update(of=Objection) if lock else query)
    if found is None:
        raise NotFound(_("没有这件异议。"))
    return found


def preparers(cycle: AssessmentCycle) -> frozenset[int]:
    """Return who prepared the year's result: rules, points, adjustments, count, review, lists.

    Who sent publicized results back prepared nothing by it.
    """
    parts: CompoundSelect[Any] = union_all(
        select(CycleRules.prepared_by_id).where(CycleRules.cycle_id == cycle.id),
        select(Poll.first_counter_id).where(Poll.cycle_id == cycle.id),
        select(Poll.second_counter_id).where(Poll.cycle_id == cycle.id),
        select(ManualPoints.assessor_id).join(ManualPoints.goal).where(Goal.year == cycle.year),
        select(Adjustment.proposed_by_id).where(Adjustment.year == cycle.year),
        select(Adjustment.decided_by_id).where(Adjustment.year == cycle.year),
        select(Publicity.prepared_by_id).where(Publicity.year == cycle.year),
    )
    states = (CycleState.TALLIED, CycleState.REVIEWED)
    people = {
        step.person_id
        for before, step in pairwise(cycle.moves)
        if step.state in states and before.state is not CycleState.PUBLICIZING
    }
    people |= {cycle.first_counter_id, *db.session.scalars(parts)}
    return frozenset(person for person in people if person is not None)


def preparers_of(objection: Objection) -> frozenset[int]:
    """Return who prepared the result an objection is about."""
    return preparers(get_cycle(objection.year))


def told_on(year: int) -> date | None:
    """Return the day on which people were told of the results: that of the bulletin, None before it."""
    bulletin = find_issued(year, DocumentKind.ANNUAL_ASSESSMENT_RESULT)
    return read_chinese_date(bulletin["letterhead"]["printing_date"]) if bulletin else None


def assessed_people(cycle: AssessmentCycle, day: date, told: Collection[int] = ()) -> list[tuple[int, str]]:
    """Return id and name of who holds a post in an assessed unit on *day*, and of *told*, by staff code."""
    assessed = (
        select(PostHolding.person_id)
        .join(Position, Position.id == PostHolding.position_id)
        .join(CycleUnit, CycleUnit.unit_id == Position.unit_id)
        .where(CycleUnit.cycle_id == cycle.id, holds_on(day))
    )
    query = select(Person.id, Person.name).where(or_(Person.id.in_(assessed), Person.id.in_(told)))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Person.code))]
