"""The kinds of Word documents (official-documents.md part C)."""

from enum import StrEnum
from typing import NamedTuple


class DocumentKind(StrEnum):
    """One kind of document; the value is its identifier in URLs, commands and the database."""

    RESEARCH_REPORT = "research_report"
    ANNUAL_WORK_PRIORITIES = "annual_work_priorities"
    TASK_BOOK = "task_book"
    TIMETABLE = "timetable"
    RESPONSIBILITY_LETTER = "responsibility_letter"
    LEDGER_BOOK = "ledger_book"
    MONTHLY_BULLETIN = "monthly_bulletin"
    QUARTERLY_REVIEW = "quarterly_review"
    ANNUAL_ASSESSMENT_RESULT = "annual_assessment_result"
    PERSONAL_RESULT_NOTICE = "personal_result_notice"
    COMMENDATION_DECISION = "commendation_decision"
    RECOMMENDATION_LIST = "recommendation_list"
    ADMONITION_LIST = "admonition_list"
    ADMONITION_NOTICE = "admonition_notice"
    ADMONITION_RECORD = "admonition_record"
    ACHIEVEMENT_FILE = "achievement_file"
    CONSULTATION_MINUTES = "consultation_minutes"
    SUPERVISION_NOTICE = "supervision_notice"
    INQUIRY_SHEET = "inquiry_sheet"
    BALLOT_FORM = "ballot_form"
    TALLY_SHEET = "tally_sheet"
    PUBLICITY_NOTICE = "publicity_notice"

    @property
    def code(self) -> str:
        """Return the code of part C, `C01` to `C18`; three kinds share C16, two each C09 and C17."""
        return _FACTS[self].code

    @property
    def label(self) -> str:
        """Return the Chinese name."""
        return _FACTS[self].label

    @property
    def is_confidential(self) -> bool:
        """Tell whether B10 applies: header line, logged export, in no list of other documents."""
        return self in _CONFIDENTIAL


class _Facts(NamedTuple):
    code: str
    label: str


_FACTS = {
    DocumentKind.RESEARCH_REPORT: _Facts("C01", "调研报告"),
    DocumentKind.ANNUAL_WORK_PRIORITIES: _Facts("C02", "组织工作要点"),
    DocumentKind.TASK_BOOK: _Facts("C03", "任务书"),
    DocumentKind.TIMETABLE: _Facts("C04", "时间表"),
    DocumentKind.RESPONSIBILITY_LETTER: _Facts("C05", "目标责任书"),
    DocumentKind.LEDGER_BOOK: _Facts("C06", "台账"),
    DocumentKind.MONTHLY_BULLETIN: _Facts("C07", "月通报"),
    DocumentKind.QUARTERLY_REVIEW: _Facts("C08", "季点评报告"),
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: _Facts("C09", "年度考核结果"),
    DocumentKind.PERSONAL_RESULT_NOTICE: _Facts("C09", "个人考核结果通知"),
    DocumentKind.COMMENDATION_DECISION: _Facts("C10", "表彰决定及名单"),
    DocumentKind.RECOMMENDATION_LIST: _Facts("C11", "推荐名单"),
    DocumentKind.ADMONITION_LIST: _Facts("C12", "诫勉谈话名单"),
    DocumentKind.ADMONITION_NOTICE: _Facts("C13", "诫勉谈话通知书"),
    DocumentKind.ADMONITION_RECORD: _Facts("C14", "诫勉谈话记录表"),
    DocumentKind.ACHIEVEMENT_FILE: _Facts("C15", "干部实绩考核档案"),
    DocumentKind.CONSULTATION_MINUTES: _Facts("C16", "会商纪要"),
    DocumentKind.SUPERVISION_NOTICE: _Facts("C16", "督办单"),
    DocumentKind.INQUIRY_SHEET: _Facts("C16", "质询单"),
    DocumentKind.BALLOT_FORM: _Facts("C17", "测评票"),
    DocumentKind.TALLY_SHEET: _Facts("C17", "计票结果表"),
    DocumentKind.PUBLICITY_NOTICE: _Facts("C18", "公示"),
}
_CONFIDENTIAL = frozenset(
    {DocumentKind.ADMONITION_LIST, DocumentKind.ADMONITION_NOTICE, DocumentKind.ADMONITION_RECORD}
)
