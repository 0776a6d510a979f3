"""Find the tags of a template with the paragraph each stands in, and say which are not whole or out of place.

Word divides a paragraph into runs as it likes, also within a tag; a tag is read from the paragraph's text, as
docxtpl joins it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from fivestep_web.documents.opened import Element, W, own_text, parse
from fivestep_web.documents.word_templates.findings import Finding, place_of, shortened

_TAG: Final = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}", re.DOTALL)
_BROKEN: Final = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_QUOTES: Final = str.maketrans("“”‘’", "\"\"''")  # what Word makes of straight ones while one types
_PREFIX: Final = re.compile(r"(p|tr|tc|r)\s+(.*)", re.DOTALL)
_HOLDERS: Final = {"p": ("p", "段"), "tr": ("tr", "表格行"), "tc": ("tc", "单元格")}
_CLOSE: Final = "标签要写完整并放在同一段里：{{ 字段 }} 或 {% if 字段 %}"


@dataclass(frozen=True)
class Tag:
    """A tag: *code* is what stands between the braces without *prefix* (p, tr, tc, r)."""

    part: str
    text: str  # of the paragraph
    raw: str
    prefix: str
    code: str
    is_print: bool

    def finding(self, problem: str, remedy: str) -> Finding:
        """Return a finding about this tag."""
        return Finding(problem, remedy, place_of(self.part), shortened(self.text), self.raw)


def read_tags(parts: Mapping[str, bytes]) -> tuple[list[Tag], list[Finding]]:
    """Return the tags of each part in their order, and what is wrong with how they stand."""
    tags, findings = list[Tag](), list[Finding]()
    for name, content in parts.items():
        if not (name.startswith("word/") and name.endswith(".xml")):
            continue
        for element in parse(content).iter(etree.Element):
            if element.tag != f"{W}p":
                tags += _hidden_tags(name, element)
                continue
            text = own_text(element)
            own = list(_tags(name, text))
            tags += own
            findings += _unfinished(name, text)
            findings += [fault for tag in own for fault in _beside(tag, element)]
    return tags, findings


def property_tags(parts: Mapping[str, bytes]) -> list[Tag]:
    """Return the tags in the file's properties, of which no document keeps anything (D1)."""
    return [
        tag
        for name, content in parts.items()
        if name.startswith("docProps/") and name.endswith(".xml")
        for text in parse(content).itertext()
        for tag in _tags(name, text)
    ]


def _hidden_tags(part: str, element: Element) -> Iterator[Tag]:
    """Yield the tags in attributes, a cell's shading for one, and in texts that are no `w:t`."""
    texts = [*element.attrib.values(), "" if element.tag == f"{W}t" else element.text or ""]
    for text in texts:
        for match in _BROKEN.finditer(text):
            whole = _TAG.match(text, match.start())
            if whole is not None and whole[1] is not None:
                yield Tag(part, "", whole[0], "", whole[1].strip(), is_print=True)
            elif not match[0].startswith(("}", "%", "#")):
                yield Tag(part, "", match[0], "", match[0], is_print=False)


def _tags(part: str, text: str) -> Iterator[Tag]:
    for match in _TAG.finditer(text):
        is_print = match[1] is not None
        inside = match[1] if is_print else match[2]
        prefixed = _PREFIX.fullmatch(inside)
        prefix, code = (prefixed[1], prefixed[2]) if prefixed else ("", inside)
        yield Tag(part, text, match[0], prefix, code.translate(_QUOTES).strip(), is_print)


def _unfinished(part: str, text: str) -> Iterator[Finding]:
    left = _BROKEN.search(_TAG.sub("", text))
    if left is None:
        return
    if "#" in left[0]:
        problem, remedy = "模板里不能写注释标签 {# #}", "请删去这段注释，需要说明的写在上传说明里"
    else:
        problem, remedy = f"标签没有写完整，多出或缺少“{left[0]}”的另一半", _CLOSE
    yield Finding(problem, remedy, place_of(part), shortened(text), left[0])


def _beside(tag: Tag, paragraph: Element) -> Iterator[Finding]:
    """Find what would vanish: docxtpl puts a p, tr or tc tag in the place of all that holds it."""
    if tag.prefix not in _HOLDERS:
        return
    name, label = _HOLDERS[tag.prefix]
    holder = next((each for each in (paragraph, *paragraph.iterancestors()) if each.tag == W + name), None)
    if holder is None:
        yield tag.finding(f"{{%{tag.prefix} 标签不在{label}里", "请把标签移进表格，或改用 {%p")
    elif _text_in(holder).replace(tag.raw, "", 1).strip():
        yield tag.finding(
            f"标签所在的{label}里还有其他文字，生成时会一起消失",
            f"请让这个标签独占一{label.removeprefix('表格')}",
        )


def _text_in(element: Element) -> str:
    return "".join(own_text(paragraph) for paragraph in element.iter(f"{W}p"))
