"""LibreOffice lays every kind out as the standard asks."""

import re
import subprocess

import pytest

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import WordFile, own_text
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import draft_payload, sample_payload

BOOKLETS = (DocumentKind.LEDGER_BOOK, DocumentKind.ACHIEVEMENT_FILE)
pytestmark = pytest.mark.office
PAGES = {
    DocumentKind.RESEARCH_REPORT: range(4, 8),
    DocumentKind.ANNUAL_WORK_PRIORITIES: range(4, 8),
    DocumentKind.MONTHLY_BULLETIN: range(3, 6),
    DocumentKind.QUARTERLY_REVIEW: range(6, 12),
    DocumentKind.PUBLICITY_NOTICE: range(2, 3),
    DocumentKind.RECOMMENDATION_LIST: range(6, 8),
    DocumentKind.CONSULTATION_MINUTES: range(2, 4),
    DocumentKind.SUPERVISION_NOTICE: range(1, 2),
    DocumentKind.INQUIRY_SHEET: range(1, 2),
    DocumentKind.TASK_BOOK: range(5, 9),
    DocumentKind.TIMETABLE: range(8, 12),
    DocumentKind.RESPONSIBILITY_LETTER: range(3, 6),
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: range(5, 8),
    DocumentKind.COMMENDATION_DECISION: range(3, 5),
    DocumentKind.ADMONITION_LIST: range(1, 2),
    DocumentKind.ADMONITION_NOTICE: range(2, 3),
    DocumentKind.ADMONITION_RECORD: range(2, 4),
    DocumentKind.LEDGER_BOOK: range(16, 21),
    DocumentKind.BALLOT_FORM: range(1, 2),
    DocumentKind.TALLY_SHEET: range(1, 2),
    DocumentKind.ACHIEVEMENT_FILE: range(10, 13),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return the text of each page of each kind, issued and draft, converted in one run."""
    folder = tmp_path_factory.mktemp("office")
    for kind in DocumentKind:
        for make in (sample_payload, draft_payload):
            (folder / f"{kind.value}-{make.__name__}.docx").write_bytes(render(kind, make(kind)))
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
        timeout=180,
    )
    return {path.stem: _pages(str(path)) for path in sorted(folder.glob("*.pdf"))}


def _pages(path: str) -> list[str]:
    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], check=True, capture_output=True
    ).stdout.decode()
    return ["".join(page.split()) for page in text.split("\f")[:-1]]


@pytest.mark.parametrize("make", [sample_payload, draft_payload])
@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_converts_with_title_and_page_numbers(pages, kind, make):
    found = pages[f"{kind.value}-{make.__name__}"]
    payload = make(kind)
    assert len(found) in PAGES[kind]
    mark = "（草稿）" if payload["draft"] else ""
    assert payload["title"] + mark in found[0]
    for number, text in enumerate(found, 1):
        assert f"—{number}—" in text.replace("–", "—")


@pytest.mark.parametrize("kind", DocumentKind)
def test_no_page_is_empty_and_the_signature_is_not_alone(pages, kind):
    found = pages[f"{kind.value}-sample_payload"]
    assert all(len(text) > 8 for text in found)
    payload = sample_payload(kind)
    signature = payload["department"] + payload["document_date"]
    before = [text.partition(signature)[0] for text in found if signature in text]
    assert before or not payload.get("letterhead")
    assert all(text.partition("附件：")[0] for text in before)


@pytest.mark.parametrize("kind", BOOKLETS)
def test_the_contents_of_a_booklet_give_the_pages_on_which_its_parts_begin(pages, kind):
    found = pages[f"{kind.value}-sample_payload"]
    file = WordFile.open(render(kind, sample_payload(kind)))
    lines = [own_text(line) for line in file.paragraphs if "PAGEREF" in "".join(line.itertext())]
    assert lines
    for line in lines:
        name, page = line.split("\t")
        assert re.search(rf"{name}\.+{page}(?!\d)", found[1])
        assert found[int(page) - 1].startswith(name)


def test_the_signature_block_of_a_letter_stays_on_one_page(pages):
    found = pages[f"{DocumentKind.RESPONSIBILITY_LETTER.value}-sample_payload"]
    (page,) = [text for text in found if "甲方（盖章/签字）" in text]
    assert "电子签署部长" in page
    assert "五、附则" in page
    assert "核验编号" in page
