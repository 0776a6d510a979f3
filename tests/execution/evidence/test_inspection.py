"""What is kept of an uploaded file, and what is refused with which advice (trust.md D5, D6, D8)."""

import io
import zipfile
import zlib
from contextlib import nullcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fivestep_web.core import plain_files
from fivestep_web.core.packages import UnsafeFile
from fivestep_web.execution.evidence.inspection import inspect
from fivestep_web.execution.evidence.models import EvidenceKind
from fivestep_web.execution.evidence.office_check import check_parts
from fivestep_web.execution.evidence.pdf_check import refuse_active
from tests.factories import files


@pytest.mark.parametrize(("name", "kind"), [("现场.jpg", "JPEG"), ("截图.PNG", "PNG")])
def test_a_photo_is_drawn_anew_upright_without_place_and_camera(name, kind):
    kept = inspect(name, files.photo(kind=kind))
    drawn = Image.open(io.BytesIO(kept.data))
    assert (kept.kind, drawn.format, drawn.size) == (EvidenceKind.PHOTO, kind, (40, 60))
    assert not drawn.getexif()
    assert b"Phone" not in kept.data
    assert Image.open(io.BytesIO(kept.preview)).format == "JPEG"


def test_what_is_hidden_behind_a_photo_is_not_kept():
    assert b"<script>" not in inspect("现场.jpg", files.photo() + b"<script>PK\x03\x04").data


def test_a_pdf_is_kept_as_sent_with_its_first_page_drawn():
    kept = inspect("C:\\资料\\报告.pdf", files.pdf(pages=2))
    assert (kept.name, kept.kind, kept.data, kept.pages) == (
        "报告.pdf",
        EvidenceKind.PDF,
        files.pdf(pages=2),
        2,
    )
    assert max(Image.open(io.BytesIO(kept.preview)).size) <= 1280


def test_words_and_cells_are_taken_out_to_be_shown():
    assert inspect("报告.docx", files.word()).extract == [
        {"text": "验收报告"},
        {"title": "", "rows": [["", "合格"]]},
    ]
    assert inspect("进度.xlsx", files.excel()).extract == [
        {"title": "进度表", "rows": [["村", "数"], ["甲村", "3"]]}
    ]


def test_a_long_text_is_cut_where_the_page_says_so():
    extract = inspect(
        "报告.docx", files.word("".join(chr(0x4E00 + number) for number in range(20_900)))
    ).extract
    assert len(extract[0]["text"]) == 20_000
    assert extract[-1] == {"more": True}


def changed(data: bytes, **parts: bytes) -> bytes:
    """Return an Office file with parts put in or replaced; __ in a name is a slash, _dot_ a dot."""
    stored = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        new = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
        for name in source.namelist():
            target.writestr(name, new.pop(name, None) or source.read(name))
        for name, part in new.items():
            target.writestr(name, part)
    return stored.getvalue()


ATTACHED = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    b'Target="http://x/t.dotm" TargetMode="External"/></Relationships>'
)
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><w:document/>'
SCRIPT = b"\n9 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj"


@pytest.mark.parametrize(
    ("name", "data", "advice"),
    [
        ("现场.heic", b"ftypheic", "兼容性最佳"),
        ("报告.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "另存为 .docx"),
        ("报告.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "打开密码"),
        ("报告.docm", b"PK", "不带宏"),
        ("报告.exe", b"MZ", "只收照片"),
        ("报告", b"x", "只收照片"),
        ("空.jpg", b"", "空的"),
        ("现场.jpg", files.pdf(), "扩展名不符"),
        ("现场.jpg", files.photo()[:300], "已损坏"),
        ("图.png", files.photo(), "扩展名不符"),
        ("报告.docx", files.excel(), "扩展名不符"),
        ("报告.pdf", b"%PDF-1.7\n" + b"0" * 50, "不完整或已损坏"),
        ("报告.pdf", files.pdf() + SCRIPT, "脚本"),
        ("报告.docx", changed(files.word(), word__vbaProject_dot_bin=b"x"), "宏"),
        ("报告.docx", changed(files.word(), word__document_dot_xml=BOMB), "外部定义"),
        ("报告.docx", changed(files.word(), word___rels__settings_dot_xml_dot_rels=ATTACHED), "以外的内容"),
        ("报告.docx", changed(files.word(), word__media__a_dot_png=b"\0" * 2_000_000), "压缩比"),
        ("报告.docx", changed(files.word(), word__embeddings__a_dot_xlsx=b"PK"), "嵌入"),
    ],
)
def test_what_cannot_be_evidence_is_refused_with_what_to_do(name, data, advice):
    with pytest.raises(UnsafeFile, match=advice):
        inspect(name, data)


OBJECTS = b"9 0 <</S/JavaScript/JS(app.alert(1))>>"
PACKED = zlib.compress(OBJECTS)


def packed(data: bytes, filters: bytes) -> bytes:
    """Return a PDF object that holds objects, as one of a file's."""
    return b"\n9 0 obj<</Type/ObjStm/N 1/First 4%b>>stream\n%b\nendstream endobj" % (filters, data)


@pytest.mark.parametrize(
    "more",
    [
        b"\n9 0 obj<</S/J#61vaScript/J#53(app.alert(1))>>endobj",
        b"\n9 0 obj<</A(stream\n)/S/JavaScript/JS(x)/B(endstream)>>endobj",
        b"\n9 0 obj<</S/Launch/F(cmd.exe)>>endobj",
        packed(OBJECTS, b""),
        packed(PACKED, b"/Filter/FlateDecode"),
        packed(PACKED, b"/Filter [ /FlateDecode ]"),
        packed(PACKED, b"/Filter/FlateDecode").replace(b"ObjStm", b"Obj#53tm"),
        packed(PACKED, b"/Filter/FlateDecode/DecodeParms<</Predictor 12>>"),
        packed(PACKED.hex().encode() + b">", b"/Filter[/ASCIIHexDecode/FlateDecode]"),
        packed(PACKED, b"/A(9 0 obj)/Filter/FlateDecode"),
        packed(PACKED, b"/A(" + b"a" * 3000 + b")/Filter/FlateDecode"),
        packed(PACKED[:-9], b"/Filter/FlateDecode"),
        packed(zlib.compress(b"0" * 21_000_000), b"/Filter/FlateDecode"),
    ],
)
def test_a_pdf_that_acts_is_refused_however_it_is_spelled_or_packed(more):
    with pytest.raises(UnsafeFile, match=r"脚本|不能检查"):
        refuse_active(files.pdf() + more)


def test_a_pdf_with_packed_objects_that_do_nothing_is_kept():
    nothing = zlib.compress(b"9 0 <</Type/Font/BaseFont/Song>>")
    refuse_active(files.pdf() + packed(nothing, b"/Filter/FlateDecode"))


def related(kind: bytes, mode: bytes = b' TargetMode="External"') -> bytes:
    return ATTACHED.replace(b"attachedTemplate", kind).replace(b' TargetMode="External"', mode)


NS = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DDE = b"<w:ftr %b><w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\cmd.exe</w:instrText></w:ftr>" % NS
SIMPLE = b'<w:ftr %b><w:fldSimple w:instr="&#68;DE cmd"/></w:ftr>' % NS


@pytest.mark.parametrize(
    ("parts", "advice"),
    [
        ({"word___rels__document_dot_xml_dot_rels": related(b"image")}, "断开链接"),
        ({"xl___rels__a_dot_xml_dot_rels": related(b"externalLinkPath")}, "断开链接"),
        ({"xl___rels__a_dot_xml_dot_rels": related(b"xlMacrosheet", b"")}, "以外的内容"),
        ({"word__footer9_dot_xml": DDE}, "动态链接"),
        ({"word__footer9_dot_xml": SIMPLE}, "动态链接"),
        ({"xl__externalLinks__a_dot_xml": b'<ddeLink ddeService="cmd"/>'}, "动态链接"),
        ({"word__media__a_dot_png": b"PK\x03\x04"}, "另一个文件"),
        ({"word__media__a_dot_png": b"MZ\x90"}, "另一个文件"),
        ({"word___rels__a_dot_rels": ATTACHED.decode().encode("utf-16")}, "外部定义"),
        ({"word___rels__document_dot_xml_dot_rels": related(b"hyperlink")}, None),
        ({"word__media__a_dot_png": files.photo(kind="PNG")}, None),
    ],
)
def test_an_office_file_neither_fetches_nor_starts_nor_hides_anything(parts, advice):
    refused = pytest.raises(UnsafeFile, match=advice) if advice else nullcontext()
    with refused, zipfile.ZipFile(io.BytesIO(changed(files.word(), **parts))) as archive:
        check_parts(archive, "文档")


def test_a_locked_pdf_is_refused():
    locked = files.pdf().replace(b"/Root", b"/Encrypt<</Filter/Standard/V 1/R 2/O(a)/U(b)/P -4>>/Root")
    with pytest.raises(UnsafeFile, match="密码"):
        inspect("报告.pdf", locked)


def test_a_file_of_more_than_20_megabytes_is_refused():
    with pytest.raises(UnsafeFile, match="20 MB"):
        inspect("现场.jpg", files.photo() + b"\0" * 20 * 1024 * 1024)


@settings(max_examples=30)
@given(st.text(max_size=300))
def test_a_name_is_one_printable_line_without_a_path(name):
    clean = plain_files.plain_name(name)
    assert clean.isprintable()
    assert len(clean) <= plain_files.MAX_NAME
    assert not {"/", "\\"} & set(clean)
