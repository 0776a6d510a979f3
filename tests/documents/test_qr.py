"""QR codes are those of segno, dot by dot, whatever the text and the version."""

import io

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fivestep_web.documents.qr import picture

TEXT = st.text(st.characters(codec="ascii"), min_size=1, max_size=90)


def dots(png: bytes) -> tuple[tuple[int, int], bytes]:
    with Image.open(io.BytesIO(png)) as image:
        return image.size, image.convert("L").tobytes()


def by_segno(text: str) -> bytes:
    code = segno.make(
        text.encode(), mode="byte", error="m", boost_error=False, micro=False, mask=2, encoding="utf-8"
    )
    drawn = io.BytesIO()
    code.save(drawn, kind="png", scale=4, border=4)
    return drawn.getvalue()


@settings(max_examples=150, deadline=None)
@given(text=TEXT)
def test_any_text_gives_the_code_that_segno_gives(text):
    assert dots(picture(text)) == dots(by_segno(text))


@pytest.mark.parametrize("length", [1, 14, 15, 26, 27, 42, 62, 84, 106, 122, 152, 180, 181, 213, 666, 2331])
def test_every_size_gives_the_code_that_segno_gives(length):
    text = ("http://10.0.0.8:8000/verify/" * 90)[:length]
    assert dots(picture(text)) == dots(by_segno(text))


def test_an_address_in_chinese_is_encoded_in_utf_8():
    address = "http://青禾.县/verify/4F7K2M9P0QRS8TVW"
    assert dots(picture(address)) == dots(by_segno(address))


def test_a_text_too_long_for_any_code_is_refused():
    with pytest.raises(segno.DataOverflowError):
        picture("x" * 2332)
