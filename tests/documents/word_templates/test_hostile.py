"""Files that are attacks and no templates: none is opened further than it takes to see that (D1–D6)."""

import io
import re
import zipfile

import pytest

from fivestep_web.core import confined
from fivestep_web.core.packages import UnsafeFile
from fivestep_web.documents.opened import DOCUMENT
from fivestep_web.documents.package import unpacked
from fivestep_web.documents.rendering import template_bytes
from fivestep_web.documents.word_templates.inspection import inspect
from tests.factories.word_templates import LETTER, OLD_END, WORDS, changed, relaid, with_part

RELATIONSHIPS = "word/_rels/document.xml.rels"
TYPES = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def refusal(data: bytes) -> str:
    with pytest.raises(UnsafeFile) as caught:
        inspect(LETTER, data)
    return caught.value.message


def related(kind: str, target: str, mode: str = "") -> bytes:
    """Return the letter's template with one more relationship."""
    line = f'<Relationship Id="rIdX" Type="{OFFICE}/{kind}" Target="{target}"{mode}/></Relationships>'
    return with_part(
        template_bytes(LETTER),
        RELATIONSHIPS,
        lambda rels: rels.replace(b"</Relationships>", line.encode()),
    )


def containing(name: str, content: bytes = b"x") -> bytes:
    made = io.BytesIO(template_bytes(LETTER))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"PK\x03\x04 and nothing", "损坏"),
        (b"%PDF-1.7\n", "不是 .docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧格式 .doc"),
        (b"PK\x03\x04" + bytes(20 * 1024 * 1024), "超过 5 MB"),
    ],
)
def test_what_is_no_template_is_refused_with_a_sentence(data, words):
    assert words in refusal(data)


def test_a_zip_bomb_is_refused_by_its_directory_alone():
    assert "压缩比" in refusal(containing("word/media/a.png", bytes(30_000_000)))


def test_a_dtd_is_refused():
    def with_entity(xml: bytes) -> bytes:
        return xml.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>', 1)

    for part in (DOCUMENT, "word/header_odd.xml", "docProps/core.xml"):
        assert "外部定义" in refusal(with_part(template_bytes(LETTER), part, with_entity))


@pytest.mark.parametrize(
    "kind", ["attachedTemplate", "image", "hyperlink", "oleObject", "frame", "subDocument", "mailMergeSource"]
)
def test_nothing_points_outside(kind):
    data = related(kind, "http://evil.example/a.dotm", ' TargetMode="External"')
    assert "指向其他文件" in refusal(data)


@pytest.mark.parametrize("kind", ["aFChunk", "oleObject", "package", "control", "vbaProject"])
def test_no_foreign_relationship_is_known(kind):
    assert "文字模板以外的内容" in refusal(related(kind, "header_odd.xml"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("word/vbaProject.bin", "宏"),
        ("word/embeddings/oleObject1.bin", "嵌入的对象"),
        ("word/activeX/activeX1.xml", "嵌入的对象"),
        ("customUI/customUI14.xml", "宏"),
        ("word/media/a.docx", "另一个文件"),
        ("../evil.xml", "名称不正常"),
        ("word/media/a.svg", "以外的内容"),
        ("xl/workbook.xml", "不是 .docx"),
        ("run.exe", "以外的内容"),
    ],
)
def test_foreign_parts_are_refused(name, words):
    assert words in refusal(containing(name))


def test_a_macro_document_under_another_name_is_refused():
    def as_macro(types: bytes) -> bytes:
        return types.replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        )

    assert "宏" in refusal(with_part(template_bytes(LETTER), TYPES, as_macro))


def test_a_macro_is_seen_among_the_types_of_endings_too():
    def with_default(types: bytes) -> bytes:
        macro = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        return types.replace(b"<Default", macro + b"<Default", 1)

    assert "宏" in refusal(with_part(template_bytes(LETTER), TYPES, with_default))


@pytest.mark.parametrize(
    "target", ["/[Content_Types].xml", "_rels/document.xml.rels", "../docProps/core.xml"]
)
def test_what_is_no_part_of_the_text_does_not_come_in_as_one(target):
    assert "损坏" in refusal(related("header", target))


def test_a_file_within_a_part_is_refused():
    data = with_part(template_bytes(LETTER), "word/fontTable.xml", lambda _xml: relaid(LETTER))
    assert "另一个文件" in refusal(data)


def test_what_the_child_finds_comes_back_and_what_is_ready_too():
    report = inspect(LETTER, relaid(LETTER))
    assert (report.findings, report.departures) == ([], [])
    assert DOCUMENT in unpacked(report.ready)
    (found,) = inspect(LETTER, changed(LETTER, (WORDS[LETTER], "{{ titel }}"))).findings
    assert found.tag == "{{ titel }}"


def test_a_child_that_takes_too_long_or_dies_is_told(monkeypatch):
    monkeypatch.setattr(confined, "_START", "import time; time.sleep(60)")
    monkeypatch.setattr(confined, "SECONDS", 0.3)
    assert "限定时间" in refusal(relaid(LETTER))
    monkeypatch.setattr(confined, "_START", "raise SystemExit(9)")
    monkeypatch.setattr(confined, "SECONDS", 30)
    assert "无法检查" in refusal(relaid(LETTER))


def test_a_document_nested_beyond_reason_ends_the_child_not_the_page():
    deep = "<w:smartTag>" * 20_000 + "</w:smartTag>" * 20_000
    end = f"{WORDS[LETTER]}{OLD_END}"
    assert re.search("损坏|无法检查", refusal(changed(LETTER, (end, end + deep))))


def test_names_of_parts_and_keys_of_relationships_stay_texts():
    hostile = 'rId"/&gt;&lt;x a="'
    data = related("header", "header_odd.xml")
    data = with_part(data, RELATIONSHIPS, lambda rels: rels.replace(b'"rIdX"', f"'{hostile}'".encode()))
    report = inspect(LETTER, data)
    assert report.findings == []
    unpacked(report.ready)
