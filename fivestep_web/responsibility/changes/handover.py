"""Letters whose signatories no longer hold the posts they signed in, and what a handover changes (R2.10)."""

import enum
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, case, or_, select
from sqlalchemy.orm import aliased

from fivestep_web.core import clock
from fivestep_web.core.errors import DomainError, FieldError
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.lookups import has_left
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.letters import signatories
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import UPPER_KIND, LetterKind, LetterState

Items = dict[int, dict[str, str]]


@dataclass(frozen=True)
class Affected:
    """A letter in force that has to be handed over, and why."""

    letter_id: int
    number: str
    title: str
    why: str


def list_affected(actor: Actor) -> list[Affected]:
    """Return the letters in force, of those whose change the actor may ask for, that posts have outrun.

    Letters that are being changed already are left out. One statement, whatever their number.
    """
    units = actor.units_for(Permission.CHANGE_REQUEST)
    query = _outrun().where(Letter.state == LetterState.IN_FORCE, Letter.successor_id.is_(None))
    if units is not None:
        query = query.where(Letter.unit_id.in_(units))
    rows = db.session.execute(query.order_by(Letter.kind, Letter.serial))
    return [Affected(row.id, row.number, row.title, _sentence(row)) for row in rows]


class Reason(enum.StrEnum):
    """Why a letter has to be handed over."""

    OTHER_HEAD = "other_head"
    GONE = "gone"
    BECAME_HEAD = "became_head"
    OTHER_ISSUER = "other_issuer"


def _outrun() -> Select[Any]:
    """Select the letters whose sides do not hold the posts they signed in, with the reason (R2.10)."""
    today, responsible, issuer = clock.today(), aliased(Person), aliased(Person)
    is_lower = Letter.kind.in_(tuple(UPPER_KIND))
    reason = case(
        (and_(~is_lower, Letter.responsible_id.is_distinct_from(UnitPeriod.head_id)), Reason.OTHER_HEAD),
        (and_(is_lower, has_left(Letter.responsible_id, Letter.unit_id, today)), Reason.GONE),
        (and_(is_lower, Letter.responsible_id == UnitPeriod.head_id), Reason.BECAME_HEAD),
        (Letter.issuer_id.is_distinct_from(signatories.issuer_on(today, UnitPeriod)), Reason.OTHER_ISSUER),
    )
    return (
        select(
            Letter.id,
            Letter.number,
            Letter.title,
            reason.label("reason"),
            responsible.name.label("responsible"),
            issuer.name.label("issuer"),
        )
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Letter.unit_id, UnitPeriod.valid_to.is_(None)))
        .join(responsible, responsible.id == Letter.responsible_id)
        .join(issuer, issuer.id == Letter.issuer_id)
        .where(reason.is_not(None))
    )


def _sentence(row: Any) -> str:
    match row.reason:
        case Reason.OTHER_HEAD:
            return str(_("负责人已不是%(name)s", name=row.responsible))
        case Reason.GONE:
            return str(_("%(name)s已离任", name=row.responsible))
        case Reason.BECAME_HEAD:
            return str(_("%(name)s已任单位负责人", name=row.responsible))
    return str(_("甲方签署人已不是%(name)s", name=row.issuer))


def why_outrun(letter: Letter) -> str:
    """Return why one letter has to be handed over, empty when its signatories are in post."""
    row = db.session.execute(_outrun().where(Letter.id == letter.id)).first()
    return _sentence(row) if row else ""


def needs_successor(letter: Letter) -> bool:
    """Say whether personal tasks have to be taken over by another comrade."""
    return reason_of(letter) in (Reason.GONE, Reason.BECAME_HEAD)


def reason_of(letter: Letter) -> Reason | None:
    """Return which post outran a letter, None when its signatories are in post."""
    row = db.session.execute(_outrun().where(Letter.id == letter.id)).first()
    return Reason(row.reason) if row else None


def head_of(letter: Letter) -> int:
    """Return who heads the letter's unit today; DomainError while nobody does."""
    head_id = letter.unit.current.head_id
    if head_id is None:
        raise DomainError(_("“%(unit)s”的负责人空缺，请先任命负责人再办理", unit=letter.unit.name))
    return head_id


def issuer_of(letter: Letter) -> int:
    """Return who signs the letter as 甲方 today; DomainError naming the vacant post while nobody does."""
    issuer_id = signatories.find_issuer(letter.kind, letter.unit, clock.today())
    if issuer_id is None:
        raise DomainError(signatories.why_no_issuer(letter.kind, letter.unit))
    return issuer_id


def list_successors(letter: Letter) -> list[tuple[int, str]]:
    """Return who may take over personal tasks: the comrades in post in the unit, its head apart."""
    others = {letter.responsible_id, letter.unit.current.head_id}
    return [
        (person_id, f"{name}（{code}）")
        for person_id, name, code in assignments.people_of(letter.unit_id)
        if person_id not in others
    ]


def items_of(letter: Letter, successor_id: int | None) -> Items:
    """Return what a handover changes, by goal and field, people by their staff codes.

    A unit's goals and the tasks its head carries go to the new head; goals under the old leader in charge go
    to the new one; personal tasks go to the successor picked. Raises DomainError when no post changed.
    """
    if letter.kind in UPPER_KIND:
        return _personal_items(letter, successor_id)
    head_id, issuer_id = head_of(letter), issuer_of(letter)
    if (head_id, issuer_id) == (letter.responsible_id, letter.issuer_id):
        raise DomainError(_("双方职务没有变动，不需要移交；调整目标请用“申请变更”"))
    items: Items = {}
    if head_id != letter.responsible_id:
        _hand_on(items, letter, "person_id", letter.responsible_id, head_id)
    if letter.kind is LetterKind.MINISTER_SECTION_HEAD and issuer_id != letter.issuer_id:
        _hand_on(items, letter, "leader_id", letter.issuer_id, issuer_id)
    return items


def _personal_items(letter: Letter, successor_id: int | None) -> Items:
    if successor_id is None:
        if why_outrun(letter) and not needs_successor(letter):
            return {}
        raise FieldError("successor_id", _("请选择由谁承接%(name)s的任务", name=letter.responsible.name))
    code = code_of_successor(letter, successor_id)
    return {
        item.goal_id: {"person_id": code}
        for item in letter.goals
        if item.goal.person_id == letter.responsible_id
    }


def code_of_successor(letter: Letter, person_id: int) -> str:
    """Return the staff code of who takes over tasks; DomainError for who may not."""
    if person_id not in {successor_id for successor_id, _name in list_successors(letter)}:
        raise FieldError("successor_id", _("承接人应是本单位在岗的同志，且不是单位负责人，请重新选择"))
    return _code(person_id)


def _hand_on(items: Items, letter: Letter, field: str, old_id: int, new_id: int) -> None:
    """Let all goals of the letter's unit that stand under *old_id* go to *new_id*."""
    goals = db.session.scalars(
        select(Goal.id)
        .where(
            Goal.year == letter.year,
            Goal.unit_id == letter.unit_id,
            or_(
                Goal.id.in_([item.goal_id for item in letter.goals]),
                Goal.parent_id.is_not(None),
            ),
            getattr(Goal, field) == old_id,
        )
        .order_by(Goal.code)
    )
    code = _code(new_id)
    for goal_id in goals:
        items.setdefault(goal_id, {})[field] = code


def _code(person_id: int) -> str:
    return db.session.get_one(Person, person_id).code
