"""管理 → 责任书印制: whether letters carry the QR code (official-documents.md B9)."""

from flask import Blueprint, Flask, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from fivestep_web.audit.services import record
from fivestep_web.core import admin_menu, htmx, settings
from fivestep_web.core.forms import BaseForm
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work

blueprint = Blueprint("printing", __name__)

SETTING = "letter_qr"
YES, NO = "yes", "no"


class PrintForm(BaseForm):
    """What is printed on a letter beside its text."""

    qr = BooleanField(
        _l("在责任书签署栏下方印核验二维码"),
        description=_l("不印时仍有核验编号和网址。只影响以后生成的文件，已经生成的不变。"),
    )


def init_app(app: Flask) -> None:
    """Add the page and its line in 管理."""
    app.register_blueprint(blueprint)
    managers = (Permission.YEAR_MANAGE,)
    page = admin_menu.AdminPage(57, "责任书印制", "是否印核验二维码", "printing.print_edit", managers)
    admin_menu.add(app, page)


@blueprint.get("/admin/printing")
@requires(Permission.YEAR_MANAGE)
def print_edit() -> ResponseReturnValue:
    form = PrintForm(qr=settings.get(SETTING) == YES)
    return render_template("responsibility/print_edit.html", form=form)


@blueprint.post("/admin/printing")
@requires(Permission.YEAR_MANAGE)
def print_update() -> ResponseReturnValue:
    form = PrintForm()
    with unit_of_work():
        settings.put(SETTING, YES if form.qr.data else NO)
        record(actor(), "setting.changed", f"setting:{SETTING}", qr=form.qr.data)
    return htmx.leave(url_for("org.admin_index"), _("责任书印制设置已保存"))
