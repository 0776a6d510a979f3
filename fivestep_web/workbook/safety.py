"""What a plain spreadsheet may hold, for core.packages (trust.md D5, D6)."""

import re
from typing import Final

from fivestep_web.core.packages import MEGABYTE, PackageKind

WORKBOOK: Final = PackageKind(
    main_part="xl/workbook.xml",
    main_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    max_packed=20 * MEGABYTE,
    allowed=re.compile(
        r"\[Content_Types\]\.xml|(.+/)?_rels/[^/]*\.rels|(docProps|docMetadata|customXml)/[^/]+\.(xml|jpe?g|png|[ew]mf)"
        r"|xl/[^/]+\.xml|xl/[A-Za-z]+/[^/]+\.(xml|vml)|xl/printerSettings/[^/]+\.bin"
        r"|xl/media/[^/]+\.(png|jpe?g|gif|bmp|tiff?|[ew]mf|svg)"
    ),
    forbidden=(
        (re.compile(r"vba|macrosheets|dialogsheets|customui|attachedtoolbars"), "宏或自定义界面"),
        (re.compile(r"externallinks|/connections\.xml|querytables"), "指向其他文件或数据库的链接"),
        (re.compile(r"/embeddings/|/activex/|oleobject|webextensions"), "嵌入的对象或控件"),
    ),
    foreign=("word/", "ppt/"),
    relationships=frozenset(
        """
        officeDocument core-properties extended-properties custom-properties thumbnail classificationlabels
        worksheet chartsheet theme themeOverride styles sharedStrings calcChain sheetMetadata hyperlink
        printerSettings drawing vmlDrawing comments threadedComment person table tableSingleCells image
        chart chartUserShapes chartStyle chartColorStyle customXml customXmlProps customProperty
        pivotTable pivotCacheDefinition pivotCacheRecords slicer slicerCache timeline timelineCache
        ctrlProp cellImage rdRichValue rdRichValueStructure rdRichValueTypes richValueRel rdArray
        rdSupportingPropertyBag rdSupportingPropertyBagStructure FeaturePropertyBag namedSheetView
        """.split()  # noqa: SIM905 - a table of names
    ),
    external=frozenset({"hyperlink"}),
    another_kind="文件不是 .xlsx 工作簿，请用表格软件打开后另存为“Excel 工作簿（.xlsx）”",
    old_format="这是旧格式 .xls 文件，或设有打开密码，请另存为不设密码的“Excel 工作簿（.xlsx）”",
    damaged="文件不完整或已损坏，请用表格软件打开确认无误，另存一份后再上传",
    too_slow="工作簿过大，未能在限定时间内读完，请删去多余的行列后再上传",
    unreadable="工作簿无法读取：内容过大或已损坏。请删去各表末尾多余的行列，另存为 .xlsx 后再上传",
    content="表格",
    remedy="请新建空白工作簿，把各表内容“粘贴为数值”过去，另存为 .xlsx 后再上传",
    trim="删去与导入无关的图片和多余的行列",
)
