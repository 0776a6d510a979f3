"""Vouching for the new keys of others, below /admin/keys."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import Refusal
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import limiter
from fivestep_web.keys import entry, queries, services
from fivestep_web.keys.forms import ApproveForm, RefuseForm
from fivestep_web.keys.rules import fingerprint
from fivestep_web.org import lookups

blueprint = Blueprint("key_approvals", __name__)


@blueprint.get("/admin/keys")
@requires(Permission.KEY_APPROVE)
def key_index() -> ResponseReturnValue:
    keys = queries.list_approvable(actor())
    positions = lookups.positions_on(clock.today(), [key.person_id for key in keys])
    return render_template(
        "keys/key_index.html", keys=keys, positions=positions, needed=services.NEEDED_APPROVALS, me=actor()
    )


@blueprint.get("/admin/keys/<int:key_id>")
@requires(Permission.KEY_APPROVE)
def key_decide(key_id: int) -> ResponseReturnValue:
    return _page(key_id, ApproveForm(formdata=None), RefuseForm(formdata=None))


def _page(key_id: int, form: ApproveForm, refuse_form: RefuseForm, status: int = 200) -> ResponseReturnValue:
    key = queries.get_pending(actor(), key_id)
    positions = lookups.positions_on(clock.today(), [key.person_id])
    context = {
        "key": key,
        "position": positions.get(key.person_id, ""),
        "fingerprint": fingerprint(key.public_key),
        "is_done": any(item.approver_id == actor().person_id for item in key.approvals),
        "has_key": queries.find_living(actor().person_id) is not None,
        "form": form,
        "refuse_form": refuse_form,
        "needed": services.NEEDED_APPROVALS,
    }
    return render_template("keys/key_decide.html", **context), status


@blueprint.post("/admin/keys/<int:key_id>/approve")
@requires(Permission.KEY_APPROVE)
@limiter.limit("10/minute", key_func=lambda: f"pin:{actor().user_id}")
def key_approve(key_id: int) -> ResponseReturnValue:
    form, status = ApproveForm(), 422
    queries.get_pending(actor(), key_id)
    if form.validate():
        try:
            opened = entry.enter(actor(), form.pin.data, f"key:{key_id}")
            with unit_of_work():
                key = services.approve(actor(), key_id, opened)
                is_active, name = key.activated_at is not None, key.person.name
        except (entry.PinRefused, entry.NoKey) as refusal:
            form.pin.errors, status = [refusal.message], refusal.status
        else:
            message = _("%(name)s的新密钥已启用", name=name) if is_active else _("已确认，还需另一位同志确认")
            return htmx.leave(url_for(".key_index"), message)
    return _page(key_id, form, RefuseForm(formdata=None), status)


@blueprint.post("/admin/keys/<int:key_id>/refuse")
@requires(Permission.KEY_APPROVE)
def key_refuse(key_id: int) -> ResponseReturnValue:
    form = RefuseForm()
    queries.get_pending(actor(), key_id)
    if form.validate():
        try:
            with unit_of_work():
                services.refuse(actor(), key_id, form.reason.data)
        except Refusal as refusal:
            form.reason.errors = [refusal.message]
        else:
            return htmx.leave(url_for(".key_index"), _("已不予确认，本人可以重新申请"))
    return _page(key_id, ApproveForm(formdata=None), form, 422)
