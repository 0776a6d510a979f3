"""常用筛选: kept from the documents page, opened with one click, ordered on a page of their own."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import listing
from fivestep_web.documents.queries import Filter
from fivestep_web.documents.saved import queries, services
from fivestep_web.documents.saved.forms import NameForm
from fivestep_web.org.years import get_selected_year

blueprint = Blueprint("saved_views", __name__, url_prefix="/documents/views")


@blueprint.get("")
@requires(Permission.DOCUMENT_READ)
def view_index() -> ResponseReturnValue:
    return _page()


@blueprint.get("/new")
@requires(Permission.DOCUMENT_READ)
def view_new() -> ResponseReturnValue:
    wanted = listing.read_filter(get_selected_year())
    if not listing.kept_arguments(wanted):
        flash(_("现在没有筛选条件，请先筛选再保存"), "warning")
        return redirect(url_for("documents.document_index"), 303)
    return _new(NameForm(formdata=None), wanted)


@blueprint.post("")
@requires(Permission.DOCUMENT_READ)
def view_create() -> ResponseReturnValue:
    form = NameForm()
    wanted = listing.read_filter(get_selected_year(), request.form)
    if carry_out(form, lambda: services.save(actor(), form.name.data, listing.kept_arguments(wanted))):
        message = _("已保存“%(name)s”", name=form.name.data)
        return htmx.leave(url_for("documents.document_index", **listing.address(wanted)), message)
    return _new(form, wanted), 422


@blueprint.post("/<int:view_id>/rename")
@requires(Permission.DOCUMENT_READ)
def view_rename(view_id: int) -> ResponseReturnValue:
    form = NameForm()

    def rename() -> None:
        services.rename(actor(), queries.get_view(actor(), view_id), form.name.data)

    if carry_out(form, rename):
        return htmx.leave(url_for(".view_index"), _("已改名"))
    return _page(view_id, form), 422


@blueprint.post("/<int:view_id>/up")
@requires(Permission.DOCUMENT_READ)
def view_up(view_id: int) -> ResponseReturnValue:
    with unit_of_work():
        services.move_up(actor(), queries.get_view(actor(), view_id))
    return htmx.leave(url_for(".view_index"), _("已上移"))


@blueprint.post("/<int:view_id>/remove")
@requires(Permission.DOCUMENT_READ)
def view_remove(view_id: int) -> ResponseReturnValue:
    with unit_of_work():
        services.remove(actor(), queries.get_view(actor(), view_id))
    return htmx.leave(url_for(".view_index"), _("已删除"))


def _new(form: NameForm, wanted: Filter) -> str:
    arguments = listing.kept_arguments(wanted)
    return render_template(
        "documents/view_new.html",
        form=form,
        year=wanted.year,
        arguments=arguments,
        words=listing.filter_words(arguments),
    )


def _page(refused_id: int | None = None, refused: NameForm | None = None) -> str:
    units = listing.unit_names()
    rows = []
    for view in queries.list_views(actor()):
        form = refused if refused and view.id == refused_id else _named(view.id, view.name)
        rows.append((view, listing.filter_words(view.arguments, units), form))
    return render_template("documents/view_index.html", rows=rows, refused=refused)


def _named(view_id: int, name: str) -> NameForm:
    form = NameForm(formdata=None, data={"name": name})
    form.name.id = f"name-{view_id}"
    return form
