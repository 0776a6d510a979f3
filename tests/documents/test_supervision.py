"""Minutes, supervision notices and inquiry sheets (C16)."""

import pytest

from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import W, WordFile, attribute, own_text, style_of, text_of
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import draft_payload, sample_payload
from fivestep_web.documents.wordml import TEXT_WIDTH

MINUTES = DocumentKind.CONSULTATION_MINUTES
NOTICE = DocumentKind.SUPERVISION_NOTICE
INQUIRY = DocumentKind.INQUIRY_SHEET


def paragraphs(data: bytes) -> list:
    return WordFile.open(data).paragraphs


def texts(data: bytes) -> list[str]:
    return [own_text(found) for found in paragraphs(data)]


def value(data: bytes, label: str) -> str:
    """Return what stands beside *label* in a form."""
    cells = [text_of(cell).strip() for cell in WordFile.open(data).document.iter("{*}tc")]
    return cells[cells.index(label) + 1]


def test_minutes_carry_their_title_as_red_mark_and_who_was_there_with_labels_in_heiti():
    data = render(MINUTES, sample_payload(MINUTES))
    (mark,) = [found for found in paragraphs(data) if style_of(found) == "GwAgencyMark"]
    assert own_text(mark) == "2026年第7次组织工作联合会商纪要"
    labelled = {own_text(found)[:3]: found for found in paragraphs(data)}
    for label in ("时间：", "地点：", "主持：", "出席：", "请假：", "列席："):
        fonts = [attribute(run, "rPr/rFonts", "eastAsia") for run in labelled[label].iter("{*}r")]
        assert fonts == ["黑体", "仿宋_GB2312"]
        assert attribute(labelled[label], "pPr/ind", "hanging") == "960"


def test_minutes_name_neither_absent_people_nor_observers_where_there_were_none():
    payload = sample_payload(MINUTES, absentees=[], observers=[])
    data = render(MINUTES, payload)
    assert violations(MINUTES, payload, data) == []
    assert not any(text.startswith(("请假", "列席")) for text in texts(data))


def test_a_problem_leaves_with_a_decision_an_owner_and_a_date_or_stays_open_with_a_reason():
    shown = texts(render(MINUTES, sample_payload(MINUTES)))
    start, end = shown.index("一、后进村整顿经费拨付"), shown.index("二、档案审核人员不足")
    assert [text[:5] for text in shown[start + 2 : end]] == ["议定事项：", "责任单位：", "完成时限："]
    assert "本次会商未形成议定事项，原因：需核定各科室可抽调人员，下次会商研究。" in shown[end:]
    assert not any(text.startswith("责任单位：") for text in shown[end:])


def test_minutes_that_count_a_decision_too_many_are_found():
    payload = sample_payload(MINUTES, decided_count=2)
    found = violations(MINUTES, payload, render(MINUTES, payload))
    assert found == ["D16：数字与表格不一致：应为“对2个问题进行了会商，形成议定事项1项。”"]


@pytest.mark.parametrize("colour", ["蓝色", "黄色", "红色"])
def test_a_notice_names_its_colour_in_words_and_leaves_room_for_the_answer(colour):
    payload = sample_payload(NOTICE, colour=colour, title=f"{colour}督办单")
    data = render(NOTICE, payload)
    assert violations(NOTICE, payload, data) == []
    assert value(data, "督办等级") == colour
    assert value(data, "答复时限") == "2026年7月13日"
    assert "可另附页" in value(data, "办理情况")
    assert "＿" in value(data, "负责人签字")


def test_an_answered_notice_shows_the_answer_in_place_of_the_lines():
    answer = {"handling": "已补报7村资料", "signed_by": "沙某甲", "date": "2026年7月10日"}
    payload = sample_payload(NOTICE, answer=answer)
    data = render(NOTICE, payload)
    assert violations(NOTICE, payload, data) == []
    assert [value(data, label) for label in ("办理情况", "负责人签字", "日期")] == list(answer.values())


def test_a_notice_before_its_number_shows_the_blank():
    assert "督办〔2026〕  号" in texts(render(NOTICE, draft_payload(NOTICE)))


def test_an_inquiry_shows_each_part_with_name_and_day_or_room_for_them():
    data = render(INQUIRY, sample_payload(INQUIRY))
    assert value(data, "答复").endswith("答复人：组织科科长 丁某甲　2026年5月7日")
    assert value(data, "指导性意见").endswith("提出人：副部长（组织） 谭某甲　2026年5月8日")
    assert value(data, "落实情况").startswith("填写人签字：＿")
    payload = sample_payload(INQUIRY, reply=None, guidance=None)
    data = render(INQUIRY, payload)
    assert violations(INQUIRY, payload, data) == []
    assert value(data, "答复").startswith("答复人签字：＿")


@pytest.mark.parametrize("title", ["会商纪要", "2026年第7次组织工作联合会商纪要", "纪要" * 14, "2026" * 10])
def test_a_mark_stays_on_one_line_and_its_upper_edge_where_it_is(title):
    data = render(MINUTES, sample_payload(MINUTES, title=title))
    (mark,) = [found for found in paragraphs(data) if style_of(found) == "GwAgencyMark"]
    size = int(next(mark.iter("{*}sz")).get(f"{W}val"))
    before, line = (int(attribute(mark, "pPr/spacing", name)) for name in ("before", "line"))
    width = sum(1 if ord(character) > 0xFF else 0.5 for character in title)
    assert width * size * 10 <= TEXT_WIDTH
    assert line == round(size * 11)
    assert 1950 <= before <= 1984
    assert (before == 1950) is (size == 80)
