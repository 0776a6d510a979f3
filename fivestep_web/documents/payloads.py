r"""What each kind of document is made from: plain JSON, stored with the document and rendered at any time.

Every field is required. Texts are shown as they are: `\n` starts a new line, `\t` is a tab, and characters
that XML forbids are left out. Figures come formatted (`"89.85"`, `"95.24%"`, `"—"` for not applicable, `"无"`
for none); an empty text in a table is shown as `—` (B11). Dates are Chinese texts made by `chinese_date`
(`"2026年1月5日"`); `created` alone is ISO 8601 in UTC.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import NoneType, UnionType
from typing import Any, Literal, TypedDict, Union, cast, get_args, get_origin, get_type_hints

from fivestep_web.documents.kinds import DocumentKind


class Common(TypedDict):
    """Fields of every document."""

    title: str  # as printed; "\n" where a line must break, otherwise broken by sense
    year: int  # plan year
    county: str  # 青禾县
    department: str  # 中共青禾县委组织部: signs the document, author in the file's properties
    document_date: str | None  # 成文日期 "2026年1月15日"; None shows "2026年  月  日"
    created: str  # moment of the first generation, "2026-01-15T08:30:00Z"; only in the file's properties
    draft: bool  # （草稿） after the title and a grey header line with the version (B4)
    demo: bool  # header line 示例数据
    issued: bool  # True once issued; never together with draft
    version: int  # 1, 2, …
    number: str | None  # 发文字号 or internal number; None shows the blank of B2
    identifier: str  # internal id, in the file's properties while there is no number


class Letterhead(TypedDict):
    """Head and imprint of a document that goes out (A4, A7)."""

    agency_mark: str  # 中共青禾县委组织部文件, red
    number_blank: str  # 青组发〔2026〕  号, shown while there is no number
    main_recipients: str  # 各乡镇党委，部机关各科室 (without the colon)
    copy_recipients: str | None  # 抄送, without the full stop; None leaves the line out
    printing_agency: str  # 印发机关: 中共青禾县委组织部办公室
    printing_date: str | None  # 印发日期; required once there is a number


class ElectronicSignature(TypedDict):
    """The line of B9 under a signature."""

    position: str  # "（代）副部长 王某甲" where a deputy signed
    signed_at: str  # "2026-01-20 09:30", local time
    check_code: str  # first 16 hex digits of the content hash
    mark_sha256: str | None  # the handwritten mark, a PNG kept under its hash; None leaves the line empty


class Verification(TypedDict):
    """What stands below the signatures, for whoever wants to check the paper."""

    serial: str  # "4F7K 2M9P 0QRS 8TVW", in groups of four
    address: str  # http://10.0.0.8:8000/verify
    has_qr: bool


class Party(TypedDict):
    """One side of a responsibility letter."""

    name: str  # 中共青禾县委组织部, 城关镇党委, or position and name of a person
    signatory_position: str  # 部长
    signatory_name: str  # 林某甲
    signature: ElectronicSignature | None  # None leaves the lines for handwriting only


class LetterGoal(TypedDict):
    """A row of the goal table of a letter."""

    sequence: int
    goal: str
    standard: str  # 完成标准
    deadline: str  # 完成时限
    weight: str  # "20"
    responsible_person: str


class LetterPhase(TypedDict):
    """A row of the letter's timetable."""

    sequence: int
    phase: str
    completion_mark: str  # 完成标志
    period: str  # 1月30日—3月4日
    responsible_person: str


class PhasedGoal(TypedDict):
    """A goal with its phases."""

    goal: str
    phases: list[LetterPhase]


class ResponsibilityLetter(Common):
    """C05 目标责任书."""

    letter_kind: Literal["department_unit", "unit_member", "minister_section_head", "section_head_staff"]
    issuing_side: Party  # 甲方
    responsible_side: Party  # 乙方
    goals: list[LetterGoal]
    total_weight: str  # "100"
    timetable: list[PhasedGoal]  # 附件：阶段时间表; an empty list leaves the attachment out
    letter_version: int  # 1, 2, … of the letter's own text
    change_note: str | None  # "本责任书由变〔2026〕3号变更，自2026年6月1日起执行。"
    verification: Verification | None  # None while there is no issued version


class TaskGoal(TypedDict):
    """A row of the task book."""

    sequence: int
    category: str
    goal: str
    standard: str
    deadline: str
    responsible_unit: str
    responsible_person: str
    leader_in_charge: str


class TaskTopic(TypedDict):
    """A topic with its goals, in the order of the book."""

    topic: str
    tier: str  # 常规, 重点 or 特色
    goals: list[TaskGoal]


class TaskBook(Common):
    """C03 任务书, of the system with its covering notice, of one unit or of one person without.

    With a letterhead `title` is that of the notice (关于印发《…》的通知), else it equals `book_title`.
    """

    scope: Literal["system", "unit", "person"]
    letterhead: Letterhead | None
    book_title: str  # 2026年组织工作任务书
    as_of_date: str  # 截至日期
    goal_count: int
    topics: list[TaskTopic]
    compiled_by: str  # 编制单位
    reviewed_by: str  # 审核人 (position)


class TimetablePhase(TypedDict):
    """A row of the timetable: one phase of a goal (R6.1)."""

    phase: str
    completion_mark: str
    period: str  # 1月30日—3月4日
    weeks: str  # 第5—10周, ISO weeks
    week_end: str  # last working day of the week in which the phase ends, "3月6日", or 无工作日


class TimetableGoal(TypedDict):
    """A goal with its phases; its own cells are merged over them."""

    sequence: int
    category: str
    goal: str
    deadline: str
    responsible_unit: str
    responsible_person: str
    leader_in_charge: str
    phases: list[TimetablePhase]


class Timetable(Common):
    """C04 时间表; head and title as in the task book."""

    scope: Literal["system", "unit", "person"]
    letterhead: Letterhead | None
    book_title: str  # 2026年组织工作时间表
    as_of_date: str
    goal_count: int
    phase_count: int
    calendar_note: str | None  # 2027年节假日安排未发布…; None while every year in it is known
    goals: list[TimetableGoal]
    compiled_by: str
    reviewed_by: str


class ValidityRow(TypedDict):
    """How the ballots of one group came back."""

    category: str  # 社会调查
    issued_count: str
    returned_count: str
    invalid_count: str
    valid_count: str
    valid_rate: str  # "88.00%"
    note: str


class ResultRow(TypedDict):
    """One unit's result."""

    rank: str
    unit: str
    social_survey: str
    mass_evaluation: str
    leader_evaluation: str
    peer_evaluation: str
    total_score: str
    completion_rate: str
    satisfaction_rate: str
    grade: str


class GradeGroup(TypedDict):
    """The units of one grade, for the text."""

    grade: str
    count: int
    units: list[str]


class SeriesResult(TypedDict):
    """The results of one assessment series."""

    series: str  # 部机关科室
    unit_count: int
    grades: list[GradeGroup]  # best first
    results: list[ResultRow]  # by rank


class ResultPublicity(TypedDict):
    """公示 of the results."""

    start_date: str
    end_date: str
    workday_count: int
    objections: str  # "公示期间未收到异议" or how many came and how they were settled; without full stop


class EvaluationWeights(TypedDict):
    """The weights in force, "20%"."""

    social_survey: str
    mass_evaluation: str
    leader_evaluation: str
    peer_evaluation: str


class AnnualAssessmentResult(Common):
    """C09 年度考核结果, a 通报 with the units' results as attachment."""

    letterhead: Letterhead
    cycle: str  # 2026年度实绩考核
    period_start: str
    period_end: str
    rules_version: str  # "第1版"
    validity: list[ValidityRow]
    series: list[SeriesResult]
    publicity: ResultPublicity | None  # None while publicity has not ended
    weights: EvaluationWeights
    notes: list[str]  # missing groups, ties, adjustments, changes of rules: one sentence each


class CommendedUnit(TypedDict):
    """A unit on the list."""

    sequence: int
    unit: str
    award: str  # 表彰类别


class CommendedPerson(TypedDict):
    """A person on the list."""

    sequence: int
    name: str
    unit_and_position: str
    award: str


class CommendationDecision(Common):
    """C10 表彰决定及名单: a 决定 with an approval basis, else a 通报."""

    letterhead: Letterhead
    approval_basis: str | None  # 《…》（青评组〔2026〕3号)
    publicity_end_date: str | None  # None while publicity has not ended
    list_title: str  # 2026年度组织工作先进集体和先进个人名单
    order_rule: str  # how the list is ordered, one sentence
    units: list[CommendedUnit]
    persons: list[CommendedPerson]


class AdmonitionCandidate(TypedDict):
    """A row of the admonition list."""

    sequence: int
    name: str
    unit_and_position: str
    trigger: str  # 年度总分 58.20，较差
    proposed_way: str  # 诫勉谈话, 提醒谈话
    approval_opinion: str  # 同意, 不予诫勉, 待批准


class AdmonitionList(Common):
    """C12 诫勉谈话名单, confidential."""

    score_threshold: str  # "60.00"
    satisfaction_threshold: str  # "60.00%"
    candidates: list[AdmonitionCandidate]
    proposing_department: str  # 干部监督科
    proposal_opinion: str  # 提出部门意见
    approver_position: str  # 部长


Payload = (
    ResponsibilityLetter
    | TaskBook
    | Timetable
    | AnnualAssessmentResult
    | CommendationDecision
    | AdmonitionList
)

PAYLOAD_TYPES: dict[DocumentKind, type] = {
    DocumentKind.RESPONSIBILITY_LETTER: ResponsibilityLetter,
    DocumentKind.TASK_BOOK: TaskBook,
    DocumentKind.TIMETABLE: Timetable,
    DocumentKind.ANNUAL_ASSESSMENT_RESULT: AnnualAssessmentResult,
    DocumentKind.COMMENDATION_DECISION: CommendationDecision,
    DocumentKind.ADMONITION_LIST: AdmonitionList,
}
LETTER_CODES = {
    "department_unit": "B",
    "unit_member": "D",
    "minister_section_head": "Z",
    "section_head_staff": "K",
}
UNPRINTED = frozenset(
    {"created", "county", "identifier", "letter_kind", "scope", "number_blank", "mark_sha256"}
)
CHINESE_DATE = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")
_DATE_FIELDS = (
    "document_date",
    "printing_date",
    "as_of_date",
    "publicity_end_date",
    "start_date",
    "end_date",
)


class PayloadError(ValueError):
    """A payload that is not what its kind asks for; the text names the field."""


def chinese_date(day: date) -> str:
    """Return *day* as `2026年1月5日` (A5: Arabic digits, no leading zeros)."""
    return f"{day.year}年{day.month}月{day.day}日"


def is_chinese_date(text: str) -> bool:
    """Tell whether *text* is one real date without leading zeros."""
    match = CHINESE_DATE.fullmatch(text)
    if match is None:
        return False
    try:
        return chinese_date(date(*map(int, match.groups()))) == text
    except ValueError:
        return False


def check_payload(kind: DocumentKind, payload: object) -> Payload:
    """Return *payload* typed; raise PayloadError if a field is missing, unknown or of another shape."""
    if kind not in PAYLOAD_TYPES:
        raise PayloadError(f"{kind.label}没有文书模板")
    _check(PAYLOAD_TYPES[kind], payload, kind.value)
    checked = cast("Payload", payload)
    _check_dates(checked, kind.value)
    if checked["draft"] and checked["issued"]:
        raise PayloadError("issued：草稿不能印发")
    if not _is_utc(checked["created"]):
        raise PayloadError("created：应为带时区的 UTC 时间")
    letterhead = cast("Letterhead | None", cast("dict[str, Any]", checked).get("letterhead"))
    if letterhead and checked["number"] and not letterhead["printing_date"]:
        raise PayloadError("letterhead.printing_date：已编号的公文应有印发日期")
    return checked


def _is_utc(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).utcoffset() == timedelta(0)
    except ValueError:
        return False


def _check(expected: Any, value: object, path: str) -> None:
    origin = get_origin(expected)
    if origin in (Union, UnionType):
        if value is not None:
            _check(next(part for part in get_args(expected) if part is not NoneType), value, path)
    elif origin is Literal:
        if value not in get_args(expected):
            raise PayloadError(f"{path}：不应为 {value!r}")
    elif origin is list:
        if not isinstance(value, list):
            raise PayloadError(f"{path}：应为列表")
        for index, item in enumerate(value):
            _check(get_args(expected)[0], item, f"{path}[{index}]")
    elif hasattr(expected, "__required_keys__"):
        _check_fields(expected, value, path)
    elif type(value) is not expected:
        raise PayloadError(f"{path}：应为 {expected.__name__}，不应为 {type(value).__name__}")


def _check_fields(expected: type, value: object, path: str) -> None:
    fields = _fields(expected)
    if not isinstance(value, dict):
        raise PayloadError(f"{path}：应为对象")
    for name in fields.keys() ^ value.keys():
        raise PayloadError(f"{path}.{name}：{'缺少' if name in fields else '多余'}")
    for name, field in fields.items():
        _check(field, value[name], f"{path}.{name}")


_FIELDS: dict[type, dict[str, Any]] = {}


def _fields(expected: type) -> dict[str, Any]:
    if expected not in _FIELDS:
        _FIELDS[expected] = get_type_hints(expected)
    return _FIELDS[expected]


def _check_dates(value: object, path: str) -> None:
    if not isinstance(value, Mapping):
        return
    for name, item in value.items():
        if name in _DATE_FIELDS and item is not None and not is_chinese_date(item):
            raise PayloadError(f"{path}.{name}：应为“2026年1月5日”样式的日期")
        _check_dates(item, f"{path}.{name}")
