"""管理 → 账号: initial passwords, disabling, ending sessions."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fivestep_web.accounts import queries, services
from fivestep_web.accounts.forms import HandOutForm
from fivestep_web.core import clock, htmx
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work

blueprint = Blueprint("account_admin", __name__)

STANDINGS = {
    "no_password": (_l("未发密码"), "waiting"),
    "initial": (_l("初始密码"), "open"),
    "in_use": (_l("在用"), "done"),
    "disabled": (_l("已停用"), "refused"),
}


@blueprint.get("/admin/accounts")
@requires(Permission.ACCOUNT_MANAGE)
def account_index() -> ResponseReturnValue:
    return _page(HandOutForm(formdata=None))


@blueprint.post("/admin/accounts/passwords")
@requires(Permission.ACCOUNT_MANAGE)
def password_sheet() -> ResponseReturnValue:
    """Answer with the sheet itself: it is shown this once and kept nowhere (trust.md W8)."""
    form = HandOutForm()
    rows = {row.user.id: row for row in queries.list_accounts(clock.today())}
    chosen = [user_id for user_id in form.accounts.data or [] if user_id in rows]
    if form.scope.data == "new":
        chosen = [user_id for user_id, row in rows.items() if not row.has_password and row.user.is_active]
    if not form.validate() or not chosen:
        form.form_errors.append(_("没有选中账号，请在要发放的账号前打钩"))
        return _page(form, 422)
    made = services.make_initial_passwords(chosen)
    with unit_of_work():
        services.hand_out(actor(), made)
    sheet = [(rows[item.user_id], item.password) for item in made]
    return render_template("accounts/password_sheet.html", sheet=sheet)


@blueprint.post("/admin/accounts/<int:user_id>/disable")
@requires(Permission.ACCOUNT_MANAGE)
def account_disable(user_id: int) -> ResponseReturnValue:
    with unit_of_work():
        user = queries.get_account(user_id, lock=True)
        services.set_active(actor(), user, is_active=False)
    return htmx.leave(url_for(".account_index"), _("已停用账号，它的登录已全部退出"))


@blueprint.post("/admin/accounts/<int:user_id>/enable")
@requires(Permission.ACCOUNT_MANAGE)
def account_enable(user_id: int) -> ResponseReturnValue:
    with unit_of_work():
        user = queries.get_account(user_id, lock=True)
        services.set_active(actor(), user, is_active=True)
    return htmx.leave(url_for(".account_index"), _("已启用账号"))


@blueprint.post("/admin/accounts/<int:user_id>/end-sessions")
@requires(Permission.ACCOUNT_MANAGE)
def account_end_sessions(user_id: int) -> ResponseReturnValue:
    with unit_of_work():
        services.end_sessions(actor(), queries.get_account(user_id, lock=True))
    return htmx.leave(url_for(".account_index"), _("该账号的登录已全部退出"))


def _page(form: HandOutForm, status: int = 200) -> ResponseReturnValue:
    rows = queries.list_accounts(clock.today())
    keyword = request.args.get("keyword", "").strip()[:100]
    unit_id = request.args.get("unit_id", type=int)
    standing = request.args.get("standing", "")
    return render_template(
        "accounts/account_index.html",
        rows=[row for row in rows if row.fits(keyword, unit_id, standing)],
        new=sum(row.standing == "no_password" for row in rows),
        form=form,
        units=sorted({(row.unit_id, row.unit) for row in rows if row.unit_id}),
        standings=STANDINGS,
        standing_choices=[(value, label) for value, (label, _tone) in STANDINGS.items()],
        keyword=keyword,
        unit_id=unit_id,
        standing=standing,
    ), status
