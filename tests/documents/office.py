"""What LibreOffice lays out for the tests: each kind, issued and draft, and three files made to measure."""

import subprocess
from pathlib import Path

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import draft_payload, sample_payload

LONG_TEXT = "long-text"
UNIT_BOOK = "unit-book"
LONG_BOOK = "long-book"


def name_of(kind: DocumentKind, *, draft: bool = False) -> str:
    """Return the name of the file of a kind's sample."""
    return f"{kind.value}-draft" if draft else kind.value


def files() -> dict[str, bytes]:
    """Return every file by its name."""
    report = sample_payload(DocumentKind.RESEARCH_REPORT, situation=["国" * 28 * 22 * 3])
    title = "干部科2026年工作任务书"
    book = {"letterhead": None, "scope": "unit", "title": title, "book_title": title}
    unit_book = draft_payload(DocumentKind.TASK_BOOK, **book)
    long_book = sample_payload(DocumentKind.TASK_BOOK)
    for topic in long_book["topics"]:
        topic["goals"] *= 4
    long_book["goal_count"] *= 4
    made = {
        LONG_TEXT: render(DocumentKind.RESEARCH_REPORT, report),
        UNIT_BOOK: render(DocumentKind.TASK_BOOK, unit_book),
        LONG_BOOK: render(DocumentKind.TASK_BOOK, long_book),
    }
    for kind in DocumentKind:
        made[name_of(kind)] = render(kind, sample_payload(kind))
        made[name_of(kind, draft=True)] = render(kind, draft_payload(kind))
    return made


def convert(folder: Path) -> None:
    """Write the files as PDF into *folder*: one start of LibreOffice with a profile of its own."""
    for name, data in files().items():
        (folder / f"{name}.docx").write_bytes(data)
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *map(str, sorted(folder.glob("*.docx"))),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
