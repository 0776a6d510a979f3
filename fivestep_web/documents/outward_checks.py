"""Checks D10, D12 and D13: what a document that goes out carries beside its text."""

from collections.abc import Iterator
from typing import Final

from fivestep_web.documents.checked import Checked
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import W, attribute, own_text
from fivestep_web.documents.wordml import KAITI

UPWARD: Final = frozenset({DocumentKind.RECOMMENDATION_LIST})
SIGNATORY: Final = "签发人："
_ENDINGS: Final = {"请示": "妥否，请批示。", "报告": "特此报告。"}


def attachments(checked: Checked) -> Iterator[str]:
    """Find 附件说明 that differ from the attachments in name or number, or end with punctuation."""
    noted = [text.removeprefix("附件：") for text in _unbroken(checked, "GwAttachmentNote")]
    labels = _unbroken(checked, "GwAttachmentLabel")
    titles = _unbroken(checked, "GwTitle")
    attached = titles[len(titles) - len(labels) :]
    wanted = ["附件"]
    if len(labels) != 1:
        attached = [f"{number}.{title}" for number, title in enumerate(attached, 1)]
        wanted = [f"附件{number}" for number, _label in enumerate(labels, 1)]
    if noted != attached:
        yield f"附件说明与附件标题不一致：{'、'.join(noted) or '无'}"
    if labels != wanted:
        yield f"附件序号不合规定：{'、'.join(labels)}"
    if any(name.endswith(tuple("。；，、.;,")) for name in noted):
        yield "附件名称后不应有标点"


def _unbroken(checked: Checked, style: str) -> list[str]:
    return [own_text(paragraph).replace("\n", "") for paragraph in checked.styled(style)]


def upward(checked: Checked) -> Iterator[str]:
    """Find upward documents without one signatory, recipient and ending, and others with a signatory."""
    signed = [line for line in checked.styled("GwDocNumber") if SIGNATORY in own_text(line)]
    if checked.kind not in UPWARD:
        if signed:
            yield "非上行文不应有签发人"
        return
    names = [run for line in signed for run in line.iter(f"{W}r")][-1:]
    if len(signed) != 1 or attribute(names[0], "rPr/rFonts", "eastAsia") != KAITI:
        yield "上行文应有且只有一处签发人，姓名用楷体"
    recipients = [text for text in map(own_text, checked.styled("GwRecipient")) if text.endswith("：")]
    if len(recipients) != 1 or any(mark in recipients[0] for mark in "、，"):
        yield "上行文应有且只有一个主送机关"
    endings = [text for text in checked.lines() if text in _ENDINGS.values()]
    if endings != [_ENDINGS.get(checked.payload["title"][-2:])]:
        yield "上行文的结尾与文种不一致"


def imprint(checked: Checked) -> Iterator[str]:
    """Find an imprint that is missing, out of place or without its lines of 8, 6 and 8 eighths of a point."""
    boxes = list(checked.file.document.iter(f"{W}txbxContent"))
    is_wanted = bool(checked.payload.get("letterhead") and checked.payload["number"])
    if len(boxes) != int(is_wanted):
        yield "已编号的公文应有版记" if is_wanted else "未编号的文书不应有版记"
    for box in boxes:
        sizes = [line.get(f"{W}sz") for border in box.iter(f"{W}pBdr") for line in border]
        copies = [text for text in map(own_text, box.iter(f"{W}p")) if text.startswith("抄送：")]
        if sizes != (["8", "6", "8"] if copies else ["8", "8"]):
            yield "版记线条粗细不合规定"
        if any(not text.endswith("。") for text in copies):
            yield "抄送机关后应有句号"
