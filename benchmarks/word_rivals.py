"""One letter, ten goals and a signature, made by this product and by what else there is to make it with.

docxtpl fills the same template. The two others have no conditions, so they get a letter made from it whose
texts are names in « »: docx-mailmerge2 has fields there, python-docx puts the texts in. Its pictures
are there already and stay the same, which is less work than a letter needs.
"""

import copy
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from mailmerge import MailMerge
from PIL import Image, ImageDraw

from fivestep_web.documents import rendering
from fivestep_web.documents.checks import missing_values
from fivestep_web.documents.filters import FILTERS
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.package import LEVEL, archive, packed, unpacked
from fivestep_web.documents.pictures import letter_pictures
from fivestep_web.documents.samples import letter_payload
from fivestep_web.documents.values import word_text

LETTER = DocumentKind.RESPONSIBILITY_LETTER
DOCUMENT = "word/document.xml"
GOALS = 10
_RUN = re.compile(
    r'<w:r>(<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)<w:t xml:space="preserve">([^<]*«[^<]*)</w:t></w:r>'
)
_NAME = re.compile("«(\\w+)»")
_SIDES = ("issuing_side", "responsible_side")

Way = Callable[[], bytes]


def letter(*, has_code: bool) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the payload and the handwritten mark that it names, with a code for verification if asked."""
    drawn = Image.new("L", (640, 240), 255)
    points = [(20 + 6 * step, 120 + (step * 37 % 161) - 80) for step in range(100)]
    ImageDraw.Draw(drawn).line(points, fill=0, width=6)
    file = io.BytesIO()
    drawn.save(file, "PNG")
    mark = file.getvalue()
    payload = letter_payload("section_head_staff", timetable=[])
    goals = payload["goals"]
    payload["goals"] = [
        {**goals[number % len(goals)], "sequence": number + 1, "weight": "10"} for number in range(GOALS)
    ]
    payload["verification"]["has_qr"] = has_code
    payload["issuing_side"]["signature"]["mark_sha256"] = sha256(mark).hexdigest()
    return payload, {sha256(mark).hexdigest(): mark}


def floor(data: bytes) -> Callable[[], object]:
    """Return the least there is to do: deflate the same document.xml and write a zip of it."""
    xml = unpacked(data)[DOCUMENT]

    def write() -> None:
        with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as target:
            target.writestr(DOCUMENT, xml)

    return write


def rivals(payload: dict[str, Any], marks: Mapping[str, bytes]) -> dict[str, Way]:
    """Return the other ways of making the letter; RuntimeError if one of them loses a text of it."""
    named, texts, rows = _named(payload)
    prepared = _prepared(named, payload, marks)
    ways = {
        "docxtpl": _with_docxtpl(payload, marks),
        "docx-mailmerge2": _with_mailmerge(_with_fields(prepared), texts, rows),
        "python-docx": _with_python_docx(prepared, texts, rows),
    }
    for name, way in ways.items():
        if lost := missing_values(payload, way()):
            raise RuntimeError(f"{name}: {lost}")
    return ways


def _with_docxtpl(payload: dict[str, Any], marks: Mapping[str, bytes]) -> Way:
    def printed(value: object) -> object:
        return value if isinstance(value, InlineImage) else word_text(value)

    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=printed)
    environment.filters.update(FILTERS)
    template = rendering.template_bytes(LETTER)

    def make() -> bytes:
        target = DocxTemplate(io.BytesIO(template))
        pictures = letter_pictures(payload, marks)  # type: ignore[arg-type]
        values = rendering.context(LETTER, payload, pictures)  # type: ignore[arg-type]
        for name, picture in pictures.items():
            values[name] = InlineImage(target, io.BytesIO(picture.data), width=Mm(19))
        target.render(values, environment)
        return _saved(target.save)

    return make


def _with_mailmerge(prepared: bytes, texts: dict[str, str], rows: list[dict[str, str]]) -> Way:
    def make() -> bytes:
        with MailMerge(io.BytesIO(prepared)) as target:
            target.merge(**texts, sequence=rows)
            return _saved(target.write)

    return make


def _with_python_docx(prepared: bytes, texts: dict[str, str], rows: list[dict[str, str]]) -> Way:
    def put(root: Any, values: Mapping[str, str]) -> None:
        for node in root.iter(qn("w:t")):
            if "«" in (node.text or ""):
                node.text = _NAME.sub(lambda match: values[match[1]], node.text)

    def make() -> bytes:
        target = Document(io.BytesIO(prepared))
        row = target.tables[0].rows[1]._tr  # noqa: SLF001 - there is no other way to copy a row
        for values in rows:
            added = copy.deepcopy(row)
            row.addprevious(added)
            put(added, values)
        row.getparent().remove(row)
        put(target.element.body, texts)
        return _saved(target.save)

    return make


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


def _named(payload: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str], list[dict[str, str]]]:
    """Return *payload* with names for its texts and one goal, the texts by their names, and the goals."""
    texts: dict[str, str] = {}

    def names(value: dict[str, Any], prefix: str, *only: str) -> dict[str, Any]:
        texts.update({f"{prefix}{name}": value[name] for name in only})
        return value | {name: f"«{prefix}{name}»" for name in only}

    named = names(payload, "", "title", "number", "total_weight")
    for side in _SIDES:
        named[side] = names(payload[side], f"{side}_", "name", "signatory_position", "signatory_name")
    rows = [{name: str(value) for name, value in goal.items()} for goal in payload["goals"]]
    return named | {"goals": [{name: f"«{name}»" for name in rows[0]}]}, texts, rows


def _prepared(named: dict[str, Any], payload: dict[str, Any], marks: Mapping[str, bytes]) -> bytes:
    pictures = letter_pictures(payload, marks)  # type: ignore[arg-type]
    values = rendering.context(LETTER, named, pictures)  # type: ignore[arg-type]
    core = rendering.core_properties(LETTER, payload)  # type: ignore[arg-type]
    return rendering.packaged_template(LETTER).render(values, core, pictures.values())


def _with_fields(prepared: bytes) -> bytes:
    """Return *prepared* with a merge field for each name."""
    members = unpacked(prepared)
    xml = _RUN.sub(lambda run: "".join(_fields(run[1], run[2])), members[DOCUMENT].decode())
    members[DOCUMENT] = xml.encode()
    return archive(packed(name, content) for name, content in members.items())


def _fields(properties: str, text: str) -> Iterator[str]:
    for number, piece in enumerate(_NAME.split(text)):
        run = f'<w:r>{properties}<w:t xml:space="preserve">{piece}</w:t></w:r>'
        yield f'<w:fldSimple w:instr=" MERGEFIELD {piece} ">{run}</w:fldSimple>' if number % 2 else run
