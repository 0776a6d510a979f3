"""Keep an uploaded template that passed its check, put a version to use or go back to one, try it."""

from hashlib import sha256
from pathlib import PurePath

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.blobs import store_blobs
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import draft_payload, sample_payload
from fivestep_web.documents.values import allowed_text
from fivestep_web.documents.word_templates import policy, queries
from fivestep_web.documents.word_templates.checking import Report
from fivestep_web.documents.word_templates.live import recorded, shipped_sha256
from fivestep_web.documents.word_templates.models import FILE_NAME, DocumentTemplate, TemplateState
from fivestep_web.documents.word_templates.queries import SHIPPED
from fivestep_web.extensions import db


def receive(
    actor: Actor, kind: DocumentKind, *, file_name: str, note: str, data: bytes, report: Report
) -> DocumentTemplate:
    """Keep *data*, whose check *report* found nothing wrong, as the next version; it is not in use yet.

    Raises NotAllowed, DomainError for a file that is a version already or has findings, Conflict when another
    upload came first.
    """
    _require(actor)
    if report.findings:
        raise DomainError(_("模板没有通过检查，不能保存"))
    digest = sha256(data).hexdigest()
    _check_new(kind, digest)
    ready_digest = sha256(report.ready).hexdigest()
    store_blobs([(digest, data), (ready_digest, report.ready)])
    last = db.session.scalar(select(func.max(DocumentTemplate.number)).where(DocumentTemplate.kind == kind))
    version = DocumentTemplate(
        kind=kind,
        number=(last or 0) + 1,
        file_name=PurePath(allowed_text(file_name).replace("\\", "/")).name[-FILE_NAME:],
        note=note,
        blob_sha256=digest,
        ready_sha256=ready_digest,
        departures=report.departures,
        uploaded_at=clock.now(),
        uploaded_by_id=actor.person_id,
    )
    db.session.add(version)
    _flush()
    record(
        actor,
        "template.uploaded",
        f"template:{version.id}",
        kind=kind.value,
        version=version.number,
        sha256=digest,
        note=note,
        size=len(data),
    )
    return version


def _check_new(kind: DocumentKind, digest: str) -> None:
    if digest == sha256(queries.data_of(kind, SHIPPED)).hexdigest():
        raise DomainError(
            _("这个文件与随系统提供的模板完全相同，不用上传；没有在用的，请打开“随系统的模板”恢复")
        )
    same = queries.find_same(kind, digest)
    if same is not None:
        raise DomainError(
            _("这个文件与第%(number)s版完全相同，不用上传；没有在用的，请打开那一版启用", number=same.number)
        )


def put_to_use(actor: Actor, kind: DocumentKind, number: int, *, note: str, is_confirmed: bool) -> None:
    """Let version *number* make the documents of *kind* from now on; 0 is the product's own.

    Raises NotAllowed, NotFound, Conflict where it is in use already, DomainError where it departs from the
    standard's layout and that was not confirmed.
    """
    _require(actor)
    live = queries.find_live(kind, lock=True)
    if number == (live.number if live else SHIPPED):
        raise Conflict(_("现在用的就是这一版模板"))
    version = None if number == SHIPPED else queries.get_version(kind, number, lock=True)
    if version is not None and version.departures and not is_confirmed:
        raise DomainError(_("这一版的版式与标准有不同，请看过后勾选确认"))
    is_new = version is not None and version.state is TemplateState.CHECKED
    if live is not None:
        _move(actor, live, TemplateState.RETIRED, note)
        _flush()  # two live versions are refused, also for a moment
    if version is not None:
        _move(actor, version, TemplateState.LIVE, note)
        _flush()
    record(
        actor,
        "template.put_to_use" if is_new else "template.restored",
        f"template:{version.id if version else SHIPPED}",
        kind=kind.value,
        version=number,
        sha256=version.blob_sha256 if version else shipped_sha256(kind),
        before=live.number if live else SHIPPED,
        note=note,
    )


def _move(actor: Actor, version: DocumentTemplate, state: TemplateState, note: str) -> None:
    now = clock.now()  # first: asking for the time reads, which would write half of the change
    version.state, version.change_note = state, note
    version.changed_at, version.changed_by_id = now, actor.person_id


def preview(kind: DocumentKind, number: int, *, is_draft: bool) -> bytes:
    """Return the sample, marked 示例数据, as version *number* makes it."""
    digest = shipped_sha256(kind) if number == SHIPPED else queries.get_version(kind, number).blob_sha256
    payload = (draft_payload if is_draft else sample_payload)(kind, demo=True)
    return render(kind, payload, template=recorded({(kind, digest)})[kind, digest].template)


def _require(actor: Actor) -> None:
    if not policy.can_manage(actor):
        raise NotAllowed(_("您的岗位不能更换文书模板"))


def _flush() -> None:
    """Write; what another did at the same moment is a Conflict."""
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict(_("刚才有人上传或启用了这种文书的模板，请刷新后再试")) from None
