"""Checks of part D on a finished Word file: each finds what is wrong and says it in Chinese."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from fivestep_web.documents import structure_checks
from fivestep_web.documents.checked import Checked
from fivestep_web.documents.dates import CHINESE_DATE, is_chinese_date
from fivestep_web.documents.figure_checks import figures
from fivestep_web.documents.filters import ordinal
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.notice_goals import printed
from fivestep_web.documents.opened import (
    Element,
    R,
    W,
    WordFile,
    attribute,
    child,
    own_text,
    shown_text,
    style_of,
    text_of,
)
from fivestep_web.documents.outward_checks import attachments, imprint, upward
from fivestep_web.documents.payloads import UNPRINTED
from fivestep_web.documents.rendering import CONFIDENTIAL_MARK
from fivestep_web.documents.template import CORE
from fivestep_web.documents.values import allowed_text
from fivestep_web.documents.wordml import FANGSONG, HEITI, KAITI, SONG_TITLE, SONGTI

TOLERANCE: Final = 57  # twips, 1 mm
PORTRAIT: Final = {"w": "11906", "h": "16838", "top": 2098, "left": 1587, "width": 8845}
LANDSCAPE: Final = {"w": "16838", "h": "11906", "top": 1587, "left": 1984, "width": 12756}
_NUMBER = re.compile(r"[\u4e00-\u9fff]+〔20\d\d〕(?:[1-9]\d*|  )号")
_INTERNAL_NUMBER = re.compile(r"(?:责〔20\d\d〕[BDZK]|(?:诫勉|督办)〔20\d\d〕)(?:[1-9]\d*|  )号")
_LEVELS: Final[tuple[tuple[re.Pattern[str], str, Callable[[int], str]], ...]] = (
    (re.compile(r"([一二三四五六七八九十百零]+)、"), HEITI, ordinal),
    (re.compile(r"（([一二三四五六七八九十百零]+)）"), KAITI, ordinal),
    (re.compile(r"(\d+)\."), FANGSONG, str),
    (re.compile(r"（(\d+)）"), FANGSONG, str),
)
# Checks that find another layout than the standard's; what the others find makes the document wrong.
_LAYOUT: Final = ("D1：", "D2：", "D3：", "D4：", "D5：", "D6：", "D7：", "D9：", "D11：")
_EMPTY_CELL: Final = "表格有空单元格"
_IMPRINT_FIELDS: Final = frozenset({"copy_recipients", "printing_agency", "printing_date"})


def violations(kind: DocumentKind, payload: Mapping[str, Any], data: bytes) -> list[str]:
    """Return everything part D finds wrong with *data*, the file of *payload*; empty if it may go out."""
    try:
        file = WordFile.open(data)
    except Exception as error:  # noqa: BLE001 - whatever a damaged file raises, the finding is the same
        return [f"结构：文件不能打开（{type(error).__name__}）"]
    found = structure_checks.structure(file, set(_texts(payload, _unprinted(payload))))
    checked = Checked(file, kind, payload)
    for code, check in CHECKS.items():
        found += [f"{code}：{finding}" for finding in check(checked)]
    return found + [f"内容：缺少“{value}”" for value in missing_values(payload, data)]


def is_layout(finding: str) -> bool:
    """Tell whether one of `violations` is about layout alone."""
    return finding.startswith(_LAYOUT) and not finding.endswith(_EMPTY_CELL)


def missing_values(payload: Mapping[str, Any], data: bytes) -> list[str]:
    """Return the texts of *payload* that the file does not show, exactly and in full (trust.md D3).

    Line breaks put in by layout do not count. Fields that are not printed (payloads.UNPRINTED) are left out.
    """
    shown = shown_text(data)
    told = printed(payload) if "objection_end_date" in payload else payload
    texts = dict.fromkeys(_texts(told, _unprinted(payload)))
    return [text for text in texts if text.replace("\n", "") not in shown]


def _unprinted(payload: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields that this document does not print: the imprint's without a number, for one."""
    hidden = UNPRINTED
    if not payload["number"]:
        hidden |= _IMPRINT_FIELDS
    if not payload.get("letterhead"):
        hidden |= {"department"}
    if "letter_kind" in payload:
        hidden |= {"document_date"}
    return hidden


def _texts(value: object, hidden: frozenset[str]) -> Iterator[str]:
    if isinstance(value, str):
        text = allowed_text(value)
        if text.strip():
            yield text
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in hidden:
                yield from _texts(item, hidden)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, hidden)


def page(checked: Checked) -> Iterator[str]:
    """Find sections whose paper or margins are not those of A2 or A9."""
    for index, section in enumerate(checked.file.document.iter(f"{W}sectPr"), 1):
        wanted = _paper(section)
        for name in ("w", "h"):
            if attribute(section, "pgSz", name) != wanted[name]:
                yield f"第{index}节纸张不是A4"
        for name, side in (("top", "上"), ("left", "左")):
            if abs(int(attribute(section, "pgMar", name) or 0) - int(wanted[name])) > TOLERANCE:
                yield f"第{index}节的{side}边距不合规定"


def _paper(section: Element) -> Mapping[str, Any]:
    return LANDSCAPE if attribute(section, "pgSz", "orient") == "landscape" else PORTRAIT


def grid(checked: Checked) -> Iterator[str]:
    """Find portrait sections without the grid of 22 lines."""
    for index, section in enumerate(checked.file.document.iter(f"{W}sectPr"), 1):
        values = attribute(section, "docGrid", "type"), attribute(section, "docGrid", "linePitch")
        if _paper(section) is PORTRAIT and values != ("lines", "579"):
            yield f"第{index}节没有22行网格"


def page_numbers(checked: Checked) -> Iterator[str]:
    """Find sections without odd and even page numbers in the standard's form.

    On landscape pages bound with upright ones it is turned with the page, on those of other documents not.
    """
    file = checked.file
    if child(file.roots["word/settings.xml"], "evenAndOddHeaders") is None:
        yield "没有区分奇偶页"
    targets = {row.get("Id"): row.get("Target") for row in file.roots["word/_rels/document.xml.rels"]}
    inherited: dict[str, str] = {}
    has_head = bool(checked.payload.get("letterhead"))
    for index, section in enumerate(file.document.iter(f"{W}sectPr"), 1):
        for reference in section.iter(f"{W}footerReference"):
            inherited[str(reference.get(f"{W}type"))] = f"word/{targets.get(reference.get(f'{R}id'))}"
        if attribute(section, "pgMar", "footer") != "1440":
            yield f"第{index}节页脚距离不是1440"
        for kind, side in (("default", "right"), ("even", "left")):
            footer = file.roots.get(inherited.get(kind, ""))
            if (
                footer is None
                or not _is_page_number(list(footer.iter(f"{W}p"))[-1], side)
                or _is_turned(footer) != (_paper(section) is LANDSCAPE and has_head)
            ):
                yield f"第{index}节{'奇' if kind == 'default' else '偶'}数页页码不合规定"


def _is_turned(footer: Element) -> bool:
    """Tell whether the number stands in a box that is turned with the page (A9)."""
    directions = [properties.get("vert") for properties in footer.iter("{*}bodyPr")]
    return directions == ["vert"]


def _is_page_number(paragraph: Element, side: str) -> bool:
    instruction = "".join(node.text or "" for node in paragraph.iter(f"{W}instrText")).strip()
    fonts = {run.get(f"{W}eastAsia") for run in paragraph.iter(f"{W}rFonts")}
    sizes = {size.get(f"{W}val") for size in paragraph.iter(f"{W}sz")}
    return (
        re.fullmatch("— .* —", own_text(paragraph)) is not None
        and instruction == "PAGE"
        and attribute(paragraph, "pPr/jc") == side
        and attribute(paragraph, "pPr/ind", side) == "280"
        and fonts == {SONGTI}
        and sizes == {"28"}
    )


def body_text(checked: Checked) -> Iterator[str]:
    """Find body paragraphs that are not 3号仿宋, both sides, two characters in, 579 exact."""
    wanted = {"line": "579", "lineRule": "exact", "before": "0", "after": "0"}
    for paragraph in checked.styled("GwBody"):
        spacing = {name: attribute(paragraph, "pPr/spacing", name) for name in wanted}
        if (
            spacing != wanted
            or attribute(paragraph, "pPr/jc") != "both"
            or attribute(paragraph, "pPr/ind", "firstLine") != "640"
            or not _has_type(paragraph, FANGSONG, "32")
        ):
            yield f"正文格式不合规定：{own_text(paragraph)[:20]}"


def titles(checked: Checked) -> Iterator[str]:
    """Find titles that are not 2号小标宋 centred, and parts with none or several."""
    found = checked.styled("GwTitle")
    parts = 1 + len(checked.styled("GwAttachmentLabel"))
    if checked.payload.get("letterhead", True) is None:
        parts = 1
    if checked.kind is DocumentKind.CONSULTATION_MINUTES:
        parts -= len(checked.styled("GwAgencyMark"))  # the mark of minutes is their title (A10)
    if len(found) != parts:
        yield f"应有{parts}个标题，实有{len(found)}个"
    for paragraph in found:
        is_bold = next(paragraph.iter(f"{W}b"), None) is not None
        if (
            attribute(paragraph, "pPr/jc") != "center"
            or is_bold
            or not _has_type(paragraph, SONG_TITLE, "44")
        ):
            yield f"标题格式不合规定：{own_text(paragraph)[:20]}"


def _has_type(paragraph: Element, font: str, size: str) -> bool:
    runs = [run for run in paragraph.iter(f"{W}r") if run.find(f"{W}t") is not None]
    return all(
        attribute(run, "rPr/rFonts", "eastAsia") == font and attribute(run, "rPr/sz") == size for run in runs
    )


def headings(checked: Checked) -> Iterator[str]:
    """Find headings in the wrong font or out of order; numbering starts anew below each higher heading."""
    counts = [0] * len(_LEVELS)
    for paragraph in checked.file.document.find(f"{W}body").findall(f"{W}p"):
        if style_of(paragraph) == "GwAttachmentLabel":
            counts = [0] * len(_LEVELS)
        text = own_text(paragraph)
        for level, (pattern, font, shown) in enumerate(_LEVELS):
            match = pattern.match(text)
            if match is None or not style_of(paragraph).startswith(("GwHeading", "GwBody")):
                continue
            counts[level:] = [counts[level] + 1] + [0] * (len(_LEVELS) - level - 1)
            if match[1] != shown(counts[level]):
                yield f"标题序号不连续：{text[:20]}"
            if any(attribute(run, "rPr/rFonts", "eastAsia") != font for run in paragraph.iter(f"{W}r")):
                yield f"标题字体不合规定：{text[:20]}"


def type_faces(checked: Checked) -> Iterator[str]:
    """Find theme fonts, runs without a size and fonts that leave a slot open."""
    for name, root in checked.file.roots.items():
        for fonts in root.iter(f"{W}rFonts"):
            if any("heme" in str(key) for key in fonts.attrib):
                yield f"{name}使用主题字体"
            if any(fonts.get(W + slot) is None for slot in ("ascii", "hAnsi", "eastAsia", "cs")):
                yield f"{name}有字体未写全"
    for part in checked.file.text_parts:
        for run in part.iter(f"{W}r"):
            if attribute(run, "rPr/sz") is None:
                yield f"没有字号：{text_of(run)[:20]}"


def numbers_and_dates(checked: Checked) -> Iterator[str]:
    """Find document numbers and dates in another form than the standard's."""
    for style, pattern in (("GwDocNumber", _NUMBER), ("GwInternalNumber", _INTERNAL_NUMBER)):
        for paragraph in checked.styled(style):
            text = own_text(paragraph).partition("\t")[0]
            if not pattern.fullmatch(text) or ("  " in text and not checked.payload["draft"]):
                yield f"发文字号不合规定：{text}"
    for part in checked.file.text_parts:
        text = text_of(part).replace("\n", "")
        for match in CHINESE_DATE.finditer(text):
            if not is_chinese_date(match[0]):
                yield f"日期不合规定：{match[0]}"


def colors(checked: Checked) -> Iterator[str]:
    """Find coloured text outside the head of a file that is not a draft."""
    if checked.payload["draft"]:
        return
    for part in checked.file.text_parts:
        for paragraph in part.iter(f"{W}p"):
            for color in paragraph.iter(f"{W}color"):
                is_plain = color.get(f"{W}val") in {"auto", "000000"} and len(color.attrib) == 1
                if not is_plain and style_of(next(color.iterancestors(f"{W}p"))) != "GwAgencyMark":
                    yield f"文字不是黑色：{own_text(paragraph)[:20]}"


def tables(checked: Checked) -> Iterator[str]:
    """Find tables off the type area, without repeated heads, with rows that split or cells left empty."""
    for table, section in _sectioned_tables(checked.file.document):
        widths = [int(column.get(f"{W}w") or 0) for column in table.iter(f"{W}gridCol")]
        rows = list(table.iter(f"{W}tr"))
        if sum(widths) != _paper(section)["width"]:
            yield f"表格宽度{sum(widths)}不等于版心宽度"
        if any(_row_width(row) != sum(widths) for row in rows):
            yield "表格行与表格网格宽度不一致"
        if child(rows[0], "trPr/tblHeader") is None:
            yield "表头不能跨页重复"
        if any(child(row, "trPr/cantSplit") is None for row in rows):
            yield "表格行可能跨页断开"
        if any(not text_of(cell).strip() and not _goes_on(cell) for cell in table.iter(f"{W}tc")):
            yield _EMPTY_CELL


def _goes_on(cell: Element) -> bool:
    """Tell whether a cell is the lower part of one merged over several rows, which is shown above."""
    return attribute(cell, "tcPr/vMerge") == "continue"


def _row_width(row: Element) -> int:
    return sum(int(attribute(cell, "tcPr/tcW", "w") or 0) for cell in row.iter(f"{W}tc"))


def _sectioned_tables(document: Element) -> Iterator[tuple[Element, Element]]:
    waiting: list[Element] = []
    for block in document.find(f"{W}body"):
        if block.tag == f"{W}tbl":
            waiting.append(block)
        section = next(block.iter(f"{W}sectPr"), None)
        if section is not None:
            yield from ((table, section) for table in waiting)
            waiting = []


def confidentiality(checked: Checked) -> Iterator[str]:
    """Find confidential documents without the header of B10, and others with it."""
    headers = [root for name, root in checked.file.roots.items() if name.startswith("word/header")]
    marked = [CONFIDENTIAL_MARK in text_of(root) for root in headers]
    if checked.kind.is_confidential and not (marked and all(marked)):
        yield "缺少“内部资料  注意保密”页眉"
    if not checked.kind.is_confidential and any(marked):
        yield "非保密文书不应有保密页眉"


def properties(checked: Checked) -> Iterator[str]:
    """Find core properties that are not those of B7."""
    payload = checked.payload
    root = checked.file.roots.get(CORE)
    shown: dict[str, str] = (
        {} if root is None else {str(node.tag).rpartition("}")[2]: node.text or "" for node in root}
    )
    wanted = {
        "title": payload["title"].replace("\n", ""),
        "creator": payload["department"],
        "lastModifiedBy": payload["department"],
        "created": payload["created"],
        "language": "zh-CN",
        "category": checked.kind.code,
        "identifier": payload["number"] or payload["identifier"],
    }
    for name, value in wanted.items():
        if shown.get(name) != allowed_text(value):
            yield f"文件属性{name}不合规定：{shown.get(name)}"


CHECKS: Final[dict[str, Callable[[Checked], Iterator[str]]]] = {
    "D1": page,
    "D2": grid,
    "D3": page_numbers,
    "D4": body_text,
    "D5": titles,
    "D6": headings,
    "D7": type_faces,
    "D8": numbers_and_dates,
    "D9": colors,
    "D10": attachments,
    "D11": tables,
    "D12": upward,
    "D13": imprint,
    "D14": confidentiality,
    "D15": properties,
    "D16": figures,
}
