"""The research report and the annual work priorities say what happened and nothing else (C01, C02)."""

import re

import pytest

from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.layout import sign_off
from fivestep_web.documents.opened import WordFile, own_text, style_of, text_of
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import sample_payload

REPORT = DocumentKind.RESEARCH_REPORT
PRIORITIES = DocumentKind.ANNUAL_WORK_PRIORITIES


def styled(data: bytes, style: str) -> list[str]:
    return [own_text(found) for found in WordFile.open(data).paragraphs if style_of(found) == style]


def without_questionnaires() -> dict:
    payload = sample_payload(REPORT, questionnaires=[])
    payload["fieldwork"] |= {"issued_count": 0, "returned_count": 0, "valid_count": 0}
    return payload


def test_a_report_without_attachments_names_none():
    payload = without_questionnaires() | {"records": []}
    payload["fieldwork"] |= dict.fromkeys(("visit_count", "meeting_count", "participant_count"), 0)
    data = render(REPORT, payload)
    assert violations(REPORT, payload, data) == []
    assert styled(data, "GwAttachmentNote") == []


def test_a_report_has_its_seven_parts_and_both_attachments_numbered():
    data = render(REPORT, sample_payload(REPORT))
    assert [text[:2] for text in styled(data, "GwHeading1")] == [f"{number}、" for number in "一二三四五六七"]
    assert styled(data, "GwAttachmentNote") == ["附件：1.走访座谈记录目录", "2.问卷统计表"]
    assert styled(data, "GwAttachmentLabel") == ["附件1", "附件2"]


def test_a_report_without_questionnaires_does_not_mention_any():
    payload = without_questionnaires()
    data = render(REPORT, payload)
    assert violations(REPORT, payload, data) == []
    assert "问卷" not in text_of(WordFile.open(data).document)
    assert styled(data, "GwAttachmentNote") == ["附件：走访座谈记录目录"]
    assert styled(data, "GwAttachmentLabel") == ["附件"]


def test_a_report_on_questionnaires_alone_does_not_mention_visits_and_meetings():
    payload = sample_payload(REPORT, records=[])
    payload["fieldwork"] |= {"visit_count": 0, "meeting_count": 0, "participant_count": 0, "other_count": 0}
    data = render(REPORT, payload)
    assert violations(REPORT, payload, data) == []
    assert styled(data, "GwBody")[0].endswith(
        "围绕“乡镇领导班子运行评估与优化”进行。问卷发出200份，收回188份，有效182份。"
    )
    assert styled(data, "GwAttachmentNote") == ["附件：问卷统计表"]


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("visit_count", "走访3次。"),
        ("participant_count", "座谈2场46人次。"),
        ("valid_count", "问卷发出200份，收回188份，有效182份。"),
    ],
)
def test_a_count_that_the_attachments_do_not_bear_out_is_found(name, finding):
    payload = sample_payload(REPORT)
    payload["fieldwork"][name] += 1
    assert violations(REPORT, payload, render(REPORT, payload)) == [f"D16：数字与表格不一致：应为“{finding}”"]


def test_priorities_go_by_category_end_with_assurance_and_list_every_topic():
    payload = sample_payload(PRIORITIES)
    data = render(PRIORITIES, payload)
    categories = payload["categories"]
    assert styled(data, "GwHeading1")[0] == "一、加强领导班子和干部队伍建设"
    assert styled(data, "GwHeading1")[-1] == "六、组织保障"
    topics = [topic["topic"] for category in categories for topic in category["topics"]]
    assert [text.partition("）")[2] for text in styled(data, "GwHeading2")] == topics
    rows = list(WordFile.open(data).document.iter("{*}tr"))
    assert [text_of(list(row.iter("{*}tc"))[1]).strip() for row in rows[1:]] == topics


def test_a_topic_reads_in_whole_sentences_and_names_assisting_units_only_where_there_are_some():
    shown = styled(render(PRIORITIES, sample_payload(PRIORITIES)), "GwBody")
    assert (
        "工作目标：培训年轻干部60名，选派20名到乡镇任职。主要措施：建立递进培养名册，分三期举办培训班，"
        "落实导师帮带。牵头单位：干部科；完成时限：2026年11月30日；层次：重点。"
    ) in shown
    assert any("协助单位：党员教育中心、各乡镇党委；" in text for text in shown)


@pytest.mark.parametrize(
    ("name", "indents"),
    [
        ("调研组组长：廖某甲", ["640", "800"]),  # 9 characters; the date begins two after the name
        ("组长：廖某", ["1760", "640"]),  # the date is longer: it stands at the edge, the name further left
    ],
)
def test_a_sign_off_without_a_seal_sets_the_date_two_characters_after_the_name(name, indents):
    shown = str(sign_off(name, "2025年12月2日"))
    assert re.findall(r'w:right="(\d+)"', shown) == indents
