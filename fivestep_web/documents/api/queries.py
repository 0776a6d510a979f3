"""Reads of tokens, and of the documents a token reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, select
from sqlalchemy.orm import joinedload

from fivestep_web.accounts.models import User
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import MATRIX, Actor, Permission
from fivestep_web.documents.api import policy
from fivestep_web.documents.api.models import ApiToken
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.queries import PRINTED, visible_to
from fivestep_web.extensions import db
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import Person, Position, PostHolding, PostRole, Unit, UnitPeriod

DEFAULT_LIMIT: Final = 50
MOST: Final = 200  # documents in one answer
_documents: Final = GeneratedDocument


@dataclass(frozen=True)
class ListQuery:
    """What a call of the list asks for: *after* the id last seen, *state* None the current versions."""

    year: int | None = None
    kind: DocumentKind | None = None
    unit: str = ""
    person: str = ""
    state: DocumentState | None = None
    after: int = 0
    limit: int = DEFAULT_LIMIT


def find_by_hash(secret_hash: str) -> ApiToken | None:
    """Return the token of this hash with the account answering for it."""
    return db.session.scalar(
        select(ApiToken)
        .options(joinedload(ApiToken.owner).joinedload(User.person))
        .where(ApiToken.secret_hash == secret_hash)
    )


def list_tokens(owner_id: int | None = None) -> Sequence[ApiToken]:
    """Return all tokens, or those an account answers for, the newest first."""
    query = select(ApiToken).options(
        joinedload(ApiToken.owner).joinedload(User.person), joinedload(ApiToken.unit)
    )
    if owner_id is not None:
        query = query.where(ApiToken.owner_id == owner_id)
    return db.session.scalars(query.order_by(ApiToken.id.desc())).all()


def get_token(actor: Actor, token_id: int, *, is_own: bool) -> ApiToken:
    """Return a token locked for a change; with *is_own* that of another account is not found."""
    token = db.session.scalar(select(ApiToken).where(ApiToken.id == token_id).with_for_update())
    if token is None or (is_own and not policy.is_owner(actor, token)):
        raise NotFound(_("令牌不存在"))
    return token


def list_owners(day: date) -> list[tuple[int, str]]:
    """Return the accounts that may read documents on *day*, as (id, name and post), by unit and name."""
    readers = tuple(MATRIX[Permission.DOCUMENT_READ])
    rows = db.session.execute(
        select(User.id, Person.name, UnitPeriod.name.label("unit"), Position.title)
        .join(Person, Person.id == User.person_id)
        .join(PostHolding, PostHolding.person_id == Person.id)
        .join(PostRole, PostRole.holding_id == PostHolding.id)
        .join(Position, Position.id == PostHolding.position_id)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Position.unit_id, UnitPeriod.valid_to.is_(None)))
        .where(User.is_active, PostRole.role.in_(readers), holds_on(day))
        .order_by(UnitPeriod.unit_id, Person.name, User.id)
    )
    return list({row.id: (row.id, f"{row.name}（{row.unit}{row.title}）") for row in rows}.values())


def in_reach(actor: Actor, token: ApiToken) -> ColumnElement[bool]:
    """Return the condition that a finished document is in the token's scope and may be read by its owner."""
    kinds = [kind for kind in token.document_kinds if policy.is_offered(kind)]
    conditions = [
        visible_to(actor, is_confidential=False),
        _documents.kind.in_(kinds) if kinds else false(),
        _documents.blob_sha256.is_not(None),
    ]
    if token.year is not None:
        conditions.append(_documents.year == token.year)
    if token.unit_id is not None:
        conditions.append(_documents.unit_id == token.unit_id)
    return and_(*conditions)


def require_in_reach(actor: Actor, token: ApiToken, document_id: int) -> None:
    """Raise NotFound unless the token reaches the document; hidden and absent look the same."""
    query = select(_documents.id).where(_documents.id == document_id, in_reach(actor, token))
    if db.session.scalar(query) is None:
        raise NotFound(_("没有这份文档，或不在令牌的范围内"))


def list_documents(actor: Actor, token: ApiToken, wanted: ListQuery) -> Sequence[Any]:
    """Return the documents after the id last seen, one more than the limit, in the order of ids."""
    query = _narrowed(_listed().where(in_reach(actor, token), _documents.id > wanted.after), wanted)
    return db.session.execute(query.order_by(_documents.id).limit(wanted.limit + 1)).all()


def _listed() -> Select[Any]:
    columns: tuple[Any, ...] = (
        _documents.id,
        _documents.kind,
        _documents.year,
        _documents.subject,
        _documents.version,
        _documents.title,
        _documents.download_name,
        _documents.state,
        _documents.is_draft,
        _documents.blob_sha256,
        _documents.ready_at,
        *PRINTED,
        Blob.size,
        Unit.code.label("unit_code"),
        UnitPeriod.name.label("unit_name"),
        Person.code.label("person_code"),
        Person.name.label("person_name"),
    )
    return (
        select(*columns)
        .join(Blob, Blob.sha256 == _documents.blob_sha256)
        .outerjoin(Unit, Unit.id == _documents.unit_id)
        .outerjoin(UnitPeriod, and_(UnitPeriod.unit_id == Unit.id, UnitPeriod.valid_to.is_(None)))
        .outerjoin(Person, Person.id == _documents.person_id)
    )


def _narrowed(query: Select[Any], wanted: ListQuery) -> Select[Any]:
    if wanted.year is not None:
        query = query.where(_documents.year == wanted.year)
    if wanted.kind is not None:
        query = query.where(_documents.kind == wanted.kind)
    if wanted.unit:
        query = query.where(Unit.code == wanted.unit)
    if wanted.person:
        query = query.where(Person.code == wanted.person)
    if wanted.state is None:
        return query.where(_documents.state != DocumentState.SUPERSEDED)
    return query.where(_documents.state == wanted.state)
