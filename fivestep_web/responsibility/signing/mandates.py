"""Mandates (代签委托): a signatory lets a deputy sign instead, by a signature with the own key (S8)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, and_, or_, select
from sqlalchemy.orm import joinedload

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import find_account_of, get_actor
from fivestep_web.audit.facts import facts_of
from fivestep_web.audit.rules import canonical, plain
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.keys import queries as keys
from fivestep_web.keys.entry import OpenKey, settle
from fivestep_web.org import lookups
from fivestep_web.org.models import Person
from fivestep_web.responsibility.models import Mandate

FORMAT = "fivestep-mandate-1"
LONGEST = timedelta(days=366)


def is_standing(day: date) -> ColumnElement[bool]:
    """Return the condition "this mandate holds on *day*"."""
    return and_(Mandate.valid_from <= day, Mandate.valid_to >= day, Mandate.revoked_at.is_(None))


def principals_of(actor: Actor, day: date) -> ScalarSelect[int]:
    """Return, for an IN, the people whom the actor may stand for on *day*."""
    return (
        select(Mandate.principal_id)
        .where(Mandate.deputy_id == actor.person_id, is_standing(day))
        .scalar_subquery()
    )


def find_standing(deputy_id: int | None, principal_id: int, day: date) -> Mandate | None:
    """Return the mandate by which one may sign for another on *day*, the newest of several."""
    query = select(Mandate).where(
        Mandate.deputy_id == deputy_id, Mandate.principal_id == principal_id, is_standing(day)
    )
    return db.session.scalar(query.order_by(Mandate.id.desc()).limit(1))


def hold(mandate: Mandate) -> bool:
    """Keep a mandate from being revoked until the unit of work ends; say whether it still stands.

    So its revocation never stands in the log before what was signed under it.
    """
    db.session.refresh(mandate, with_for_update={"read": True})
    return mandate.revoked_at is None


def find_principal(person_id: int, day: date) -> Actor | None:
    """Return who a signatory is on *day*; None without an active account (S8: blocks, never skips)."""
    user = find_account_of(person_id)
    return get_actor(user, day) if user is not None and user.is_active else None


def list_own(actor: Actor) -> Sequence[Mandate]:
    """Return the mandates the actor gave or was given, the newest first."""
    return db.session.scalars(
        select(Mandate)
        .where(or_(Mandate.principal_id == actor.person_id, Mandate.deputy_id == actor.person_id))
        .options(joinedload(Mandate.principal), joinedload(Mandate.deputy))
        .order_by(Mandate.id.desc())
    ).all()


def get_own(actor: Actor, mandate_id: int, *, lock: bool = False) -> Mandate:
    """Return a mandate the actor gave; any other looks as if it were not there."""
    query = select(Mandate).where(Mandate.id == mandate_id, Mandate.principal_id == actor.person_id)
    mandate = db.session.scalar(query.with_for_update(of=Mandate) if lock else query)
    if mandate is None:
        raise NotFound(_("代签委托不存在"))
    return mandate


def list_deputies(actor: Actor) -> list[tuple[int, str]]:
    """Return who may be asked to stand for the actor: everybody else with an account and a post today."""
    today = clock.today()
    positions = lookups.positions_on(today)
    users = db.session.scalars(
        select(User)
        .where(User.is_active, User.person_id.in_(positions), User.person_id != actor.person_id)
        .options(joinedload(User.person))
        .order_by(User.username)
    )
    return [
        (user.person.id, f"{user.person.name}（{positions[user.person.id]}）")
        for user in users
        if user.person is not None
    ]


def give(
    actor: Actor, opened: OpenKey, *, deputy_id: int, valid_from: date, valid_to: date, reason: str
) -> Mandate:
    """Let *deputy_id* sign letters in the actor's place from one day to another (S8).

    Raises NotAllowed for who does not sign at all, FieldError for a period or deputy that will not do.
    """
    if not keys.signs(actor):
        raise NotAllowed(_("您的岗位不签署责任书，不能委托代签"))
    deputy = _check(actor, deputy_id, valid_from, valid_to, reason)
    key = settle(actor, opened)
    mandate = Mandate(
        principal_id=cast("int", actor.person_id),
        deputy_id=deputy_id,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=cast("str", plain(reason.strip())),
        made_at=clock.now(),
        key_id=key.id,
        revocation_reason="",
    )
    mandate.signed_bytes = canonical(
        {
            "format": FORMAT,
            "algorithm": opened.algorithm,
            "public_key": opened.public_key,
            "key": mandate.key_id,
            "principal": {"person": mandate.principal_id, "name": actor.name, "position": actor.position},
            "deputy": {"person": deputy_id, "name": deputy.name, "position": deputy.position},
            "valid_from": mandate.valid_from,
            "valid_to": mandate.valid_to,
            "reason": mandate.reason,
            "made_at": mandate.made_at,
        }
    )
    mandate.value = opened.sign(mandate.signed_bytes)
    db.session.add(mandate)
    db.session.flush()
    record(actor, "mandate.given", f"mandate:{mandate.id}", row=facts_of(mandate))
    return mandate


def _check(actor: Actor, deputy_id: int, valid_from: date, valid_to: date, reason: str) -> Actor:
    today = clock.today()
    if deputy_id == actor.person_id:
        raise FieldError("deputy_id", _("不能委托自己代签，请选择另一位同志"))
    if db.session.get(Person, deputy_id) is None:
        raise FieldError("deputy_id", _("没有这位同志，请重新选择"))
    deputy = find_principal(deputy_id, today)
    if deputy is None or not keys.signs(deputy):
        why = _("这位同志没有可用的账号，或岗位不签署责任书，不能代签，请另选一位")
        raise FieldError("deputy_id", why)
    if valid_to < valid_from:
        raise FieldError("valid_to", _("结束日期早于开始日期，请改正"))
    if valid_to < today:
        raise FieldError("valid_to", _("结束日期已经过去，请改为今天或以后"))
    if valid_to - valid_from > LONGEST:
        raise FieldError("valid_to", _("一次委托最长一年，到期可以再委托，请改短"))
    if not reason.strip():
        raise FieldError("reason", _("请写明委托代签的理由"))
    return deputy


def revoke(actor: Actor, mandate: Mandate, reason: str) -> None:
    """End a mandate at once; what was signed under it stays."""
    if mandate.revoked_at is not None:
        raise Conflict(_("这项委托已经撤销，请刷新后查看"))
    if not reason.strip():
        raise DomainError(_("请写明撤销的理由"))
    mandate.revoked_at, mandate.revocation_reason = clock.now(), reason.strip()
    db.session.flush()
    record(actor, "mandate.revoked", f"mandate:{mandate.id}", reason=reason.strip(), row=facts_of(mandate))
