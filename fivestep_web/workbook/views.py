"""Importing the annual workbook: choose, check, preview, load, on one page."""

from io import BytesIO
from pathlib import PurePath

from flask import Blueprint, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import NotFound
from fivestep_web.core.packages import UnsafeFile
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.years import find_selected_year
from fivestep_web.workbook import services, upload_queries, upload_services
from fivestep_web.workbook.forms import UploadForm
from fivestep_web.workbook.models import UploadState, WorkbookUpload

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

blueprint = Blueprint("workbook", __name__, url_prefix="/admin/imports")


@blueprint.get("")
@requires(Permission.WORKBOOK_IMPORT)
def import_index() -> ResponseReturnValue:
    return _page(UploadForm())


@blueprint.post("")
@requires(Permission.WORKBOOK_IMPORT)
def import_create() -> ResponseReturnValue:
    form = UploadForm()
    if not form.validate():
        return _page(form, status=422)
    name, data = form.file.data.filename, form.file.data.read()
    try:
        raw = upload_services.read_bytes(data)
    except UnsafeFile as refusal:
        form.file.errors = [_("“%(name)s”没有读取：%(reason)s", name=name, reason=refusal.message)]
        return _page(form, status=422)
    result = services.check_raw(raw)
    with unit_of_work():
        upload = upload_services.receive(actor(), name, data, raw, result)
        upload_id = upload.id
    return htmx.leave(url_for(".import_show", upload_id=upload_id))


@blueprint.get("/template")
@requires(Permission.WORKBOOK_IMPORT)
def import_template() -> ResponseReturnValue:
    year = find_selected_year() or clock.today().year
    return _download(upload_services.make_template(year), _("%(year)s年度工作簿（空白）.xlsx", year=year))


@blueprint.get("/<int:upload_id>")
@requires(Permission.WORKBOOK_IMPORT)
def import_show(upload_id: int) -> ResponseReturnValue:
    upload = upload_queries.get_upload(actor(), upload_id)
    if not htmx.wants_fragment():
        return _page(UploadForm(), upload)
    if upload.state is UploadState.QUEUED:
        return render_template("workbook/_import_progress.html", **_progress(upload))
    return htmx.leave(url_for(".import_show", upload_id=upload_id))


@blueprint.get("/<int:upload_id>/marked")
@requires(Permission.WORKBOOK_IMPORT)
def import_marked(upload_id: int) -> ResponseReturnValue:
    upload = upload_queries.get_upload(actor(), upload_id, with_data=True)
    raw = upload_services.read_bytes(_data_of(upload))
    name = PurePath(upload.file_name).stem
    return _download(upload_services.write_problems(upload, raw), _("%(name)s（已标出问题）.xlsx", name=name))


@blueprint.post("/<int:upload_id>/check")
@requires(Permission.WORKBOOK_IMPORT)
def import_check(upload_id: int) -> ResponseReturnValue:
    data = _data_of(upload_queries.get_upload(actor(), upload_id, with_data=True))
    raw = upload_services.read_bytes(data)
    result = services.check_raw(raw)
    with unit_of_work():
        upload = upload_queries.get_upload(actor(), upload_id, lock=True)
        upload_services.check_again(actor(), upload, result)
    return htmx.leave(url_for(".import_show", upload_id=upload_id), _("已重新检查"))


@blueprint.post("/<int:upload_id>/load")
@requires(Permission.WORKBOOK_IMPORT)
def import_load(upload_id: int) -> ResponseReturnValue:
    with unit_of_work():
        upload = upload_queries.get_upload(actor(), upload_id, lock=True, with_data=True)
        upload_services.request_load(actor(), upload)
    return htmx.leave(url_for(".import_show", upload_id=upload_id))


def _page(form: UploadForm, upload: WorkbookUpload | None = None, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "workbook/import_index.html",
        form=form,
        states=UploadState,
        history=upload_queries.list_history(actor()),
        sheets=upload_queries.problems_by_sheet(upload) if upload else [],
        preview=upload_queries.preview_of(upload) if upload else None,
        **_progress(upload),
    )
    return page, status


def _progress(upload: WorkbookUpload | None) -> dict[str, object]:
    if upload is None:
        return {"upload": None}
    labels = (_("排队等候"), _("正在读取和检查"), _("正在写入"), _("已完成"))
    return {"upload": upload, "stage_label": labels[upload.stage], "stage_count": upload_services.STAGES}


def _data_of(upload: WorkbookUpload) -> bytes:
    if upload.data is None:
        raise NotFound(_("文件已经导入或过期，系统不再保留，请重新上传。"))
    return upload.data


def _download(data: bytes, name: str) -> ResponseReturnValue:
    return send_file(BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=name)
