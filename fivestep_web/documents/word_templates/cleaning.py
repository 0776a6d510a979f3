"""Make a package that Word, WPS or LibreOffice saved into one like ours, without changing what it shows.

They number paragraphs and revisions, add themes, properties and parts of their own, name styles anew and
order members as they like. What is left is the parts a document is made of, under our names of styles.
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from fivestep_web.documents.opened import DOCUMENT, Element, W, parse
from fivestep_web.documents.package import CONTENT_TYPES, archive, packed
from fivestep_web.documents.structure_checks import PLACES
from fivestep_web.documents.template import CORE
from fivestep_web.documents.word_templates.inheritance import spell_out
from fivestep_web.documents.word_templates.standins import put_back
from fivestep_web.documents.wordml import STYLES

STYLES_PART: Final = "word/styles.xml"
SETTINGS: Final = "word/settings.xml"
_ROOT_RELATIONSHIPS: Final = "_rels/.rels"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_MAIN: Final = W[1:-1]
_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_IGNORABLE: Final = f"{_MC}Ignorable"
# What our paragraphs and pictures, put in as text, are written with.
_PREFIXES: Final = {
    "w": _MAIN,
    "r": _OFFICE,
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "mc": _MC[1:-1],
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
}
_KEPT: Final = frozenset(
    {"settings", "styles", "fontTable", "numbering", "header", "footer", "footnotes", "endnotes", "image"}
)
_FOLDERS: Final = ("word", "word/media")  # of what is kept
_TYPES: Final = {
    CORE: "application/vnd.openxmlformats-package.core-properties+xml",
    DOCUMENT: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
}
_PART_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.%s+xml"
_IMAGES: Final = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MARKS: Final = ("{http://schemas.microsoft.com/office/word/2010/wordml}", f"{W}rsid")  # of revisions
_DROPPED: Final = frozenset(
    {
        *(
            W + name
            for name in (
                "proofErr",
                "lastRenderedPageBreak",
                "rsids",
                "attachedTemplate",
            )
        ),
        f"{_MC}Fallback",
    }
)
_OWN_BOOKMARKS: Final = ("_GoBack", "__DdeLink")  # where somebody last wrote, not of the text
_PROPERTIES: Final = tuple(tag for tag in PLACES if tag not in {f"{W}{name}" for name in ("tbl", "tr", "tc")})
_STYLED: Final = tuple(W + name for name in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link"))


def cleaned(parts: Mapping[str, bytes]) -> bytes:
    """Return the template in *parts* as a package of ours; raises KeyError for a missing part.

    *parts* passed core.packages: their XML has no DTD and nothing points outside the package. A part that
    stands where none of its kind does is held to be missing.
    """
    kept = _kept(parts)
    roots = {name: parse(data) for name, data in kept.items() if name.endswith(".xml")}
    names = _style_names(roots[STYLES_PART])
    for root in roots.values():
        _tidy(root)
        _rename_styles(root, names)
    put_back(roots[DOCUMENT])
    for name, root in roots.items():
        if name != STYLES_PART:
            spell_out(root, roots[STYLES_PART])
        _order(root)
    made = {
        CONTENT_TYPES: _content_types(kept, parts),
        _ROOT_RELATIONSHIPS: _relationships(
            (
                ("rIdDocument", f"{_OFFICE}/officeDocument", DOCUMENT),
                ("rIdCore", f"{_PACKAGE}/relationships/metadata/core-properties", CORE),
            )
        ),
        CORE: b"",
    }
    for name, data in kept.items():
        made[name] = _written(roots[name]) if name in roots else data
        lines = [line for line in _targets(parts, name) if line[2] in kept]
        if lines or name == DOCUMENT:
            folder, _slash, base = name.rpartition("/")
            made[f"{folder}/_rels/{base}.rels"] = _relationships(
                (key, kind, posixpath.relpath(target, folder)) for key, kind, target in lines
            )
    return archive(packed(name, data) for name, data in made.items())


def _kept(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the main part and what it and its headers, footers and notes show, in the order they name it."""
    kept = {DOCUMENT: parts[DOCUMENT]}
    waiting = [DOCUMENT]
    while waiting:
        for _key, kind, target in _targets(parts, waiting.pop()):
            if kind.rpartition("/")[2] in _KEPT and target not in kept:
                if posixpath.dirname(target) not in _FOLDERS:
                    raise KeyError(target)
                kept[target] = parts[target]
                waiting.append(target)
    return {name: kept[name] for name in (*kept, STYLES_PART, SETTINGS)}


def _targets(parts: Mapping[str, bytes], name: str) -> Iterator[tuple[str, str, str]]:
    """Yield key, type and target of the relationships of a part."""
    folder, _slash, base = name.rpartition("/")
    listed = parts.get(f"{folder}/_rels/{base}.rels")
    for row in parse(listed).iter("{*}Relationship") if listed else ():
        target = posixpath.normpath(posixpath.join("/", folder, row.get("Target", ""))).removeprefix("/")
        yield row.get("Id", ""), row.get("Type", ""), target


def _tidy(root: Element) -> None:
    """Take out what editors note for themselves: revision marks, checked words, fallbacks, the last place."""
    gone = set[str]()
    for element in list(root.iter(etree.Element)):
        for name in [name for name in element.attrib if str(name).startswith(_MARKS)]:
            del element.attrib[name]
        if element.tag in _DROPPED:
            _remove(element)
        elif element.tag == f"{W}bookmarkStart" and str(element.get(f"{W}name")).startswith(_OWN_BOOKMARKS):
            gone.add(str(element.get(f"{W}id")))
            _remove(element)
        elif element.tag == f"{W}bookmarkEnd" and element.get(f"{W}id") in gone:
            _remove(element)
    for comment in list(root.iter(etree.Comment, etree.ProcessingInstruction)):
        _remove(comment)


def _order(root: Element) -> None:
    """Put the children of properties in the schema's order and leave out what other schemas add to them."""
    for element in list(root.iter(*(_PROPERTIES))):
        known = PLACES[element.tag]
        children = [child for child in element if child.tag in known]
        element[:] = sorted(children, key=lambda child: known[child.tag])


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _style_names(styles: Element) -> dict[str, str]:
    """Return our id of each style that was renamed by who saved the file; its name is what stays."""
    ours = {style.name: key for key, style in STYLES.items()}
    renamed = {}
    for style in styles.iter(f"{W}style"):
        name = style.find(f"{W}name")
        key = ours.get("" if name is None else str(name.get(f"{W}val")))
        if key is not None and style.get(f"{W}styleId") != key:
            renamed[str(style.get(f"{W}styleId"))] = key
            style.set(f"{W}styleId", key)
    return renamed


def _rename_styles(root: Element, renamed: Mapping[str, str]) -> None:
    for element in root.iter(*_STYLED):
        key = renamed.get(str(element.get(f"{W}val")))
        if key is not None:
            element.set(f"{W}val", key)


def _written(root: Element) -> bytes:
    """Return a part's XML; its root declares the prefixes of what is put in as text."""
    known = {prefix: uri for prefix, uri in root.nsmap.items() if prefix not in _PREFIXES}
    whole = etree.Element(root.tag, dict(root.attrib), nsmap={**_PREFIXES, **known})
    whole.text = root.text
    whole.extend(root)
    ignorable = whole.get(_IGNORABLE)
    if ignorable is not None:
        etree.cleanup_namespaces(whole, keep_ns_prefixes=[*_PREFIXES, *ignorable.split()])
    xml: bytes = etree.tostring(whole, encoding="utf-8")
    return _HEAD.encode() + xml


def _content_types(kept: Mapping[str, bytes], parts: Mapping[str, bytes]) -> bytes:
    types = dict(_TYPES)
    for name in kept:
        for _key, kind, target in _targets(parts, name):
            if target in kept and target.endswith(".xml"):
                types[target] = _PART_TYPE % kind.rpartition("/")[2]
    endings = sorted({name.rpartition(".")[2].lower() for name in kept} & _IMAGES.keys())
    defaults = "".join(f'<Default Extension="{end}" ContentType="{_IMAGES[end]}"/>' for end in endings)
    overrides = "".join(
        f'<Override PartName={quoteattr("/" + name)} ContentType="{of}"/>' for name, of in types.items()
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{defaults}{overrides}</Types>'
    ).encode()


def _relationships(lines: Iterable[tuple[str, str, str]]) -> bytes:
    rows = "".join(
        f"<Relationship Id={quoteattr(key)} Type={quoteattr(kind)} Target={quoteattr(target)}/>"
        for key, kind, target in lines
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'.encode()
