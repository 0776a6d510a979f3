"""Small sources of requests, in the place of the features above."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from fivestep_web.documents import requests
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.documents.samples import draft_payload, letter_payload, sample_payload

LETTER = DocumentKind.RESPONSIBILITY_LETTER
CHANGED = "本责任书由变〔2026〕3号变更。"


def letter_wanted(
    serial: int = 1, /, *, unit_id: int | None = None, person_id: int | None = None, **changes: Any
) -> DocumentRequest:
    """Return a request for letter *serial*, in force."""
    payload = letter_payload("section_head_staff", number=f"责〔2026〕K{serial}号")
    payload["goals"][0]["goal"] = f"第{serial}号责任书的目标"
    payload |= changes
    title, subject = payload["title"], f"letter:{serial}"
    return DocumentRequest(LETTER, subject, title, payload, unit_id, person_id, is_draft=False)


def wanted(
    kind: DocumentKind, subject: str = "all", *, is_draft: bool = False, **changes: Any
) -> DocumentRequest:
    """Return a request for one document about the whole system, or about *subject*."""
    payload = (draft_payload if is_draft else sample_payload)(kind, **changes)
    return DocumentRequest(kind, subject, payload["title"], payload, None, None, is_draft)


def unit_copy(unit_id: int) -> DocumentRequest:
    """Return a request for a unit's copy of the task book: no letterhead, so no number."""
    request = wanted(DocumentKind.TASK_BOOK, f"unit:{unit_id}", is_draft=True, letterhead=None, scope="unit")
    payload = request.payload | {"title": request.payload["book_title"]}
    return replace(request, title=payload["title"], payload=payload, unit_id=unit_id)


@contextmanager
def source(kind: DocumentKind, *given: DocumentRequest) -> Iterator[None]:
    """Let *kind* come from *given* inside the block and from its feature again afterwards."""
    before = dict(requests._sources)
    requests.register_source(kind, lambda year: [item for item in given if item.payload["year"] == year])
    try:
        yield
    finally:
        requests._sources.clear()
        requests._sources.update(before)
