"""A confirmed year with candidates, and a commendation brought to any state, step by step as people do it."""

from collections.abc import Sequence
from datetime import date, timedelta

import time_machine
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.assessment.commendations import drawing, queries, services
from fivestep_web.assessment.commendations.models import Commendation
from fivestep_web.assessment.commendations.rules import CommendationState
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.publicity import services as publicity
from fivestep_web.assessment.publicity.models import Publicity
from fivestep_web.assessment.publicity.queries import get_publicity
from fivestep_web.assessment.publicity.rules import Subject
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services as documents
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.numbers import services as numbers
from fivestep_web.documents.requests import gather
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, Unit, UnitPeriod
from tests.assessment.cycles.plans import CONFIRM_DAY, TERMS, YEAR, Cast, actor_of, make_cast
from tests.assessment.cycles.plans import bring_to as confirm
from tests.assessment.publicity.people import make_troupe
from tests.factories.accounts import user_with_role
from tests.factories.org import person_with_role
from tests.factories.queue import run_queue
from tests.remembered import remembered

S = CommendationState
ISSUE_DAY = CONFIRM_DAY + timedelta(days=8)  # the publicity of 20 January is over on the 27th
LINE = (S.CANDIDATE, S.NOMINATED, S.PUBLICIZING, S.DECIDED, S.ISSUED)


def lead(code: str, user: User) -> None:
    """Let *user* head the unit of that code."""
    query = select(UnitPeriod).join(UnitPeriod.unit).where(Unit.code == code)
    db.session.scalars(query).one().head = user.person
    db.session.commit()


@remembered
def give_heads(user: User) -> None:
    """Let *user* head the third section, which is excellent; ten more make up the pool of the quota."""
    lead("K03", user)
    third = db.session.scalars(select(Unit).where(Unit.code == "K03")).one()
    for number in range(10):
        person_with_role(Role.STF, unit=third, name=f"甲某{number}")


def tied_cast() -> Cast:
    """Make a confirmed year in which three heads, equal in everything, compete for one seat.

    The clerk and personnel are among them: the office of the cast is another clerk, who is not.
    """
    troupe = make_troupe(make_cast())
    for code, user in (("K01", troupe.cast.office), ("K02", troupe.cast.hr), ("K03", troupe.member)):
        lead(code, user)
    confirm(troupe.cast, CycleState.CONFIRMED)
    leaders = db.session.scalars(select(Unit).where(Unit.code == "B00")).one()
    troupe.cast.office = user_with_role(Role.OFC, unit=leaders, name="张某甲")
    return troupe.cast


def person_id(name: str) -> int:
    return db.session.scalars(select(Person.id).where(Person.name == name)).one()


def unit_id(code: str) -> int:
    return db.session.scalars(select(Unit.id).where(Unit.code == code)).one()


def end_periods() -> None:
    """Let every publicity be over by the calendar of today."""
    for posted in db.session.scalars(select(Publicity)):
        posted.posted_on = date(2026, 6, 1)
    db.session.commit()


def draw(user: User) -> None:
    with unit_of_work():
        drawing.draw_up(actor_of(user), YEAR)


def rows(*states: CommendationState) -> Sequence[Commendation]:
    db.session.expire_all()
    return queries.list_rows(YEAR, states or None)


def ids(*states: CommendationState) -> list[int]:
    return [row.id for row in rows(*states)]


def row_of(name: str) -> Commendation:
    """Return the row of that name that stands on the list last."""
    return next(row for row in reversed(rows()) if row.name == name)


def nominate(user: User, row_ids: Sequence[int]) -> None:
    with unit_of_work():
        services.nominate(actor_of(user), YEAR, row_ids)


def post(cast: Cast) -> int:
    """Prepare and post the publicity of the nominated."""
    with unit_of_work():
        cycle = get_cycle(YEAR, lock=True)
        publicity_id = publicity.schedule(actor_of(cast.office), cycle, Subject.COMMENDATION, TERMS).id
    with unit_of_work():
        actor, cycle = actor_of(cast.minister), get_cycle(YEAR, lock=True)
        publicity.post(actor, cycle, get_publicity(actor, YEAR, publicity_id, lock=True))
    return publicity_id


def decide(user: User, row_ids: Sequence[int]) -> None:
    with unit_of_work():
        services.decide(actor_of(user), YEAR, row_ids, note="部务会议研究决定")


def remove(user: User, row: Commendation, reason: str = "本人申请") -> None:
    with unit_of_work():
        services.remove(actor_of(user), queries.get_row(YEAR, row.id, lock=True), reason=reason)


def make(cast: Cast, kind: DocumentKind = DocumentKind.COMMENDATION_DECISION) -> int:
    """Have the year's document of *kind* made by personnel; return its id."""
    with unit_of_work():
        wanted = list(gather(kind, YEAR))
        documents.request_documents(actor_of(cast.hr), YEAR, wanted, wanted[0].title)
    run_queue()
    db.session.rollback()
    table = GeneratedDocument
    query = select(table.id).where(table.kind == kind).order_by(table.version.desc())
    return db.session.scalars(query).first()


def issue(cast: Cast, kind: DocumentKind = DocumentKind.COMMENDATION_DECISION) -> int:
    """Have the document made, numbered by the office and issued; return its id."""
    document_id = make(cast, kind)
    approve(cast, document_id)
    send_out(cast, document_id)
    return document_id


def approve(cast: Cast, document_id: int) -> None:
    """Let the office number a document."""
    with unit_of_work():
        numbers.approve(actor_of(cast.office), document_id, approved_on=ISSUE_DAY.date())
    run_queue()
    db.session.rollback()


def send_out(cast: Cast, document_id: int) -> None:
    """Let the office issue a numbered document."""
    with unit_of_work():
        numbers.issue(actor_of(cast.office), document_id, issued_on=ISSUE_DAY.date())
    run_queue()
    db.session.rollback()


@remembered
def bring_to(cast: Cast, state: CommendationState) -> None:
    """Bring every candidate to *state*: a unit plan without limit, persons within their quota."""
    with time_machine.travel(CONFIRM_DAY, tick=True):
        draw(cast.hr)
        if state is not S.CANDIDATE:
            nominate(cast.hr, ids(S.CANDIDATE))
        if state in LINE[2:]:
            post(cast)
    with time_machine.travel(ISSUE_DAY, tick=True):
        if state in LINE[3:]:
            decide(cast.deputy, ids(S.PUBLICIZING))
        if state is S.ISSUED:
            issue(cast)
