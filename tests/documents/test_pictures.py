"""Handwritten marks and the QR code in a letter: measured, placed, named, the same every time (B8, B9)."""

import hashlib
import io

import pytest
import zxingcpp
from PIL import Image

from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import WordFile, text_of
from fivestep_web.documents.payload_checks import PayloadError
from fivestep_web.documents.pictures import MARK_HEIGHT, MARK_WIDTH, MILLIMETRE, mark_hashes
from fivestep_web.documents.rendering import render
from fivestep_web.documents.samples import draft_payload, letter_payload, sample_payload

LETTER = DocumentKind.RESPONSIBILITY_LETTER
MARK_IN_THE_CELL = "签字：＿＿＿＿＿＿＿＿"


def png(width: int, height: int) -> bytes:
    data = io.BytesIO()
    Image.new("L", (width, height), 255).save(data, "PNG")
    return data.getvalue()


def signed(**marks: bytes):
    """Return a payload signed by both sides, with a mark where one is given, and the marks by their hash."""
    payload = sample_payload(LETTER)
    for side in ("issuing", "responsible"):
        mark = marks.get(side)
        payload[f"{side}_side"]["signature"] = {
            "position": "部长",
            "signed_at": "2026-01-20 09:30",
            "check_code": "0123456789abcdef",
            "mark_sha256": hashlib.sha256(mark).hexdigest() if mark else None,
        }
    return payload, {hashlib.sha256(mark).hexdigest(): mark for mark in marks.values()}


def media(data: bytes) -> dict[str, bytes]:
    members = WordFile.open(data).members
    return {name: content for name, content in members.items() if name.startswith("word/media/")}


def extents(data: bytes) -> list[tuple[int, int]]:
    found = WordFile.open(data).document.iter(
        "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"
    )
    return [(int(item.get("cx")), int(item.get("cy"))) for item in found]


def test_marks_stand_on_the_lines_for_signing_and_the_file_passes_every_check():
    first, second = png(640, 240), png(100, 90)
    payload, marks = signed(issuing=first, responsible=second)
    data = render(LETTER, payload, marks)
    assert violations(LETTER, payload, data) == []
    assert media(data)["word/media/issuing_mark.png"] == first
    assert media(data)["word/media/responsible_mark.png"] == second
    cells = [text_of(cell).strip() for cell in WordFile.open(data).document.iter("{*}tc")]
    assert cells.count(MARK_IN_THE_CELL) == 2
    assert render(LETTER, payload, marks) == data


@pytest.mark.parametrize("size", [(4000, 100), (100, 4000), (1, 1), (320, 120), (30000, 1)])
def test_no_mark_is_larger_than_its_place_and_none_is_stretched(size):
    payload, marks = signed(issuing=png(*size))
    width, height = extents(render(LETTER, payload, marks))[0]
    assert 0 < width <= MARK_WIDTH == 32 * MILLIMETRE
    assert 0 < height <= MARK_HEIGHT == 12 * MILLIMETRE
    assert width == MARK_WIDTH or height == MARK_HEIGHT
    assert abs(width * size[1] - height * size[0]) <= max(size)


def test_the_qr_code_leads_to_the_page_of_this_letter_and_is_at_most_20_mm_large():
    payload = sample_payload(LETTER)
    data = render(LETTER, payload)
    (picture,) = media(data).values()
    with Image.open(io.BytesIO(picture)) as image:
        assert image.width == image.height
        (code,) = zxingcpp.read_barcodes(image)
    assert code.text == "http://10.0.0.8:8000/verify/4F7K2M9P0QRS8TVW"
    assert extents(data) == [(19 * MILLIMETRE, 19 * MILLIMETRE)]
    payload["verification"]["serial"] = "0000 0000 0000 0000"
    assert media(render(LETTER, payload)) != media(data)


def test_the_code_is_printed_below_the_signatures_with_its_version_and_address():
    payload = sample_payload(LETTER, letter_version=2)
    text = text_of(WordFile.open(render(LETTER, payload)).document)
    block, _mark, below = text.partition("核验编号：")
    assert "甲方（盖章/签字）" in block
    assert below.startswith("4F7K 2M9P 0QRS 8TVW（第2版）\n核验网址：http://10.0.0.8:8000/verify\n扫描二维码")


def test_a_letter_without_marks_and_code_holds_no_picture():
    payload = sample_payload(LETTER)
    payload["verification"]["has_qr"] = False
    data = render(LETTER, payload)
    assert violations(LETTER, payload, data) == []
    assert media(data) == {}
    assert b"png" not in WordFile.open(data).members["[Content_Types].xml"]
    assert "扫描二维码" not in text_of(WordFile.open(data).document)


def test_a_changed_letter_names_its_change_order():
    note = "本责任书由变〔2026〕3号变更，自2026年6月1日起执行。"
    payload = sample_payload(LETTER, change_note=note)
    data = render(LETTER, payload)
    assert note in text_of(WordFile.open(data).document)
    assert violations(LETTER, payload, data) == []
    assert "变更，自" not in text_of(WordFile.open(render(LETTER, sample_payload(LETTER))).document)


@pytest.mark.parametrize("stored", [{}, b"", b"GIF89a" + bytes(30), png(1, 1)[:20]])
def test_a_mark_that_is_not_there_or_is_no_png_stops_the_rendering(stored):
    payload, marks = signed(issuing=png(10, 10))
    given = dict.fromkeys(marks, stored) if isinstance(stored, bytes) else {}
    with pytest.raises(PayloadError, match=r"issuing_side\.signature\.mark_sha256"):
        render(LETTER, payload, given)


def test_marks_are_named_by_letters_only():
    payload, marks = signed(issuing=png(10, 10), responsible=png(20, 10))
    assert mark_hashes(payload) == set(marks)
    assert mark_hashes(letter_payload("unit_member")) == set()
    assert mark_hashes(draft_payload(DocumentKind.TASK_BOOK)) == set()
    assert mark_hashes({"issuing_side": "甲", "responsible_side": {"signature": 7}}) == set()
