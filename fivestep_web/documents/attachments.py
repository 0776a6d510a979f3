"""Attachments of the kinds that may have several: titles, and labels in order (GB/T 9704 7.3.4)."""

from collections.abc import Mapping
from typing import Any, Final, TypedDict

from fivestep_web.documents.kinds import DocumentKind

# Each attachment: its name in the template, its title, the field without which it is left out.
ATTACHMENTS: Final = {
    DocumentKind.RESEARCH_REPORT: (
        ("records", "走访座谈记录目录", "records"),
        ("questionnaires", "问卷统计表", "questionnaires"),
    ),
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: (
        ("results", "{year}年度实绩考核结果表", "series"),
        ("daily", "{year}年度日常考核情况表", "daily"),
    ),
    DocumentKind.RECOMMENDATION_LIST: (
        ("summary", "推荐对象汇总表", "candidates"),
        ("deeds", "简要事迹", "candidates"),
        ("opinions", "征求意见情况", "opinions"),
        ("publicity", "公示情况", "publicity"),
    ),
}


class Attachment(TypedDict):
    """An attachment as it stands in the document."""

    label: str  # 附件, or 附件1 where there are several
    title: str


def attached(kind: DocumentKind, values: Mapping[str, Any]) -> dict[str, Attachment]:
    """Return the attachments that a document of *values* has, in order."""
    present = [
        (name, title.format(year=values["year"])) for name, title, field in ATTACHMENTS[kind] if values[field]
    ]
    numbered = len(present) > 1
    return {
        name: Attachment(label=f"附件{number}" if numbered else "附件", title=title)
        for number, (name, title) in enumerate(present, 1)
    }
