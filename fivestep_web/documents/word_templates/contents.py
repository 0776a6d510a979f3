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
_POINTING: Final = frozenset({"href", "src"})


def contents(parts: Mapping[str, bytes], relationships: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    """Yield what has to go: revisions, comments, fields that fetch or run something, what points elsewhere.

    *parts* is a cleaned package; *relationships* the keys that each part has left.
    """
    for name, data in parts.items():
        if name.startswith("word/") and name.endswith(".xml"):
            root = parse(data)
            yield from _unwanted(name, root)
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
