"""Those who object, receive and answer, and the ways an objection goes."""

from dataclasses import dataclass

from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.publicity import objection_services, queries
from fivestep_web.assessment.publicity.filing import list_matters
from fivestep_web.assessment.publicity.models import Objection, Publicity
from fivestep_web.assessment.publicity.objection_services import Filing
from fivestep_web.assessment.publicity.rules import ObjectionKind, ObjectionState, PublicityState, Subject
from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit
from tests.assessment.cycles.plans import YEAR, Cast
from tests.factories.accounts import user_with_role
from tests.factories.keys import actor_of
from tests.factories.org import UnitFactory
from tests.remembered import remembered


@dataclass
class Troupe:
    """Accounts of those who have a part in an objection."""

    cast: Cast
    member: User
    receiver: User
    handler: User


@remembered
def make_troupe(cast: Cast) -> Troupe:
    """Make a member of the third section, and two officers of a section that is not assessed."""
    third = db.session.scalars(select(Unit).where(Unit.code == "K03")).one()
    officers = UnitFactory(code="J01", name="干部监督科", is_assessed=False)
    return Troupe(
        cast,
        member=user_with_role(Role.STF, unit=third, name="丁某甲"),
        receiver=user_with_role(Role.SUP, unit=officers, name="监某甲"),
        handler=user_with_role(Role.SUP, unit=officers, name="监某乙"),
    )


def matter_of(user: User, kind: ObjectionKind, about: str) -> str:
    """Return the key under which *user* can object to *about*."""
    matters = list_matters(actor_of(user), get_cycle(YEAR), clock.today())
    return next(matter.key for matter in matters if matter.kind is kind and matter.about == about)


def file(
    user: User, kind: ObjectionKind = ObjectionKind.PUBLICITY, about: str = "第3科", **details: object
) -> int:
    """Let *user* object; return the objection's id."""
    filing = Filing(matter_of(user, kind, about), "得分与计票不符", "计票结果表", "内线8012", **details)
    with unit_of_work():
        return objection_services.file(actor_of(user), get_cycle(YEAR, lock=True), filing).id


def receive(user: User, objection_id: int) -> None:
    """Let *user* receive the objection."""
    with unit_of_work():
        actor = actor_of(user)
        objection_services.receive(actor, queries.get_objection(actor, YEAR, objection_id, lock=True))


def answer(user: User, objection_id: int, outcome: ObjectionState = ObjectionState.DISMISSED) -> None:
    """Let *user* answer the objection."""
    with unit_of_work():
        actor, cycle = actor_of(user), get_cycle(YEAR, lock=True)
        objection_services.answer(
            actor,
            cycle,
            queries.get_objection(actor, YEAR, objection_id, lock=True),
            outcome=outcome,
            text="经核查，计票无误。",
            reason="两名计票人的计票表与封存的票一致",
        )


def received(troupe: Troupe, **details: object) -> int:
    """Bring an objection of the member to where it waits for its answer."""
    objection_id = file(troupe.member, **details)
    receive(troupe.receiver, objection_id)
    return objection_id


def stored(objection_id: int) -> Objection:
    db.session.expire_all()
    return db.session.get_one(Objection, objection_id)


def results() -> Publicity:
    """Return the latest publicity of the results."""
    db.session.expire_all()
    found = queries.find_publicity(YEAR, Subject.RESULTS, *PublicityState)
    assert found is not None
    return found
