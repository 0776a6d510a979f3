"""The monthly bulletins of a year (月通报, R5.4): list, one bulletin, its parts, handing in and reviewing."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.daily import moves
from fivestep_web.assessment.daily.bulletins import page, queries, services
from fivestep_web.assessment.daily.bulletins.forms import PartsForm, parts_form
from fivestep_web.assessment.daily.bulletins.models import MonthlyBulletin
from fivestep_web.assessment.daily.bulletins.rules import Figures, Parts
from fivestep_web.assessment.daily.forms import MoveForm, ReasonForm
from fivestep_web.assessment.daily.steps import PaperPages, add_steps
from fivestep_web.assessment.year_switch import follow
from fivestep_web.core import htmx
from fivestep_web.core.errors import Conflict
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.queries import get_plan_year

blueprint = Blueprint("bulletins", __name__)
follow(blueprint, "bulletins.bulletin_index")


@blueprint.get("/assessment/<int:year>/bulletins")
@requires(Permission.BULLETIN_READ)
def bulletin_index(year: int) -> ResponseReturnValue:
    get_plan_year(year)
    return render_template(
        "daily/bulletin_index.html",
        year=year,
        lines=page.month_lines(actor(), year),
        reads_documents=actor().may(Permission.DOCUMENT_READ),
    )


@blueprint.post("/assessment/<int:year>/bulletins/<int:month>/draft")
@requires(Permission.BULLETIN_PREPARE)
def bulletin_draft(year: int, month: int) -> ResponseReturnValue:
    with unit_of_work():
        services.draft(actor(), year, month)
    return _leave(year, month, _("已按月末台账起草"))


def _leave(year: int, month: int, message: str) -> ResponseReturnValue:
    return htmx.leave(url_for(".bulletin_show", year=year, month=month), message)


@blueprint.get("/assessment/<int:year>/bulletins/<int:month>")
@requires(Permission.BULLETIN_READ)
def bulletin_show(year: int, month: int) -> ResponseReturnValue:
    return _show(queries.get_bulletin(actor(), year, month))


def _show(bulletin: MonthlyBulletin, status: int = 200, **failed: Any) -> ResponseReturnValue:
    revision = {"revision": bulletin.revision}
    return render_template(
        "daily/bulletin_show.html",
        shown=page.bulletin_page(actor(), bulletin),
        bulletin=bulletin,
        may_edit=moves.can_edit(actor(), bulletin),
        may_review=moves.can_review(actor(), bulletin),
        may_reopen=moves.can_reopen(actor(), bulletin),
        step_form=MoveForm(formdata=None, data=revision),
        reason_form=ReasonForm(formdata=None, data=revision),
        failed=failed or None,
    ), status


@blueprint.get("/assessment/<int:year>/bulletins/<int:month>/edit")
@requires(Permission.BULLETIN_PREPARE)
def bulletin_edit(year: int, month: int) -> ResponseReturnValue:
    bulletin = queries.get_bulletin(actor(), year, month)
    if not bulletin.state.is_open:
        raise Conflict(_("这期通报现在是“%(state)s”，不能修改。", state=bulletin.state.label))
    figures, parts = Figures.from_json(bulletin.figures), Parts.from_json(bulletin.parts)
    return _edit(bulletin, parts_form(figures, parts, revision=bulletin.revision))


def _edit(bulletin: MonthlyBulletin, form: PartsForm, status: int = 200) -> ResponseReturnValue:
    return render_template("daily/bulletin_edit.html", bulletin=bulletin, form=form), status


@blueprint.post("/assessment/<int:year>/bulletins/<int:month>/edit")
@requires(Permission.BULLETIN_PREPARE)
def bulletin_update(year: int, month: int) -> ResponseReturnValue:
    form = parts_form(Figures.from_json(queries.get_bulletin(actor(), year, month).figures))

    def update() -> None:
        bulletin = queries.get_bulletin(actor(), year, month, lock=True, revision=form.revision.data)
        services.edit(actor(), bulletin, form.parts())

    if not carry_out(form, update):
        return _edit(queries.get_bulletin(actor(), year, month), form, 422)
    return _leave(year, month, _("已保存"))


def _get(year: int, month: int, *, lock: bool = False, revision: int | None = None) -> MonthlyBulletin:
    return queries.get_bulletin(actor(), year, month, lock=lock, revision=revision)


add_steps(
    PaperPages(
        blueprint,
        "/assessment/<int:year>/bulletins/<int:month>",
        "bulletin",
        commands=services,
        get=_get,
        show=_show,
        leave=_leave,
    )
)
