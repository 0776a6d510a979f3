"""文书模板: which template makes each kind; upload, check, preview, put to use, go back."""

from typing import Any

from flask import Blueprint, Flask, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import admin_menu, htmx
from fivestep_web.core.errors import NotFound
from fivestep_web.core.forms import carry_out
from fivestep_web.core.packages import UnsafeFile
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.documents.downloads import WORD, attached
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.names import SUFFIX
from fivestep_web.documents.word_templates import fields, guide, queries, services
from fivestep_web.documents.word_templates.checking import SIGNED
from fivestep_web.documents.word_templates.findings import Finding, in_words
from fivestep_web.documents.word_templates.forms import UploadForm, UseForm
from fivestep_web.documents.word_templates.inspection import inspect
from fivestep_web.documents.word_templates.models import TemplateState
from fivestep_web.documents.word_templates.queries import SHIPPED

blueprint = Blueprint("templates", __name__, url_prefix="/templates")


def init_app(app: Flask) -> None:
    """Add the pages and their line in 管理."""
    app.register_blueprint(blueprint)
    page = admin_menu.AdminPage(
        57,
        "文书模板",
        "下载、修改、上传、启用各种 Word 文书的模板",
        "templates.template_index",
        (Permission.TEMPLATE_MANAGE,),
    )
    admin_menu.add(app, page)


@blueprint.get("")
@requires(Permission.TEMPLATE_MANAGE)
def template_index() -> ResponseReturnValue:
    return render_template("documents/template_index.html", lines=queries.list_kinds())


@blueprint.get("/<kind_name>")
@requires(Permission.TEMPLATE_MANAGE)
def template_kind(kind_name: str) -> ResponseReturnValue:
    return _kind_page(_kind(kind_name), UploadForm(formdata=None))


@blueprint.post("/<kind_name>")
@requires(Permission.TEMPLATE_MANAGE)
def template_create(kind_name: str) -> ResponseReturnValue:
    kind, form = _kind(kind_name), UploadForm()
    if not form.validate():
        return _kind_page(kind, form, 422)
    file_name, data = form.file.data.filename, form.file.data.read()
    try:
        report = inspect(kind, data)
    except UnsafeFile as refusal:
        form.file.errors = [_("“%(name)s”没有读取：%(reason)s", name=file_name, reason=refusal.message)]
        return _kind_page(kind, form, 422)
    if report.findings:
        return _kind_page(kind, form, 422, report.findings, file_name)
    numbers: list[int] = []
    if not carry_out(
        form,
        lambda: numbers.append(
            services.receive(
                actor(), kind, file_name=file_name, note=form.note.data, data=data, report=report
            ).number
        ),
    ):
        return _kind_page(kind, form, 422)
    url = url_for(".template_show", kind_name=kind.value, number=numbers[0])
    return htmx.leave(url, _("检查通过，已存为第%(number)s版，还没有启用", number=numbers[0]))


@blueprint.get("/<kind_name>/fields")
@requires(Permission.TEMPLATE_MANAGE)
def template_fields(kind_name: str) -> ResponseReturnValue:
    kind = _kind(kind_name)
    return render_template(
        "documents/template_fields.html",
        kind=kind,
        rows=fields.rows_of(kind),
        tags=guide.TAGS,
        filters=guide.FILTERS.values(),
        is_signed=kind in SIGNED,
    )


@blueprint.get("/<kind_name>/<int:number>")
@requires(Permission.TEMPLATE_MANAGE)
def template_show(kind_name: str, number: int) -> ResponseReturnValue:
    return _version_page(_kind(kind_name), number, UseForm(formdata=None))


@blueprint.post("/<kind_name>/<int:number>/use")
@requires(Permission.TEMPLATE_MANAGE)
def template_use(kind_name: str, number: int) -> ResponseReturnValue:
    kind, form = _kind(kind_name), UseForm()
    if not carry_out(
        form,
        lambda: services.put_to_use(
            actor(), kind, number, note=form.note.data, is_confirmed=form.is_confirmed.data
        ),
    ):
        return _version_page(kind, number, form, 422)
    message = _("“%(kind)s”今后用这一版模板生成；已有文号和已印发的文件不变", kind=kind.label)
    return htmx.leave(url_for(".template_kind", kind_name=kind.value), message)


@blueprint.get("/<kind_name>/<int:number>/download")
@requires(Permission.TEMPLATE_MANAGE)
def template_download(kind_name: str, number: int) -> ResponseReturnValue:
    kind = _kind(kind_name)
    name = _("%(kind)s模板（%(version)s）", kind=kind.label, version=_version_name(number))
    return _word(queries.data_of(kind, number), name)


@blueprint.get("/<kind_name>/<int:number>/preview")
@requires(Permission.TEMPLATE_MANAGE)
def template_preview(kind_name: str, number: int) -> ResponseReturnValue:
    kind, is_draft = _kind(kind_name), "draft" in request.args
    name = _(
        "%(kind)s样例（%(version)s%(draft)s）",
        kind=kind.label,
        version=_version_name(number),
        draft=_("草稿") if is_draft else "",
    )
    return _word(services.preview(kind, number, is_draft=is_draft), name)


def _kind(name: str) -> DocumentKind:
    try:
        return DocumentKind(name)
    except ValueError:
        raise NotFound(_("没有这种文书")) from None


def _version_name(number: int) -> str:
    return str(_("随系统") if number == SHIPPED else _("第%(number)s版", number=number))


def _word(data: bytes, name: str) -> Response:
    return attached(Response(data, mimetype=WORD), name + SUFFIX)


def _kind_page(
    kind: DocumentKind,
    form: UploadForm,
    status: int = 200,
    findings: list[Finding] | None = None,
    file_name: str = "",
) -> ResponseReturnValue:
    versions = queries.list_versions(kind)
    page = render_template(
        "documents/template_kind.html",
        kind=kind,
        form=form,
        findings=findings or [],
        file_name=file_name,
        versions=versions,
        live=next((version for version in versions if version.state is TemplateState.LIVE), None),
        is_signed=kind in SIGNED,
    )
    return page, status


def _version_page(kind: DocumentKind, number: int, form: UseForm, status: int = 200) -> ResponseReturnValue:
    version = None if number == SHIPPED else queries.get_version(kind, number)
    live = queries.find_live(kind)
    context: dict[str, Any] = {
        "is_live": number == (live.number if live else SHIPPED),
        "verb": _("启用") if version and version.state is TemplateState.CHECKED else _("恢复"),
        "name": _version_name(number),
    }
    page = render_template(
        "documents/template_show.html",
        kind=kind,
        number=number,
        version=version,
        form=form,
        states=TemplateState,
        departures=list(map(in_words, version.departures)) if version else [],
        **context,
    )
    return page, status
