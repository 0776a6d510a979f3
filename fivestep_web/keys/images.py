"""A handwritten mark from whatever image comes in: checked, trimmed, made into a small PNG, pure.

What is stored is drawn anew, so nothing of the sent bytes survives but the ink.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_PIXELS: Final = 16_000_000
LARGEST: Final = (600, 200)
MARGIN: Final = 4
LEAST_CONTRAST: Final = 60  # of 255, between the lightest and the darkest point
PAPER, INK = 90, 170  # how dark, of 255, the darkest paper and the lightest full ink are
LEAST_INK, MOST_INK = 60, 0.5  # pixels: fewer is a dot; share of the area: more is a picture, not a name
MAGIC: Final = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff"}


class BadImage(Exception):  # noqa: N818 - a refusal with a reason
    """The image is refused; the message says why and what would do."""


@dataclass(frozen=True)
class Mark:
    """A mark as it is stored: black ink on nothing, at most 600 by 200."""

    png: bytes
    width: int
    height: int


def clean_mark(data: bytes) -> Mark:
    """Return the ink of a PNG or JPEG; raises BadImage for anything else, too large or empty."""
    if len(data) > MOST_BYTES:
        raise BadImage("图片超过 2 MB，请缩小或裁剪后再上传")
    kind = next((name for name, magic in MAGIC.items() if data.startswith(magic)), None)
    if kind is None:
        raise BadImage("只收 PNG 或 JPEG 图片，请另存为这两种格式后再上传")
    ink = _ink(_grey(data, kind))
    box = ink.getbbox()
    count = sum(ink.histogram()[128:])
    if box is None or count < LEAST_INK or count > MOST_INK * ink.width * ink.height:
        raise BadImage("看不出字迹。在框内手写的，请写大一些；上传图片的，请用深色笔在白纸上签名，拍清楚")
    ink = ink.crop(box)
    ink.thumbnail((LARGEST[0] - 2 * MARGIN, LARGEST[1] - 2 * MARGIN), Image.Resampling.LANCZOS)
    ink = ImageOps.expand(ink, MARGIN, 0)
    image = Image.merge("LA", (Image.new("L", ink.size, 0), ink))
    stored = io.BytesIO()
    image.save(stored, "PNG", optimize=True)
    return Mark(stored.getvalue(), *image.size)


def _grey(data: bytes, kind: str) -> Image.Image:
    """Return the image as grey on white paper, turned upright."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=(kind,))
            if image.width * image.height > MOST_PIXELS:
                raise BadImage("图片的尺寸太大，请缩小到 4000×4000 像素以内再上传")
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Warning) as error:
        raise BadImage("图片已损坏，打不开，请换一张") from error
    paper = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(paper, upright).convert("L")


def _ink(grey: Image.Image) -> Image.Image:
    """Return the ink alone, 0 where paper is: a photo's greyish paper is made white, soft edges stay soft."""
    shades = [shade for shade, count in enumerate(grey.histogram()) if count]
    if shades[-1] - shades[0] < LEAST_CONTRAST:
        return Image.new("L", grey.size, 0)
    return ImageOps.invert(ImageOps.autocontrast(grey, cutoff=(0, 1))).point(_INK_OF)


_INK_OF: Final = [min(255, max(0, (dark - PAPER) * 255 // (INK - PAPER))) for dark in range(256)]
