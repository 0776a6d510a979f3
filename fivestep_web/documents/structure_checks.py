"""Structure of a Word file (part D, first paragraph): parts, relationships, order of elements, leftovers."""

import posixpath
import re
from collections.abc import Collection, Iterator
from typing import Final

from fivestep_web.documents.opened import W, WordFile, text_of
from fivestep_web.documents.package import CONTENT_TYPES

# ECMA-376 part 1 (transitional), the elements this product writes and their usual neighbours.
_ORDER: Final = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr "
    "shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi "
    "adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc "
    "textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof "
    "snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText "
    "vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc "
    "tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection "
    "tcFitText vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders "
    "lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid "
    "printerSettings",
    "tbl": "tblPr tblGrid tr",
    "tr": "tblPrEx trPr tc",
    "tc": "tcPr p",
    "pBdr": "top left bottom right between bar",
}
PLACES: Final = {
    W + name: {W + child: place for place, child in enumerate(order.split())}
    for name, order in _ORDER.items()
}
_NOWHERE: Final = -1
_LEFTOVER = re.compile(r"\{\{|\}\}|\{%|%\}|(?<![A-Za-z])(?:None|nan)(?![A-Za-z])")
_FORBIDDEN_PARTS: Final = ("stylesWithEffects", "thumbnail", "theme")


def structure(file: WordFile, printed: Collection[str]) -> list[str]:
    """Return structural faults; *printed* are texts that may look like template code and are not."""
    checks = (_container(file), _relationships(file), _order(file), _leftovers(file, printed))
    return [f"结构：{finding}" for check in checks for finding in check]


def _container(file: WordFile) -> Iterator[str]:
    if next(iter(file.members)) != CONTENT_TYPES:
        yield f"{CONTENT_TYPES}不在最前"
    for name in file.members:
        if any(part in name for part in _FORBIDDEN_PARTS):
            yield f"不应有{name}"
    for name, content in file.members.items():
        if b"<!DOCTYPE" in content[:1000]:
            yield f"{name}含DTD"


def _relationships(file: WordFile) -> Iterator[str]:
    for name, root in file.roots.items():
        if not name.endswith(".rels"):
            continue
        base = posixpath.dirname(posixpath.dirname(name))
        for row in root:
            target = posixpath.normpath(posixpath.join(base, row.get("Target") or ""))
            if row.get("TargetMode") == "External" or target not in file.members:
                yield f"关系目标不存在：{row.get('Target')}"


def _order(file: WordFile) -> Iterator[str]:
    for name, root in file.roots.items():
        for element in root.iter(*PLACES):
            known = PLACES[element.tag]
            places = [known.get(child.tag, _NOWHERE) for child in element]
            if _NOWHERE in places or places != sorted(places):
                yield f"{name}中{element.tag.removeprefix(W)}的子元素顺序不合规定"


def _leftovers(file: WordFile, printed: Collection[str]) -> Iterator[str]:
    """Name what looks unfilled and stands in no value; a value may be broken by the lines of a title."""
    values = [value for value in sorted(printed, key=len, reverse=True) if _LEFTOVER.search(value)]
    allowed = [re.compile("\n?".join(map(re.escape, value))) for value in values]
    for part in file.text_parts:
        text = text_of(part)
        for value in allowed:
            text = value.sub("", text)
        if _LEFTOVER.search(text):
            yield "有未替换的占位符"
