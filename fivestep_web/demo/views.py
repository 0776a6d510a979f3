"""The rehearsal date of a demo."""

from datetime import date

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import InputRequired

from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import DomainError, NotFound
from fivestep_web.core.forms import BaseForm
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.demo import services

blueprint = Blueprint("demo", __name__)


class RehearsalForm(BaseForm):
    """The date to play."""

    day = DateField(
        _l("演练日期"),
        [InputRequired(_l("请填写演练日期，例如 2026-12-09"))],
        description=_l("2026年1月1日至2027年1月31日；台账、信号、待办都按这一天计算"),
    )


def _rehearsal_date() -> date:
    day = clock.rehearsal_date()
    if day is None:
        raise NotFound(_("正式使用的系统没有演练日期"))
    return day


@blueprint.get("/admin/rehearsal")
@requires(Permission.REHEARSAL_MOVE)
def rehearsal_edit() -> ResponseReturnValue:
    return render_template("demo/rehearsal_edit.html", form=RehearsalForm(day=_rehearsal_date()))


@blueprint.post("/admin/rehearsal")
@requires(Permission.REHEARSAL_MOVE)
def rehearsal_update() -> ResponseReturnValue:
    form = RehearsalForm()
    _rehearsal_date()
    if form.validate():
        try:
            with unit_of_work():
                services.move_rehearsal(actor(), form.day.data)
            return htmx.leave(url_for("dashboard.today"), _("演练日期已调整"))
        except DomainError as refusal:
            form.day.errors = [refusal.message]
    return render_template("demo/rehearsal_edit.html", form=form), 422
