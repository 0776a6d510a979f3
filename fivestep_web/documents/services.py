"""Ask for documents and hand confidential ones out (domain.md 5.9, trust.md J4)."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from itertools import islice
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from fivestep_web.audit.rules import sha256_of
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import DomainError, NotAllowed, NotFound
from fivestep_web.core.permissions import SYSTEM, Actor
from fivestep_web.documents import batches, names, policy, queries, requests
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.requests import SYSTEM_WIDE, DocumentRequest
from fivestep_web.documents.values import allowed_text
from fivestep_web.documents.word_templates.live import live_hashes
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear, Unit

SLICE: Final = 500  # requests looked up and stored at a time, so that memory stays flat
NOT_FACTS: Final = frozenset({"created", "version", "as_of_date", "identifier"})
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass
class Asked:
    """What came of asking: how many documents are new, there already, or under way already."""

    created: int = 0
    existing: int = 0
    under_way: int = 0
    batch_ids: list[int] = field(default_factory=list)

    def add(self, other: "Asked") -> None:
        """Take in what came of asking for more."""
        self.created += other.created
        self.existing += other.existing
        self.under_way += other.under_way
        self.batch_ids += other.batch_ids

    @property
    def sentence(self) -> str:
        """Say it in a clerk's words (J4: a second call reports that nothing is new)."""
        if self.created:
            kept = _("，%(count)s 份没有变化", count=self.existing) if self.existing else ""
            return str(_("开始生成 %(count)s 份", count=self.created) + kept)
        if self.under_way:
            return str(_("没有新的文档：%(count)s 份正在生成", count=self.under_way))
        if self.existing:
            return str(_("没有新的文档：%(count)s 份都已生成，内容没有变化", count=self.existing))
        return str(_("没有可生成的文档"))


def build(actor: Actor, year: int, kinds: Collection[DocumentKind]) -> Asked:
    """Ask for every document of *kinds* for *year*; confidential ones in a batch of their own.

    Raises NotAllowed where the actor may not make one of the kinds.
    """
    if not kinds:
        raise DomainError(_("请至少选择一种文档"))
    for kind in kinds:
        if not policy.can_build(actor, kind):
            raise NotAllowed(_("您的岗位不能生成“%(kind)s”", kind=kind.label))
    return build_all(actor, year, kinds)


def build_all(actor: Actor, year: int, kinds: Collection[DocumentKind]) -> Asked:
    """Do what `build` does for the command line, which holds every right."""
    asked = Asked()
    for is_confidential in (False, True):
        group = [kind for kind in DocumentKind if kind in kinds and kind.is_confidential is is_confidential]
        wanted = (request for kind in group for request in requests.gather(kind, year))
        title = _("%(year)s年%(kinds)s", year=year, kinds="、".join(kind.label for kind in group))
        if group:
            asked.add(request_documents(actor, year, wanted, title))
    return asked


def request_documents(actor: Actor, year: int, wanted: Iterable[DocumentRequest], title: str) -> Asked:
    """Store what is new among *wanted* and start one batch for it, in the running unit of work.

    A document whose facts and template are those of a living one is that one (J4); a failed one is tried
    again. All of *wanted* is confidential, or none. Raises NotFound for a year that is not planned.
    """
    if db.session.scalar(select(PlanYear.year).where(PlanYear.year == year).with_for_update()) is None:
        raise NotFound(_("没有%(year)s年度，请先导入年度工作簿", year=year))
    asked, ids, kinds = Asked(), list[int](), set[DocumentKind]()
    for part in _slices(wanted):
        kinds |= {request.kind for request in part}
        ids += _Asking(year, part, asked).store()
    asked.created = len(ids)
    if ids:
        is_confidential = any(kind.is_confidential for kind in kinds)
        if is_confidential and not all(kind.is_confidential for kind in kinds):
            raise ValueError("confidential documents need a batch of their own")
        batch_id = batches.start(actor, year, title, ids, is_confidential=is_confidential)
        asked.batch_ids.append(batch_id)
        record(
            actor,
            "documents.requested",
            f"batch:{batch_id}",
            year=year,
            kinds=sorted(kind.value for kind in kinds),
            count=len(ids),
        )
    return asked


def _slices(wanted: Iterable[DocumentRequest]) -> Iterator[list[DocumentRequest]]:
    source = iter(wanted)
    while part := list(islice(source, SLICE)):
        yield part


class _Asking:
    """One slice of requests against what is stored."""

    def __init__(self, year: int, part: list[DocumentRequest], asked: Asked) -> None:
        self.year, self.part, self.asked = year, part, asked
        self.today, self.now = clock.today(), clock.now()
        self.created = f"{self.now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self.codes = _unit_codes({request.unit_id for request in part} - {None})
        self.templates = live_hashes({request.kind for request in part})
        self.known = queries.versions_of(year, {(request.kind, request.subject) for request in part})
        self.again: list[int] = []
        self.outdated: list[int] = []
        self.rows: dict[tuple[DocumentKind, str], dict[str, Any]] = {}

    def store(self) -> list[int]:
        """Return the ids of the documents to be made."""
        for request in self.part:
            self._take(request)
        _change(self.again, state=DocumentState.QUEUED, failure="")
        _change(self.outdated, state=DocumentState.SUPERSEDED)
        if not self.rows:
            return self.again
        new = db.session.scalars(
            insert(GeneratedDocument).returning(GeneratedDocument.id, sort_by_parameter_order=True),
            list(self.rows.values()),
        )
        return [*self.again, *new]

    def _take(self, request: DocumentRequest) -> None:
        payload = _clean(request.payload)
        facts = sha256_of({name: value for name, value in payload.items() if name not in NOT_FACTS})
        template = self.templates[request.kind]
        subject = (request.kind, request.subject)
        versions = self.known.get(subject, [])
        living = [row for row in versions if row.state is not DocumentState.SUPERSEDED]
        same = next((row for row in living if _is_same(row, facts, template)), None)
        if same is not None:
            self._reuse(same, living)
        elif subject in self.rows:
            self.asked.existing += 1
        else:
            version = 1 + max((row.version for row in versions), default=0)
            self.rows[subject] = self._row(request, payload, version) | {
                "content_sha256": facts,
                "template_sha256": template,
            }

    def _reuse(self, same: Any, living: Iterable[Any]) -> None:
        """Take what is there; a newer version without a number was asked for by facts that are no more."""
        self.outdated += [row.id for row in living if row.version > same.version and not row.is_held]
        if same.state is DocumentState.FAILED:
            self.again.append(same.id)
        elif same.state is DocumentState.QUEUED:
            self.asked.under_way += 1
        else:
            self.asked.existing += 1

    def _row(self, request: DocumentRequest, payload: dict[str, Any], version: int) -> dict[str, Any]:
        scope = _scope(request, self.codes)
        name = names.file_name(request.kind, self.year, scope, self.today, version)
        payload |= {
            "version": version,
            "created": self.created,
            "identifier": name.removesuffix(names.SUFFIX),
        }
        return {
            "year": self.year,
            "kind": request.kind,
            "subject": request.subject,
            "version": version,
            "title": allowed_text(request.title),
            "file_name": name,
            "download_name": names.download_name(payload),
            "unit_id": request.unit_id,
            "person_id": request.person_id,
            "is_confidential": request.kind.is_confidential,
            "is_draft": request.is_draft,
            "payload": payload,
            "state": DocumentState.QUEUED,
            "failure": "",
            "requested_at": self.now,
        }


def _is_same(row: Any, facts: str, template: str) -> bool:
    """Tell whether a version is what is asked for; a numbered one is so in whatever layout it went out."""
    return bool(row.content_sha256 == facts and (row.is_held or row.template_sha256 == template))


def _unit_codes(ids: Collection[int | None]) -> dict[int, str]:
    rows = db.session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(ids)))
    return {row.id: row.code for row in rows}


def _scope(request: DocumentRequest, codes: Mapping[int, str]) -> str:
    """Return B6's scope, the unit's code or `all`, with the subject where the unit may have several."""
    if request.unit_id is None:
        scope = SYSTEM_WIDE
    else:
        code = codes[request.unit_id]
        scope = code if _PLAIN.fullmatch(code) else f"unit-{request.unit_id}"
    if request.subject in (SYSTEM_WIDE, f"unit:{request.unit_id}"):
        return scope
    return f"{scope}-{re.sub(r'[^A-Za-z0-9_-]+', '-', request.subject)}"


def _change(ids: Collection[int], **values: object) -> None:
    if ids:
        db.session.execute(
            update(GeneratedDocument)
            .where(GeneratedDocument.id.in_(ids))
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _clean(value: Any) -> Any:
    """Return a payload without the characters that neither Word nor PostgreSQL takes (trust.md D3)."""
    if isinstance(value, str):
        return allowed_text(value)
    if isinstance(value, Mapping):
        return {name: _clean(item) for name, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list) else value


def file_subject(kind: DocumentKind, subject_id: int) -> Asked:
    """Ask for the document about one subject on behalf of the system: a letter that came into force."""
    request = requests.gather_subject(kind, subject_id)
    return request_documents(SYSTEM, request.payload["year"], [request], request.title[: batches.TITLE])


def export(actor: Actor, document_id: int) -> queries.File:
    """Return a confidential document's file and log who took it (B10); NotFound for any other document."""
    file = queries.get_file(actor, document_id, is_confidential=True)
    record(actor, "document.exported", f"document:{document_id}", sha256=file.sha256)
    return file
