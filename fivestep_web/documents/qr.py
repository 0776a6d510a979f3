"""QR codes of texts as pictures (ISO/IEC 18004): zxing-cpp makes the code, this module its PNG."""

import struct
import zlib
from typing import Final

import zxingcpp

_DOTS: Final = 4  # of a module's edge: in a line of a picture of two tones it is one hexadecimal digit
_DIGITS: Final = bytes.maketrans(b"\x00\xff", b"0f")


def picture(text: str) -> bytes:
    """Return a PNG of the code of *text*: correction level M, four dots a module, four modules of white.

    Raises ValueError for a text too long for any code.
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", eci="UTF-8")
    image = code.to_image(scale=1, add_quiet_zones=True)
    width = image.shape[0]
    digits = memoryview(image).tobytes().translate(_DIGITS)  # type: ignore[arg-type] # a buffer its stub leaves out
    odd = b"0" * (width % 2)
    rows = (bytes.fromhex((digits[at : at + width] + odd).decode()) for at in range(0, len(digits), width))
    return _png(width * _DOTS, b"".join((b"\0" + row) * _DOTS for row in rows))


def _png(width: int, lines: bytes) -> bytes:
    """Return a square picture of two tones; each of *lines* begins with the byte of its filter."""
    head = struct.pack(">LL5B", width, width, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 4)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        for kind, data in parts
    )
