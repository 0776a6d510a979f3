"""Draw up, collect, revoke and use tokens of the interface."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy import update

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_account, get_actor
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed, NotIdentified
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.documents import queries as document_queries
from fivestep_web.documents.api import policy, queries
from fivestep_web.documents.api.models import ApiToken
from fivestep_web.documents.api.rules import TokenAct, TokenState, expiry_fault, read_header, spell, state_of
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.extensions import db


@dataclass(frozen=True)
class TokenWish:
    """What a token shall be; *year* and *unit_id* None: all."""

    name: str
    owner_id: int
    acts: Collection[TokenAct]
    kinds: Collection[DocumentKind]
    year: int | None
    unit_id: int | None
    expires_on: date


@dataclass(frozen=True)
class Caller:
    """Who calls: a token, and the rights that the account answering for it has now."""

    token: ApiToken
    actor: Actor


def today() -> date:
    """Return the true date: a rehearsal makes no token live longer."""
    return clock.system_now().astimezone(clock.ZONE).date()


def draw_up(actor: Actor, wish: TokenWish) -> ApiToken:
    """Make a token that waits for the account answering for it; nobody has its secret yet.

    Raises NotAllowed, and FieldError for an owner who may read no documents, a kind that is never handed
    out, or an expiry that is past or more than a year away.
    """
    if not policy.can_manage(actor):
        raise NotAllowed(_("您的岗位不能签发接口令牌"))
    _check(wish)
    token = ApiToken(
        name=wish.name,
        prefix=secrets.token_hex(4),
        owner_id=wish.owner_id,
        made_by_id=actor.user_id,
        may_list=TokenAct.LIST in wish.acts,
        may_fetch=TokenAct.FETCH in wish.acts,
        kinds=[kind.value for kind in DocumentKind if kind in wish.kinds],
        year=wish.year,
        unit_id=wish.unit_id,
        expires_on=wish.expires_on,
        created_at=clock.system_now(),
    )
    db.session.add(token)
    db.session.flush()
    record(actor, "token.drawn_up", f"token:{token.id}", **_facts(token))
    return token


def _facts(token: ApiToken) -> dict[str, object]:
    """Return what the log keeps of a token: all but its secret."""
    return {
        "name": token.name,
        "prefix": token.prefix,
        "owner": token.owner_id,
        "acts": [act.label for act in token.acts],
        "kinds": token.kinds,
        "year": token.year,
        "unit": token.unit_id,
        "expires_on": token.expires_on.isoformat(),
    }


def _check(wish: TokenWish) -> None:
    if not wish.acts:
        raise FieldError("acts", _("请至少选择一项用途"))
    if not wish.kinds or not all(policy.is_offered(kind) for kind in wish.kinds):
        raise FieldError("kinds", _("请至少选择一种可以提供的文档"))
    owner = get_account(wish.owner_id)
    if not owner.is_active or not _rights(owner).may(Permission.DOCUMENT_READ):
        raise FieldError("owner_id", _("这个账号现在不能看文档，不能作为负责人"))
    fault = expiry_fault(wish.expires_on, today())
    if fault:
        raise FieldError("expires_on", fault)


def _rights(user: User) -> Actor:
    return get_actor(user, clock.today())


def collect(actor: Actor, token: ApiToken) -> str:
    """Make the secret, store its hash and return the token, this once, to the account answering for it.

    So an administrator never holds rights of others. Raises NotAllowed for anybody else, Conflict once it is
    collected, revoked or expired.
    """
    if not policy.is_owner(actor, token):
        raise NotAllowed(_("令牌只能由负责人本人领取"))
    if state_of(token.facts, today()) is not TokenState.WAITING:
        raise Conflict(_("这个令牌已经领取、停用或过期，需要时请管理员另发一个"))
    spelled = spell(token.prefix, secrets.token_hex(32))
    token.secret_hash = _hash(spelled)
    token.collected_at = clock.system_now()
    db.session.flush()
    record(actor, "token.collected", f"token:{token.id}", name=token.name, prefix=token.prefix)
    return spelled


def revoke(actor: Actor, token: ApiToken) -> None:
    """End a token at once; the account answering for it may, and who manages them.

    Raises NotAllowed, and Conflict when it is revoked already.
    """
    if not (policy.can_manage(actor) or policy.is_owner(actor, token)):
        raise NotAllowed(_("您不能停用这个令牌"))
    if token.revoked_at is not None:
        raise Conflict(_("这个令牌已经停用，请刷新后查看"))
    token.revoked_at = clock.system_now()
    db.session.flush()
    record(actor, "token.revoked", f"token:{token.id}", name=token.name, prefix=token.prefix)


def identify(header: str | None) -> Caller:
    """Return who calls with this Authorization header; NotIdentified with the reason otherwise.

    Rights are those the owner has now. Only who holds the secret learns why it does not serve any more.
    """
    spelled = read_header(header)
    token = queries.find_by_hash(_hash(spelled)) if spelled else None
    if token is None:
        raise NotIdentified(_("没有令牌，或令牌不对：请用请求头 Authorization: Bearer 发送完整的令牌"))
    match state_of(token.facts, today()):
        case TokenState.REVOKED:
            raise NotIdentified(_("令牌已停用，请管理员另发一个"))
        case TokenState.EXPIRED:
            raise NotIdentified(_("令牌已过期，请管理员另发一个"))
    if not token.owner.is_active:
        raise NotIdentified(_("令牌负责人的账号已停用，请管理员另发一个"))
    return Caller(token, _rights(token.owner))


def count_list(caller: Caller) -> None:
    """Count a call of the list, in the running unit of work."""
    _count(caller, list_count=ApiToken.list_count + 1)


def hand_out(caller: Caller, document_id: int) -> document_queries.File:
    """Return the file of a document the token reaches, logged with the token's name.

    Raises NotFound for what is hidden, absent or outside its scope, Conflict for an altered file.
    """
    queries.require_in_reach(caller.actor, caller.token, document_id)
    file = document_queries.get_file(caller.actor, document_id)
    _count(caller, fetch_count=ApiToken.fetch_count + 1)
    record(
        caller.actor,
        "document.fetched",
        f"document:{document_id}",
        token=caller.token.name,
        prefix=caller.token.prefix,
        sha256=file.sha256,
    )
    return file


def _count(caller: Caller, **counted: object) -> None:
    db.session.execute(
        update(ApiToken)
        .where(ApiToken.id == caller.token.id)
        .values(last_used_on=today(), **counted)
        .execution_options(synchronize_session=False)
    )


def _hash(spelled: str) -> str:
    """Return what the database keeps: 256 random bits need no slow hash."""
    return sha256(spelled.encode()).hexdigest()
