r"""What each kind of document is made from: plain JSON, stored with the document and rendered at any time.

Every field is required. Texts are shown as they are: `\n` starts a new line, `\t` is a tab, and characters
that XML forbids are left out. Figures come formatted (`"89.85"`, `"95.24%"`, `"—"` for not applicable, `"无"`
for none); an empty text in a table is shown as `—` (B11). Dates are Chinese texts made by `chinese_date`
(`"2026年1月5日"`); `created` alone is ISO 8601 in UTC.
"""

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.payloads.achievement import AchievementFile
from fivestep_web.documents.payloads.admonition import AdmonitionNotice, AdmonitionRecord
from fivestep_web.documents.payloads.assessment import (
    AdmonitionList,
    AnnualAssessmentResult,
    CommendationDecision,
    PersonalResultNotice,
)
from fivestep_web.documents.payloads.ballots import BallotForm, TallySheet
from fivestep_web.documents.payloads.books import TaskBook, Timetable
from fivestep_web.documents.payloads.bulletins import MonthlyBulletin, PublicityNotice, QuarterlyReview
from fivestep_web.documents.payloads.ledger import LedgerBook
from fivestep_web.documents.payloads.letters import ResponsibilityLetter
from fivestep_web.documents.payloads.planning import AnnualWorkPriorities, ResearchReport
from fivestep_web.documents.payloads.recommendation import RecommendationList
from fivestep_web.documents.payloads.supervision import ConsultationMinutes, InquirySheet, SupervisionNotice

Payload = (
    ResearchReport
    | AnnualWorkPriorities
    | MonthlyBulletin
    | QuarterlyReview
    | PublicityNotice
    | RecommendationList
    | ConsultationMinutes
    | SupervisionNotice
    | InquirySheet
    | ResponsibilityLetter
    | TaskBook
    | Timetable
    | AnnualAssessmentResult
    | PersonalResultNotice
    | CommendationDecision
    | AdmonitionList
    | AdmonitionNotice
    | AdmonitionRecord
    | LedgerBook
    | BallotForm
    | TallySheet
    | AchievementFile
)

PAYLOAD_TYPES: dict[DocumentKind, type] = {
    DocumentKind.RESEARCH_REPORT: ResearchReport,
    DocumentKind.ANNUAL_WORK_PRIORITIES: AnnualWorkPriorities,
    DocumentKind.MONTHLY_BULLETIN: MonthlyBulletin,
    DocumentKind.QUARTERLY_REVIEW: QuarterlyReview,
    DocumentKind.PUBLICITY_NOTICE: PublicityNotice,
    DocumentKind.RECOMMENDATION_LIST: RecommendationList,
    DocumentKind.CONSULTATION_MINUTES: ConsultationMinutes,
    DocumentKind.SUPERVISION_NOTICE: SupervisionNotice,
    DocumentKind.INQUIRY_SHEET: InquirySheet,
    DocumentKind.RESPONSIBILITY_LETTER: ResponsibilityLetter,
    DocumentKind.TASK_BOOK: TaskBook,
    DocumentKind.TIMETABLE: Timetable,
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: AnnualAssessmentResult,
    DocumentKind.PERSONAL_RESULT_NOTICE: PersonalResultNotice,
    DocumentKind.COMMENDATION_DECISION: CommendationDecision,
    DocumentKind.ADMONITION_LIST: AdmonitionList,
    DocumentKind.ADMONITION_NOTICE: AdmonitionNotice,
    DocumentKind.ADMONITION_RECORD: AdmonitionRecord,
    DocumentKind.LEDGER_BOOK: LedgerBook,
    DocumentKind.BALLOT_FORM: BallotForm,
    DocumentKind.TALLY_SHEET: TallySheet,
    DocumentKind.ACHIEVEMENT_FILE: AchievementFile,
}
UNPRINTED = frozenset(
    {
        "created",
        "county",
        "identifier",
        "letter_kind",
        "scope",
        "number_blank",
        "mark_sha256",
        "own_unit",
        "unit_code",
    }
)
