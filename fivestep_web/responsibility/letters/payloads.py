"""What the Word files of letters (C05) are made from; task books and timetables: books/requests.py."""

from collections.abc import Collection
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.core import clock, jobs, settings
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.letters import content as letter_content
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, LetterVersion, Signature
from fivestep_web.responsibility.rules import GONE, Capacity, LetterState, SigningStep, printed_serial

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
        _letters().where(Letter.year == year, Letter.state.not_in(GONE)).order_by(Letter.kind, Letter.serial)
    ).all()
    return [_letter_request(letter) for letter in letters]


def letter_request(letter_id: int) -> DocumentRequest:
    """Return the request for one letter."""
    return _letter_request(db.session.scalars(_letters().where(Letter.id == letter_id)).one())


def superseded_letters(subjects: Collection[str]) -> set[str]:
    """Return those of the letters "letter:12" that a change order replaced.

    The letters stay as they are until the transaction ends, so that one whose file is just becoming ready is
    either found here, or finds its file ready when it is replaced (changes/effect.py).
    """
    ids = [int(subject.removeprefix("letter:")) for subject in subjects]
    rows = db.session.execute(
        select(Letter.id, Letter.state)
        .where(Letter.id.in_(ids))
        .order_by(Letter.id)
        .with_for_update(read=True, of=Letter)
    )
    return {f"letter:{letter_id}" for letter_id, state in rows if state is LetterState.SUPERSEDED}


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
        "total_weight": letter_content.total_weight(content),
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


def remake_books(year: int, unit_id: int, people: Collection[int], *, cause: str) -> None:
    """Let the task books and timetables of a unit, of *people* and of the system follow a change order.

    In the running unit of work; the queue does it once for each *cause* (books.requests.renew) and marks
    what it replaces as 已作废.
    """
    jobs.enqueue("responsibility.remake_books", year, unit_id, *sorted(people), key=f"remake-books-{cause}")
