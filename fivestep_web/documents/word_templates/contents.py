"""What may not stand in a template although its package is in order (trust.md D6): see `contents`."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from lxml import etree

from fivestep_web.documents.opened import Element, R, W, own_text, parse
from fivestep_web.documents.word_templates.findings import Finding, place_of, shortened

_FIELDS: Final = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "REF", "SEQ"})
_REVISIONS: Final = tuple(W + name for name in ("ins", "del", "moveFrom", "moveTo"))
_COMMENTS: Final = (f"{W}commentReference", f"{W}commentRangeStart")
_FOREIGN: Final = tuple(W + name for name in ("altChunk", "subDoc", "object", "control", "movie"))
_HIDING: Final = (f"{W}vanish", f"{W}hidden")
_OFF: Final = frozenset({"0", "false", "off"})
_POINTING: Final = frozenset({"href", "src"})


def contents(parts: Mapping[str, bytes], relationships: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    """Yield what has to go: revisions, comments, hidden text, fields that run something, what points out.

    *parts* is a cleaned package; *relationships* the keys that each part has left.
    """
    for name, data in parts.items():
        if name.startswith("word/") and name.endswith(".xml"):
            root = parse(data)
            yield from _unwanted(name, root)
            yield from _hidden(name, root)
            yield from _fields(name, root)
            yield from _pointing(name, root, relationships.get(name, ()))


def _unwanted(part: str, root: Element) -> Iterator[Finding]:
    kinds = (
        (_REVISIONS, "文件里还有没有处理的修订", "请在“审阅”里接受或拒绝全部修订，关闭修订后再上传"),
        (_COMMENTS, "文件里还有批注", "请在“审阅”里删除全部批注后再上传"),
        (_FOREIGN, "文件里有嵌入的对象或外来片段", "请删去它们，只留文字、表格和图片"),
    )
    for tags, problem, remedy in kinds:
        found = next(root.iter(*tags), None)
        if found is not None:
            yield Finding(problem, remedy, place_of(part), shortened(_paragraph(found)))


def _hidden(part: str, root: Element) -> Iterator[Finding]:
    """Find text that is there and not printed: a field in it would pass for printed."""
    found = next((element for element in root.iter(*_HIDING) if _hides(element)), None)
    if found is not None:
        yield Finding(
            "文件里有隐藏的文字，印出来看不见",
            "请全选后在“字体”里取消“隐藏”，不要的文字删去",
            place_of(part),
            shortened(_paragraph(found)),
        )


def _hides(element: Element) -> bool:
    """Tell whether *element* hides a run, a style's text or a row; a paragraph's end alone is no text."""
    above = [ancestor.tag for ancestor in element.iterancestors()]
    if element.get(f"{W}val") in _OFF:
        return False
    if element.tag == f"{W}hidden":
        return above[:1] == [f"{W}trPr"]
    return above[1:2] != [f"{W}pPr"]


def _paragraph(element: Element) -> str:
    holder = next(element.iterancestors(f"{W}p"), None)
    return "" if holder is None else own_text(holder)


def _fields(part: str, root: Element) -> Iterator[Finding]:
    """Find fields other than page numbers and references within the document."""
    open_fields: list[list[str]] = []
    for element in root.iter(f"{W}fldChar", f"{W}instrText", f"{W}fldSimple"):
        written = None
        if element.tag == f"{W}fldSimple":
            written = str(element.get(f"{W}instr"))
        elif element.tag == f"{W}instrText":
            if not open_fields:
                open_fields.append([])
            open_fields[-1].append(element.text or "")
        elif element.get(f"{W}fldCharType") == "begin":
            open_fields.append([])
        elif element.get(f"{W}fldCharType") == "end" and open_fields:
            written = "".join(open_fields.pop())
        if written is not None and written.split()[:1] and written.split()[0] not in _FIELDS:
            yield _forbidden(part, written)
    yield from (_forbidden(part, "".join(left)) for left in open_fields)


def _forbidden(part: str, written: str) -> Finding:
    return Finding(
        f"文件里有不能用的域“{shortened(written)}”",
        "只能用页码和文内引用的域；其余请按 Ctrl+Shift+F9 变成普通文字",
        place_of(part),
    )


def _pointing(part: str, root: Element, keys: Collection[str]) -> Iterator[Finding]:
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            local = etree.QName(name).localname
            if local in _POINTING or (str(name).startswith(R) and value not in keys):
                yield Finding(
                    "文件里有指向别处的链接或已经缺少的内容",
                    "请取消超链接，删去链接的图片和显示不出来的内容",
                    place_of(part),
                    shortened(_paragraph(element)),
                )
                return
