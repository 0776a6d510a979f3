"""QR codes of many texts as pictures, each in a few hundredths of a millisecond (ISO/IEC 18004).

For texts of one length the code is a sum modulo 2: the code of nothing but zero bytes, which holds the fixed
patterns, the format and the mask, and what the text's own bits put in. segno makes the first, once for each
length; Reed-Solomon remainders and places of modules make the second.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, chain, pairwise, zip_longest
from typing import Any, Final, cast

import segno
from segno import consts

_MASK: Final = 2  # any of the eight is valid, and choosing one by the text would not be a sum
_LONG_COUNT: Final = 10  # from this version on the length of a text is counted in 16 bits, below in 8
_TIMING: Final = 6  # column and row of the timing patterns
_QUIET: Final = 4  # modules of white that readers need
_DOTS: Final = 4  # of a module's edge: in a line of a picture of two tones it is one hexadecimal digit
_LIGHT, _DARK = b"f0"
_GROUP: Final = 255  # bits that one table of 256 entries can put in, besides the entry for none
_BITS: Final = bytes.maketrans(b"01", bytes((0, _LIGHT ^ _DARK)))


def picture(text: str) -> bytes:
    """Return a PNG of the code of *text*: correction level M, four dots a module, four modules of white."""
    data = text.encode()
    return _shape(len(data)).picture(data)


class _Shape:
    """What all codes of texts of one length have in common."""

    def __init__(self, length: int) -> None:
        code = segno.make(bytes(length), mode="byte", error="m", boost_error=False, micro=False, mask=_MASK)
        version = int(code.version)
        kinds = cast("Any", consts.ECC)[version][consts.ERROR_LEVEL_M]
        self.data = [kind.num_data for kind in kinds for _block in range(kind.num_blocks)]
        self.correction = kinds[0].num_total - kinds[0].num_data  # bytes, in each block
        self.capacity = sum(self.data)
        self.shift = 8 * (self.capacity - length) - (12 if version < _LONG_COUNT else 20)
        self.dots = (len(code.matrix) + 2 * _QUIET) * _DOTS
        empty = [bytes(_DARK if module else _LIGHT for module in row) for row in code.matrix]
        self.empty = int.from_bytes(_digits(empty, _LIGHT))
        self.groups = _groups(code, 8 * (self.capacity + self.correction * len(self.data)))

    def picture(self, data: bytes) -> bytes:
        """Return the PNG of the code of *data*."""
        bits = self._message(data)
        digits = self.empty
        for number, places in enumerate(self.groups):
            put_in = bits[number * _GROUP : (number + 1) * _GROUP].ljust(_GROUP + 1, b"\0")
            digits ^= int.from_bytes(places.translate(put_in))
        lines = bytes.fromhex(digits.to_bytes(len(self.groups[0])).decode())
        width = len(lines) // (self.dots // _DOTS)
        repeated = b"".join(lines[start : start + width] * _DOTS for start in range(0, len(lines), width))
        return _png(self.dots, repeated)

    def _message(self, data: bytes) -> bytes:
        """Return the bits of *data* and its correction as they are put in, a byte each, not 0 for a one."""
        words = (int.from_bytes(data) << self.shift).to_bytes(self.capacity)
        blocks = [words[start:end] for start, end in pairwise(accumulate(self.data, initial=0))]
        rests = [_remainder(block, self.correction) for block in blocks]
        message = bytes([*_interleaved(blocks), *_interleaved(rests)])
        return f"{int.from_bytes(message):0{8 * len(message)}b}".encode().translate(_BITS)


_shape = lru_cache(maxsize=8)(_Shape)


def _groups(code: segno.QRCode, bits: int) -> list[bytes]:
    """Return the digits of a picture once for each group of bits: which bit of the group stands there."""
    size = len(code.matrix)
    groups = [[bytearray([_GROUP]) * size for _row in range(size)] for _group in range(-(-bits // _GROUP))]
    for number, (row, column) in zip(range(bits), _places(code), strict=False):
        groups[number // _GROUP][row][column] = number % _GROUP
    return [_digits([bytes(row) for row in rows], _GROUP, edge=_GROUP) for rows in groups]


def _digits(rows: Sequence[bytes], white: int, edge: int = ord("0")) -> bytes:
    """Return the digits of a picture's lines, one line for each row of modules and *white* around.

    Each line has two digits before it and, if theirs are odd, one behind; *edge* is what stands there.
    """
    blank = bytes([white]) * (len(rows) + 2 * _QUIET)
    side = blank[:_QUIET]
    lines = [*[blank] * _QUIET, *(side + row + side for row in rows), *[blank] * _QUIET]
    before, behind = bytes([edge]) * 2, bytes([edge]) * (len(blank) % 2)
    return b"".join(before + line + behind for line in lines)


def _places(code: segno.QRCode) -> Iterator[tuple[int, int]]:
    """Yield row and column of a code's data modules in the order in which bits are put there.

    Bits go up and down columns of two modules, from the right to the left, past the timing pattern.
    """
    kinds = [list(row) for row in code.matrix_iter(border=0, verbose=True)]
    size = len(kinds)
    kinds[8][size - 9] = consts.TYPE_DATA_LIGHT  # segno 1.6 takes it for the format's, which is 8 long there
    free = {consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT}
    starts = [*range(size - 1, _TIMING, -2), *range(_TIMING - 1, 0, -2)]
    for number, right in enumerate(starts):
        for row in range(size) if number % 2 else range(size - 1, -1, -1):
            yield from ((row, column) for column in (right, right - 1) if kinds[row][column] in free)


def _png(width: int, lines: bytes) -> bytes:
    """Return a square picture of two tones."""
    head = struct.pack(">LL5B", width, width, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 4)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _interleaved(blocks: Sequence[bytes]) -> Iterator[int]:
    return (word for word in chain.from_iterable(zip_longest(*blocks)) if word is not None)


def _remainder(block: bytes, length: int) -> bytes:
    """Return the *length* bytes of Reed-Solomon correction of *block*."""
    multiples, highest, kept = _multiples(length), 8 * (length - 1), (1 << 8 * (length - 1)) - 1
    rest = 0
    for word in block:
        rest = ((rest & kept) << 8) ^ multiples[word ^ (rest >> highest)]
    return rest.to_bytes(length)


@cache
def _multiples(length: int) -> list[int]:
    """Return the generator polynomial of *length* times each element of the field of 256."""
    powers, logarithms, generator = consts.GALIOS_EXP, consts.GALIOS_LOG, consts.GEN_POLY[length]
    products = (bytes(powers[logarithms[factor] + each] for each in generator) for factor in range(1, 256))
    return [0, *map(int.from_bytes, products)]
