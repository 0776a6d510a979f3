"""What LibreOffice lays out for the tests: each kind, issued and draft, and some files made to measure."""

import subprocess
from pathlib import Path
from typing import Any

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import draft_payload, sample_payload

LONG_TEXT = "long-text"
UNIT_BOOK = "unit-book"
LONG_BOOK = "long-book"
NOTICES = {  # goals of a personal notice, how many of them completed, how often their texts are repeated
    "notice-of-7": (7, 6, 1),
    "notice-of-12": (12, 11, 1),
    "notice-of-20": (20, 17, 1),
    "notice-of-40": (40, 38, 1),
    "notice-of-3-long": (3, 1, 3),
    "notice-of-40-long": (40, 2, 3),
}


def name_of(kind: DocumentKind, *, draft: bool = False) -> str:
    """Return the name of the file of a kind's sample."""
    return f"{kind.value}-draft" if draft else kind.value


def notice(count: int, completed: int, times: int) -> dict[str, Any]:
    """Return a person's notice of *count* goals, the first *completed* of them completed."""
    texts = {"goal": "农村基层党组织标准化建设" * times, "standard": "创建示范点三个以上，经验收合格" * times}
    states = ["已完成"] * completed + ["完成41期，目标50期"] * (count - completed)
    goals = [
        {**texts, "sequence": place, "deadline": "2026年11月28日", "completion": state}
        for place, state in enumerate(states, 1)
    ]
    return sample_payload(DocumentKind.PERSONAL_RESULT_NOTICE, goals=goals, completed_count=completed)


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
    for name, measures in NOTICES.items():
        made[name] = render(DocumentKind.PERSONAL_RESULT_NOTICE, notice(*measures))
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
