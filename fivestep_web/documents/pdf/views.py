"""PDF beside Word: asked for on a page that says how many, downloaded beside the Word file."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from fivestep_web.core import htmx
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import listing
from fivestep_web.documents import queries as document_queries
from fivestep_web.documents.downloads import attached
from fivestep_web.documents.pdf import office, queries, services
from fivestep_web.documents.queries import Filter
from fivestep_web.org.years import get_selected_year

blueprint = Blueprint("pdf", __name__)


@blueprint.get("/documents/pdf")
@requires(Permission.DOCUMENT_BUILD)
def pdf_new() -> ResponseReturnValue:
    wanted, ids, is_chosen = _asked(request.args)
    back = url_for("documents.document_index", **listing.address(wanted))
    if office.find_program() is None:
        flash(_("这台机器没有安装 LibreOffice，不能转成 PDF"), "warning")
        return redirect(back, 303)
    lacking = [document_id for document_id, _source in queries.list_wanted(actor(), ids, services.MOST + 1)]
    if not lacking:
        flash(_nothing_new(), "warning")
        return redirect(back, 303)
    return render_template(
        "documents/pdf_new.html",
        year=wanted.year,
        ids=lacking if is_chosen else [],
        count=len(lacking),
        most=services.MOST,
        arguments=listing.kept_arguments(wanted),
        back=back,
    )


@blueprint.post("/documents/pdf")
@requires(Permission.DOCUMENT_BUILD)
def pdf_create() -> ResponseReturnValue:
    wanted, ids, _is_chosen = _asked(request.form)
    with unit_of_work():
        count = services.request_pdfs(actor(), ids)
    back = url_for("documents.document_index", **listing.address(wanted))
    queued = _("已排队转成 PDF %(count)s 份，完成后在列表里下载", count=count)
    return htmx.leave(back, queued if count else _nothing_new())


def _nothing_new() -> str:
    return str(_("没有新的要转：这些文档都已有 PDF、正在转换，或还没有生成"))


@blueprint.get("/documents/<int:document_id>/pdf")
@requires(Permission.DOCUMENT_READ)
def pdf_download(document_id: int) -> ResponseReturnValue:
    file = queries.get_pdf(actor(), document_id)
    return attached(Response(file.data, mimetype="application/pdf"), file.name)


def _asked(given: MultiDict[str, str]) -> tuple[Filter, list[int], bool]:
    """Return the filter, the ids meant, and whether they were ticked; none ticked means all of it."""
    wanted = listing.read_filter(get_selected_year(), given)
    chosen = given.getlist("id", type=int)
    return wanted, document_queries.file_ids(actor(), wanted, chosen or None), bool(chosen)
