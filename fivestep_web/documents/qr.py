"""QR codes of many texts, each a few hundredths of a millisecond (ISO/IEC 18004).

For texts of one length the code is a sum modulo 2: the code of nothing but zero bytes, which holds the fixed
patterns, the format and the mask, and what the text's own bits put in. segno makes the first, once for each
length; Reed-Solomon remainders and places of modules make the second.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, chain, pairwise, zip_longest
from operator import itemgetter
from typing import Any, Final, cast

import segno
from segno import consts

_MASK: Final = 2  # any of the eight is valid, and choosing one by the text would not be a sum
_LONG_COUNT: Final = 10  # from this version on the length of a text is counted in 16 bits, below in 8
_ZERO: Final = ord("0")
_TIMING: Final = 6  # column and row of the timing patterns


def modules(text: str) -> list[bytes]:
    """Return the rows of the code of *text* with correction level M, one byte a module, 1 for a dark one."""
    data = text.encode()
    return _shape(len(data)).filled(data)


class _Shape:
    """What all codes of texts of one length have in common."""

    def __init__(self, length: int) -> None:
        code = segno.make(bytes(length), mode="byte", error="m", boost_error=False, micro=False, mask=_MASK)
        version = int(code.version)
        kinds = cast("Any", consts.ECC)[version][consts.ERROR_LEVEL_M]
        self.data = [kind.num_data for kind in kinds for _block in range(kind.num_blocks)]
        self.correction = kinds[0].num_total - kinds[0].num_data  # bytes, in each block
        self.capacity = sum(self.data)
        self.size = len(code.matrix)
        self.shift = 8 * (self.capacity - length) - (12 if version < _LONG_COUNT else 20)
        self.empty = int.from_bytes(bytes(module ^ _ZERO for row in code.matrix for module in row))
        bits = 8 * (self.capacity + self.correction * len(self.data))
        places = dict(zip(_places(code), range(bits), strict=False))
        self.of_module = itemgetter(*(places.get(place, bits) for place in range(self.size**2)))

    def filled(self, data: bytes) -> list[bytes]:
        """Return the rows of the code of *data*."""
        words = (int.from_bytes(data) << self.shift).to_bytes(self.capacity)
        blocks = [words[start:end] for start, end in pairwise(accumulate(self.data, initial=0))]
        rests = [_remainder(block, self.correction) for block in blocks]
        message = bytes([*_interleaved(blocks), *_interleaved(rests)])
        bits = f"{int.from_bytes(message):0{8 * len(message)}b}0".encode()
        put_in = int.from_bytes(bytes(self.of_module(bits)))
        shown = (put_in ^ self.empty).to_bytes(self.size**2)
        return [shown[start : start + self.size] for start in range(0, len(shown), self.size)]


_shape = cache(_Shape)


def _places(code: segno.QRCode) -> Iterator[int]:
    """Yield the places of a code's data, row after row counted, in the order in which bits are put there.

    Bits go up and down columns of two modules, from the right to the left, past the timing pattern.
    """
    kinds = [list(row) for row in code.matrix_iter(border=0, verbose=True)]
    size = len(kinds)
    kinds[8][size - 9] = consts.TYPE_DATA_LIGHT  # segno 1.6 takes it for the format's, which is 8 long there
    free = {consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT}
    starts = [*range(size - 1, _TIMING, -2), *range(_TIMING - 1, 0, -2)]
    for number, right in enumerate(starts):
        for row in range(size) if number % 2 else range(size - 1, -1, -1):
            yield from (row * size + column for column in (right, right - 1) if kinds[row][column] in free)


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
