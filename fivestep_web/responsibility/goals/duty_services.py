"""The written duties (职责) of a unit (R2.2)."""

from collections.abc import Collection, Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.models import Duty, Goal

LONGEST = 500


def list_duties(unit_id: int, *, with_ended: bool = False) -> Sequence[Duty]:
    """Return a unit's duties in order, those taken off the list last and only when wanted."""
    query = select(Duty).where(Duty.unit_id == unit_id)
    if not with_ended:
        query = query.where(Duty.ended_on.is_(None))
    return db.session.scalars(query.order_by(Duty.ended_on.is_not(None), Duty.position, Duty.id)).all()


def duties_of(unit_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """Return the duties on the lists of several units as (id, numbered text)."""
    query = select(Duty).where(Duty.unit_id.in_(unit_ids), Duty.ended_on.is_(None))
    found: dict[int, list[tuple[str, str]]] = {}
    for duty in db.session.scalars(query.order_by(Duty.unit_id, Duty.position, Duty.id)):
        own = found.setdefault(duty.unit_id, [])
        own.append((str(duty.id), f"{len(own) + 1}. {duty.text}"))
    return found


def count_goals(unit_id: int, year: int | None) -> dict[int | None, int]:
    """Return how many of the year's unit goals fall under each duty; None: outside, or not said."""
    rows = db.session.execute(
        select(Goal.duty_id, func.count())
        .where(Goal.unit_id == unit_id, Goal.year == year, Goal.parent_id.is_(None))
        .group_by(Goal.duty_id)
    )
    return {row[0]: row[1] for row in rows}


def get_unit(actor: Actor, unit_id: int) -> Unit:
    """Return a unit whose duties the actor keeps; hidden and absent look the same."""
    unit = db.session.get(Unit, unit_id)
    if unit is None or not policy.can_edit_duties(actor, unit_id):
        raise NotFound(_("没有这个单位，或它的职责不由您维护"))
    return unit


def get_duty(actor: Actor, duty_id: int) -> Duty:
    """Return a duty to change, locked; hidden and absent look the same."""
    duty = db.session.scalar(select(Duty).where(Duty.id == duty_id).with_for_update())
    if duty is None or not policy.can_edit_duties(actor, duty.unit_id):
        raise NotFound(_("没有这项职责，或它不由您维护"))
    return duty


def add_duty(actor: Actor, unit: Unit, text: str) -> Duty:
    """Put a duty at the end of a unit's list."""
    if not policy.can_edit_duties(actor, unit.id):
        raise NotAllowed(_("这个单位的职责不由您维护"))
    text = _checked(unit.id, text)
    last = db.session.scalar(select(func.max(Duty.position)).where(Duty.unit_id == unit.id)) or 0
    duty = Duty(unit_id=unit.id, position=last + 1, text=text)
    db.session.add(duty)
    db.session.flush()
    record(actor, "duty.added", f"duty:{duty.id}", unit=unit.id, text=text)
    return duty


def change_duty(actor: Actor, duty: Duty, text: str) -> None:
    """Word a duty anew; goals stay under it."""
    _check_living(actor, duty)
    text = _checked(duty.unit_id, text, duty.id)
    if text != duty.text:
        old, duty.text = duty.text, text
        db.session.flush()
        record(actor, "duty.changed", f"duty:{duty.id}", changes={"text": [old, text]})


def end_duty(actor: Actor, duty: Duty) -> None:
    """Take a duty off the list from today; goals given under it keep it."""
    _check_living(actor, duty)
    duty.ended_on = clock.today()
    db.session.flush()
    record(actor, "duty.ended", f"duty:{duty.id}", unit=duty.unit_id, text=duty.text)


def _check_living(actor: Actor, duty: Duty) -> None:
    if not policy.can_edit_duties(actor, duty.unit_id):
        raise NotAllowed(_("这个单位的职责不由您维护"))
    if duty.ended_on is not None:
        raise Conflict(_("这项职责已经停用，不能再改"))


def _checked(unit_id: int, text: str, own_id: int | None = None) -> str:
    text = " ".join(text.split())
    if not text:
        raise DomainError(_("请填写职责内容"))
    if len(text) > LONGEST:
        raise DomainError(_("职责内容最多 %(most)s 字，请精简", most=LONGEST))
    same = select(Duty.id).where(Duty.unit_id == unit_id, Duty.text == text, Duty.ended_on.is_(None))
    if db.session.scalar(same.where(Duty.id != own_id) if own_id else same):
        raise Conflict(_("本单位已有这项职责，不用重复登记"))
    return text
