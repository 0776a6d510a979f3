"""Approve a draft under a number, issue it, or drop the number (domain.md 5.9, official-documents.md B2–B4).

Each asks for the file in the transaction that decides; the file follows by the queue (stamping).
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import func, select

from fivestep_web.audit.services import record
from fivestep_web.core import clock, jobs
from fivestep_web.core.database import insert_missing
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.numbers import policy, queries, rules
from fivestep_web.documents.numbers.letterheads import agency_code
from fivestep_web.documents.numbers.models import DocumentNumber, NumberSeries
from fivestep_web.documents.numbers.queries import Held
from fivestep_web.documents.numbers.rules import ALLOWED, NumberState, Stage, Step
from fivestep_web.documents.requests import gate_fault, note_issue
from fivestep_web.extensions import db

TASK: Final = "documents.stamp"


@dataclass(frozen=True)
class Approved:
    """The number taken, and what the office should look at again; empty for nothing."""

    number: str
    warning: str


def approve(actor: Actor, document_id: int, *, approved_on: date) -> Approved:
    """Take the next number for a draft and ask for its file with number and 成文日期 (B2, B3).

    Raises NotFound, NotAllowed, Conflict when another version stands in the way, DomainError for the date.
    """
    held = _held(actor, document_id, Step.APPROVE)
    document = held.document
    if policy.is_preparer(actor, document.kind, queries.asked_by(document_id)):
        raise NotAllowed(_("考核结果类公文由您生成的，不能由您批准编号，请由其他有权限的同志批准"))
    _check_newest(document)
    if fault := gate_fault(document):
        raise Conflict(fault)
    if fault := rules.approval_fault(approved_on, clock.today(), document.year):
        raise DomainError(fault)
    number = _take(document, approved_on)
    number.taken_at, number.taken_by_id = clock.now(), actor.person_id
    db.session.add(number)
    db.session.flush()
    _ask(number)
    record(
        actor, "document.numbered", f"document:{document_id}",
        number=number.text, approved_on=approved_on, version=document.version,
    )  # fmt: skip
    return Approved(number.text, _date_warning(number))


def issue(actor: Actor, document_id: int, *, issued_on: date) -> None:
    """Ask for the file as it goes out, with 印发日期 in its imprint; from then on nothing of it changes.

    Raises NotFound, NotAllowed, Conflict for another stage than 已编号, DomainError for the date.
    """
    held = _held(actor, document_id, Step.ISSUE)
    number, document = _numbered(held), held.document
    if fault := gate_fault(document):
        raise Conflict(fault)
    if fault := rules.issue_fault(issued_on, number.approved_on, clock.today()):
        raise DomainError(fault)
    number.issued_on, number.issued_at, number.issued_by_id = issued_on, clock.now(), actor.person_id
    db.session.flush()
    _ask(number)
    record(actor, "document.issued", f"document:{document_id}", number=number.text, issued_on=issued_on)
    note_issue(actor, document.kind, document.year, document.subject, issued_on)


def drop(actor: Actor, document_id: int, *, reason: str) -> None:
    """Give up the number of a document that was not issued; both stay in the register with the reason.

    Raises NotFound, NotAllowed, Conflict once it is issued, DomainError without a reason.
    """
    held = _held(actor, document_id, Step.DROP)
    number, reason = _numbered(held), reason.strip()
    if not reason:
        raise DomainError(_("请写明作废文号的理由"))
    number.state, number.reason, number.failure = NumberState.DROPPED, reason, ""
    number.dropped_at, number.dropped_by_id = clock.now(), actor.person_id
    held.document.state = DocumentState.SUPERSEDED
    db.session.flush()
    record(actor, "document.number_dropped", f"document:{document_id}", number=number.text, reason=reason)


def stamp_again(actor: Actor, document_id: int) -> None:
    """Ask again for a file with its number that could not be made; Conflict when none has failed."""
    held = queries.lock_document(document_id, actor)
    _check_may(actor, held.document)
    number = held.number
    if number is None or not number.failure or held.stage not in rules.PENDING:
        raise Conflict(_("这份文档没有生成失败的文件，无须重试"))
    number.failure = ""
    db.session.flush()
    _ask(number)
    record(actor, "document.stamp_retried", f"document:{document_id}", number=number.text)


def _held(actor: Actor, document_id: int, step: Step) -> Held:
    """Return the document locked, once the actor may take *step* with it and its stage allows it."""
    held = queries.lock_document(document_id, actor)
    _check_may(actor, held.document)
    if held.stage not in ALLOWED[step]:
        raise Conflict(_refusal(step, held.stage))
    return held


def _check_may(actor: Actor, document: GeneratedDocument) -> None:
    if not rules.takes_number(document.kind, document.unit_id, document.person_id):
        raise Conflict(_("只有全系统的公文编发文字号；单位、个人的分表随公文印发，不单独编号"))
    if not policy.can_number(actor, document.kind):
        raise NotAllowed(_("您的岗位不能为“%(kind)s”编号、印发", kind=document.kind.label))


def _refusal(step: Step, stage: Stage) -> str:
    if stage in {Stage.ISSUING, Stage.ISSUED, Stage.REPLACED}:
        words = _(
            "这份公文%(stage)s，内容和文号不再变动；需要更正的，请重新生成后另行编号印发", stage=stage.value
        )
    else:
        words = _("这份文档现在是“%(stage)s”，不能%(step)s，请刷新后查看", stage=stage.value, step=step.value)
    return str(words)


def _numbered(held: Held) -> DocumentNumber:
    """Return the number of a document at a stage that has one."""
    if held.number is None:
        raise ValueError(f"document {held.document.id} at {held.stage} has no number")
    return held.number


def _check_newest(document: GeneratedDocument) -> None:
    rival = queries.find_rival(document)
    if rival is None:
        return
    if rival.DocumentNumber is not None and rival.state is not DocumentState.ISSUED:
        raise Conflict(
            _("本文的第%(version)s版已编为%(number)s、尚未印发，请先印发或作废该文号",
              version=rival.version, number=rival.DocumentNumber.text)
        )  # fmt: skip
    raise Conflict(_("本文已有更新的第%(version)s版，请对新版批准编号", version=rival.version))


def _take(document: GeneratedDocument, approved_on: date) -> DocumentNumber:
    """Return the next number of the year of *approved_on*, its counter locked until the commit."""
    code, year = agency_code(document.kind), approved_on.year
    counter = insert_missing(NumberSeries, db.session.get_bind().dialect)
    db.session.execute(counter.values(agency_code=code, year=year, last=0))
    series = queries.lock_series(code, year)
    series.last += 1
    return DocumentNumber(
        agency_code=code, year=year, number=series.last, document_id=document.id, approved_on=approved_on
    )


def _date_warning(number: DocumentNumber) -> str:
    before = queries.find_number(number.agency_code, number.year, number.number - 1)
    if before is None or before.approved_on <= number.approved_on:
        return ""
    day = chinese_date(before.approved_on)
    return str(_("成文日期早于上一号（%(number)s，%(day)s），请核对", number=before.text, day=day))


def _ask(number: DocumentNumber) -> None:
    """Ask for the file that carries the number; each asking is a piece of work of its own."""
    prefix = f"stamp-{number.id}-"
    asked = db.session.scalar(
        select(func.count()).select_from(Outbox).where(Outbox.key.startswith(prefix, autoescape=True))
    )
    jobs.enqueue(TASK, number.id, key=f"{prefix}{(asked or 0) + 1}")
