"""Pages of what belongs to an objection: its evidence as files, its appeal and the decision on it (N8)."""

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.assessment.publicity import appeals, attachments, policy, queries
from fivestep_web.assessment.publicity.forms import AppealForm, EvidenceForm, OutcomeForm
from fivestep_web.assessment.publicity.objection_views import blueprint, show
from fivestep_web.core import htmx
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.documents.downloads import attached

PREFIX = "/assessment/<int:year>/objections/<int:objection_id>"


def _leave(year: int, objection_id: int, message: str) -> ResponseReturnValue:
    return htmx.leave(url_for("objections.objection_show", year=year, objection_id=objection_id), message)


@blueprint.post(f"{PREFIX}/files")
@requires(Permission.OBJECTION_FILE)
def file_add(year: int, objection_id: int) -> ResponseReturnValue:
    queries.get_objection(actor(), year, objection_id)
    form = EvidenceForm()

    def add() -> None:
        objection = queries.get_objection(actor(), year, objection_id, lock=True)
        attachments.add(actor(), objection, form.file.data.filename, form.file.data.read())

    if not carry_out(form, add):
        return show(queries.get_objection(actor(), year, objection_id), evidence=form)
    return _leave(year, objection_id, _("材料已上传，只有办理人和异议人能看"))


@blueprint.get(f"{PREFIX}/files/<int:file_id>")
@requires(Permission.OBJECTION_FILE)
def file_download(year: int, objection_id: int, file_id: int) -> ResponseReturnValue:
    objection = queries.get_objection(actor(), year, objection_id)
    may_read = policy.can_read_files(actor(), objection, queries.preparers_of(objection))
    file = attachments.read(objection, file_id, may_read=may_read)
    return attached(Response(file.data, mimetype="application/octet-stream"), file.name)


@blueprint.post(f"{PREFIX}/appeal")
@requires(Permission.OBJECTION_FILE)
def appeal_file(year: int, objection_id: int) -> ResponseReturnValue:
    queries.get_objection(actor(), year, objection_id)
    form = AppealForm()

    def appeal() -> None:
        objection = queries.get_objection(actor(), year, objection_id, lock=True)
        appeals.appeal(actor(), objection, form.appeal())

    if not carry_out(form, appeal):
        return show(queries.get_objection(actor(), year, objection_id), appeal=form)
    return _leave(year, objection_id, _("申诉已登记"))


@blueprint.post(f"{PREFIX}/appeal/outcome")
@requires(Permission.OBJECTION_RECEIVE)
def appeal_conclude(year: int, objection_id: int) -> ResponseReturnValue:
    queries.get_objection(actor(), year, objection_id)
    form = OutcomeForm()

    def conclude() -> None:
        objection = queries.get_objection(actor(), year, objection_id, lock=True)
        appeals.conclude(actor(), objection, form.decision())

    if not carry_out(form, conclude):
        return show(queries.get_objection(actor(), year, objection_id), outcome=form)
    return _leave(year, objection_id, _("申诉处理决定已登记，永久保存"))
