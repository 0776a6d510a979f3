"""The own signing key and handwritten mark, below /account."""

import base64
import binascii

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.accounts.views import safe_next
from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import Refusal
from fivestep_web.core.permissions import actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import limiter
from fivestep_web.keys import entry, images, marks, queries, services
from fivestep_web.keys.forms import ChangePinForm, FirstKeyForm, MarkForm, RenewForm
from fivestep_web.keys.models import MarkSource
from fivestep_web.keys.queries import SIGNERS
from fivestep_web.keys.rules import fingerprint

blueprint = Blueprint("keys", __name__)

PNG_URL = "data:image/png;base64,"


def _own_limit() -> str:
    return f"pin:{actor().user_id}"


@blueprint.get("/account/key")
@requires(*SIGNERS)
def key_show() -> ResponseReturnValue:
    return _show(FirstKeyForm(formdata=None, next=request.args.get("next", "")))


def _show(form: FirstKeyForm, status: int = 200) -> ResponseReturnValue:
    me = actor()
    context = {
        "form": form,
        "living": queries.find_living(me.person_id),
        "pending": queries.find_pending(me.person_id),
        "keys": queries.list_own(me.person_id),
        "needed": services.NEEDED_APPROVALS,
        "mark": marks.find_mark(me.person_id),
    }
    return render_template("keys/key_show.html", **context), status


@blueprint.post("/account/key")
@requires(*SIGNERS)
@limiter.limit("10/minute", key_func=_own_limit)
def key_create() -> ResponseReturnValue:
    form = FirstKeyForm()
    if form.validate():
        try:
            new = services.prepare_key(actor(), form.pin.data)
            with unit_of_work():
                services.add_first_key(actor(), new)
        except Refusal as refusal:
            form.pin.errors = [refusal.message]
        else:
            url = safe_next(form.next.data) if form.next.data else url_for(".key_show")
            message = _("签名密钥已建立。请打印使用约定书并签名，交办公室存档")
            return htmx.leave(url, message)
    return _show(form, 422)


@blueprint.get("/account/key/agreement")
@requires(*SIGNERS)
def key_agreement() -> ResponseReturnValue:
    me = actor()
    key = queries.find_pending(me.person_id) or queries.find_living(me.person_id)
    if key is None:
        return redirect(url_for(".key_show"), 303)
    return render_template(
        "keys/agreement.html", key=key, actor=me, fingerprint=fingerprint(key.public_key), day=clock.today()
    )


@blueprint.get("/account/key/pin")
@requires(*SIGNERS)
def pin_edit() -> ResponseReturnValue:
    if queries.find_living(actor().person_id) is None:
        return redirect(url_for(".key_show"), 303)
    return render_template("keys/pin_edit.html", form=ChangePinForm(formdata=None))


@blueprint.post("/account/key/pin")
@requires(*SIGNERS)
@limiter.limit("10/minute", key_func=_own_limit)
def pin_update() -> ResponseReturnValue:
    form = ChangePinForm()
    status = 422
    if form.validate():
        try:
            opened = entry.enter(actor(), form.old.data, "pin")
        except (entry.PinRefused, entry.NoKey) as refusal:
            form.old.errors = [refusal.message]
            status = refusal.status
        else:
            try:
                sealed = services.prepare_sealing(actor(), opened, form.pin.data, old=form.old.data)
                with unit_of_work():
                    services.change_pin(actor(), opened, *sealed)
            except Refusal as refusal:
                form.pin.errors = [refusal.message]
            else:
                return htmx.leave(url_for(".key_show"), _("PIN 已修改，密钥不变，以前的签署不受影响"))
    return render_template("keys/pin_edit.html", form=form), status


@blueprint.get("/account/key/renew")
@requires(*SIGNERS)
def key_renew_form() -> ResponseReturnValue:
    if not queries.has_any(actor().person_id):
        return redirect(url_for(".key_show"), 303)
    return _renew_page(RenewForm(formdata=None))


def _renew_page(form: RenewForm, status: int = 200) -> ResponseReturnValue:
    has_living = queries.find_living(actor().person_id) is not None
    return render_template("keys/key_renew.html", form=form, has_living=has_living), status


@blueprint.post("/account/key/renew")
@requires(*SIGNERS)
@limiter.limit("10/minute", key_func=_own_limit)
def key_renew() -> ResponseReturnValue:
    form = RenewForm()
    if form.validate():
        try:
            new = services.prepare_key(actor(), form.pin.data)
            with unit_of_work():
                services.ask_for_key(actor(), new, end_old=form.end_old.data)
        except Refusal as refusal:
            form.pin.errors = [refusal.message]
        else:
            message = _("已申请新的签名密钥。请打印使用约定书，请两位有权确认的同志当面核对后确认")
            return htmx.leave(url_for(".key_show"), message)
    return _renew_page(form, 422)


@blueprint.post("/account/key/withdraw")
@requires(*SIGNERS)
def key_withdraw() -> ResponseReturnValue:
    with unit_of_work():
        services.withdraw(actor())
    return htmx.leave(url_for(".key_show"), _("申请已撤回"))


@blueprint.get("/account/mark")
@requires(*SIGNERS)
def mark_edit() -> ResponseReturnValue:
    return _mark_page(MarkForm(formdata=None))


def _mark_page(form: MarkForm, status: int = 200) -> ResponseReturnValue:
    mark = marks.find_mark(actor().person_id)
    picture = marks.find_picture(mark.blob_sha256) if mark else None
    url = PNG_URL + base64.b64encode(picture).decode() if picture else None
    return render_template("keys/mark_edit.html", form=form, mark=mark, picture_url=url), status


@blueprint.post("/account/mark")
@requires(*SIGNERS)
@limiter.limit("20/minute", key_func=_own_limit)
def mark_update() -> ResponseReturnValue:
    form = MarkForm()
    if form.validate():
        try:
            source, data = _sent(form)
            mark = images.clean_mark(data)
        except images.BadImage as bad:
            form.picture.errors = [str(bad)]
        else:
            with unit_of_work():
                marks.set_mark(actor(), mark, source)
            return htmx.leave(url_for(".mark_edit"), _("手写签名已保存，以后签署的文件上会显示"))
    return _mark_page(form, 422)


def _sent(form: MarkForm) -> tuple[MarkSource, bytes]:
    """Return what was drawn, else the file; raises BadImage when there is neither."""
    if form.picture.data:
        return MarkSource.UPLOAD, form.picture.data.read(images.MOST_BYTES + 1)
    drawn = form.drawn.data or ""
    if not drawn.startswith(PNG_URL):
        raise images.BadImage(_("请先手写签名，或选择一张签名图片"))
    try:
        return MarkSource.PAD, base64.b64decode(drawn.removeprefix(PNG_URL), validate=True)
    except binascii.Error as error:
        raise images.BadImage(_("手写签名没有传完整，请重新签一次")) from error


@blueprint.post("/account/mark/remove")
@requires(*SIGNERS)
def mark_remove() -> ResponseReturnValue:
    with unit_of_work():
        marks.remove_mark(actor())
    return htmx.leave(url_for(".mark_edit"), _("手写签名已删除，以前签署的文件不受影响"))
