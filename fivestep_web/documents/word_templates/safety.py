"""What a Word template may hold, for core.packages (trust.md D5, D6)."""

import re
from typing import Final

from fivestep_web.core.packages import MEGABYTE, PackageKind

_REMEDY: Final = "请下载现用的模板，在它上面修改文字和版式后另存为 .docx，再上传"
_TRIM: Final = "删去大图片等与模板无关的内容"
# Also what Word, WPS and LibreOffice add when they save; `cleaning` leaves out what a template does not need.
TEMPLATE: Final = PackageKind(
    main_part="word/document.xml",
    main_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    max_packed=5 * MEGABYTE,
    allowed=re.compile(
        r"\[Content_Types\]\.xml|(.+/)?_rels/[^/]*\.rels|(docProps|docMetadata|customXml)/[^/]+\.(xml|jpe?g|png|[ew]mf)"
        r"|word/[^/]+\.xml|word/(theme|glossary)/[^/]+\.xml|word/media/[^/]+\.(png|jpe?g|gif)"
    ),
    forbidden=(
        (re.compile(r"vba|customui|attachedtoolbars|keymapcustomizations"), "宏或自定义界面"),
        (
            re.compile(r"/embeddings/|/activex/|oleobject|webextensions|/afchunk"),
            "嵌入的对象、控件或外来片段",
        ),
    ),
    foreign=("xl/", "ppt/"),
    relationships=frozenset(
        """
        officeDocument core-properties extended-properties custom-properties thumbnail classificationlabels
        styles stylesWithEffects settings webSettings fontTable theme numbering header footer footnotes
        endnotes image customXml customXmlProps glossaryDocument people
        comments commentsExtended commentsIds commentsExtensible
        """.split()  # noqa: SIM905 - a table of names
    ),
    external=frozenset(),
    another_kind="文件不是 .docx 文档，请用 Word 或 WPS 打开后另存为“Word 文档（.docx）”",
    old_format="这是旧格式 .doc 文件，或设有打开密码，请另存为不设密码的“Word 文档（.docx）”",
    damaged="文件不完整或已损坏，请用 Word 或 WPS 打开确认无误，另存一份后再上传",
    too_slow=f"模板过大，未能在限定时间内检查完，请{_TRIM}后再上传",
    unreadable=f"模板无法检查：内容过大或已损坏，{_REMEDY}",
    content="文字模板",
    remedy=_REMEDY,
    trim=_TRIM,
)
