import io
import zipfile
from dataclasses import replace

import pytest

from fivestep_web.core import packages
from fivestep_web.core.packages import UnsafeFile, check_package
from fivestep_web.workbook.reading import read_workbook
from fivestep_web.workbook.safety import WORKBOOK
from tests.workbook.builders import rezip, sheets, write


@pytest.fixture
def good(tmp_path):
    return write(tmp_path / "good.xlsx", sheets())


def refusal(path):
    with pytest.raises(UnsafeFile) as caught:
        read_workbook(path)
    return caught.value.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        ("工号,姓名\nP1,张某甲\n".encode(), "不是 .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧格式 .xls"),
        (b"PK\x03\x04 and then nothing that follows", "损坏"),
        (b"%PDF-1.7\n", "不是 .xlsx"),
    ],
)
def test_what_is_no_workbook_is_refused_with_a_sentence(tmp_path, content, words):
    path = tmp_path / "upload.xlsx"
    path.write_bytes(content)
    assert words in refusal(path)


def test_a_truncated_workbook_is_refused(good, tmp_path):
    path = tmp_path / "cut.xlsx"
    path.write_bytes(good.read_bytes()[:-400])
    assert "损坏" in refusal(path)


def test_bytes_before_or_after_the_package_are_refused(good, tmp_path):
    for number, content in enumerate((b"MZ" + good.read_bytes(), good.read_bytes() + b"<script>")):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(content)
        assert refusal(path)


def test_a_flipped_byte_inside_is_refused(good, tmp_path):
    data = bytearray(good.read_bytes())
    data[60] ^= 0xFF
    path = tmp_path / "flipped.xlsx"
    path.write_bytes(data)
    assert "损坏" in refusal(path)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("xl/vbaProject.bin", b"x", "宏"),
        ("xl/macrosheets/sheet1.xml", b"<x/>", "宏"),
        ("xl/embeddings/oleObject1.bin", b"x", "嵌入"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "链接"),
        ("xl/connections.xml", b"<x/>", "链接"),
        ("xl/media/inner.zip", b"x", "另一个文件"),
        ("xl/media/image1.png", b"PK\x03\x04", "另一个文件"),
        ("xl/media/image1.png", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "另一个文件"),
        ("../evil.xml", b"<x/>", "名称"),
        ("/etc/passwd.xml", b"<x/>", "名称"),
        ("xl\\evil.xml", b"<x/>", "名称"),
        ("XL/WORKBOOK.XML", b"<x/>", "重名"),
        ("payload.exe", b"x", "表格以外"),
        ("word/document.xml", b"<x/>", "不是 .xlsx"),
        ("xl/drawings/a.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "外部定义"),
        ("xl/drawings/a.xml", "<a/>".encode("utf-16"), "编码"),
        ("xl/drawings/a.xml", b"<?xml version='1.0' encoding='utf-7'?><a/>", "编码"),
        (
            "xl/drawings/_rels/a.xml.rels",
            b"<R><Relationship Type='x/image' TargetMode='External' Target='http://e'/></R>",
            "链接",
        ),
        ("xl/drawings/_rels/a.xml.rels", b"<R><Relationship Type='x/attachedTemplate'/></R>", "表格以外"),
    ],
)
def test_foreign_parts_are_refused(good, tmp_path, name, data, words):
    assert words in refusal(rezip(good, tmp_path / "bad.xlsx", extra={name: data}))


def test_a_hyperlink_typed_into_a_cell_is_no_reason_to_refuse(good, tmp_path):
    link = b"<R><Relationship Id='r1' Type='x/hyperlink' TargetMode='External' Target='mailto:a@b'/></R>"
    path = rezip(good, tmp_path / "link.xlsx", extra={"xl/worksheets/_rels/sheet9.xml.rels": link})
    assert read_workbook(path).sheets


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"spreadsheetml.sheet.main+xml", b"spreadsheetml.template.main+xml", "不是 .xlsx"),
        (
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            "宏",
        ),
    ],
)
def test_the_content_type_must_say_plain_spreadsheet(good, tmp_path, old, new, words):
    changed = rezip(good, tmp_path / "t.xlsx", {"[Content_Types].xml": lambda data: data.replace(old, new)})
    assert words in refusal(changed)


def test_a_zip_bomb_is_refused_by_its_directory_alone(good, tmp_path):
    path = rezip(good, tmp_path / "bomb.xlsx", extra={"xl/media/a.png": bytes(30_000_000)})
    with pytest.raises(UnsafeFile, match="压缩比"):
        check_package(path, WORKBOOK)


def test_too_large_packed_or_unpacked_or_too_many_parts_are_refused(good, tmp_path, monkeypatch):
    many = {f"xl/media/{number}.png": b"" for number in range(packages.MAX_ENTRIES)}
    with pytest.raises(UnsafeFile, match="2000 个"):
        check_package(rezip(good, tmp_path / "many.xlsx", extra=many), WORKBOOK)
    monkeypatch.setattr(packages, "MAX_UNPACKED", 1000)
    with pytest.raises(UnsafeFile, match="展开后"):
        check_package(good, WORKBOOK)
    with pytest.raises(UnsafeFile, match="文件大小"):
        check_package(good, replace(WORKBOOK, max_packed=100))


def test_encrypted_parts_are_refused(good, tmp_path):
    data = bytearray(good.read_bytes())
    start = data.index(b"PK\x01\x02")
    data[start + 8] |= 1
    path = tmp_path / "secret.xlsx"
    path.write_bytes(data)
    assert "密码" in refusal(path)


def test_a_directory_that_lies_about_sizes_is_refused(good, tmp_path):
    buffer = bytearray(rezip(good, tmp_path / "x.xlsx", extra={"xl/media/a.png": bytes(5000)}).read_bytes())
    entry = buffer.rindex(b"PK\x01\x02")
    buffer[entry + 24 : entry + 28] = (50).to_bytes(4, "little")
    path = tmp_path / "lies.xlsx"
    path.write_bytes(buffer)
    assert zipfile.is_zipfile(io.BytesIO(buffer))
    assert "损坏" in refusal(path)
