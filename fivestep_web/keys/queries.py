"""Reads of signing keys and of who vouched for them."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.keys.models import SigningKey

SIGNERS = (Permission.LETTER_SIGN_RESPONSIBLE, Permission.LETTER_SIGN_ISSUING)
LIVING = and_(SigningKey.activated_at.is_not(None), SigningKey.ended_at.is_(None))
PENDING = and_(SigningKey.activated_at.is_(None), SigningKey.ended_at.is_(None))


def signs(actor: Actor) -> bool:
    """Say whether the actor's roles sign letters, so that a key is of use."""
    return actor.person_id is not None and any(actor.may(item) for item in SIGNERS)


def find_living(person_id: int | None, *, lock: bool = False) -> SigningKey | None:
    """Return the key a person signs with now."""
    query = select(SigningKey).where(SigningKey.person_id == person_id, LIVING)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def find_pending(person_id: int | None, *, lock: bool = False) -> SigningKey | None:
    """Return the key a person asked for and that two others have yet to vouch for."""
    query = select(SigningKey).where(SigningKey.person_id == person_id, PENDING)
    if lock:
        query = query.with_for_update(of=SigningKey).execution_options(populate_existing=True)
    return db.session.scalar(query.options(selectinload(SigningKey.approvals)))


def list_own(person_id: int | None) -> Sequence[SigningKey]:
    """Return all keys of a person, the newest first."""
    query = select(SigningKey).where(SigningKey.person_id == person_id)
    return db.session.scalars(query.order_by(SigningKey.sequence.desc())).all()


def has_any(person_id: int | None) -> bool:
    """Say whether a person ever had a key."""
    return bool(db.session.scalar(select(exists().where(SigningKey.person_id == person_id))))


def needs_key(actor: Actor) -> bool:
    """Say whether the actor signs letters and has no key yet, none waiting either."""
    return signs(actor) and not has_any(actor.person_id)


def list_approvable(actor: Actor) -> Sequence[SigningKey]:
    """Return the keys that wait for two others to vouch for them, the actor's own apart, oldest first."""
    if not actor.may(Permission.KEY_APPROVE):
        return []
    query = (
        select(SigningKey)
        .where(PENDING, SigningKey.person_id != actor.person_id)
        .options(joinedload(SigningKey.person), selectinload(SigningKey.approvals))
        .order_by(SigningKey.id)
    )
    return db.session.scalars(query).all()


def count_approvable(actor: Actor) -> int:
    """Return how many keys wait for the actor to vouch for them."""
    return sum(
        all(item.approver_id != actor.person_id for item in key.approvals) for key in list_approvable(actor)
    )


def get_pending(actor: Actor, key_id: int, *, lock: bool = False) -> SigningKey:
    """Return a key that waits; the actor's own and any other look alike: NotFound."""
    query = (
        select(SigningKey)
        .where(SigningKey.id == key_id, PENDING, SigningKey.person_id != actor.person_id)
        .options(joinedload(SigningKey.person), selectinload(SigningKey.approvals))
    )
    if lock:
        query = query.with_for_update(of=SigningKey).execution_options(populate_existing=True)
    key = db.session.scalar(query)
    if key is None or not actor.may(Permission.KEY_APPROVE):
        raise NotFound(_("没有这份待确认的密钥，可能已经办结，请刷新列表"))
    return key


def last_sequence(person_id: int) -> int:
    """Return the number of the newest key of a person, 0 for none."""
    query = select(func.max(SigningKey.sequence)).where(SigningKey.person_id == person_id)
    return db.session.scalar(query) or 0
