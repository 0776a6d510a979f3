"""The documents page: list, batches, downloads."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import archive, batch_queries, batches, listing, policy, queries, services
from fivestep_web.documents.downloads import WORD, attached
from fivestep_web.documents.forms import BuildForm
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.pdf.office import find_program
from fivestep_web.documents.saved import queries as saved_queries
from fivestep_web.org.years import find_selected_year, get_selected_year

blueprint = Blueprint("documents", __name__)

INDEX, LIST, BATCHES = (
    "documents/document_index.html",
    "documents/_document_rows.html",
    "documents/_batches.html",
)
CHANGED = "documents-changed"  # what the list of documents listens to


@blueprint.get("/documents")
@requires(Permission.DOCUMENT_READ)
def document_index() -> ResponseReturnValue:
    return htmx.render(INDEX, LIST, **_context())


def _context(form: BuildForm | None = None) -> dict[str, Any]:
    year = find_selected_year()
    if year is None:
        return {"year": None}
    who, wanted = actor(), listing.read_filter(year)
    confidential = queries.Filter(year, is_confidential=True)
    kinds = listing.buildable_kinds(who)
    return {
        "year": year,
        "wanted": wanted,
        "arguments": listing.address(wanted),
        "kept": listing.kept_arguments(wanted),
        "saved": saved_queries.list_views(who),
        "offers_pdf": policy.can_build_ordinary(who) and find_program() is not None,
        "found": listing.read_page(who, wanted),
        "count": queries.count_files(who, wanted),
        "count_limit": queries.COUNT_LIMIT,
        "confidential": listing.lines(who, queries.list_documents(who, confidential))
        if policy.can_read_confidential(who)
        else None,
        "form": form or (BuildForm(formdata=None).offer(kinds) if kinds else None),
        **_progress(year),
        **listing.choices(who),
    }


def _progress(year: int) -> dict[str, Any]:
    shown = request.args.getlist("shown", type=int)[: batch_queries.SHOWN_BATCHES]
    found = batch_queries.list_progress(actor(), year, shown)
    return {"year": year, "batches": found, "is_running": any(batch.is_running for batch in found)}


@blueprint.get("/documents/batches")
@requires(Permission.DOCUMENT_READ)
def batch_progress() -> ResponseReturnValue:
    if not htmx.wants_fragment():
        return redirect(url_for(".document_index", year=find_selected_year()), 303)
    progress = _progress(get_selected_year())
    if progress["is_running"]:
        return htmx.render(INDEX, BATCHES, **progress)
    return htmx.announce(BATCHES, CHANGED, **progress)


@blueprint.post("/documents/build")
@requires(Permission.DOCUMENT_BUILD)
def document_build() -> ResponseReturnValue:
    year = get_selected_year()
    form = BuildForm().offer(listing.buildable_kinds(actor()))
    if not form.validate():
        return htmx.render(INDEX, LIST, 422, **_context(form))
    with unit_of_work():
        asked = services.build(actor(), year, [DocumentKind(kind) for kind in form.kinds.data])
    return htmx.leave(url_for(".document_index", year=year), asked.sentence)


@blueprint.post("/documents/batches/<int:batch_id>/retry")
@requires(Permission.DOCUMENT_BUILD)
def batch_retry(batch_id: int) -> ResponseReturnValue:
    with unit_of_work():
        count = batches.retry(actor(), batch_id)
    return _changed(batch_id, _("已重新排队 %(count)s 份", count=count))


@blueprint.post("/documents/batches/<int:batch_id>/cancel")
@requires(Permission.DOCUMENT_BUILD)
def batch_cancel(batch_id: int) -> ResponseReturnValue:
    with unit_of_work():
        count = batches.cancel(actor(), batch_id)
    return _changed(batch_id, _("已取消，没有生成的 %(count)s 份不再生成，已生成的保留", count=count))


def _changed(batch_id: int, message: str) -> ResponseReturnValue:
    """Answer with the bars and let the list follow: documents wait again, or are gone."""
    year = batch_queries.get_batch(actor(), batch_id).year
    back = url_for(".document_index", year=year)
    return htmx.done(back, BATCHES, message, event=CHANGED, **_progress(year))


@blueprint.get("/documents/archive")
@requires(Permission.DOCUMENT_READ)
def document_archive() -> ResponseReturnValue:
    year = get_selected_year()
    chosen = request.args.getlist("id", type=int) if "chosen" in request.args else None
    ids = queries.file_ids(actor(), listing.read_filter(year), chosen)
    if not ids:
        flash(_("没有可打包的文档：请先勾选已生成的文档，或调整筛选条件"), "warning")
        return redirect(url_for(".document_index", **listing.address(listing.read_filter(year))), 303)
    name = _("%(year)s年文档%(count)s份.zip", year=year, count=len(ids))
    response = Response(stream_with_context(archive.stream(ids)), mimetype="application/zip")
    return attached(response, name)


@blueprint.get("/documents/<int:document_id>/download")
@requires(Permission.DOCUMENT_READ)
def document_download(document_id: int) -> ResponseReturnValue:
    return _word(queries.get_file(actor(), document_id))


@blueprint.post("/documents/<int:document_id>/export")
@requires(Permission.ADMONITION_READ)
def document_export(document_id: int) -> ResponseReturnValue:
    with unit_of_work():
        file = services.export(actor(), document_id)
    return _word(file)


def _word(file: queries.File) -> Response:
    return attached(Response(file.data, mimetype=WORD), file.name)
