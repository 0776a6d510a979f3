"""Who signs a letter: derived from posts and lines of charge, never picked (R2.10)."""

from collections.abc import Callable, Collection
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, exists, not_, or_, select
from sqlalchemy.orm import aliased

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.org import lookups
from fivestep_web.org.lookups import has_left, holds_on
from fivestep_web.org.models import PostHolding, PostRole, Unit, UnitPeriod
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import NEXT_STEP, UPPER_KIND, LetterKind


def find_issuer(kind: LetterKind, unit: Unit, day: date) -> int | None:
    """Return who signs as 甲方 on *day*: the minister, the unit's leader in charge or its head."""
    match kind:
        case LetterKind.DEPARTMENT_UNIT:
            minister = lookups.find_role_holder(Role.MIN, day)
            return minister.id if minister else None
        case LetterKind.MINISTER_SECTION_HEAD:
            return unit.current.leader_id
        case LetterKind.UNIT_MEMBER | LetterKind.SECTION_HEAD_STAFF:
            return unit.current.head_id


def why_no_issuer(kind: LetterKind, unit: Unit) -> str:
    """Return the sentence that names the vacant post of the side that issues a letter."""
    match kind:
        case LetterKind.DEPARTMENT_UNIT:
            return str(_("部长空缺，请先任命部长再办理由部长签署的责任书"))
        case LetterKind.MINISTER_SECTION_HEAD:
            return str(_("“%(unit)s”的主管领导空缺，请先确定主管领导再办理", unit=unit.name))
        case LetterKind.UNIT_MEMBER | LetterKind.SECTION_HEAD_STAFF:
            return str(_("“%(unit)s”的负责人空缺，请先任命负责人再办理", unit=unit.name))


def issuers(day: date) -> Callable[[LetterKind, Unit], int | None]:
    """Return `find_issuer` for many units on *day*; the minister, the same for all, is asked for once."""
    ministers: list[int | None] = []

    def issuer_of(kind: LetterKind, unit: Unit) -> int | None:
        if kind is not LetterKind.DEPARTMENT_UNIT:
            return find_issuer(kind, unit, day)
        if not ministers:
            ministers.append(find_issuer(kind, unit, day))
        return ministers[0]

    return issuer_of


def have_moved(letter: Letter, day: date) -> bool:
    """Say whether the sides of a letter are no longer those that posts make of it on *day* (R2.10).

    A unit has its head, a comrade must not have left the unit.
    """
    if letter.issuer_id != find_issuer(letter.kind, letter.unit, day):
        return True
    if letter.kind not in UPPER_KIND and letter.responsible_id != letter.unit.current.head_id:
        return True
    if letter.kind in UPPER_KIND and db.session.scalar(
        select(has_left(letter.responsible_id, letter.unit_id, day))
    ):
        return True
    return bool(without_post({letter.responsible_id, letter.issuer_id}, day))


def why_stopped(letter: Letter, day: date) -> str:
    """Return why nobody signs a letter in signing any more; empty while its sides hold their posts."""
    if letter.state not in NEXT_STEP or not have_moved(letter, day):
        return ""
    return str(_("签署人的职务已有变动，请办公室作废后按现任职务重新起草"))


def is_stopped(day: date) -> ColumnElement[bool]:
    """Return the condition "being signed, and its sides have moved": what why_stopped says of one letter."""
    present, is_lower = aliased(UnitPeriod), Letter.kind.in_(tuple(UPPER_KIND))
    has_own_sides = exists().where(
        present.unit_id == Letter.unit_id,
        present.valid_to.is_(None),
        Letter.issuer_id == issuer_on(day, present),
        or_(is_lower, Letter.responsible_id == present.head_id),
    )
    in_post = (
        exists().where(PostHolding.person_id == side, holds_on(day))
        for side in (Letter.responsible_id, Letter.issuer_id)
    )
    is_gone = and_(is_lower, has_left(Letter.responsible_id, Letter.unit_id, day))
    return and_(Letter.state.in_(tuple(NEXT_STEP)), or_(is_gone, not_(and_(has_own_sides, *in_post))))


def issuer_on(day: date, present: type[UnitPeriod]) -> ColumnElement[int | None]:
    """Return who signs as 甲方 given a letter and its unit's present period: what find_issuer says."""
    minister = (
        select(PostHolding.person_id)
        .join(PostRole, PostRole.holding_id == PostHolding.id)
        .where(PostRole.role == Role.MIN, holds_on(day))
        .order_by(PostHolding.id)
        .limit(1)
        .scalar_subquery()
    )
    return case(
        (Letter.kind == LetterKind.DEPARTMENT_UNIT, minister),
        (Letter.kind == LetterKind.MINISTER_SECTION_HEAD, present.leader_id),
        else_=present.head_id,
    )


def without_post(people: Collection[int], day: date) -> frozenset[int]:
    """Return those of *people* who hold no post on *day*: they can neither own a goal nor sign."""
    holding = db.session.scalars(
        select(PostHolding.person_id).where(
            PostHolding.person_id.in_(people),
            holds_on(day),
        )
    )
    return frozenset(people) - frozenset(holding)
