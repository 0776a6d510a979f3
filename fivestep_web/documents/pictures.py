"""Pictures of a letter: handwritten marks over the lines for signing, the code that leads to /verify (B9)."""

import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from fivestep_web.documents import qr
from fivestep_web.documents.payload_checks import PayloadError
from fivestep_web.documents.payloads.letters import ElectronicSignature, ResponsibilityLetter

MILLIMETRE: Final = 36_000  # English metric units
MARK_WIDTH: Final = 32 * MILLIMETRE
MARK_HEIGHT: Final = 12 * MILLIMETRE
CODE_SIZE: Final = 19 * MILLIMETRE  # B9: at most 20 mm
_LABEL_WIDTH: Final = 48 * 12_700  # “签字：” at 16 pt
_SIGNATURE_LINE: Final = 24 * 12_700
_CODE_GAP: Final = 2 * MILLIMETRE
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_SIZE = struct.Struct(">8s4x4sLL")
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"


class Picture(NamedTuple):
    """A picture of the main part: its relationship, its member's name and bytes, and what shows it."""

    key: str
    member: str
    data: bytes
    shown: Markup

    @property
    def relationship(self) -> str:
        """Return the line for the main part's relationships."""
        target = self.member.removeprefix("word/")
        return f'<Relationship Id="{self.key}" Type="{_RELATIONSHIP}" Target="{target}"/>'


NO_PICTURE: Final = Markup()
NO_MARKS: Final[Mapping[str, bytes]] = MappingProxyType({})


def letter_pictures(payload: ResponsibilityLetter, marks: Mapping[str, bytes]) -> dict[str, Picture]:
    """Return the pictures of a letter by the name its template calls them; *marks* are PNG by their hash.

    Raises PayloadError when a mark is not among them or is no PNG.
    """
    found: dict[str, Picture] = {}
    for number, side in enumerate(("issuing", "responsible"), 1):
        signature: ElectronicSignature | None = payload[f"{side}_side"]["signature"]  # type: ignore[literal-required]
        if signature and signature["mark_sha256"]:
            found[f"{side}_mark"] = _mark(number, side, signature["mark_sha256"], marks)
    verification = payload["verification"]
    if verification and verification["has_qr"]:
        address = f"{verification['address']}/{verification['serial'].replace(' ', '')}"
        found["verification_code"] = _code(address)
    return found


def mark_hashes(payload: Mapping[str, Any]) -> set[str]:
    """Return the hashes of the marks that a payload of any kind shows."""
    sides = (payload.get(side) for side in ("issuing_side", "responsible_side"))
    signatures = (side.get("signature") for side in sides if isinstance(side, Mapping))
    hashes = (item.get("mark_sha256") for item in signatures if isinstance(item, Mapping))
    return {sha256 for sha256 in hashes if isinstance(sha256, str)}


def _mark(number: int, side: str, sha256: str, marks: Mapping[str, bytes]) -> Picture:
    data = marks.get(sha256)
    if data is None:
        raise PayloadError(f"{side}_side.signature.mark_sha256：没有这幅手写签名")
    width, height = _fitted(*_png_size(data, side))
    place = _Place(
        horizontal=f'relativeFrom="column"><wp:posOffset>{_LABEL_WIDTH + (MARK_WIDTH - width) // 2}',
        vertical=(_SIGNATURE_LINE - height) // 2,
        wrap="<wp:wrapNone/>",
    )
    shown = _drawing(f"rIdMark{number}", number + 1, "手写签名", (width, height), place)
    return Picture(f"rIdMark{number}", f"word/media/{side}_mark.png", data, shown)


def _png_size(data: bytes, side: str) -> tuple[int, int]:
    """Return width and height in pixels."""
    if len(data) >= _PNG_SIZE.size:
        magic, kind, width, height = _PNG_SIZE.unpack_from(data)
        if magic == _PNG and kind == b"IHDR" and width and height:
            return width, height
    raise PayloadError(f"{side}_side.signature.mark_sha256：手写签名不是 PNG 图片")


def _fitted(width: int, height: int) -> tuple[int, int]:
    """Return the size of a mark in EMU: as large as 32 mm × 12 mm allow, its proportions kept."""
    if width * MARK_HEIGHT > height * MARK_WIDTH:
        return MARK_WIDTH, max(1, height * MARK_WIDTH // width)
    return max(1, width * MARK_HEIGHT // height), MARK_HEIGHT


def _code(address: str) -> Picture:
    place = _Place(
        horizontal='relativeFrom="margin"><wp:posOffset>0',
        vertical=MILLIMETRE,
        wrap=f'<wp:wrapSquare wrapText="right" distT="0" distB="0" distL="0" distR="{_CODE_GAP}"/>',
    )
    shown = _drawing("rIdCode", 4, "核验二维码", (CODE_SIZE, CODE_SIZE), place)
    return Picture("rIdCode", "word/media/verification_code.png", qr.picture(address), shown)


class _Place(NamedTuple):
    """Where a floating picture stands, from its paragraph's upper edge, and how text runs round it."""

    horizontal: str
    vertical: int
    wrap: str


def _drawing(key: str, number: int, name: str, size: tuple[int, int], place: _Place) -> Markup:
    """Return a floating picture to stand within a run's text; its line, of exact height, stays as it is."""
    extent = f'cx="{size[0]}" cy="{size[1]}"'
    anchor = (
        f'<wp:anchor distT="0" distB="0" distL="0" distR="{_CODE_GAP}" simplePos="0" '
        f'relativeHeight="{number}" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1">'
        '<wp:simplePos x="0" y="0"/>'
        f"<wp:positionH {place.horizontal}</wp:posOffset></wp:positionH>"
        f'<wp:positionV relativeFrom="paragraph"><wp:posOffset>{place.vertical}</wp:posOffset>'
        f'</wp:positionV><wp:extent {extent}/><wp:effectExtent l="0" t="0" r="0" b="0"/>{place.wrap}'
        f'<wp:docPr id="{number}" name="{name}" descr="{name}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic xmlns:pic="{_PICTURE}"><pic:nvPicPr>'
        f'<pic:cNvPr id="{number}" name="{name}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
        f'<a:blip r:embed="{key}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
        f'<a:off x="0" y="0"/><a:ext {extent}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:anchor>"
    )
    drawing = f'</w:t><w:drawing>{anchor}</w:drawing><w:t xml:space="preserve">'
    return Markup(drawing)  # noqa: S704 - holds no text of people
