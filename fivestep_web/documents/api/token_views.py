"""管理 → 接口令牌, and the tokens one answers for oneself."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.api import queries, services
from fivestep_web.documents.api.endpoints import list_address
from fivestep_web.documents.api.forms import TokenForm
from fivestep_web.documents.api.rules import TokenState, state_of

blueprint = Blueprint("tokens", __name__)
own = Blueprint("own_tokens", __name__)

TONES = {
    TokenState.WAITING: "waiting",
    TokenState.ACTIVE: "done",
    TokenState.EXPIRED: "quiet",
    TokenState.REVOKED: "refused",
}


def _shown(owner_id: int | None = None) -> dict[str, Any]:
    today = services.today()
    found = queries.list_tokens(owner_id)
    return {
        "tokens": [(token, state_of(token.facts, today)) for token in found],
        "states": TokenState,
        "tones": TONES,
        "list_address": list_address(),
    }


@blueprint.get("/admin/tokens")
@requires(Permission.TOKEN_MANAGE)
def token_index() -> ResponseReturnValue:
    return render_template("tokens/token_index.html", **_shown())


@blueprint.get("/admin/tokens/new")
@requires(Permission.TOKEN_MANAGE)
def token_new() -> ResponseReturnValue:
    return render_template("tokens/token_new.html", form=TokenForm(formdata=None).offer())


@blueprint.post("/admin/tokens")
@requires(Permission.TOKEN_MANAGE)
def token_create() -> ResponseReturnValue:
    form = TokenForm().offer()
    if carry_out(form, lambda: services.draw_up(actor(), form.wish)):
        message = _("已签发“%(name)s”，请通知负责人登录后到“账号 · 接口令牌”领取", name=form.name.data)
        return htmx.leave(url_for(".token_index"), message)
    return render_template("tokens/token_new.html", form=form), 422


@blueprint.post("/admin/tokens/<int:token_id>/revoke")
@requires(Permission.TOKEN_MANAGE)
def token_revoke(token_id: int) -> ResponseReturnValue:
    return _revoke(token_id, url_for(".token_index"), is_own=False)


def _revoke(token_id: int, back: str, *, is_own: bool) -> ResponseReturnValue:
    with unit_of_work():
        services.revoke(actor(), queries.get_token(actor(), token_id, is_own=is_own))
    return htmx.leave(back, _("已停用令牌，用它的系统马上不能再访问"))


@own.get("/account/tokens")
@requires(Permission.SIGNED_IN)
def own_index() -> ResponseReturnValue:
    return render_template("tokens/own_index.html", **_shown(actor().user_id))


@own.post("/account/tokens/<int:token_id>/collect")
@requires(Permission.SIGNED_IN)
def own_collect(token_id: int) -> ResponseReturnValue:
    """Answer with the token itself: it is shown this once and only its hash is kept."""
    with unit_of_work():
        token = queries.get_token(actor(), token_id, is_own=True)
        spelled, name = services.collect(actor(), token), token.name
    return render_template("tokens/own_collect.html", spelled=spelled, name=name, list_address=list_address())


@own.post("/account/tokens/<int:token_id>/revoke")
@requires(Permission.SIGNED_IN)
def own_revoke(token_id: int) -> ResponseReturnValue:
    return _revoke(token_id, url_for(".own_index"), is_own=True)
