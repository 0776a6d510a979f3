"""The whole check of an uploaded template: what is wrong, what departs from the standard's layout.

What is wrong is refused: it would run something, stop a document from being made, or leave out what it must
say. A departure from GB/T 9704 (part D's checks of layout) is only told; who puts the template to use
confirms it, and documents made with it may depart in the same checks.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2.exceptions import TemplateError

from fivestep_web.core.packages import UnsafeFile, check_parts
from fivestep_web.documents.checks import is_layout, missing_values, violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import DOCUMENT, W, own_text, parse, text_of
from fivestep_web.documents.package import unpacked
from fivestep_web.documents.rendering import WordTemplate, packaged_template, render, template_bytes
from fivestep_web.documents.template import CompiledTemplate
from fivestep_web.documents.values import allowed_text
from fivestep_web.documents.word_templates.cleaning import cleaned
from fivestep_web.documents.word_templates.contents import contents
from fivestep_web.documents.word_templates.fields import Field, Shape, fields_of
from fivestep_web.documents.word_templates.findings import BODY, Finding, in_words, place_of, shortened
from fivestep_web.documents.word_templates.naming import Reader
from fivestep_web.documents.word_templates.safety import TEMPLATE
from fivestep_web.documents.word_templates.tags import Tag, property_tags, read_tags
from fivestep_web.documents.word_templates.trials import HOSTILE, Trial, trials

_MAY_GO: Final = frozenset({"sequence"})  # printed by our templates, and nothing is wrong without them
_DOWNLOAD: Final = "请对照现用的模板补上"
MOST: Final = 200
SIGNED: Final = frozenset({DocumentKind.RESPONSIBILITY_LETTER})  # whose words are signed
_RESTORE: Final = "双方签署的就是这些文字，模板只能改字体、字号、间距等版式，请恢复原文"
_COUNTED: Final = re.compile(r"\d+")
_AROUND: Final = 15  # characters shown on either side of a changed word


@dataclass(frozen=True)
class Report:
    """What the check found; *ready* is what documents are made with, empty where something is wrong."""

    findings: list[Finding]
    departures: list[str]
    ready: bytes


def check(kind: DocumentKind, data: bytes) -> Report:
    """Check *data*, whose size and directory are in order; raises UnsafeFile for what may not be opened."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        check_parts(opened, TEMPLATE)
    parts = unpacked(data)
    try:
        if parse(parts[DOCUMENT]).tag != f"{W}document":  # “Strict Open XML”, for one
            raise UnsafeFile(TEMPLATE.another_kind)
        ready, in_properties = cleaned(parts), property_tags(parts)
    except (KeyError, SyntaxError):  # lxml's errors are syntax errors
        raise UnsafeFile(TEMPLATE.damaged) from None
    findings = [*Reader(kind).read(in_properties), *_of_the_text(kind, ready)]
    if findings:
        return Report(findings[:MOST], [], b"")
    try:
        template = WordTemplate(CompiledTemplate(ready))
    except (TemplateError, ValueError) as error:
        wrong = Finding(
            f"模板不能使用（{type(error).__name__}）", "请检查标签是否前后配对、放在同一段或同一行里"
        )
        return Report([wrong], [], b"")
    findings, departures = _on_trial(kind, template)
    return Report(findings[:MOST], departures[:MOST], b"" if findings else ready)


def _of_the_text(kind: DocumentKind, ready: bytes) -> list[Finding]:
    """Return what can be told without filling the template."""
    parts = unpacked(ready)
    tags, findings = read_tags(parts)
    reader = Reader(kind)
    findings += [*contents(parts, _relationships(parts)), *reader.read(tags)]
    if not tags:
        findings.append(Finding("文件里没有任何字段", "请下载现用的模板，在它上面修改后再上传"))
    if not findings:
        findings += _left_out(kind, reader)
    if not findings and kind in SIGNED:
        findings += _other_words(kind, parts)
    return findings


def _other_words(kind: DocumentKind, parts: Mapping[str, bytes]) -> Iterator[Finding]:
    """Yield where the template says something else than what people sign (S3, S6).

    That is the first such place of the main part, and what headers, footers and notes say beside ours.
    """
    shipped = unpacked(template_bytes(kind))
    signed, shown = _words(shipped[DOCUMENT]), _words(parts[DOCUMENT])
    if signed != shown:
        pairs = enumerate(zip(signed, shown, strict=False))
        place = next(
            (place for place, (ours, theirs) in pairs if ours != theirs), min(len(signed), len(shown))
        )
        around = slice(max(0, place - _AROUND), place + _AROUND)
        yield Finding(
            f"改动了签署的文字，原文是“…{signed[around]}…”",
            _RESTORE,
            BODY,
            shortened(shown[around]),
        )
    known = {"", *(words for _name, words in _beside(shipped))}
    for name, words in _beside(parts):
        if words not in known:
            yield Finding("签署的文字以外还有别的文字", _RESTORE, place_of(name), shortened(words))


def _beside(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield each paragraph of the parts beside the main one: its part, its words but the page it counted."""
    for name, content in parts.items():
        if name.startswith("word/") and name.endswith(".xml") and name != DOCUMENT:
            for paragraph in parse(content).iter(f"{W}p"):
                yield name, _COUNTED.sub("", _joined(own_text(paragraph)))


def _words(document: bytes) -> str:
    """Return what the main part says, its tags too, however it is laid out."""
    return _joined(text_of(parse(document)))


def _joined(text: str) -> str:
    return "".join(text.split())


def _relationships(parts: Mapping[str, bytes]) -> dict[str, set[str]]:
    """Return the keys of the relationships that each part has."""
    found = {}
    for name, data in parts.items():
        folder, middle, base = name.rpartition("/_rels/")
        if middle:
            found[f"{folder}/{base.removesuffix('.rels')}"] = {str(row.get("Id")) for row in parse(data)}
    return found


def _left_out(kind: DocumentKind, reader: Reader) -> Iterator[Finding]:
    """Yield the fields that our template shows and this one does not: a document would say too little."""
    for path, tag in _shown_by_ours(kind).items():
        found = _field(kind, path)
        is_used = path in reader.printed or path in reader.asked
        if found is not None and not is_used and found.name not in _MAY_GO:
            yield tag.finding(f"没有用到字段“{path}”（{found.meaning}）", "请照随系统的模板里这一处补上")


@cache
def _shown_by_ours(kind: DocumentKind) -> Mapping[str, Tag]:
    """Return what the product's template prints, or asks for and says in words of its own, with the tag."""
    reader = Reader(kind)
    for _finding in reader.read(read_tags(unpacked(template_bytes(kind)))[0]):
        raise ValueError(kind.value)
    flags = {
        path: tag
        for path, tag in reader.asked.items()
        if (found := _field(kind, path)) and found.shape is Shape.FLAG
    }
    return reader.printed | flags


def _field(kind: DocumentKind, path: str) -> Field | None:
    """Return the field at *path*; None for what is no field, a loop's own or a text."""
    name, *rest = path.split(".")
    found = fields_of(kind).get(name)
    for part in rest:
        if found is None:
            return None
        found = (found.item.inner if found.item else found.inner).get(part)
    return found


def _on_trial(kind: DocumentKind, template: WordTemplate) -> tuple[list[Finding], list[str]]:
    """Return what goes wrong when the template is filled, and where the result departs in layout.

    What goes wrong with several trials is told once, of the first.
    """
    findings, departures = dict[str, Finding](), dict[str, None]()
    ours = WordTemplate(packaged_template(kind))
    for trial in trials(kind):
        wrong, layout = _tried(kind, template, trial)
        departures |= dict.fromkeys(layout)
        known = _tried(kind, ours, trial)[0] if wrong else []  # not every variation of a sample can be filled
        for one in () if known else wrong:
            findings.setdefault(one.problem.replace(trial.name, ""), one)
    return list(findings.values()), list(departures)


def _tried(kind: DocumentKind, template: WordTemplate, trial: Trial) -> tuple[list[Finding], list[str]]:
    try:
        data = render(kind, trial.payload, template=template)
        if not trial.in_full:
            return [_missing(kind, text, trial) for text in missing_values(trial.payload, data)], []
        found = violations(kind, trial.payload, data)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a template raises is a finding about it
        problem = f"用“{trial.name}”试着生成时出错（{type(error).__name__}）"
        remedy = "请检查标签的位置，有时没有的字段要放在 {% if … %} 里；不能确定时从现用的模板重新改起"
        return [Finding(problem, remedy)], []
    layout = [item for item in found if is_layout(item)]
    return [_wrong(kind, item, trial) for item in found if not is_layout(item)], layout


def _wrong(kind: DocumentKind, found: str, trial: Trial) -> Finding:
    quoted = found.removeprefix("内容：缺少“").removesuffix("”")
    if quoted != found:
        return _missing(kind, quoted, trial)
    return Finding(f"用“{trial.name}”生成的文件不对：{in_words(found)}", _DOWNLOAD)


def _missing(kind: DocumentKind, text: str, trial: Trial) -> Finding:
    paths = [path for path in _paths(fields_of(kind), trial.payload) if path[1] == text]
    named = "、".join(
        f"{path}（{found.meaning}）" for path, _text in paths[:2] if (found := _field(kind, path))
    )
    shown = shortened(text.removeprefix(HOSTILE))
    return Finding(f"没有印出字段“{named}”的内容：{shown}", f"每处内容都要完整印出，{_DOWNLOAD}")


def _paths(fields: Mapping[str, Field], payload: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the path of every text of *payload* with the text."""
    for name, each in fields.items():
        value = payload.get(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                yield each.path, allowed_text(one)
            elif isinstance(one, dict):
                yield from _paths((each.item or each).inner, one)
