"""Handwritten marks: whatever comes in, a small PNG of the ink alone is stored."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from fivestep_web.core.errors import Conflict, NotAllowed
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.models import Blob
from fivestep_web.extensions import db
from fivestep_web.keys import marks
from fivestep_web.keys.images import BadImage, clean_mark
from fivestep_web.keys.models import HandwrittenMark, MarkSource
from tests.factories.keys import actor_of
from tests.security.examples.keys import picture


def drawn(size=(400, 160), paper="white", ink="black", mode="RGB", kind="PNG", **save):
    image = Image.new(mode, size, paper)
    width, height = size
    points = [(width * x // 10, height * y // 10) for x, y in ((2, 7), (4, 2), (6, 8), (8, 3))]
    ImageDraw.Draw(image).line(points, fill=ink, width=max(3, width // 60))
    stored = io.BytesIO()
    image.save(stored, kind, **save)
    return stored.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        drawn(),
        drawn(kind="JPEG"),
        drawn(paper=(190, 185, 170), ink=(40, 40, 70), kind="JPEG"),
        drawn(paper=(0, 0, 0, 0), ink=(0, 0, 0, 255), mode="RGBA"),
        drawn(size=(3000, 900)),
        drawn(size=(900, 3000)),
        drawn(paper=255, ink=0, mode="L"),
    ],
    ids=["png", "jpeg", "photo", "pad", "wide", "tall", "grey"],
)
def test_ink_is_kept_trimmed_and_small(data):
    mark = clean_mark(data)
    image = Image.open(io.BytesIO(mark.png))
    assert (image.format, image.mode, image.size) == ("PNG", "LA", (mark.width, mark.height))
    assert mark.width <= 600
    assert mark.height <= 200
    alpha = image.getchannel("A")
    assert alpha.getbbox() == (4, 4, mark.width - 4, mark.height - 4)
    assert max(index for index, count in enumerate(alpha.histogram()) if count) > 200


def test_nothing_of_what_was_sent_survives_but_the_ink():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    mark = clean_mark(drawn(pnginfo=info) + b"trailing <?php")
    assert b"script" not in mark.png
    assert b"php" not in mark.png


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "PNG 或 JPEG"),
        (b"GIF89a" + b"0" * 100, "PNG 或 JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG 或 JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 100, "损坏"),
        (b"\xff\xd8\xff" + b"0" * 100, "损坏"),
        (drawn()[:400], "损坏"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * (2 * 1024 * 1024), "2 MB"),
        (drawn(ink="white"), "看不出字迹"),
        (drawn(paper="black", ink="black"), "看不出字迹"),
        (drawn(paper="black", ink="white"), "看不出字迹"),
        (drawn(size=(8, 4)), "看不出字迹"),
    ],
    ids=["empty", "gif", "svg", "png", "jpeg", "cut", "large", "blank", "black", "negative", "dot"],
)
def test_what_is_no_mark_is_refused_with_the_way_out(data, why):
    with pytest.raises(BadImage, match=why):
        clean_mark(data)


@pytest.mark.parametrize("size", [(4_001, 4_000), (9_000, 9_000)])
def test_a_bomb_is_refused_before_it_is_unpacked(size):
    """Only the head says how large it is: who unpacks it finds too little and calls it damaged."""
    header = struct.pack(">4sIIBBBBB", b"IHDR", *size, 1, 0, 0, 0, 0)
    bomb = drawn(mode="1", paper=1, ink=0)
    bomb = bomb[:12] + header + struct.pack(">I", zlib.crc32(header)) + bomb[33:]
    with pytest.raises(BadImage, match="尺寸太大"):
        clean_mark(bomb)


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_picture_never_breaks_anything(data):
    bytes_ = bytearray(drawn())
    for _ in range(data.draw(st.integers(1, 4))):
        bytes_[data.draw(st.integers(0, len(bytes_) - 1))] = data.draw(st.integers(0, 255))
    try:
        mark = clean_mark(bytes(bytes_))
    except BadImage:
        return
    assert mark.width <= 600


def test_a_new_mark_replaces_the_old_one_and_the_same_changes_nothing(people):
    def set_mark(data):
        with unit_of_work():
            return marks.set_mark(actor_of(people.staff), clean_mark(data), MarkSource.PAD).id

    first = set_mark(picture())
    assert set_mark(picture()) == first
    second = set_mark(drawn())
    assert second != first
    assert marks.find_mark(people.staff.person_id).id == second
    assert db.session.get(HandwrittenMark, first).ended_at is not None
    assert db.session.query(Blob).count() == 2
    assert marks.find_picture(marks.find_mark(people.staff.person_id).blob_sha256).startswith(b"\x89PNG")


def test_who_signs_nothing_has_no_mark_and_none_is_removed_twice(people):
    with pytest.raises(NotAllowed), unit_of_work():
        marks.set_mark(actor_of(people.administrator), clean_mark(picture()), MarkSource.PAD)
    with pytest.raises(Conflict), unit_of_work():
        marks.remove_mark(actor_of(people.staff))
