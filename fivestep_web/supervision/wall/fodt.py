"""Pages of the chart as a flat OpenDocument file, which LibreOffice turns into PDF; pure."""

from base64 import b64encode
from collections.abc import Iterable

from fivestep_web.supervision.wall.paper import Paper

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:styles><style:style style:name="Standard" style:family="paragraph"><style:text-properties
 fo:font-size="2pt"/></style:style></office:styles>
<office:automatic-styles>
<style:page-layout style:name="page"><style:page-layout-properties fo:page-width="{width}mm"
 fo:page-height="{height}mm" style:print-orientation="landscape" fo:margin="0mm"/></style:page-layout>
<style:style style:name="next" style:family="paragraph" style:parent-style-name="Standard">
<style:paragraph-properties fo:break-before="page"/></style:style>
<style:style style:name="whole" style:family="graphic"><style:graphic-properties style:wrap="run-through"
 style:horizontal-pos="from-left" style:horizontal-rel="page" style:vertical-pos="from-top"
 style:vertical-rel="page"/></style:style>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard"
 style:page-layout-name="page"/></office:master-styles>
<office:body><office:text>"""
_PAGE = """<text:p text:style-name="{style}"><draw:frame draw:style-name="whole" draw:name="page{number}"
 text:anchor-type="paragraph" svg:x="0mm" svg:y="0mm" svg:width="{width}mm" svg:height="{height}mm">
<draw:image draw:mime-type="image/svg+xml"><office:binary-data>{data}</office:binary-data></draw:image>
</draw:frame></text:p>"""
_END = "</office:text></office:body></office:document>"


def document(pages: Iterable[str], paper: Paper) -> bytes:
    """Return a document of one picture a page, each as large as the paper."""
    size = {"width": f"{paper.width:.0f}", "height": f"{paper.height:.0f}"}
    parts = [_HEAD.format(**size)]
    for number, page in enumerate(pages, 1):
        data = b64encode(page.encode()).decode()
        style = "Standard" if number == 1 else "next"
        parts.append(_PAGE.format(style=style, number=number, data=data, **size))
    return "".join([*parts, _END]).encode()
