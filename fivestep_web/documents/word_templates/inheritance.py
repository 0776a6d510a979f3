"""Write on each paragraph and run what it has from its style: some readers do not follow styles (A8).

LibreOffice leaves out what equals the style. Here it comes back, from the template's own styles, so that
nothing looks different.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Final

from fivestep_web.documents.opened import Element, W, child, style_of

_OF_PARAGRAPHS: Final = tuple(W + name for name in ("spacing", "ind", "jc"))
_OF_RUNS: Final = tuple(W + name for name in ("rFonts", "sz", "szCs"))
_MERGED: Final = frozenset(W + name for name in ("spacing", "ind", "rFonts"))  # attribute by attribute
_INDENTS: Final = (("firstLine", "hanging"), ("firstLineChars", "hangingChars"))  # one or the other


def spell_out(root: Element, styles: Element) -> None:
    """Complete the paragraphs and runs of *root* from *styles*, the part word/styles.xml."""
    known = {str(style.get(f"{W}styleId")): style for style in styles.iter(f"{W}style")}
    for paragraph in root.iter(f"{W}p"):
        chain = list(_chain(known, style_of(paragraph)))
        _complete(paragraph, "pPr", _OF_PARAGRAPHS, [child(style, "pPr") for style in chain])
        sources = [child(style, "rPr") for style in chain]
        sources.append(child(styles, "docDefaults/rPrDefault/rPr"))
        for run in paragraph.iterchildren(f"{W}r"):
            _complete(run, "rPr", _OF_RUNS, sources)


def _chain(known: Mapping[str, Element], key: str) -> Iterator[Element]:
    """Yield a style and those it is based on; each once."""
    seen = set[str]()
    while key in known and key not in seen:
        seen.add(key)
        yield known[key]
        based_on = child(known[key], "basedOn")
        key = "" if based_on is None else str(based_on.get(f"{W}val"))


def _complete(holder: Element, name: str, wanted: tuple[str, ...], sources: list[Element | None]) -> None:
    own = child(holder, name)
    if own is None:
        own = holder.makeelement(W + name)
        holder.insert(0, own)
    for source in sources:
        for given in () if source is None else source.iterchildren(*wanted):
            present = own.find(given.tag)
            if present is None:
                own.append(deepcopy(given))
            elif given.tag in _MERGED:
                _merge(present, given)


def _merge(present: Element, given: Element) -> None:
    for attribute, value in given.attrib.items():
        rivals = next((pair for pair in _INDENTS if attribute.removeprefix(W) in pair), ())
        if attribute not in present.attrib and not any(W + rival in present.attrib for rival in rivals):
            present.set(attribute, value)
