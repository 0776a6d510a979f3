"""Making, re-sealing, asking for, vouching for and ending signing keys (trust.md S5)."""

from typing import cast

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.accounts.passwords import is_common
from fivestep_web.accounts.services import is_password
from fivestep_web.audit.facts import facts_of
from fivestep_web.audit.rules import canonical, plain
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.keys import queries, rules
from fivestep_web.keys.entry import OpenKey, key_row, settle
from fivestep_web.keys.models import KeyApproval, SigningKey
from fivestep_web.keys.rules import Costs, NewKey
from fivestep_web.org.models import Person

NEEDED_APPROVALS = 2
APPROVAL_FORMAT = "fivestep-key-approval-1"


def check_pin(actor: Actor, pin: str) -> None:
    """Raise DomainError for a PIN that is easy to guess; slow, so call it before the unit of work."""
    person = db.session.get_one(Person, actor.person_id)
    username = db.session.scalar(select(User.username).where(User.id == actor.user_id)) or ""
    try:
        rules.check_pin(pin, (person.name, person.code, person.phone, username))
    except rules.WeakPin as weak:
        raise DomainError(str(weak)) from weak
    if is_common(rules.spelled(pin)):
        raise DomainError(_("PIN 太常见，容易被猜到。%(advice)s", advice=rules.ADVICE))
    if is_password(actor, pin):
        raise DomainError(_("PIN 不能与登录密码相同，请换一个：知道密码的人不应当能替您签名"))


def prepare_key(actor: Actor, pin: str) -> NewKey:
    """Make a key pair under a PIN that passes the rules; before the unit of work."""
    check_pin(actor, pin)
    return rules.make_key(pin, signing_costs())


def prepare_sealing(actor: Actor, opened: OpenKey, pin: str, *, old: str) -> tuple[str, dict[str, object]]:
    """Return the key that *old* opened sealed under another PIN that passes the rules.

    Before the unit of work. Raises DomainError for the same PIN again.
    """
    if rules.spelled(pin) == rules.spelled(old):
        raise DomainError(_("新 PIN 与原 PIN 相同，没有修改。%(advice)s", advice=rules.ADVICE))
    check_pin(actor, pin)
    return rules.seal(opened.private, pin, signing_costs(), opened.algorithm, opened.public_key)


def signing_costs() -> Costs:
    """Return what a guess at a PIN made from now on costs."""
    costs: Costs = current_app.config["SIGNING_COSTS"]
    return costs


def add_first_key(actor: Actor, new: NewKey) -> SigningKey:
    """Give the actor the first key, active at once (trust on first use; the fingerprint goes on paper).

    Raises Conflict when there ever was one: a later one needs two others.
    """
    person = _lock_signer(actor)
    if queries.has_any(person.id):
        raise Conflict(_("您已经有过签名密钥。忘记 PIN 的，请申请新的签名密钥，由两位同志确认后启用"))
    key = _store(person, new, sequence=1)
    key.activated_at = key.made_at
    db.session.flush()
    record(
        actor, "key.made", f"key:{key.id}", fingerprint=rules.fingerprint(new.public_key), row=key_row(key)
    )
    return key


def change_pin(actor: Actor, opened: OpenKey, sealed: str, sealing: dict[str, object]) -> None:
    """Seal the same key under another PIN; the old one, which opened it, is worth nothing from now on."""
    key = settle(actor, opened)
    key.sealed_private_key, key.sealing = sealed, sealing
    db.session.flush()
    record(actor, "key.pin_changed", f"key:{key.id}", row=key_row(key))


def ask_for_key(actor: Actor, new: NewKey, *, end_old: bool) -> SigningKey:
    """Ask for another key, which signs nothing until two others vouched for it with keys of their own.

    *end_old* ends the present key at once, for a PIN that others may know; else it ends when the new one
    becomes active. A request made before is replaced.
    """
    person = _lock_signer(actor)
    if not queries.has_any(person.id):
        raise Conflict(_("您还没有签名密钥，直接建立即可，不需要申请"))
    before = queries.find_pending(person.id, lock=True)
    if before is not None:
        end_key(actor, before, _("由新的申请代替"))
    living = queries.find_living(person.id, lock=True)
    if end_old and living is not None:
        end_key(actor, living, _("本人停用：PIN 可能已被他人知道"))
    key = _store(person, new, sequence=queries.last_sequence(person.id) + 1)
    db.session.flush()
    record(
        actor,
        "key.requested",
        f"key:{key.id}",
        fingerprint=rules.fingerprint(new.public_key),
        row=key_row(key),
    )
    return key


def withdraw(actor: Actor) -> None:
    """Take back the own request for another key."""
    _lock_signer(actor)
    key = queries.find_pending(actor.person_id, lock=True)
    if key is None:
        raise Conflict(_("没有等待确认的密钥，可能已经办结，请刷新后查看"))
    end_key(actor, key, _("本人撤回"))


def approve(actor: Actor, key_id: int, opened: OpenKey) -> SigningKey:
    """Vouch with the own key that a new key is its person's; with the second one it becomes active (S5)."""
    key = _decidable(actor, key_id)
    settle(actor, opened)
    approval = KeyApproval(
        key_id=key.id,
        approver_id=cast("int", actor.person_id),
        approver_key_id=opened.key_id,
        approver_name=cast("str", plain(actor.name)),
        position=cast("str", plain(actor.position)),
        approved_at=clock.now(),
    )
    approval.signed_bytes = canonical(approval_statement(approval, key, opened))
    approval.value = opened.sign(approval.signed_bytes)
    key.approvals.append(approval)
    db.session.flush()
    record(actor, "key.approved", f"key:{key.id}", approval_row=facts_of(approval), row=key_row(key))
    if len(key.approvals) == NEEDED_APPROVALS:
        _activate(actor, key)
    return key


def approval_statement(
    approval: KeyApproval, key: SigningKey, approver_key: OpenKey | SigningKey
) -> dict[str, object]:
    """Return what vouching says: its canonical spelling is what the approver signs."""
    return {
        "format": APPROVAL_FORMAT,
        "algorithm": approver_key.algorithm,
        "public_key": approver_key.public_key,
        "key": approval.approver_key_id,
        "approver": approval.approver_id,
        "name": approval.approver_name,
        "position": approval.position,
        "approved_at": approval.approved_at,
        "new_key": {
            "key": key.id,
            "person": key.person_id,
            "sequence": key.sequence,
            "algorithm": key.algorithm,
            "public_key": key.public_key,
        },
    }


def refuse(actor: Actor, key_id: int, reason: str) -> None:
    """Do not vouch for a new key; it is ended, with the reason."""
    key = _decidable(actor, key_id)
    if not reason.strip():
        raise DomainError(_("请写明不予确认的理由"))
    end_key(actor, key, _("未获确认：%(reason)s", reason=reason.strip()))


def end_key(actor: Actor, key: SigningKey, reason: str) -> None:
    """End a key for good: what it signed stays valid, nothing more is signed with it."""
    key.ended_at, key.end_reason = clock.now(), reason
    db.session.flush()
    record(actor, "key.ended", f"key:{key.id}", reason=reason, row=key_row(key))


def _activate(actor: Actor, key: SigningKey) -> None:
    living = queries.find_living(key.person_id, lock=True)
    if living is not None:
        end_key(actor, living, _("由新的密钥代替"))
    key.activated_at = clock.now()
    db.session.flush()
    record(actor, "key.activated", f"key:{key.id}", row=key_row(key))


def _decidable(actor: Actor, key_id: int) -> SigningKey:
    """Return a key the actor may vouch for or refuse; the own one and one already vouched for apart."""
    if not actor.may(Permission.KEY_APPROVE):
        raise NotAllowed(_("您的岗位不能确认他人的签名密钥"))
    key = queries.get_pending(actor, key_id, lock=True)
    if any(item.approver_id == actor.person_id for item in key.approvals):
        raise Conflict(_("您已经确认过，还需要另一位同志确认"))
    return key


def _lock_signer(actor: Actor) -> Person:
    """Return the actor's person, locked, so that two requests at once make one key."""
    if not queries.signs(actor):
        raise NotAllowed(_("您的岗位不签署责任书，不需要签名密钥"))
    return db.session.get_one(Person, actor.person_id, with_for_update=True)


def _store(person: Person, new: NewKey, *, sequence: int) -> SigningKey:
    key = SigningKey(
        person_id=person.id,
        sequence=sequence,
        algorithm=new.algorithm,
        public_key=new.public_key,
        sealed_private_key=new.sealed_private_key,
        sealing=new.sealing,
        made_at=clock.now(),
        failed_tries=0,
        end_reason="",
        approvals=[],
    )
    db.session.add(key)
    return key
