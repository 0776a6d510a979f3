"""WordprocessingML pieces with the measures of GB/T 9704-2012 (official-documents.md part A).

Every paragraph and run carries its own layout beside its style, so that readers which do not follow style
inheritance see it too (A8). Lengths are twips, sizes half-points. Texts are put in as they are: the caller
escapes values.
"""

from dataclasses import dataclass
from typing import Final

SONG_TITLE: Final = "方正小标宋简体"
FANGSONG: Final = "仿宋_GB2312"
HEITI: Final = "黑体"
KAITI: Final = "楷体_GB2312"
SONGTI: Final = "宋体"

TEXT_WIDTH: Final = 8845
LANDSCAPE_WIDTH: Final = 12756
LANDSCAPE_TOP: Final = 1587
FOOTER_DISTANCE: Final = 1440
FOOTER_LINE: Final = 364  # of a single-spaced line at 4号
TURNED: Final = "Turned"
CHARACTER: Final = 320
LINE: Final = 579
BODY_SIZE: Final = 32
FIRST_LINE: Final = 'w:firstLineChars="200" w:firstLine="640"'
RED: Final = "FF0000"
GREY: Final = "808080"
THIN_CELL: Final = 40
CELL_MARGIN: Final = 80
LINE_BREAK: Final = '</w:t><w:br/><w:t xml:space="preserve">'  # inside a text


@dataclass(frozen=True, kw_only=True)
class Style:
    """A paragraph style of A8; `line` is the exact line height, 0 for single spacing."""

    name: str
    font: str = FANGSONG
    size: int = BODY_SIZE
    align: str = "left"
    line: int = LINE
    before: int = 0
    tracking: int = 0
    indent: str = ""
    outline: int | None = None
    color: str = ""
    borders: str = ""
    tabs: str = ""

    hanging: bool = True  # False where a full stop may not stand beyond the end of its line, in a cell's edge
    on_grid: bool = True  # False where a line is not that of the 22-line grid, or LibreOffice rounds it up


def _border(side: str, size: int, space: int = 1, color: str = "000000") -> str:
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="{space}" w:color="{color}"/>'


STYLES: Final = {
    "GwBody": Style(name="公文正文", align="both", tracking=-5, indent=FIRST_LINE),
    "GwTitle": Style(name="公文标题", font=SONG_TITLE, size=44, align="center", on_grid=False),
    "GwHeading1": Style(name="一级标题", font=HEITI, align="both", indent=FIRST_LINE, outline=0),
    "GwHeading2": Style(name="二级标题", font=KAITI, align="both", indent=FIRST_LINE, outline=1),
    "GwHeading3": Style(name="三级标题", align="both", indent=FIRST_LINE, outline=2),
    "GwHeading4": Style(name="四级标题", align="both", indent=FIRST_LINE, outline=3),
    "GwRecipient": Style(name="主送机关"),
    "GwAttachmentNote": Style(name="附件说明", indent='w:left="1600" w:hanging="960"'),
    "GwAttachmentLabel": Style(name="附件标签", font=HEITI),
    "GwSignature": Style(name="署名", align="right"),
    "GwDate": Style(name="成文日期", align="right"),
    "GwAgencyMark": Style(
        name="发文机关标志",
        font=SONG_TITLE,
        size=80,
        align="center",
        line=880,
        before=1950,
        color=RED,
        on_grid=False,
    ),
    "GwDocNumber": Style(name="发文字号", align="center", borders=_border("bottom", 8, 11, RED)),
    "GwInternalNumber": Style(name="内部编号", align="center"),
    "GwImprint": Style(name="版记", size=28, line=480, on_grid=False),
    "GwPageNumber": Style(name="页码", font=SONGTI, size=28, line=0, on_grid=False),
    "GwTableHead": Style(
        name="表头", font=HEITI, size=24, align="center", line=360, on_grid=False, hanging=False
    ),
    "GwTableCell": Style(name="表格正文", size=24, line=360, on_grid=False, hanging=False),
    "GwNote": Style(name="表注", size=21, line=360, on_grid=False),
    "GwHeader": Style(name="页眉提示", size=24, align="right", line=0, on_grid=False),
    "GwSignatureCell": Style(name="签署栏", line=480, on_grid=False),
    "GwGap": Style(name="分隔", size=2, line=20, on_grid=False),
}


def run(text: str, style: str, *, font: str = "", size: int = 0, color: str = "") -> str:
    """Return one run in the font, size and colour of *style* unless others are given."""
    properties = run_properties(STYLES[style], font=font, size=size, color=color)
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def run_properties(style: Style, *, font: str = "", size: int = 0, color: str = "") -> str:
    """Return `w:rPr` with the four font slots, colour, spacing and size in schema order."""
    face, half_points, ink = font or style.font, size or style.size, color or style.color
    return (
        f'<w:rPr><w:rFonts w:ascii="{face}" w:eastAsia="{face}" w:hAnsi="{face}" w:cs="{face}" '
        'w:hint="eastAsia"/>'
        + (f'<w:color w:val="{ink}"/>' if ink else "")
        + (f'<w:spacing w:val="{style.tracking}"/>' if style.tracking else "")
        + f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr>'
    )


def field(instruction: str, shown: str, style: str) -> str:
    """Return the runs of a field that shows *shown* until a word processor fills it anew."""
    properties = run_properties(STYLES[style])

    def mark(kind: str) -> str:
        return f'<w:r>{properties}<w:fldChar w:fldCharType="{kind}"/></w:r>'

    asked = f'<w:r>{properties}<w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
    return mark("begin") + asked + mark("separate") + run(shown, style) + mark("end")


def tab(style: str) -> str:
    """Return a run of one tab."""
    return f"<w:r>{run_properties(STYLES[style])}<w:tab/></w:r>"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What one paragraph changes of its style."""

    align: str = ""
    indent: str = ""
    borders: str = ""
    tabs: str = ""
    keep_next: bool = False
    page_break_before: bool = False
    section: str = ""


PLAIN: Final = Layout()


def paragraph_properties(style: Style, style_id: str, layout: Layout = PLAIN) -> str:
    """Return `w:pPr`; the children stand in schema order."""
    borders, tabs = layout.borders or style.borders, layout.tabs or style.tabs
    indent, outline = layout.indent or style.indent, style.outline
    rule = f'w:line="{style.line}" w:lineRule="exact"' if style.line else 'w:line="240" w:lineRule="auto"'
    return (
        f'<w:pPr><w:pStyle w:val="{style_id}"/>'
        + ("<w:keepNext/><w:keepLines/>" if layout.keep_next else "")
        + ("<w:pageBreakBefore/>" if layout.page_break_before else "")
        + '<w:widowControl w:val="0"/>'
        + (f"<w:pBdr>{borders}</w:pBdr>" if borders else "")
        + (f"<w:tabs>{tabs}</w:tabs>" if tabs else "")
        + ("" if style.hanging else '<w:overflowPunct w:val="0"/>')
        + '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        + ("" if style.on_grid else '<w:snapToGrid w:val="0"/>')
        + f'<w:spacing w:before="{style.before}" w:after="0" {rule}/>'
        + f"<w:ind {indent or NO_INDENT}/>"
        + f'<w:jc w:val="{layout.align or style.align}"/>'
        + (f'<w:outlineLvl w:val="{outline}"/>' if outline is not None else "")
        + layout.section
        + "</w:pPr>"
    )


NO_INDENT: Final = 'w:left="0" w:firstLine="0"'


def paragraph(style_id: str, content: str = "", layout: Layout = PLAIN) -> str:
    """Return a paragraph; *content* is text, or runs if it starts with `<w:r>`."""
    inner = content if content.startswith("<w:r>") or not content else run(content, style_id)
    return f"<w:p>{paragraph_properties(STYLES[style_id], style_id, layout)}{inner}</w:p>"


def blank(count: int = 1, *, keep_next: bool = False) -> str:
    """Return *count* empty lines of the 22-line grid."""
    return paragraph("GwRecipient", layout=Layout(keep_next=keep_next)) * count


def tag(statement: str) -> str:
    """Return a paragraph that a template statement replaces, as docxtpl writes it."""
    return paragraph("GwRecipient", "{%p " + statement + " %}")


def optional(condition: str, content: str) -> str:
    """Return *content* between paragraph-level `if` and `endif`."""
    return tag(f"if {condition}") + content + tag("endif")


def repeated(loop: str, content: str) -> str:
    """Return *content* between paragraph-level `for` and `endfor`."""
    return tag(f"for {loop}") + content + tag("endfor")


def section(*, landscape: bool = False, turned: bool = False) -> str:
    """Return `w:sectPr` (A2; A9 landscape) with both headers and both footers.

    *turned* puts the number of landscape pages where it stands on the upright pages they are bound with.
    Only upright pages have the grid of 22 lines: on landscape ones LibreOffice would leave its rest empty.
    """
    size = (
        '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
        f'<w:pgMar w:top="{LANDSCAPE_TOP}" w:right="2098" w:bottom="1474" w:left="1984"'
        if landscape
        else '<w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"'
    )
    grid = "" if landscape else '<w:docGrid w:type="lines" w:linePitch="579"/>'
    form = TURNED if turned else ""
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rIdHeaderOdd"/>'
        '<w:headerReference w:type="even" r:id="rIdHeaderEven"/>'
        f'<w:footerReference w:type="default" r:id="rIdFooterOdd{form}"/>'
        f'<w:footerReference w:type="even" r:id="rIdFooterEven{form}"/>{size} '
        f'w:header="851" w:footer="{FOOTER_DISTANCE}" w:gutter="0"/>{grid}</w:sectPr>'
    )


def section_end(*, landscape: bool = False, turned: bool = False) -> str:
    """Return the paragraph of one point that ends a section."""
    return paragraph("GwGap", layout=Layout(section=section(landscape=landscape, turned=turned)))
