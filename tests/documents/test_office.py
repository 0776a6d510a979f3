"""LibreOffice lays every kind out as the standard asks: what stands on which page (D17)."""

import re

import pytest

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import WordFile, own_text
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import draft_payload, sample_payload
from tests.documents.office import LONG_BOOK, NOTICES, name_of

pytestmark = pytest.mark.office

BOOKLETS = (DocumentKind.LEDGER_BOOK, DocumentKind.ACHIEVEMENT_FILE)
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
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: range(8, 12),
    DocumentKind.PERSONAL_RESULT_NOTICE: range(1, 2),
    DocumentKind.COMMENDATION_DECISION: range(3, 5),
    DocumentKind.ADMONITION_LIST: range(1, 2),
    DocumentKind.ADMONITION_NOTICE: range(2, 3),
    DocumentKind.ADMONITION_RECORD: range(2, 4),
    DocumentKind.LEDGER_BOOK: range(16, 21),
    DocumentKind.BALLOT_FORM: range(1, 2),
    DocumentKind.TALLY_SHEET: range(1, 2),
    DocumentKind.ACHIEVEMENT_FILE: range(10, 13),
}
HEADED = [kind for kind in DocumentKind if sample_payload(kind).get("letterhead")]


@pytest.mark.parametrize("draft", [False, True])
@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_converts_with_its_title_on_the_first_of_its_pages(printed, kind, draft):
    found = printed.pages(name_of(kind, draft=draft))
    payload = draft_payload(kind) if draft else sample_payload(kind)
    assert len(found) in PAGES[kind]
    mark = "（草稿）" if draft else ""
    assert payload["title"].replace(" ", "") + mark in found[0].text


@pytest.mark.parametrize("kind", DocumentKind)
def test_no_page_is_empty_and_the_signature_is_not_alone(printed, kind):
    found = printed.pages(name_of(kind))
    assert all(len(page.text) > 8 for page in found)
    payload = sample_payload(kind)
    signature = payload["department"] + payload["document_date"]
    before = [page.text.partition(signature)[0] for page in found if signature in page.text]
    assert before or not payload.get("letterhead")
    assert all(text.partition("附件：")[0] for text in before)


@pytest.mark.parametrize("kind", HEADED)
def test_the_first_page_of_an_issued_document_shows_text_below_its_recipients(printed, kind):
    recipients = sample_payload(kind)["letterhead"]["main_recipients"] + "："
    _head, _recipients, text = printed.pages(name_of(kind))[0].text.partition(recipients)
    assert len(text) > 28


@pytest.mark.parametrize("kind", BOOKLETS)
def test_the_contents_of_a_booklet_give_the_pages_on_which_its_parts_begin(printed, kind):
    found = printed.pages(name_of(kind))
    file = WordFile.open(render(kind, sample_payload(kind)))
    lines = [own_text(line) for line in file.paragraphs if "PAGEREF" in "".join(line.itertext())]
    assert lines
    for line in lines:
        name, page = line.split("\t")
        assert re.search(rf"{name}\.+{page}(?!\d)", found[1].text)
        assert found[int(page) - 1].text.startswith(name)


def test_the_signature_block_of_a_letter_stays_on_one_page(printed):
    found = printed.pages(name_of(DocumentKind.RESPONSIBILITY_LETTER))
    (page,) = [page.text for page in found if "甲方（盖章/签字）" in page.text]
    assert "电子签署部长" in page
    assert "五、附则" in page
    assert "核验编号" in page


def test_the_head_of_a_long_table_stands_on_each_of_its_pages(printed):
    found = [page for page in printed.pages(LONG_BOOK) if page.is_landscape]
    assert len(found) > 8
    for page in found:
        assert page.text.count("序号类别工作目标完成标准完成时限责任单位责任人主管领导") == 1
        cells = page.text.count("9月10日")
        assert page.text.count("按期完成20个，资料齐全，经主管领导验收") == cells > 0


@pytest.mark.parametrize("name", NOTICES)
def test_a_personal_notice_stays_on_one_page_however_many_goals_there_are(printed, name):
    (page,) = printed.pages(name)
    count, completed, _times = NOTICES[name]
    assert f"目标{count}项，已完成{completed}项" in page.text
    assert "本人签字" in page.text
    assert page.text.count("完成41期，目标50期") in {0, count - completed}


def test_the_goals_of_a_personal_notice_stand_on_single_lines_where_there_are_twelve(printed):
    (page,) = printed.pages("notice-of-12")
    rows = [
        line for line in page.lines() if "农村基层党组织标准化建设" in "".join(mark.text for mark in line)
    ]
    assert len(rows) == 12
