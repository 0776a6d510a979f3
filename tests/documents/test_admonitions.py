"""The notice and the record of an admonition talk say what happened, and nothing else (C13, C14)."""

import pytest

from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import WordFile, text_of
from fivestep_web.documents.rendering import CONFIDENTIAL_MARK, render
from fivestep_web.documents.samples import draft_payload, sample_payload

NOTICE = DocumentKind.ADMONITION_NOTICE
RECORD = DocumentKind.ADMONITION_RECORD


def text_in(kind, payload) -> str:
    return text_of(WordFile.open(render(kind, payload)).document)


def test_the_notice_names_findings_study_approval_and_talk():
    text = text_in(NOTICE, sample_payload(NOTICE))
    assert "马某甲同志：" in text
    assert "总分58.20分，等次为较差，群众满意率55.00%。部务会议于2026年12月23日进行了研究" in text
    assert "经县委书记于2026年12月24日批准，决定对你进行诫勉谈话" in text
    assert "时间：2026年12月28日9时；地点：县委组织部三楼谈话室；谈话人：副部长（干部）。" in text
    assert "抄送：马厂乡党委书记。" in text
    assert "《诫勉谈话通知书》（诫勉〔2026〕1号）已收到" in text


def test_a_notice_that_nobody_studied_or_approved_decides_nothing():
    payload = draft_payload(NOTICE, study=None, approval=None, copy_recipient=None)
    text = text_in(NOTICE, payload)
    assert "拟对你进行诫勉谈话" in text
    assert "诫勉〔2026〕  号" in text
    assert not any(word in text for word in ("研究", "批准", "决定", "抄送"))
    assert violations(NOTICE, payload, render(NOTICE, payload)) == []


@pytest.mark.parametrize("kind", [NOTICE, RECORD])
def test_both_carry_the_confidential_header_on_odd_and_even_pages(kind):
    roots = WordFile.open(render(kind, sample_payload(kind))).roots
    headers = [text_of(root) for name, root in roots.items() if "header" in name]
    assert len(headers) == 2
    assert all(CONFIDENTIAL_MARK in text for text in headers)


def test_free_text_has_room_for_handwriting_and_the_columns_are_those_of_the_form():
    table = next(WordFile.open(render(RECORD, sample_payload(RECORD))).document.iter("{*}tbl"))
    assert [column.get(next(iter(column.attrib))) for column in table.iter("{*}gridCol")] == [
        "1500",
        "2922",
        "1500",
        "2923",
    ]
    heights = [list(height.attrib.values()) for height in table.iter("{*}trHeight")]
    assert heights.count(["2300", "atLeast"]) == 6


def test_the_follow_up_has_lines_for_handwriting_until_it_was_held():
    before = text_in(RECORD, sample_payload(RECORD))
    assert "改正情况：\n\n\n结论：\n\n日期：　　　　年　　月　　日" in before
    found = {"correction": "逾期目标已全部完成", "conclusion": "改正明显", "date": "2027年6月30日"}
    payload = sample_payload(RECORD, follow_up=found)
    assert "改正情况：逾期目标已全部完成\n结论：改正明显\n日期：2027年6月30日" in text_in(RECORD, payload)
    assert violations(RECORD, payload, render(RECORD, payload)) == []


@pytest.mark.parametrize("value", ["{{7*7}} & <w:p/>", "甲" * 3000, "第一条\n第二条"])
def test_long_and_hostile_texts_are_shown_exactly(value):
    payload = sample_payload(RECORD, problems=value, commitment=value)
    assert violations(RECORD, payload, render(RECORD, payload)) == []
    payload = sample_payload(NOTICE, findings=value)
    assert violations(NOTICE, payload, render(NOTICE, payload)) == []
