"""The check of an uploaded template: what it lets through, and where and how it says what is wrong."""

import io

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from fivestep_web.core.packages import UnsafeFile
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import DOCUMENT, shown_text
from fivestep_web.documents.package import unpacked
from fivestep_web.documents.rendering import WordTemplate, render, template_bytes
from fivestep_web.documents.samples import sample_payload
from fivestep_web.documents.template import CompiledTemplate
from fivestep_web.documents.word_templates.checking import check
from tests.factories.word_templates import (
    BOOK,
    LETTER,
    NEW,
    OLD_END,
    WORDS,
    changed,
    relaid,
    reworded,
    with_part,
)

DECISION = DocumentKind.COMMENDATION_DECISION
REPORT = DocumentKind.RESEARCH_REPORT
OLD = WORDS[LETTER]


def findings(data, kind=LETTER):
    return check(kind, data).findings


def problems(data, kind=LETTER):
    return [finding.problem for finding in findings(data, kind)]


def saying(tag: str) -> bytes:
    """Return the letter's template with *tag* after words of its own."""
    return changed(LETTER, (OLD, OLD + tag))


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_products_own_templates_pass_and_make_the_same_documents(kind):
    report = check(kind, template_bytes(kind))
    assert (report.findings, report.departures) == ([], [])
    payload = sample_payload(kind)
    ready = WordTemplate(CompiledTemplate(report.ready))
    ours, theirs = unpacked(render(kind, payload)), unpacked(render(kind, payload, template=ready))
    assert ours.keys() == theirs.keys()
    assert {name: ours[name] for name in ours if name.startswith("docProps/")} == {
        name: theirs[name] for name in ours if name.startswith("docProps/")
    }


def test_other_words_pass():
    report = check(BOOK, reworded(BOOK))
    assert (report.findings, report.departures) == ([], [])
    assert NEW.encode() in unpacked(report.ready)[DOCUMENT]


@pytest.mark.parametrize(
    ("tag", "problem"),
    [
        ("{{ ''.__class__ }}", "不能使用“__class__”"),
        ("{{ title.__init__.__globals__ }}", "不能使用“__"),
        ("{{ cycler }}", "没有字段“cycler”"),
        ("{{ lipsum() }}", "不能使用“Call”"),
        ("{{ 9 ** 9 }}", "不能使用“Pow”"),
        ("{% include 'a' %}", "不能使用“include”"),
        ("{% set a = 1 %}", "不能使用“set”"),
        ("{% p if title %}", "不能使用“p”"),
        ("{{ titel }}", "没有字段“titel”"),
        ("{{ title.format }}", "“title”里没有字段“format”"),
        ("{{ goals.goal }}", "是一组，不能直接取"),
        ("{{ goals }}", "不能直接打印"),
        ("{{ draft }}", "不能直接打印"),
        ("{{ signature }}", "是成段内容"),
        ("{{ title | upper }}", "不能使用“upper”"),
        ("{{ title | join }}", "过滤器 join 不能用在"),
        ("{{ goals | cell }}", "过滤器 cell 不能用在"),
        ("{{ goals | names('nam') }}", "没有字段“nam”"),
        ("{{ change_note }}", "有时没有"),
        ("{{ verification.serial }}", "有时没有"),
        ("{{ title", "没有写完整"),
        ("title }}", "没有写完整"),
        ("{{ title | }}", "写法不对"),
        ("{{ title }} {{ ", "没有写完整"),
        ("{% if title %}", "if 没有结束"),
        ("{% endfor %}", "不配对"),
        ("{% else %}", "前面没有 if"),
        ("{% elif title %}", "前面没有 if"),
        ("{% for a in title %}{% endfor %}", "不是一组"),
        ("{% for a, b in goals %}{% endfor %}", "不能使用"),
        ("{# 说明 #}", "注释标签"),
        ("{%p if title %}", "还有其他文字"),
        ("{{p title }}", "不是成段内容"),
        ("{{r title }}", "前面多了 r"),
    ],
)
def test_a_wrong_tag_is_refused_with_its_place(tag, problem):
    found = findings(saying(tag.replace("&", "&amp;").replace("<", "&lt;")))
    assert any(problem in finding.problem for finding in found), found
    (told,) = [finding for finding in found if problem in finding.problem][:1]
    assert told.place == "正文"
    assert "按季汇报" in told.text
    assert told.remedy


@pytest.mark.parametrize("part", ["word/header_odd.xml", "word/footer_even.xml"])
def test_headers_and_footers_are_looked_at_too(part):
    def put(data):
        return data.replace(b"</w:p>", b"<w:r><w:t>{{ title.__class__ }}</w:t></w:r></w:p>", 1)

    found = findings(with_part(template_bytes(LETTER), part, put))
    assert {finding.place for finding in found} == {"页眉" if "header" in part else "页脚"}


@pytest.mark.parametrize(
    ("tag", "places"),
    [("{{ title }}", []), ("{{ cycler.__init__.__globals__.os }}", ["文件属性"])],
)
def test_the_files_properties_are_looked_at_too(tag, places):
    document, saved = Document(io.BytesIO(template_bytes(LETTER))), io.BytesIO()
    document.core_properties.title = tag
    document.save(saved)
    assert [finding.place for finding in findings(saved.getvalue())] == places


def test_a_tag_in_a_pictures_text_or_a_fields_code_is_refused():
    drawing = '<w:bookmarkStart w:id="7" w:name="{{ title }}"/><w:bookmarkEnd w:id="7"/>'
    code = '<w:fldSimple w:instr=" REF {{ title }} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    for xml in (drawing, code):
        data = changed(LETTER, (f"{OLD}{OLD_END}", f"{OLD}{OLD_END}{xml}"))
        assert "“title”写在了正文文字以外的地方" in problems(data)


@pytest.mark.parametrize(
    "tags",
    [
        "{% if titel %}甲{% endif %}",
        "{{ titel if draft }}{% if title %}甲{% endif %}",
        "{% for a in gaols %}{{ a.goal }}{% for b in a.phases %}{{ b.name }}{% endfor %}{% endfor %}",
    ],
)
def test_a_wrong_tag_is_told_once_and_not_again_by_what_follows_it(tags):
    assert len(findings(saying(tags))) == 1


def test_a_for_that_takes_from_the_field_its_own_name_stands_for_is_read():
    tags = "{% for one in timetable %}{% for one in one.phases %}{{ one.phase }}{% endfor %}{% endfor %}"
    assert ["改动了签署的文字" in problem for problem in problems(saying(tags))] == [True]


def test_what_cannot_be_filled_with_any_sample_is_told_once():
    (found,) = findings(changed(BOOK, (WORDS[BOOK], "{{ title | cell(title) }}")), BOOK)
    assert "用“印发件样例”试着生成时出错" in found.problem


def test_a_misspelled_field_is_told_with_the_one_that_was_meant():
    (found,) = [each for each in findings(saying("{{ titel }}")) if "titel" in each.problem]
    assert "“title”" in found.remedy


def test_a_tag_split_over_runs_by_a_spelling_check_is_read_as_one():
    between = f'{OLD_END}<w:proofErr w:type="spellStart"/><w:r><w:rPr><w:sz w:val="32"/></w:rPr><w:t>'
    runs = between.join(("{{ ", "compiled", "_by }", "}"))
    report = check(BOOK, changed(BOOK, (f"{WORDS[BOOK]}{OLD_END}", f"{WORDS[BOOK]}{runs}{OLD_END}")))
    assert report.findings == []
    assert "特此通知。办公室" in text_made(BOOK, report.ready)


def text_made(kind, ready):
    return shown_text(render(kind, sample_payload(kind), template=WordTemplate(CompiledTemplate(ready))))


def test_curly_quotes_that_word_makes_are_read_as_straight_ones():
    data = changed(REPORT, ("{%p if 'records' in attached %}", "{%p if ‘records’ in attached %}"))
    assert findings(data, REPORT) == []


def test_a_field_that_is_not_printed_any_more_is_refused():
    (found,) = findings(changed(LETTER, ("{{ goal.weight | cell }}", "略")))
    assert "goals.weight" in found.problem
    assert "权重" in found.problem


def test_the_mark_of_a_draft_and_of_demo_data_may_not_be_left_out():
    def without(data):
        return data.replace(b"{%p if demo %}", b"{%p if draft %}")

    data = template_bytes(LETTER)
    for part in ("word/header_odd.xml", "word/header_even.xml"):
        data = with_part(data, part, without)
    assert any("“demo”" in problem for problem in problems(data))


def test_a_row_number_may_be_left_out():
    data = changed(BOOK, ("{{ goal.sequence }}", "·"))
    assert findings(data, BOOK) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OLD, "按月反馈。"),
        (OLD, OLD + "逾期一次扣五分。"),
        (OLD, OLD + "{% if letter_kind == 'unit_member' %}另行考核。{% endif %}"),
        (OLD, OLD + "{% if change_note %}变更从重。{% endif %}"),
        ("甲方责任", "乙方责任"),
        ("{{ total_weight }}", "{{ total_weight }}分"),
    ],
)
def test_the_words_of_a_letter_are_signed_and_stay(old, new):
    (found,) = findings(changed(LETTER, (old, new)))
    assert "改动了签署的文字" in found.problem
    assert found.place == "正文"
    assert found.text


@pytest.mark.parametrize(("part", "place"), [("header_odd", "页眉"), ("footer_even", "页脚")])
def test_a_letters_headers_and_footers_say_no_more_than_ours(part, place):
    def put(data):
        return data.replace(b"</w:p>", "</w:p><w:p><w:r><w:t>另有约定</w:t></w:r></w:p>".encode(), 1)

    (found,) = findings(with_part(template_bytes(LETTER), f"word/{part}.xml", put))
    assert "签署的文字以外还有别的文字" in found.problem
    assert found.place == place
    assert found.text == "另有约定"


def test_the_page_that_a_program_counted_in_a_letters_footer_is_no_word():
    def counted(data):
        return data.replace(b">1<", b">7<")

    data = with_part(template_bytes(LETTER), "word/footer_odd.xml", counted)
    assert data != template_bytes(LETTER)
    assert findings(data) == []


def test_the_layout_of_a_letter_may_be_changed():
    assert findings(changed(LETTER, ('w:line="579"', 'w:line="560"'))) == []
    assert findings(relaid(LETTER)) == []


def test_a_figure_that_the_text_no_longer_says_as_it_must_is_refused():
    old = "{{ units | length }}个单位"
    (found,) = findings(changed(DECISION, (old, "{{ units | length }} 家单位")), DECISION)
    assert "数字与表格不一致" in found.problem


def test_a_field_printed_only_for_some_rows_is_found_by_trying():
    tag = "{{ goal.standard | cell }}"
    data = changed(BOOK, (tag, f"{{% if loop.first %}}{tag}{{% endif %}}略"))
    assert any("goals.standard" in problem for problem in problems(data, BOOK))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('w:top="2098"', 'w:top="1440"', "D1"),
        ('w:linePitch="579"', 'w:linePitch="400"', "D2"),
        ('w:footer="1440"', 'w:footer="851"', "D3"),
        ("<w:tblHeader/>", "", "D11"),
    ],
)
def test_another_layout_than_the_standards_is_told_and_not_refused(old, new, code):
    report = check(LETTER, changed(LETTER, (old, new)))
    assert report.findings == []
    assert {departure.partition("：")[0] for departure in report.departures} == {code}
    assert report.ready


def test_an_empty_cell_is_wrong_and_no_matter_of_layout():
    data = changed(BOOK, ("{{ goal.sequence }}", ""))
    assert any("空单元格" in problem for problem in problems(data, BOOK))


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        ('<w:ins w:id="1" w:author="a"><w:r><w:t>甲</w:t></w:r></w:ins>', "修订"),
        ('<w:r><w:commentReference w:id="0"/></w:r>', "批注"),
        ('<w:fldSimple w:instr=" DDEAUTO c:\\\\cmd "><w:r><w:t>1</w:t></w:r></w:fldSimple>', "不能用的域"),
        ('<w:hyperlink r:id="rIdNone"><w:r><w:t>甲</w:t></w:r></w:hyperlink>', "指向别处"),
    ],
)
def test_what_may_not_stand_in_a_template_is_named(xml, problem):
    data = changed(LETTER, (f"{OLD}{OLD_END}", f"{OLD}{OLD_END}{xml}"))
    assert any(problem in each for each in problems(data))


SIZE = '<w:sz w:val="21"/><w:szCs w:val="21"/></w:rPr><w:t xml:space="preserve">{{ goal.standard | cell }}'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SIZE, f"<w:vanish/>{SIZE}"),
        ("<w:trPr>", "<w:trPr><w:hidden/>"),
    ],
)
def test_a_field_that_is_hidden_does_not_pass_for_printed(old, new):
    (found,) = findings(changed(BOOK, (old, new)), BOOK)
    assert "隐藏的文字" in found.problem


def test_a_style_that_hides_its_text_is_found():
    def hiding(styles):
        return styles.replace(b"<w:rPr>", b"<w:rPr><w:vanish/>")

    (found,) = findings(with_part(template_bytes(BOOK), "word/styles.xml", hiding), BOOK)
    assert found.place == "样式"


@pytest.mark.parametrize("mark", ["<w:rPr><w:vanish/></w:rPr>", '<w:rPr><w:vanish w:val="0"/></w:rPr>'])
def test_a_hidden_mark_of_a_paragraph_hides_no_text(mark):
    data = changed(BOOK, ("</w:pPr>", f"{mark}</w:pPr>"))
    assert findings(data, BOOK) == []


def test_a_field_whose_code_is_split_over_runs_is_read_as_one():
    def run(inner):
        return f"<w:r>{inner}</w:r>"

    xml = (
        run('<w:fldChar w:fldCharType="begin"/>')
        + run("<w:instrText> DDE</w:instrText>")
        + run("<w:instrText>AUTO x</w:instrText>")
        + run('<w:fldChar w:fldCharType="end"/>')
    )
    assert any(
        "DDEAUTO" in each for each in problems(changed(LETTER, (f"{OLD}{OLD_END}", f"{OLD}{OLD_END}{xml}")))
    )


def test_a_produced_document_is_no_template():
    assert any("没有任何字段" in each for each in problems(render(LETTER, sample_payload(LETTER))))


def test_a_template_of_another_kind_is_refused():
    assert any("没有字段" in each for each in problems(template_bytes(BOOK)))


def test_a_part_without_which_there_is_no_document_is_missed():
    def misdirected(rels):
        return rels.replace(b"styles.xml", b"none.xml")

    with pytest.raises(UnsafeFile, match="损坏"):
        check(LETTER, with_part(template_bytes(LETTER), "word/_rels/document.xml.rels", misdirected))


def test_a_document_of_the_strict_format_is_to_be_saved_as_an_ordinary_one():
    def strict(xml):
        return xml.replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        )

    with pytest.raises(UnsafeFile, match="另存为“Word 文档"):
        check(LETTER, with_part(template_bytes(LETTER), DOCUMENT, strict))


@settings(max_examples=40, deadline=None)
@given(tag=st.text(alphabet="{}%# abt.|()'\"_=1甲", max_size=24))
def test_whatever_is_typed_is_told_or_harmless(tag):
    report = check(DocumentKind.ADMONITION_LIST, _admonition(tag))
    assert bool(report.findings) is not bool(report.ready)
    assert all(finding.problem and finding.remedy for finding in report.findings)


def _admonition(tag):
    return changed(DocumentKind.ADMONITION_LIST, ("提出部门意见：", f"提出部门意见：{tag}"))
