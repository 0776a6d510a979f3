"""The addresses other systems call: list documents, fetch a file; a token in the header, never a cookie."""

import json
from hashlib import sha256
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.core.errors import NotAllowed, NotUnderstood
from fivestep_web.core.permissions import Permission, public
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.core.web_input import LARGEST_ID
from fivestep_web.documents.api import queries, services
from fivestep_web.documents.api.queries import ListQuery
from fivestep_web.documents.api.rules import TokenAct, hides_a_token
from fivestep_web.documents.downloads import WORD, attached
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState
from fivestep_web.extensions import limiter

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

Choice = TypeVar("Choice", DocumentKind, DocumentState)

PARAMETERS: Final = ("year", "kind", "unit", "person", "state", "after", "limit")
STATES: Final = {
    state.value: state
    for state in (
        DocumentState.READY,
        DocumentState.NUMBERED,
        DocumentState.ISSUED,
        DocumentState.SUPERSEDED,
    )
}


def token_key() -> str:
    """Count the calls of one token together, wherever they come from."""
    return f"token:{sha256(request.headers.get('Authorization', '').encode()).hexdigest()}"


def _is_unidentified(response: Response) -> bool:
    return response.status_code == 401  # noqa: PLR2004 - no token, or none that serves


# A system that keeps sending what does not serve is slowed down, without holding up others at its address.
_repeated = limiter.limit("30/minute", key_func=token_key, deduct_when=_is_unidentified)
_guessed = limiter.limit("600/minute", deduct_when=_is_unidentified)


@blueprint.get("/documents")
@public
@_repeated
@_guessed
@limiter.limit("120/minute", key_func=token_key)
def document_list() -> ResponseReturnValue:
    with unit_of_work():
        caller = _caller(TokenAct.LIST)
        wanted = read_query()
        rows = queries.list_documents(caller.actor, caller.token, wanted)
        services.count_list(caller)
    shown = rows[: wanted.limit]
    following = _following(shown[-1].id) if len(rows) > wanted.limit else None
    address = list_address()
    listed = {"documents": [_entry(row, address) for row in shown], "next": following}
    return Response(json.dumps(listed, ensure_ascii=False), mimetype="application/json")


@blueprint.get("/documents/<int:document_id>/file")
@public
@_repeated
@_guessed
@limiter.limit("600/minute", key_func=token_key)
def document_file(document_id: int) -> ResponseReturnValue:
    with unit_of_work():
        caller = _caller(TokenAct.FETCH)
        file = services.hand_out(caller, document_id)
    return attached(Response(file.data, mimetype=WORD), file.name)


def _caller(act: TokenAct) -> services.Caller:
    """Return who calls; refuses a token in the address, one that does not serve, and an act outside it."""
    if hides_a_token(word for pair in request.args.items(multi=True) for word in pair):
        raise NotUnderstood(_("令牌不能写在网址里，网址会被记录：请改用请求头，并请管理员停用这个令牌"))
    caller = services.identify(request.headers.get("Authorization"))
    if act not in caller.token.acts:
        raise NotAllowed(_("这个令牌没有“%(act)s”的权限", act=act.label))
    if not caller.actor.may(Permission.DOCUMENT_READ):
        raise NotAllowed(_("令牌负责人现在没有看文档的权限，请管理员核对"))
    return caller


def read_query() -> ListQuery:
    """Return what the address asks for; NotUnderstood names the first thing in it that says nothing."""
    arguments = request.args
    for name, values in arguments.lists():
        if name not in PARAMETERS:
            known = "、".join(PARAMETERS)
            raise NotUnderstood(_("不认识参数“%(name)s”，可用的是：%(known)s", name=name, known=known))
        if len(values) > 1:
            raise NotUnderstood(_("参数“%(name)s”只能写一次", name=name))
        if not values[0].strip():
            raise NotUnderstood(_("参数“%(name)s”没有值，不筛选时请去掉它", name=name))
    return ListQuery(
        year=_number("year") if "year" in arguments else None,
        kind=_choice("kind", {kind.value: kind for kind in DocumentKind}),
        unit=arguments.get("unit", ""),
        person=arguments.get("person", ""),
        state=_choice("state", STATES),
        after=_number("after") if "after" in arguments else 0,
        limit=_number("limit", queries.MOST) if "limit" in arguments else queries.DEFAULT_LIMIT,
    )


def _number(name: str, most: int = LARGEST_ID) -> int:
    text = request.args[name]
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 0 < int(text) <= most):
        raise NotUnderstood(_("参数“%(name)s”须为 1 至 %(most)s 的整数", name=name, most=most))
    return int(text)


def _choice(name: str, known: dict[str, Choice]) -> Choice | None:
    text = request.args.get(name)
    if text is None:
        return None
    if text not in known:
        raise NotUnderstood(_("参数“%(name)s”只能是：%(known)s", name=name, known="、".join(known)))
    return known[text]


def list_address() -> str:
    """Return the address of the list as it is published, whatever the caller's way to it."""
    base: str = current_app.config["FIVESTEP"].base_url
    return base + url_for("api.document_list")


def _following(after: int) -> str:
    arguments = request.args.to_dict() | {"after": str(after)}
    return f"{list_address()}?{urlencode(arguments)}"


def _entry(row: Any, address: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind.value,
        "kind_name": row.kind.label,
        "year": row.year,
        "subject": row.subject,
        "version": row.version,
        "title": row.title,
        "file_name": row.download_name,
        "number": row.number,
        "serial": row.serial and row.serial.replace(" ", ""),
        "state": row.state.value,
        "draft": row.is_draft,
        "unit": row.unit_code and {"code": row.unit_code, "name": row.unit_name},
        "person": row.person_code and {"code": row.person_code, "name": row.person_name},
        "sha256": row.blob_sha256,
        "size": row.size,
        "made_at": row.ready_at.astimezone(clock.ZONE).isoformat(timespec="seconds"),
        "file": f"{address}/{row.id}/file",
    }
