"""The parts of a Word template beside its text: styles, settings, fonts, headers, footers, relationships."""

from fivestep_web.documents.wordml import (
    FANGSONG,
    FOOTER_DISTANCE,
    FOOTER_LINE,
    GREY,
    HEITI,
    KAITI,
    LANDSCAPE_TOP,
    SONG_TITLE,
    STYLES,
    TEXT_WIDTH,
    TURNED,
    Layout,
    Style,
    field,
    optional,
    paragraph,
    paragraph_properties,
    run,
    run_properties,
    tab,
)

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_SHAPE = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_NAMESPACES = (
    f'xmlns:w="{_MAIN}" xmlns:r="{_OFFICE}/relationships" '
    f'xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:a="{_DRAWING}/main" '
    f'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="{_SHAPE}"'
)
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = {
    "settings": ("settings", "rIdSettings"),
    "styles": ("styles", "rIdStyles"),
    "fontTable": ("fontTable", "rIdFontTable"),
    "header_odd": ("header", "rIdHeaderOdd"),
    "header_even": ("header", "rIdHeaderEven"),
    "footer_odd": ("footer", "rIdFooterOdd"),
    "footer_even": ("footer", "rIdFooterEven"),
}
_TURNED_PARTS = {
    "footer_odd_turned": ("footer", f"rIdFooterOdd{TURNED}"),
    "footer_even_turned": ("footer", f"rIdFooterEven{TURNED}"),
}
_TWIP = 635  # EMU
_IMPRINT_WIDTH = TEXT_WIDTH * _TWIP
_IMPRINT_HEIGHT = 96 * 12700


def members(body: str, category: str, title: str) -> dict[str, str]:
    """Return the members of a template whose document body is *body*."""
    turned = {
        "word/footer_odd_turned.xml": _turned_footer("right"),
        "word/footer_even_turned.xml": _turned_footer("left"),
    }
    is_turned = TURNED in body
    parts = _PARTS | (_TURNED_PARTS if is_turned else {})
    return {
        "[Content_Types].xml": _content_types(parts),
        "_rels/.rels": _relationships(
            [
                ("rIdDocument", f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
                ("rIdCore", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ]
        ),
        "docProps/core.xml": _core(category, title),
        "word/document.xml": f"{_DECLARATION}<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relationships(
            [(key, f"{_OFFICE}/relationships/{kind}", f"{name}.xml") for name, (kind, key) in parts.items()]
        ),
        "word/settings.xml": _settings(),
        "word/styles.xml": _styles(),
        "word/fontTable.xml": _font_table(),
        "word/header_odd.xml": _header(),
        "word/header_even.xml": _header(),
        "word/footer_odd.xml": _footer("right"),
        "word/footer_even.xml": _footer("left"),
        **(turned if is_turned else {}),
    }


def _content_types(parts: dict[str, tuple[str, str]]) -> str:
    overrides = {"document": "document.main"} | {name: kind for name, (kind, _) in parts.items()}
    listed = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, kind in overrides.items()
    )
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        f"{listed}</Types>"
    )


def _relationships(rows: list[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, kind, target in rows
    )
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _core(category: str, title: str) -> str:
    return (
        f'{_DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:language>zh-CN</dc:language>"
        f"<cp:category>{category}</cp:category></cp:coreProperties>"
    )


def _settings() -> str:
    mode = (
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
        'w:val="15"/>'
    )
    return (
        f'{_DECLARATION}<w:settings {_NAMESPACES}><w:zoom w:percent="100"/>'
        '<w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="doNotCompress"/>'
        f"<w:compat><w:useFELayout/>{mode}</w:compat>"
        '<w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/></w:settings>'
    )


def _styles() -> str:
    plain = Style(name="Normal", align="both", line=0)
    defaults = run_properties(plain).replace(
        "</w:rPr>", '<w:lang w:val="zh-CN" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr>'
    )
    named = "".join(
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{key}"><w:name w:val="{style.name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/>{_style_properties(style)}{run_properties(style)}</w:style>'
        for key, style in STYLES.items()
    )
    return (
        f"{_DECLARATION}<w:styles {_NAMESPACES}><w:docDefaults><w:rPrDefault>{defaults}</w:rPrDefault>"
        '<w:pPrDefault><w:pPr><w:widowControl w:val="0"/>'
        '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/></w:pPr>'
        "</w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        '<w:top w:w="0" w:type="dxa"/><w:left w:w="80" w:type="dxa"/>'
        '<w:bottom w:w="0" w:type="dxa"/><w:right w:w="80" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr></w:style>{named}</w:styles>"
    )


def _style_properties(style: Style) -> str:
    """Return the style's `w:pPr`: that of its paragraphs without the reference to itself."""
    properties = paragraph_properties(style, "")
    return properties.replace('<w:pStyle w:val=""/>', "")


def _font_table() -> str:
    rows = [
        (FANGSONG, "仿宋", "modern", "fixed"),
        (KAITI, "楷体", "modern", "fixed"),
        (SONG_TITLE, "方正小标宋_GBK", "auto", "variable"),
        (HEITI, "SimHei", "modern", "fixed"),
        ("宋体", "SimSun", "auto", "variable"),
    ]
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="{pitch}"/></w:font>'
        for name, other, family, pitch in rows
    )
    return f"{_DECLARATION}<w:fonts {_NAMESPACES}>{fonts}</w:fonts>"


def _header() -> str:
    confidential = run("{{ confidential_mark }}", "GwHeader", font=HEITI)
    draft = run("{{ draft_mark }}第{{ version }}版", "GwHeader", size=18, color=GREY)
    demo = run("示例数据", "GwHeader", size=18)
    lines = (
        optional("confidential_mark", paragraph("GwHeader", confidential))
        + optional("draft", paragraph("GwHeader", draft))
        + optional("demo", paragraph("GwHeader", demo))
        + paragraph("GwGap")
    )
    return f"{_DECLARATION}<w:hdr {_NAMESPACES}>{lines}</w:hdr>"


def _footer(side: str) -> str:
    return f"{_DECLARATION}<w:ftr {_NAMESPACES}>{_page_number(side)}</w:ftr>"


def _page_number(side: str) -> str:
    runs = run("— ", "GwPageNumber") + field("PAGE", "1", "GwPageNumber") + run(" —", "GwPageNumber")
    layout = Layout(align=side, indent=f'w:{side}Chars="100" w:{side}="280"')
    return paragraph("GwPageNumber", runs, layout)


def _turned_footer(side: str) -> str:
    """Return the footer of a landscape page whose number stands as on the upright pages before it (A9).

    The lower edge of the upright page is the left one here, so the number is turned with it: a box from the
    upper to the lower edge of the type area, as far from the paper's edge as a footer from the lower one.
    """
    place = "".join(
        f'<wp:position{way} relativeFrom="page"><wp:posOffset>{distance * _TWIP}</wp:posOffset>'
        f"</wp:position{way}>"
        for way, distance in (("H", FOOTER_DISTANCE), ("V", LANDSCAPE_TOP))
    )
    box = _text_box(
        _page_number(side),
        f'cx="{FOOTER_LINE * _TWIP}" cy="{TEXT_WIDTH * _TWIP}"',
        place,
        name="页码",
        wrap="<wp:wrapNone/>",
        direction="vert",
    )
    return f"{_DECLARATION}<w:ftr {_NAMESPACES}>{box}</w:ftr>"


def imprint() -> str:
    """Return the paragraph that carries the imprint at the lower edge of its page (GB/T 9704 7.4)."""
    place = (
        '<wp:positionH relativeFrom="margin"><wp:align>left</wp:align></wp:positionH>'
        '<wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align></wp:positionV>'
    )
    return _text_box(
        _imprint_lines(),
        f'cx="{_IMPRINT_WIDTH}" cy="{_IMPRINT_HEIGHT}"',
        place,
        name="版记",
        wrap="<wp:wrapTopAndBottom/>",
        direction="horz",
    )


def _text_box(content: str, size: str, place: str, *, name: str, wrap: str, direction: str) -> str:
    """Return a paragraph of one point that carries a box with *content* at its lower edge."""
    shape = (
        f'<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>'
        f"<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx>"
        f'<wps:bodyPr rot="0" vert="{direction}" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" '
        'anchor="b" anchorCtr="0"><a:noAutofit/></wps:bodyPr></wps:wsp>'
    )
    anchor = (
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" '
        f'locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>{place}'
        f'<wp:extent {size}/><wp:effectExtent l="0" t="0" r="0" b="0"/>{wrap}'
        f'<wp:docPr id="1" name="{name}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{_SHAPE}">{shape}</a:graphicData></a:graphic></wp:anchor>'
    )
    drawing = (
        f"<w:r>{run_properties(STYLES['GwGap'])}<mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing>{anchor}</w:drawing></mc:Choice></mc:AlternateContent></w:r>'
    )
    return paragraph("GwGap", drawing)


def _imprint_lines() -> str:
    """Return the lines of the imprint; each rule is a paragraph of its own, as wide as the type area."""

    def rule(size: int) -> str:
        border = f'<w:top w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
        return paragraph("GwGap", layout=Layout(borders=border))

    stop = '<w:tab w:val="right" w:pos="8565"/>'
    copies = Layout(indent='w:left="1120" w:right="280" w:hanging="840"')
    printed = (
        run("{{ letterhead.printing_agency }}", "GwImprint")
        + tab("GwImprint")
        + run("{{ letterhead.printing_date }}印发", "GwImprint")
    )
    return (
        rule(8)
        + optional(
            "letterhead.copy_recipients",
            paragraph("GwImprint", "抄送：{{ letterhead.copy_recipients }}。", copies) + rule(6),
        )
        + paragraph("GwImprint", printed, Layout(indent='w:left="280" w:right="280"', tabs=stop))
        + rule(8)
    )
