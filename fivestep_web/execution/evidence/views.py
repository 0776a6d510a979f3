"""An evidence file: looked at, downloaded, taken back before it is handed in."""

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.errors import NotFound
from fivestep_web.core.headers import PICTURE_POLICY
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.downloads import attached
from fivestep_web.execution.acceptance import policy
from fivestep_web.execution.evidence import queries, services
from fivestep_web.execution.evidence.models import KIND_LABELS, EvidenceFile

blueprint = Blueprint("evidence_files", __name__)


@blueprint.get("/evidence/<int:file_id>")
@requires(Permission.LEDGER_READ)
def file_show(file_id: int) -> ResponseReturnValue:
    file = queries.get_file(actor(), file_id)
    return render_template(
        "evidence/file_show.html",
        file=file,
        kind=KIND_LABELS[file.kind],
        may_remove=not file.is_handed_in and policy.may_hand_in(actor(), file.goal),
        back=_place(file),
    )


def _place(file: EvidenceFile) -> str:
    """Return the page of what the file belongs to."""
    if file.milestone_id is not None:
        return url_for("acceptance.milestone_show", milestone_id=file.milestone_id)
    return url_for("ledger.ledger_index", year=file.goal.year, keyword=file.goal.code)


@blueprint.get("/evidence/<int:file_id>/preview")
@requires(Permission.LEDGER_READ)
def file_preview(file_id: int) -> ResponseReturnValue:
    file = queries.get_file(actor(), file_id)
    if file.preview_sha256 is None:
        raise NotFound(_("这份材料没有预览图。"))
    response = Response(queries.read_bytes(file.id, file.preview_sha256), mimetype="image/jpeg")
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response


@blueprint.get("/evidence/<int:file_id>/download")
@requires(Permission.LEDGER_READ)
def file_download(file_id: int) -> ResponseReturnValue:
    file = queries.get_file(actor(), file_id)
    data = queries.read_bytes(file.id, file.blob_sha256)
    return attached(Response(data, mimetype="application/octet-stream"), file.name)


@blueprint.post("/evidence/<int:file_id>/remove")
@requires(Permission.PROGRESS_REPORT)
def file_remove(file_id: int) -> ResponseReturnValue:
    with unit_of_work():
        file = queries.get_file(actor(), file_id, lock=True)
        back = _place(file)
        services.remove(actor(), file)
    return htmx.leave(back, _("已移除"))
