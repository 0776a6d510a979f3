"""A recommendation goes upwards: signatory, one recipient, one ending, attachments in order (C11, D12)."""

import re

import pytest

from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import WordFile, attribute, own_text, style_of, text_of
from fivestep_web.documents.package import archive, packed, unpacked
from fivestep_web.documents.payload_checks import PayloadError
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import draft_payload, sample_payload

KIND = DocumentKind.RECOMMENDATION_LIST
MAIN = "word/document.xml"


def styled(data: bytes, style: str) -> list[str]:
    return [own_text(found) for found in WordFile.open(data).paragraphs if style_of(found) == style]


def found_in(payload: dict, old: str, new: str) -> list[str]:
    members = unpacked(render(KIND, payload))
    content = members[MAIN].decode()
    assert old in content
    members[MAIN] = content.replace(old, new, 1).encode()
    return violations(KIND, payload, archive(packed(name, data) for name, data in members.items()))


def test_number_and_signer_stand_on_one_line_one_character_in_from_both_sides():
    data = render(KIND, sample_payload(KIND))
    (line,) = [item for item in WordFile.open(data).paragraphs if style_of(item) == "GwDocNumber"]
    assert own_text(line) == "青组字〔2026〕15号\t签发人：林某甲"
    assert [attribute(line, "pPr/ind", side) for side in ("left", "right")] == ["320", "320"]
    assert attribute(line, "pPr/tabs/tab", "pos") == "8525"
    fonts = [attribute(run, "rPr/rFonts", "eastAsia") for run in line.iter("{*}r")]
    assert fonts[-2:] == ["仿宋_GB2312", "楷体_GB2312"]


def test_a_draft_keeps_the_signer_and_leaves_room_for_the_number():
    payload = draft_payload(KIND)
    data = render(KIND, payload)
    assert styled(data, "GwDocNumber") == ["青组字〔2026〕  号\t签发人：林某甲"]
    assert violations(KIND, payload, data) == []


def test_a_request_asks_and_a_report_does_not():
    request = styled(render(KIND, sample_payload(KIND)), "GwBody")
    payload = sample_payload(KIND, title="关于推荐2026年度全市组织工作先进个人候选对象的报告")
    data = render(KIND, payload)
    report = styled(data, "GwBody")
    assert violations(KIND, payload, data) == []
    assert "妥否，请批示。" in request
    assert "特此报告。" not in request
    assert "特此报告。" in report
    assert "妥否，请批示。" not in report


def test_the_contact_stands_below_the_date_two_characters_in():
    data = render(KIND, sample_payload(KIND))
    (note,) = [item for item in WordFile.open(data).paragraphs if own_text(item).startswith("（联系人：")]
    assert own_text(note) == "（联系人：谭某甲　联系电话：0000-12380（示例））"
    assert attribute(note, "pPr/ind", "left") == "640"


def test_four_attachments_are_numbered_and_aligned_below_the_first_name():
    data = render(KIND, sample_payload(KIND))
    notes = [item for item in WordFile.open(data).paragraphs if style_of(item) == "GwAttachmentNote"]
    assert [own_text(note) for note in notes] == [
        "附件：1.推荐对象汇总表",
        "2.简要事迹",
        "3.征求意见情况",
        "4.公示情况",
    ]
    indents = [(attribute(note, "pPr/ind", "left"), attribute(note, "pPr/ind", "hanging")) for note in notes]
    assert indents == [("1920", "1280"), *[("1920", "320")] * 3]


def test_before_publicity_has_ended_and_opinions_are_in_nothing_is_said_of_them():
    payload = draft_payload(KIND, publicity=None, opinions=[], meeting=None)
    data = render(KIND, payload)
    assert violations(KIND, payload, data) == []
    assert styled(data, "GwAttachmentNote") == ["附件：1.推荐对象汇总表", "2.简要事迹"]
    shown = text_of(WordFile.open(data).document)
    assert "公示" not in shown
    assert "征求" not in shown


def test_a_single_candidate_is_not_called_several():
    payload = sample_payload(KIND)
    payload["candidates"] = payload["candidates"][:1]
    data = render(KIND, payload)
    assert violations(KIND, payload, data) == []
    assert any("现推荐丁某甲同志为" in text for text in styled(data, "GwBody"))


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("签发人：", "签发：", "D12：上行文应有且只有一处签发人，姓名用楷体"),
        (
            'w:eastAsia="楷体_GB2312"',
            'w:eastAsia="仿宋_GB2312"',
            "D12：上行文应有且只有一处签发人，姓名用楷体",
        ),
        ("中共青河市委组织部：", "中共青河市委组织部，市人社局：", "D12：上行文应有且只有一个主送机关"),
        ("妥否，请批示。", "特此报告。", "D12：上行文的结尾与文种不一致"),
        ("等3名同志", "等4名同志", "D16：数字与表格不一致：应为“现推荐丁某甲、王某甲、李某甲等3名同志”"),
        (">附件2<", ">附件3<", "D10：附件序号不合规定：附件1、附件3、附件3、附件4"),
        (">2.简要事迹<", ">3.简要事迹<", "D10：附件说明与附件标题不一致"),
    ],
)
def test_a_fault_of_an_upward_document_is_found(old, new, finding):
    assert any(text.startswith(finding) for text in found_in(sample_payload(KIND), old, new))


def test_two_signers_are_found():
    payload = sample_payload(KIND)
    members = unpacked(render(KIND, payload))
    line = re.search(r"<w:p>(?:(?!</w:p>).)*签发人：.*?</w:p>", members[MAIN].decode(), re.DOTALL).group()
    members[MAIN] = members[MAIN].decode().replace(line, line * 2).encode()
    found = violations(KIND, payload, archive(packed(name, data) for name, data in members.items()))
    assert "D12：上行文应有且只有一处签发人，姓名用楷体" in found


def test_two_recipients_are_found():
    payload = sample_payload(KIND)
    payload["letterhead"]["main_recipients"] = "中共青河市委组织部、市公务员局"
    assert violations(KIND, payload, render(KIND, payload)) == ["D12：上行文应有且只有一个主送机关"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": "推荐名单"}, "title：应以“请示”或“报告”结尾"),
        ({"candidates": []}, "candidates：至少应有一名推荐对象"),
    ],
)
def test_what_the_city_would_send_back_is_refused(changes, message):
    with pytest.raises(PayloadError, match=message):
        render(KIND, sample_payload(KIND, **changes))


def test_deeds_have_at_most_three_hundred_characters():
    payload = sample_payload(KIND)
    payload["candidates"][1]["deeds"] = "实" * 300
    render(KIND, payload)
    payload["candidates"][1]["deeds"] += "绩"
    with pytest.raises(PayloadError, match=r"candidates\[1\].deeds：简要事迹不超过300字"):
        render(KIND, payload)
