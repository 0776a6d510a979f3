"""QR codes say their text to a reader, on white, large enough and sharp."""

import io
from itertools import chain

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fivestep_web.documents.qr import picture

ADDRESS = "http://10.0.0.8:8000/verify/4F7K2M9P0QRS8TVW"
TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=90)


def drawn(text):
    with Image.open(io.BytesIO(picture(text))) as image:
        image.load()
        return image


@settings(max_examples=100, deadline=None)
@given(text=TEXT)
def test_a_reader_finds_the_text(text):
    (code,) = zxingcpp.read_barcodes(drawn(text))
    assert code.bytes == text.encode()
    assert code.format == zxingcpp.BarcodeFormat.QRCode


@pytest.mark.parametrize("length", [1, 14, 42, 106, 213, 666, 2331])
def test_a_text_of_any_length_is_found(length):
    text = (ADDRESS * 60)[:length]
    (code,) = zxingcpp.read_barcodes(drawn(text))
    assert code.text == text


def test_an_address_in_chinese_is_read_as_it_is_written():
    (code,) = zxingcpp.read_barcodes(drawn("http://青禾.县/verify/4F7K2M9P0QRS8TVW"))
    assert code.text == "http://青禾.县/verify/4F7K2M9P0QRS8TVW"


def test_a_reader_mends_what_correction_level_m_can():
    (code,) = zxingcpp.read_barcodes(drawn(ADDRESS))
    assert code.extra["ECLevel"] == "M"


def test_a_module_is_four_dots_square_and_four_modules_around_are_white():
    image = drawn(ADDRESS)
    assert (image.mode, image.size) == ("1", (148, 148))  # 29 modules and 8 of white
    small = image.resize((37, 37), Image.Resampling.NEAREST)
    assert small.resize(image.size, Image.Resampling.NEAREST).tobytes() == image.tobytes()
    edges = [(line, across) for line in range(37) for across in chain(range(4), range(33, 37))]
    assert all(small.getpixel(at) and small.getpixel(at[::-1]) for at in edges)
    assert small.getpixel((4, 4)) == 0


def test_the_same_text_gives_the_same_bytes():
    assert picture(ADDRESS) == picture(ADDRESS)


def test_a_text_too_long_for_any_code_is_refused():
    with pytest.raises(ValueError, match="too long"):
        picture("x" * 2332)
