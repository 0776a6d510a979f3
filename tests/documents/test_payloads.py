"""A payload is checked before anything is made from it."""

import json
from datetime import date

import pytest

from fivestep_web.documents.dates import chinese_date, is_chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.payload_checks import PayloadError, check_payload
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import draft_payload, sample_payload

LETTER = DocumentKind.RESPONSIBILITY_LETTER


@pytest.mark.parametrize("kind", DocumentKind)
def test_payloads_survive_json(kind):
    payload = draft_payload(kind)
    assert check_payload(kind, json.loads(json.dumps(payload))) == payload


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"year": "2026"}, "responsibility_letter.year：应为 int"),
        ({"draft": 1}, "responsibility_letter.draft：应为 bool"),
        ({"version": True}, "responsibility_letter.version：应为 int"),
        ({"goals": {}}, "responsibility_letter.goals：应为列表"),
        ({"goals": [{}]}, r"responsibility_letter.goals\[0\].\w+：缺少"),
        ({"issuing_side": "部长"}, "responsibility_letter.issuing_side：应为对象"),
        ({"letter_kind": "other"}, "responsibility_letter.letter_kind：不应为 'other'"),
        ({"extra": 1}, "responsibility_letter.extra：多余"),
        ({"document_date": "2026年01月15日"}, "responsibility_letter.document_date：应为"),
        ({"document_date": "2026-01-15"}, "responsibility_letter.document_date：应为"),
        ({"draft": True}, "issued：草稿不能印发"),
        ({"created": "2026-01-15T08:30:00"}, "created：应为带时区的 UTC 时间"),
        ({"created": "昨天"}, "created：应为带时区的 UTC 时间"),
    ],
)
def test_a_wrong_payload_is_refused_by_its_field(changes, message):
    with pytest.raises(PayloadError, match=message):
        render(LETTER, sample_payload(LETTER) | changes)


def test_a_date_in_a_row_is_written_as_every_other():
    payload = sample_payload(DocumentKind.LEDGER_BOOK)
    payload["topics"][0]["opinions"][0]["date"] = "2026-09-28"
    with pytest.raises(PayloadError, match=r"topics\[0\]\.opinions\[0\]\.date：应为“2026年1月5日”样式"):
        check_payload(DocumentKind.LEDGER_BOOK, payload)


def test_a_numbered_document_needs_its_printing_date():
    payload = sample_payload(DocumentKind.COMMENDATION_DECISION)
    payload["letterhead"]["printing_date"] = None
    with pytest.raises(PayloadError, match="printing_date"):
        check_payload(DocumentKind.COMMENDATION_DECISION, payload)


def test_dates_are_written_without_leading_zeros():
    assert chinese_date(date(2026, 1, 5)) == "2026年1月5日"
    assert is_chinese_date("2026年1月5日")
    assert not is_chinese_date("2026年2月29日")
    assert not is_chinese_date("2026年1月05日")
    assert not is_chinese_date("截至2026年1月5日")


def test_every_kind_has_a_label_and_a_code():
    assert len({kind.label for kind in DocumentKind}) == len(DocumentKind)
    assert {kind.code for kind in DocumentKind} == {f"C{number:02}" for number in range(1, 19)}
    assert [kind for kind in DocumentKind if kind.is_confidential] == [
        DocumentKind.ADMONITION_LIST,
        DocumentKind.ADMONITION_NOTICE,
        DocumentKind.ADMONITION_RECORD,
    ]
