"""A document's page with what is done to its number, and the register of numbers."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.forms import BaseForm, carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.downloads import attached
from fivestep_web.documents.numbers import page, register, services
from fivestep_web.documents.numbers.rules import Step

blueprint = Blueprint("numbers", __name__)

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOW, STAGE = "documents/document_show.html", "documents/_document_stage.html"


@blueprint.get("/documents/<int:document_id>")
@requires(Permission.DOCUMENT_READ)
def document_show(document_id: int) -> ResponseReturnValue:
    shown = page.read_page(actor(), document_id)
    if htmx.wants_fragment() and not shown.is_pending:
        return htmx.leave(url_for(".document_show", document_id=document_id))
    return _show(shown)


def _show(shown: page.Page, status: int = 200, **failed: Any) -> ResponseReturnValue:
    forms = {step: page.new_form(step) for step in shown.steps}
    return htmx.render(SHOW, STAGE, status, shown=shown, forms=forms, Step=Step, failed=failed or None)


def _carried_out(
    document_id: int, step: Step, form: BaseForm, command: Callable[[], object], message: str
) -> ResponseReturnValue:
    """Do what the form of *step* asks, or show it again with what was typed and why not."""
    if not carry_out(form, command):
        return _show(page.read_page(actor(), document_id), 422, step=step, form=form)
    return htmx.leave(url_for(".document_show", document_id=document_id), message)


@blueprint.post("/documents/<int:document_id>/approve")
@requires(Permission.DOCUMENT_NUMBER)
def document_approve(document_id: int) -> ResponseReturnValue:
    form = page.FORMS[Step.APPROVE]()

    taken: list[services.Approved] = []
    if not carry_out(
        form,
        lambda: taken.append(services.approve(actor(), document_id, approved_on=form["approved_on"].data)),
    ):
        return _show(page.read_page(actor(), document_id), 422, step=Step.APPROVE, form=form)
    (approved,) = taken
    if approved.warning:
        flash(approved.warning, "warning")
    message = _("已取号%(number)s，正在生成编号后的文件", number=approved.number)
    return htmx.leave(url_for(".document_show", document_id=document_id), message)


@blueprint.post("/documents/<int:document_id>/issue")
@requires(Permission.DOCUMENT_NUMBER)
def document_issue(document_id: int) -> ResponseReturnValue:
    form = page.FORMS[Step.ISSUE]()
    message = _("已登记印发，正在生成印发的文件")
    return _carried_out(
        document_id,
        Step.ISSUE,
        form,
        lambda: services.issue(actor(), document_id, issued_on=form["issued_on"].data),
        message,
    )


@blueprint.post("/documents/<int:document_id>/drop")
@requires(Permission.DOCUMENT_NUMBER)
def document_drop(document_id: int) -> ResponseReturnValue:
    form = page.FORMS[Step.DROP]()
    message = _("文号已作废，登记簿里保留；重新生成后另取新号")
    return _carried_out(
        document_id,
        Step.DROP,
        form,
        lambda: services.drop(actor(), document_id, reason=form["reason"].data),
        message,
    )


@blueprint.post("/documents/<int:document_id>/stamp")
@requires(Permission.DOCUMENT_NUMBER)
def document_stamp(document_id: int) -> ResponseReturnValue:
    with unit_of_work():
        services.stamp_again(actor(), document_id)
    return htmx.leave(url_for(".document_show", document_id=document_id), _("已重新排队生成"))


@blueprint.get("/documents/numbers")
@requires(Permission.DOCUMENT_NUMBER)
def number_index() -> ResponseReturnValue:
    wanted = register.read_wanted(request.args)
    lines = register.read_lines(wanted)
    return render_template(
        "documents/number_index.html",
        wanted=wanted,
        awaiting=register.read_awaiting(actor()),
        lines=lines,
        sums=register.sums(lines),
        columns=[{"label": heading} for heading in register.HEADINGS],
    )


@blueprint.get("/documents/numbers/download")
@requires(Permission.DOCUMENT_NUMBER)
def number_download() -> ResponseReturnValue:
    wanted = register.read_wanted(request.args)
    data = register.workbook(register.read_lines(wanted))
    name = _("%(year)s年%(code)s发文登记.xlsx", year=wanted.year, code=wanted.code)
    return attached(Response(data, mimetype=SHEET), name)
