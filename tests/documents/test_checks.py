"""Each check of part D finds the fault it is there for."""

from xml.parsers.expat import ExpatError

import pytest

from fivestep_web.documents.checks import missing_values, violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.package import archive, packed, unpacked
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import draft_payload, sample_payload

DECISION = DocumentKind.COMMENDATION_DECISION
LETTER = DocumentKind.RESPONSIBILITY_LETTER
BOOK = DocumentKind.TASK_BOOK
ADMONITION = DocumentKind.ADMONITION_LIST
MAIN = "word/document.xml"


def altered(
    kind: DocumentKind, part: str, old: str, new: str, count: int = 1, **changes: object
) -> list[str]:
    payload = sample_payload(kind, **changes)
    members = unpacked(render(kind, payload))
    content = members[part].decode()
    assert old in content
    members[part] = content.replace(old, new, count).encode()
    data = archive(packed(name, member) for name, member in members.items())
    return violations(kind, payload, data)


@pytest.mark.parametrize(
    ("kind", "part", "old", "new", "finding"),
    [
        (DECISION, MAIN, 'w:top="2098"', 'w:top="1440"', "D1：第1节的上边距"),
        (BOOK, MAIN, 'w:h="11906"', 'w:h="12240"', "D1：第2节纸张不是A4"),
        (DECISION, MAIN, 'w:linePitch="579"', 'w:linePitch="312"', "D2：第1节"),
        (DECISION, "word/settings.xml", "<w:evenAndOddHeaders/>", "", "D3：没有区分奇偶页"),
        (DECISION, "word/footer_even.xml", "— ", "- ", "D3：第1节偶数页页码"),
        (DECISION, "word/footer_odd.xml", 'w:right="280"', 'w:right="0"', "D3：第1节奇数页页码"),
        (DECISION, "word/footer_odd.xml", "PAGE", "NUMPAGES", "D3：第1节奇数页页码"),
        (BOOK, MAIN, "rIdFooterOddTurned", "rIdFooterOdd", "D3：第2节奇数页页码"),
        (BOOK, "word/footer_even_turned.xml", 'vert="vert"', 'vert="horz"', "D3：第2节偶数页页码"),
        (DECISION, MAIN, 'w:footer="1440"', 'w:footer="720"', "D3：第1节页脚距离"),
        (DECISION, MAIN, 'w:firstLine="640"', 'w:firstLine="480"', "D4：正文格式"),
        (DECISION, MAIN, '<w:jc w:val="both"/>', '<w:jc w:val="left"/>', "D4：正文格式"),
        (DECISION, MAIN, '<w:sz w:val="44"/>', '<w:b/><w:sz w:val="44"/>', "D5：标题格式"),
        (DECISION, MAIN, '<w:pStyle w:val="GwTitle"/>', '<w:pStyle w:val="GwBody"/>', "D5：应有2个标题"),
        (LETTER, MAIN, "二、完成标准", "三、完成标准", "D6：标题序号不连续"),
        (LETTER, MAIN, "（二）乙方责任", "（三）乙方责任", "D6：标题序号不连续"),
        (
            DECISION,
            MAIN,
            "<w:rFonts ",
            '<w:rFonts w:eastAsiaTheme="minorEastAsia" ',
            "D7：word/document.xml使用",
        ),
        (DECISION, "word/styles.xml", 'w:cs="仿宋_GB2312"', "", "D7：word/styles.xml有字体未写全"),
        (DECISION, MAIN, "〔2026〕21号", "[2026]21号", "D8：发文字号"),
        (DECISION, MAIN, "〔2026〕21号", "〔2026〕021号", "D8：发文字号"),
        (LETTER, MAIN, "责〔2026〕B1号", "责〔2026〕X1号", "D8：发文字号"),
        (DECISION, MAIN, "2026年1月15日", "2026年01月15日", "D8：日期不合规定：2026年01月15日"),
        (DECISION, MAIN, "2026年12月21日", "2026年2月30日", "D8：日期不合规定：2026年2月30日"),
        (DECISION, MAIN, '<w:spacing w:val="-5"/>', '<w:color w:val="FF0000"/>', "D9：文字不是黑色"),
        (DECISION, MAIN, "先进个人名单</w:t>", "先进个人名单。</w:t>", "D10：附件说明与附件标题"),
        (LETTER, MAIN, '<w:gridCol w:w="2500"/>', '<w:gridCol w:w="2400"/>', "D11：表格宽度"),
        (LETTER, MAIN, "<w:tblHeader/>", "", "D11：表头"),
        (LETTER, MAIN, "<w:cantSplit/>", "", "D11：表格行可能"),
        (LETTER, MAIN, ">合计<", "> <", "D11：表格有空单元格"),
        (DECISION, MAIN, "县委办公室。", "县委办公室", "D13：抄送"),
        (DECISION, MAIN, 'w:sz="6"', 'w:sz="8"', "D13：版记线条"),
        (ADMONITION, "word/header_even.xml", "内部资料  注意保密", "内部资料", "D14：缺少"),
        (
            DECISION,
            "word/header_odd.xml",
            "<w:p>",
            "<w:p><w:r><w:t>内部资料  注意保密</w:t></w:r></w:p><w:p>",
            "D14：",
        ),
        (
            DECISION,
            "docProps/core.xml",
            "<dc:creator>中共青禾县委组织部",
            "<dc:creator>admin",
            "D15：文件属性creator",
        ),
        (BOOK, MAIN, "共24项", "共25项", "D16：数字与表格不一致：应为“共24项工作目标”"),
        (DECISION, MAIN, "6名个人", "7名个人", "D16：数字与表格不一致：应为“6名个人”"),
        (LETTER, MAIN, ">100<", ">101<", "D16：合计与各行之和不一致"),
        (
            DECISION,
            MAIN,
            "〔2026〕21号",
            "〔2026〕21号</w:t><w:tab/><w:t>签发人：林某甲",
            "D12：非上行文不应有签发人",
        ),
        (DECISION, MAIN, ">附件<", ">附件1<", "D10：附件序号不合规定：附件1"),
        (DECISION, MAIN, 'w:val="GwAttachmentNote"', 'w:val="GwBody"', "D10：附件说明与附件标题不一致：无"),
        (DECISION, MAIN, 'w:val="GwAttachmentLabel"', 'w:val="GwBody"', "D10：附件说明与附件标题不一致"),
        (DECISION, MAIN, "6名个人", "16名个人", "D16：数字与表格不一致：应为“6名个人”"),
        (DECISION, MAIN, "珍惜荣誉", "{{ title }}", "结构：有未替换的占位符"),
        (DECISION, MAIN, "珍惜荣誉", "None", "结构：有未替换的占位符"),
        (DECISION, "word/_rels/document.xml.rels", "styles.xml", "theme.xml", "结构：关系目标不存在"),
        (DECISION, MAIN, '<w:widowControl w:val="0"/>', "", ""),
    ],
)
def test_a_seeded_fault_is_found(kind, part, old, new, finding):
    found = altered(kind, part, old, new)
    if finding:
        assert [text for text in found if text.startswith(finding)]
    else:
        assert found == []


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (DECISION, ("list_title",)),
        (DocumentKind.ANNUAL_WORK_PRIORITIES, ("categories", 0, "topics", 0, "topic")),
        (DocumentKind.MONTHLY_BULLETIN, ("blocks", 0, "rows", 0, "unit")),
        (DocumentKind.RECOMMENDATION_LIST, ("candidates", 0, "name")),
    ],
)
def test_a_text_of_several_lines_is_no_fault(kind, path):
    payload = place = sample_payload(kind)
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = "第一行\r\n第二行\x0b<&>"
    assert violations(kind, payload, render(kind, payload)) == []


def test_children_out_of_schema_order_are_found():
    old = '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    new = '<w:autoSpaceDN w:val="0"/><w:autoSpaceDE w:val="0"/>'
    found = altered(DECISION, MAIN, old, new)
    assert found == ["结构：word/document.xml中pPr的子元素顺序不合规定"]


def test_figures_of_one_series_in_the_text_of_another_are_found():
    kind = DocumentKind.ANNUAL_ASSESSMENT_RESULT
    payload = sample_payload(kind)
    sections, townships = payload["series"]
    sections["unit_count"], townships["unit_count"] = townships["unit_count"], sections["unit_count"]
    found = violations(kind, payload, render(kind, payload))
    assert [text.partition("。")[0] for text in found] == [
        "D16：数字与表格不一致：应为“参加考核单位8个",
        "D16：数字与表格不一致：应为“参加考核单位10个",
    ]


def test_a_heading_in_the_wrong_font_is_found():
    found = altered(LETTER, MAIN, 'w:eastAsia="楷体_GB2312"', 'w:eastAsia="黑体"', count=-1)
    assert found == ["D6：标题字体不合规定：（一）甲方责任", "D6：标题字体不合规定：（二）乙方责任"]


def test_a_run_without_a_size_is_found():
    found = altered(DECISION, "word/footer_odd.xml", '<w:sz w:val="28"/>', "", count=-1)
    assert "D7：没有字号：— " in found


def test_a_lost_value_is_named():
    assert altered(LETTER, MAIN, "林某甲", "林某") == ["内容：缺少“林某甲”"]


def test_a_lost_tab_is_named():
    payload = sample_payload(ADMONITION, proposal_opinion="同意\t研究")
    members = unpacked(render(ADMONITION, payload))
    assert members[MAIN].count(b"<w:tab/>") == 1
    members[MAIN] = members[MAIN].replace(b"<w:tab/>", b"")
    data = archive(packed(name, member) for name, member in members.items())
    assert missing_values(payload, data) == ["同意\t研究"]


@pytest.mark.parametrize("part", [MAIN, "word/header_odd.xml", "word/footer_even.xml"])
def test_a_part_that_is_not_well_formed_is_never_read(part):
    payload = sample_payload(ADMONITION)
    members = unpacked(render(ADMONITION, payload))
    members[part] = members[part].replace(b"</w:p>", b"", 1)
    data = archive(packed(name, member) for name, member in members.items())
    with pytest.raises(ExpatError):
        missing_values(payload, data)


def test_an_imprint_in_an_unnumbered_document_is_found():
    payload = sample_payload(DECISION)
    data = render(DECISION, payload)
    found = violations(DECISION, payload | {"number": None}, data)
    assert "D13：未编号的文书不应有版记" in found


def test_a_numbered_document_without_an_imprint_is_found():
    payload = draft_payload(DECISION)
    found = violations(DECISION, payload | {"number": "青组发〔2026〕21号"}, render(DECISION, payload))
    assert "D13：已编号的公文应有版记" in found


def test_punctuation_after_the_name_of_an_attachment_is_found():
    payload = sample_payload(DECISION, list_title="先进集体和先进个人名单。")
    assert "D10：附件名称后不应有标点" in violations(DECISION, payload, render(DECISION, payload))


def test_grey_text_is_allowed_in_drafts_only():
    payload = draft_payload(DECISION)
    data = render(DECISION, payload)
    assert [text for text in violations(DECISION, payload, data) if text.startswith("D9")] == []
    found = violations(DECISION, payload | {"draft": False}, data)
    assert [text for text in found if text.startswith("D9：文字不是黑色")]


def test_a_damaged_file_is_one_finding():
    payload = sample_payload(ADMONITION)
    assert violations(ADMONITION, payload, b"PK") == ["结构：文件不能打开（BadZipFile）"]


def test_a_document_type_declaration_is_found_and_its_entity_is_not_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("机密内容", "utf-8")
    payload = sample_payload(ADMONITION)
    members = unpacked(render(ADMONITION, payload))
    xml = members[MAIN].decode().replace("待批准", "&leak;", 1)
    dtd = f'<!DOCTYPE w:document [<!ENTITY leak SYSTEM "file://{secret}">]>'
    members[MAIN] = xml.replace("<w:document", dtd + "<w:document", 1).encode()
    data = archive(packed(name, member) for name, member in members.items())
    assert "结构：word/document.xml含DTD" in violations(ADMONITION, payload, data)
    assert missing_values({**payload, "proposal_opinion": "机密内容"}, data) == ["机密内容"]
