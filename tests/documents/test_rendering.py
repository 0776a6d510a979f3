"""Every kind renders to a file that passes part D, shows every value and never runs one."""

import io
import sys
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from fivestep_web.documents.checks import missing_values, violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import WordFile, own_text, style_of, text_of
from fivestep_web.documents.payloads.letters import LETTER_CODES
from fivestep_web.documents.pictures import letter_pictures
from fivestep_web.documents.rendering import (
    context,
    core_properties,
    render,
    template_bytes,
)
from fivestep_web.documents.samples import draft_payload, letter_payload, sample_payload
from fivestep_web.documents.template import CompiledTemplate

LETTER = DocumentKind.RESPONSIBILITY_LETTER
BOOK = DocumentKind.TASK_BOOK
RESULT = DocumentKind.ANNUAL_ASSESSMENT_RESULT
DECISION = DocumentKind.COMMENDATION_DECISION
ADMONITION = DocumentKind.ADMONITION_LIST
HOSTILE = (
    "<w:p/>&‹副市长›",
    "]]>",
    "{{7*7}}",
    "{% raw %}{{ cycler.__init__ }}",
    "甲 & 乙 <副市长>",
    "𠮷𫠝㛃龘",
    "&amp;&#60;",
    "None",
    "张" * 200,
    "第一行\n第二行\t第三格",
    "“引号”‘单引号’\"'",
)


def text_in(data: bytes) -> str:
    return text_of(WordFile.open(data).document)


def styled(data: bytes, style: str) -> list[str]:
    return [own_text(found) for found in WordFile.open(data).paragraphs if style_of(found) == style]


@pytest.mark.parametrize("demo", [False, True])
@pytest.mark.parametrize("make", [sample_payload, draft_payload])
@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_passes_every_check(kind, make, demo):
    payload = make(kind, demo=demo)
    data = render(kind, payload)
    assert violations(kind, payload, data) == []
    assert missing_values(payload, data) == []
    headers = [text_of(root) for name, root in WordFile.open(data).roots.items() if "header" in name]
    assert all(("示例数据" in text) is demo for text in headers)
    assert all(("（草稿）第1版" in text) is payload["draft"] for text in headers)


@pytest.mark.parametrize("letter_kind", LETTER_CODES)
def test_every_kind_of_letter_passes_every_check(letter_kind):
    payload = letter_payload(letter_kind)
    assert violations(LETTER, payload, render(LETTER, payload)) == []


@pytest.mark.parametrize("kind", DocumentKind)
def test_python_docx_opens_every_kind(kind):
    payload = sample_payload(kind)
    document = Document(io.BytesIO(render(kind, payload)))
    assert document.core_properties.title == payload["title"]
    assert document.core_properties.author == "中共青禾县委组织部"
    assert document.core_properties.category == kind.code
    assert document.paragraphs


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_same_payload_gives_the_same_bytes(kind):
    payload = sample_payload(kind)
    pictures = letter_pictures(payload, {}) if kind is LETTER else {}
    fresh = CompiledTemplate(template_bytes(kind)).render(
        context(kind, payload, pictures), core_properties(kind, payload), pictures.values()
    )
    assert render(kind, payload) == render(kind, payload) == fresh


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_are_shown_exactly(value):
    payload = sample_payload(LETTER)
    payload["goals"][0]["goal"] = payload["issuing_side"]["signatory_name"] = value
    data = render(LETTER, payload)
    assert violations(LETTER, payload, data) == []
    table = next(WordFile.open(data).document.iter("{*}tbl"))
    cell = list(list(table.iter("{*}tr"))[1].iter("{*}tc"))[1]
    assert text_of(cell).removeprefix("\n") == value


def test_a_hostile_title_is_shown_exactly_and_stays_out_of_the_markup():
    payload = sample_payload(ADMONITION, title="<b>{{7*7}}&]]>")
    data = render(ADMONITION, payload)
    assert styled(data, "GwTitle") == ["<b>{{7*7}}&]]>"]
    assert violations(ADMONITION, payload, data) == []


@settings(max_examples=60, deadline=None)
@given(value=st.text(max_size=60))
def test_any_text_survives_but_for_characters_xml_forbids(value):
    payload = sample_payload(ADMONITION)
    payload["proposal_opinion"] = value
    data = render(ADMONITION, payload)
    assert missing_values(payload, data) == []


def test_control_characters_are_left_out_and_the_rest_stays():
    payload = sample_payload(ADMONITION, proposal_opinion="同\x00意\x0b研\x1f究\ufffe\ud800")
    assert "提出部门意见：同意研究" in text_in(render(ADMONITION, payload))


def test_an_empty_text_in_a_table_becomes_a_dash():
    payload = sample_payload(ADMONITION)
    payload["candidates"][0]["approval_opinion"] = " "
    data = render(ADMONITION, payload)
    assert violations(ADMONITION, payload, data) == []
    assert "—" in text_in(data)


def test_long_tables_repeat_their_head_and_keep_their_rows():
    payload = sample_payload(BOOK)
    payload["topics"] *= 20
    payload["goal_count"] *= 20
    data = render(BOOK, payload)
    assert violations(BOOK, payload, data) == []
    assert len(list(WordFile.open(data).document.iter("{*}tblHeader"))) == 1


@pytest.mark.parametrize(
    ("created", "year"),
    [("2026-12-31T15:59:59Z", 2026), ("2026-12-31T16:00:00Z", 2027), ("2025-12-20T01:00:00Z", 2026)],
)
def test_a_drafts_blanks_are_of_the_year_it_will_be_issued_in(created, year):
    data = render(DECISION, draft_payload(DECISION) | {"created": created})
    assert styled(data, "GwDocNumber") == [f"青组发〔{year}〕  号"]
    assert f"{year}年  月  日" in text_in(data)


def test_a_drafts_number_is_the_blank_and_it_has_no_imprint():
    payload = draft_payload(DECISION)
    data = render(DECISION, payload)
    assert styled(data, "GwDocNumber") == ["青组发〔2026〕  号"]
    assert styled(data, "GwImprint") == []
    assert styled(data, "GwTitle")[0].endswith("（草稿）")
    assert "2026年  月  日" in text_in(data)


def test_an_issued_document_carries_number_and_imprint():
    data = render(DECISION, sample_payload(DECISION))
    assert styled(data, "GwDocNumber") == ["青组发〔2026〕21号"]
    assert styled(data, "GwImprint") == [
        "抄送：中共青河市委组织部，县委办公室。",
        "中共青禾县委组织部办公室\t2026年1月16日印发",
    ]


def test_without_copy_recipients_the_imprint_has_one_line():
    payload = sample_payload(DECISION)
    payload["letterhead"]["copy_recipients"] = None
    data = render(DECISION, payload)
    assert styled(data, "GwImprint") == ["中共青禾县委组织部办公室\t2026年1月16日印发"]
    assert violations(DECISION, payload, data) == []


def test_without_an_approval_basis_it_is_praise_by_bulletin():
    assert "予以表彰" in text_in(render(DECISION, sample_payload(DECISION)))
    praised = text_in(render(DECISION, sample_payload(DECISION, approval_basis=None)))
    assert "予以通报表扬" in praised
    assert "受到表扬的" in praised
    assert "予以表彰" not in praised


@pytest.mark.parametrize("without", ["units", "persons"])
def test_a_list_of_units_or_persons_only_has_one_table(without):
    payload = sample_payload(DECISION, **{without: []})
    data = render(DECISION, payload)
    assert violations(DECISION, payload, data) == []
    assert len(list(WordFile.open(data).document.iter("{*}tbl"))) == 1


def test_a_units_task_book_has_no_head_and_only_landscape_pages():
    title = "干部科2026年工作任务书"
    payload = draft_payload(BOOK, letterhead=None, scope="unit", title=title, book_title=title)
    data = render(BOOK, payload)
    assert violations(BOOK, payload, data) == []
    sizes = list(WordFile.open(data).document.iter("{*}pgSz"))
    assert [size.get("{*}orient") or next(iter(size.attrib.values())) for size in sizes] == ["16838"]
    assert styled(data, "GwTitle") == [f"{title}（草稿）"]


def test_the_imprint_of_a_landscape_attachment_stands_on_an_upright_page_of_its_own():
    numbered = WordFile.open(render(BOOK, sample_payload(BOOK)))
    widths = [next(iter(size.attrib.values())) for size in numbered.document.iter("{*}pgSz")]
    assert widths == ["11906", "16838", "11906"]


def test_a_letter_shows_the_electronic_signature_beside_the_lines_for_handwriting():
    data = render(LETTER, sample_payload(LETTER))
    assert "电子签署 部长\n2026-01-20 09:30 校验码 0123456789abcdef" in text_in(data)
    assert text_in(data).count("签字：＿") == 2
    payload = sample_payload(LETTER, verification=None)
    payload["issuing_side"]["signature"] = None
    unsigned = text_in(render(LETTER, payload))
    assert "电子签署" not in unsigned
    assert "核验编号" not in unsigned
    assert unsigned.count("签字：＿") == 2


def test_a_letter_without_phases_has_no_attachment():
    payload = sample_payload(LETTER, timetable=[])
    data = render(LETTER, payload)
    assert violations(LETTER, payload, data) == []
    assert styled(data, "GwAttachmentNote") == []
    assert styled(data, "GwAttachmentLabel") == []


def test_results_before_publicity_say_so():
    payload = sample_payload(RESULT, publicity=None)
    data = render(RESULT, payload)
    assert "考核结果尚未完成公示。" in text_in(data)
    assert violations(RESULT, payload, data) == []


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_kept_templates_are_what_the_builder_writes(kind, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "tools"))
    from build_word_templates import template

    try:
        assert template(kind) == template_bytes(kind)
    finally:
        for name in ("build_word_templates", "word_documents", "word_parts"):
            sys.modules.pop(name, None)
