"""What the Word files of step 2 are made from: letters (C05) and task books (C03)."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.core import clock, settings
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.payloads import chinese_date
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, Unit
from fivestep_web.responsibility import letter_content, queries
from fivestep_web.responsibility.change_models import ChangeOrder
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, LetterVersion, Signature
from fivestep_web.responsibility.queries import GoalRow
from fivestep_web.responsibility.rules import Capacity, LetterState, SigningStep, printed_serial

ISSUED_STATES = (
    LetterState.IN_FORCE,
    LetterState.SUPERSEDED,
    LetterState.SETTLED,
    LetterState.ARCHIVED,
)
READER = Actor(user_id=None, person_id=None, name="系统", roles=frozenset({Role.OFC}))
CHECK_CODE_LENGTH = 16


def common(year: int, title: str, identifier: str, *, is_draft: bool) -> dict[str, Any]:
    """Return the fields every payload has; version and time of generation are set when it is stored."""
    return {
        "title": title,
        "year": year,
        "county": settings.get("county"),
        "department": settings.department_name(),
        "document_date": None,
        "created": "1970-01-01T00:00:00Z",
        "draft": is_draft,
        "demo": settings.is_demo(),
        "issued": not is_draft,
        "version": 1,
        "number": None,
        "identifier": identifier,
    }


def letter_requests(year: int) -> list[DocumentRequest]:
    """Return a request for every living letter of the year; what is not in force is a draft (B4)."""
    letters = db.session.scalars(
        _letters()
        .where(Letter.year == year, Letter.state.not_in((LetterState.VOID, LetterState.SUPERSEDED)))
        .order_by(Letter.kind, Letter.serial)
    ).all()
    return [_letter_request(letter) for letter in letters]


def letter_request(letter_id: int) -> DocumentRequest:
    """Return the request for one letter."""
    return _letter_request(db.session.scalars(_letters().where(Letter.id == letter_id)).one())


def _letters() -> Any:
    return select(Letter).options(
        joinedload(Letter.unit),
        joinedload(Letter.responsible),
        joinedload(Letter.issuer),
        joinedload(Letter.change_order),
        selectinload(Letter.goals)
        .joinedload(LetterGoal.goal)
        .options(joinedload(Goal.topic), joinedload(Goal.person)),
        selectinload(Letter.versions).selectinload(LetterVersion.signatures),
    )


def _letter_request(letter: Letter) -> DocumentRequest:
    version = next((item for item in letter.versions if item.version == letter.version), None)
    content = version.content if version else letter_content.compose(letter, clock.today())
    is_draft = letter.state not in ISSUED_STATES
    signatures = {item.step: item for item in version.signatures} if version else {}
    payload = {
        **common(letter.year, content["title"], f"letter-{letter.id}", is_draft=is_draft),
        "number": content["number"],
        "letter_kind": letter.kind.value,
        "issuing_side": _party(content["issuing"], signatures.get(SigningStep.ISSUING)),
        "responsible_side": _party(content["responsible"], signatures.get(SigningStep.RESPONSIBLE)),
        "goals": [
            {
                "sequence": goal["sequence"],
                "goal": goal["name"],
                "standard": goal["standard"],
                "deadline": goal["deadline"],
                "weight": goal["weight"],
                "responsible_person": goal["owner"],
            }
            for goal in letter_content.printed_goals(content)
        ],
        "total_weight": "100",
        "timetable": letter_content.printed_schedule(content),
        "letter_version": letter.version,
        "change_note": _change_note(letter.change_order),
        "verification": _verification(version) if version else None,
    }
    if letter.in_force_at:
        payload["document_date"] = chinese_date(letter.in_force_at.astimezone(clock.ZONE).date())
    return DocumentRequest(
        kind=DocumentKind.RESPONSIBILITY_LETTER,
        subject=f"letter:{letter.id}",
        title=content["title"],
        payload=payload,
        unit_id=letter.unit_id,
        person_id=letter.responsible_id,
        is_draft=is_draft,
    )


def _party(party: dict[str, str], signature: Signature | None) -> dict[str, Any]:
    return {
        "name": party["body"] or f"{party['position']} {party['name']}".strip(),
        "signatory_position": party["position"] or "—",
        "signatory_name": party["name"],
        "signature": {
            "position": _signed_as(signature),
            "signed_at": f"{signature.signed_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}",
            "check_code": signature.content_sha256[:CHECK_CODE_LENGTH],
            "mark_sha256": signature.mark_sha256,
        }
        if signature
        else None,
    }


def _signed_as(signature: Signature) -> str:
    """Return the post that signed; a deputy is named, with 代, beside the signatory's own name (S8)."""
    if signature.capacity is Capacity.PRINCIPAL:
        return signature.position
    return f"（代）{signature.position} {signature.signer_name}"


def _change_note(order: ChangeOrder | None) -> str | None:
    if order is None:
        return None
    return f"本责任书由{order.number}变更，自{chinese_date(order.effective_on)}起执行。"


def _verification(version: LetterVersion) -> dict[str, Any]:
    base_url = current_app.config["FIVESTEP"].base_url  # never the request's host (trust.md W10)
    return {
        "serial": printed_serial(version.serial),
        "address": f"{base_url}/verify",
        "has_qr": settings.get("letter_qr") == "yes",
    }


def task_book_requests(year: int) -> list[DocumentRequest]:
    """Return the task book of the system, of each unit with goals and of each person with tasks (R2.6)."""
    rows = queries.list_goals(READER, year)
    if not rows:
        return []
    unit_goals = [row for row in rows if row.parent_id is None]
    requests = [_book(year, "system", unit_goals)]
    units = {row.unit_id: row.unit for row in unit_goals}
    for unit_id in _in_code_order(Unit, units):
        own = [row for row in unit_goals if row.unit_id == unit_id]
        requests.append(_book(year, "unit", own, unit_id=unit_id, name=units[unit_id]))
    people = {row.person_id: row.owner for row in rows}
    for person_id in _in_code_order(Person, people):
        own = [row for row in rows if row.person_id == person_id]
        requests.append(
            _book(year, "person", own, unit_id=own[0].unit_id, person_id=person_id, name=people[person_id])
        )
    return requests


def _in_code_order(table: type[Unit] | type[Person], ids: Iterable[int]) -> Sequence[int]:
    return db.session.scalars(select(table.id).where(table.id.in_(list(ids))).order_by(table.code)).all()


def _book(
    year: int,
    scope: str,
    rows: Sequence[GoalRow],
    *,
    unit_id: int | None = None,
    person_id: int | None = None,
    name: str = "",
) -> DocumentRequest:
    book_title = f"{year}年组织工作任务书" if scope == "system" else f"{name}{year}年工作任务书"
    title = f"关于印发《{book_title}》的通知" if scope == "system" else book_title
    subject = {"system": "all", "unit": f"unit:{unit_id}", "person": f"person:{person_id}"}[scope]
    payload = {
        **common(year, title, f"task-book-{year}-{subject.replace(':', '-')}", is_draft=True),
        "scope": scope,
        "letterhead": _letterhead(year) if scope == "system" else None,
        "book_title": book_title,
        "as_of_date": chinese_date(clock.today()),
        "goal_count": len(rows),
        "topics": _topics(rows),
        "compiled_by": "办公室" if scope == "system" else rows[0].unit,
        "reviewed_by": "常务副部长" if scope == "system" else "主管领导",
    }
    return DocumentRequest(DocumentKind.TASK_BOOK, subject, title, payload, unit_id, person_id, is_draft=True)


def _letterhead(year: int) -> dict[str, Any]:
    return {
        "agency_mark": f"{settings.department_name()}文件",
        "number_blank": f"{settings.get('agency_code_decision')}〔{year}〕  号",
        "main_recipients": "各乡镇党委，部机关各科室",
        "copy_recipients": None,
        "printing_agency": f"{settings.department_name()}办公室",
        "printing_date": None,
    }


def _topics(rows: Sequence[GoalRow]) -> list[dict[str, Any]]:
    topics: dict[int, dict[str, Any]] = {}
    for sequence, row in enumerate(rows, 1):
        topic = topics.setdefault(row.topic_id, {"topic": row.topic, "tier": row.tier, "goals": []})
        topic["goals"].append(
            {
                "sequence": sequence,
                "category": row.category,
                "goal": row.name,
                "standard": row.standard or "—",
                "deadline": chinese_date(row.deadline),
                "responsible_unit": row.unit,
                "responsible_person": row.owner,
                "leader_in_charge": row.leader or "—",
            }
        )
    return list(topics.values())
