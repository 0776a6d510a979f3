"""Which kinds take a number, what may be done with it and when (domain.md 5.9, B2–B4); pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.kinds import DocumentKind


class Series(StrEnum):
    """A series of numbers; its agency code is a setting."""

    DECISION = "agency_code_decision"
    BULLETIN = "agency_code_bulletin"
    REPORT = "agency_code_report"


SERIES: Final[Mapping[DocumentKind, Series]] = {
    DocumentKind.ANNUAL_WORK_PRIORITIES: Series.DECISION,
    DocumentKind.TASK_BOOK: Series.DECISION,
    DocumentKind.TIMETABLE: Series.DECISION,
    DocumentKind.COMMENDATION_DECISION: Series.DECISION,
    DocumentKind.MONTHLY_BULLETIN: Series.BULLETIN,
    DocumentKind.QUARTERLY_REVIEW: Series.BULLETIN,
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: Series.BULLETIN,
    DocumentKind.RECOMMENDATION_LIST: Series.REPORT,
}


# Where the payload says that what goes out was publicized before (C09, C10).
PUBLICITY: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: "publicity",
    DocumentKind.COMMENDATION_DECISION: "publicity_end_date",
}


class NumberState(StrEnum):
    """Whether a number stands for its document or was given up; it is never taken again."""

    LIVING = "living"
    DROPPED = "dropped"


class Stage(StrEnum):
    """How far a document that goes out is; the value is the word for it."""

    UNFINISHED = "未生成"
    OUTDATED = "已作废"
    DRAFT = "草稿"
    NUMBERING = "正在编号"
    NUMBERED = "已编号"
    ISSUING = "正在印发"
    ISSUED = "已印发"
    DROPPED = "文号已作废"
    REPLACED = "已印发，后有新文代替"


class Step(StrEnum):
    """What people do with a number; the value is the verb."""

    APPROVE = "批准编号"
    ISSUE = "印发"
    DROP = "作废文号"


ALLOWED: Final = {
    Step.APPROVE: frozenset({Stage.DRAFT}),
    Step.ISSUE: frozenset({Stage.NUMBERED}),
    Step.DROP: frozenset({Stage.NUMBERING, Stage.NUMBERED}),
}
PENDING: Final = frozenset({Stage.NUMBERING, Stage.ISSUING})


def takes_number(kind: DocumentKind, unit_id: int | None, person_id: int | None) -> bool:
    """Tell whether a document goes out under a number: a unit's or person's copy is part of the system's."""
    return kind in SERIES and unit_id is None and person_id is None


def number_text(code: str, year: int, number: int) -> str:
    """Return 青组发〔2026〕1号 (A4: brackets U+3014 and U+3015, no leading zeros)."""
    return f"{code}〔{year}〕{number}号"


def stage_of(document: str, number: NumberState | None, *, is_issue_asked: bool) -> Stage:
    """Return the stage of a document in the state *document* (domain.md 5.9) with its number, if any."""
    if number is None:
        return {"ready": Stage.DRAFT, "superseded": Stage.OUTDATED}.get(document, Stage.UNFINISHED)
    if number is NumberState.DROPPED:
        return Stage.DROPPED
    if document == "numbered":
        return Stage.ISSUING if is_issue_asked else Stage.NUMBERED
    return {"ready": Stage.NUMBERING, "issued": Stage.ISSUED}.get(document, Stage.REPLACED)


def caution(kind: DocumentKind, payload: Mapping[str, Any]) -> str:
    """Return what is to be thought of before a draft is numbered or issued; empty for nothing."""
    if kind in PUBLICITY and not payload[PUBLICITY[kind]]:
        return "这份草稿还没有公示情况。公示期满、结果确定并重新生成后再编号、印发。"
    return ""


def approval_fault(approved_on: date, today: date, plan_year: int) -> str:
    """Return why *approved_on* cannot be the 成文日期 of a document of *plan_year*; empty if it can."""
    if approved_on > today:
        return f"成文日期不能晚于今天（{chinese_date(today)}）"
    if approved_on.year < plan_year - 1:
        return f"成文日期不能早于{plan_year - 1}年1月1日，请核对年份"
    return ""


def issue_fault(issued_on: date, approved_on: date, today: date) -> str:
    """Return why *issued_on* cannot be the 印发日期; empty if it can (B3)."""
    if issued_on < approved_on:
        return f"印发日期不能早于成文日期（{chinese_date(approved_on)}）"
    if issued_on > today:
        return f"印发日期不能晚于今天（{chinese_date(today)}）"
    return ""


def stamped(
    payload: Mapping[str, Any], number: str, approved_on: date, issued_on: date | None
) -> dict[str, Any]:
    """Return a draft's payload with its number and date, and once issued with the date of the imprint.

    Nothing else of it changes: figures and names are those of the draft that was approved (R5.4, B8).
    """
    printing_date = None if issued_on is None else chinese_date(issued_on)
    return {
        **payload,
        "number": number,
        "document_date": chinese_date(approved_on),
        "draft": False,
        "issued": issued_on is not None,
        "letterhead": {**payload["letterhead"], "printing_date": printing_date},
    }
