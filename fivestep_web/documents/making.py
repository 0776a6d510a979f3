"""Make the files of a chunk and publish them: rendered without a transaction, stored in a single one."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import select, update

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.documents.blobs import store_blobs
from fivestep_web.documents.checks import is_layout, missing_values, violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Batch, BatchDocument, Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.payload_checks import PayloadError
from fivestep_web.documents.pictures import NO_MARKS, mark_hashes
from fivestep_web.documents.queries import is_held
from fivestep_web.documents.rendering import WordTemplate, render
from fivestep_web.documents.requests import superseded
from fivestep_web.documents.word_templates import live
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear

log = logging.getLogger(__name__)

# What these find lies in words that people wrote (a numbered goal, a date they spelled); a signed letter must
# still be printable as it was signed.
WORDING: Final = ("D6：", "D8：")
LONGEST_REASON: Final = 300
# Layout comes from the template, so in a long chunk every 50th file is checked by all of part D; each file is
# opened again and compared with its payload.
SAMPLE: Final = 50
LOGGED_AS: Final = "documents.made"


@dataclass(frozen=True)
class Made:
    """A document's file, or why there is none."""

    document_id: int
    data: bytes
    sha256: str
    failure: str


def make_waiting(ids: Sequence[int]) -> list[Made]:
    """Make the files of those of *ids* that still wait; no transaction is open meanwhile."""
    rows = db.session.execute(
        select(
            GeneratedDocument.id,
            GeneratedDocument.kind,
            GeneratedDocument.payload,
            GeneratedDocument.template_sha256,
        ).where(GeneratedDocument.id.in_(ids), GeneratedDocument.state == DocumentState.QUEUED)
    ).all()
    marks = _read_marks(row.payload for row in rows)
    templates = live.recorded({(row.kind, row.template_sha256) for row in rows})
    db.session.rollback()
    is_long = len(rows) > SAMPLE
    return [
        make(
            row.id,
            row.kind,
            row.payload,
            marks,
            templates[row.kind, row.template_sha256].template,
            in_full=not is_long or place % SAMPLE == 0,
        )
        for place, row in enumerate(rows)
    ]


def _read_marks(payloads: Iterable[dict[str, Any]]) -> dict[str, bytes]:
    """Return the handwritten marks that *payloads* name, each once however many letters show it."""
    wanted = set[str]().union(*map(mark_hashes, payloads))
    if not wanted:
        return {}
    found = db.session.execute(select(Blob.sha256, Blob.data).where(Blob.sha256.in_(wanted)))
    return {row.sha256: row.data for row in found}


def make(
    document_id: int,
    kind: DocumentKind,
    payload: dict[str, Any],
    marks: Mapping[str, bytes] = NO_MARKS,
    template: WordTemplate | None = None,
    *,
    in_full: bool,
) -> Made:
    """Render one document, open it again and check it; what goes wrong is the result, not an exception."""
    try:
        data = render(kind, payload, marks, template)
        findings = _findings(kind, payload, data, in_full=in_full)
        if template is not None:
            findings = [item for item in findings if not is_tolerated(item, template)]
    except MemoryError:
        raise
    except PayloadError as error:
        field, _colon, _reason = str(error).partition("：")  # what follows may quote the contents
        log.warning("document %d not rendered: payload field %s", document_id, field)
        return _failed(document_id, "资料不完整或不合文书格式，请核对来源数据后重试")
    except Exception as error:  # noqa: BLE001 - one bad document must not hold up the others
        log.warning("document %d not rendered (%s)", document_id, type(error).__name__)
        return _failed(document_id, f"生成时出错（{type(error).__name__}），请联系系统管理员")
    if findings:
        return _failed(document_id, f"生成的文件没有通过检查：{'；'.join(findings)}")
    return Made(document_id, data, sha256(data).hexdigest(), "")


def is_tolerated(finding: str, template: WordTemplate) -> bool:
    """Tell whether *finding* is about layout in which the template departs from the standard knowingly."""
    return is_layout(finding) and finding.partition("：")[0] in template.tolerated


def _findings(kind: DocumentKind, payload: dict[str, Any], data: bytes, *, in_full: bool) -> list[str]:
    if in_full:
        return [item for item in violations(kind, payload, data) if not item.startswith(WORDING)]
    return [f"内容：缺少“{value}”" for value in missing_values(payload, data)]


def _failed(document_id: int, reason: str) -> Made:
    return Made(document_id, b"", "", reason[:LONGEST_REASON])


def publish(batch_id: int, made: Sequence[Made]) -> None:
    """Store the files, replace earlier versions and log it, in the running unit of work.

    What was made meanwhile, or is not wanted any more, stays as it is. The file of a letter that a change
    order replaced while it was made is kept, marked 已作废.
    """
    _wait_for_requests(batch_id)
    ids = [item.document_id for item in made]
    outdated = _outdated(ids)
    waiting = _lock_waiting(batch_id, ids)
    ready = [item for item in made if item.document_id in waiting and not item.failure]
    failed = [item for item in made if item.document_id in waiting and item.failure]
    store_blobs((item.sha256, item.data) for item in ready)
    now = clock.now()
    _change(
        {
            "id": item.document_id,
            "state": DocumentState.SUPERSEDED if item.document_id in outdated else DocumentState.READY,
            "blob_sha256": item.sha256,
            "ready_at": now,
        }
        for item in ready
    )
    _change(
        {"id": item.document_id, "state": DocumentState.FAILED, "failure": item.failure} for item in failed
    )
    for item in ready:
        _supersede_before(waiting[item.document_id])
    if ready or failed:
        record(
            SYSTEM,
            LOGGED_AS,
            f"batch:{batch_id}",
            documents={str(item.document_id): item.sha256 for item in ready},
            failed=[item.document_id for item in failed],
        )


def _wait_for_requests(batch_id: int) -> None:
    """Let who asks for documents of the year decide on what is stored; chunks do not wait for each other."""
    db.session.execute(
        select(PlanYear.year)
        .join(Batch, Batch.year == PlanYear.year)
        .where(Batch.id == batch_id)
        .with_for_update(read=True, of=PlanYear)
    )


def _outdated(ids: Sequence[int]) -> set[int]:
    """Return those of *ids* whose subject was replaced; asked before the rows are locked, as who replaces."""
    rows = db.session.execute(
        select(GeneratedDocument.id, GeneratedDocument.kind, GeneratedDocument.subject).where(
            GeneratedDocument.id.in_(ids)
        )
    ).all()
    subjects: dict[DocumentKind, set[str]] = {}
    for row in rows:
        subjects.setdefault(row.kind, set()).add(row.subject)
    gone = {(kind, subject) for kind, of_kind in subjects.items() for subject in superseded(kind, of_kind)}
    return {row.id for row in rows if (row.kind, row.subject) in gone}


def _lock_waiting(batch_id: int, ids: Sequence[int]) -> dict[int, Any]:
    """Return those of *ids* that still wait in the batch: the id of a cancelled one may be another's now."""
    table = GeneratedDocument
    rows = db.session.execute(
        select(table.id, table.year, table.kind, table.subject, table.version)
        .join(BatchDocument, BatchDocument.document_id == table.id)
        .where(BatchDocument.batch_id == batch_id, table.id.in_(ids), table.state == DocumentState.QUEUED)
        .order_by(table.id)
        .with_for_update(of=table)
    )
    return {row.id: row for row in rows}


def _change(rows: Iterable[dict[str, Any]]) -> None:
    values = list(rows)
    if values:
        db.session.execute(update(GeneratedDocument), values)


def _supersede_before(row: Any) -> None:
    """Mark the earlier versions of a document that was just made; their files stay as they are (B4).

    One with a number stands until it is issued anew or its number is dropped.
    """
    if row.version == 1:
        return
    table = GeneratedDocument
    db.session.execute(
        update(table)
        .where(
            table.year == row.year,
            table.kind == row.kind,
            table.subject == row.subject,
            table.version < row.version,
            table.state != DocumentState.SUPERSEDED,
            ~is_held(),
        )
        .values(state=DocumentState.SUPERSEDED)
        .execution_options(synchronize_session=False)
    )


def give_up(batch_id: int, ids: Sequence[int], reason: str) -> None:
    """Mark those of *ids* that still wait in the batch as failed, in the running unit of work."""
    waiting = _lock_waiting(batch_id, ids)
    _change({"id": document_id, "state": DocumentState.FAILED, "failure": reason} for document_id in waiting)
