"""C09, C10 and C12: the results of a year, what each person is told, commendations and admonitions."""

from typing import Final, TypedDict

from fivestep_web.documents.payloads.common import Common, Letterhead

DONE: Final = "已完成"  # of a goal in a personal notice


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


class DailyRow(TypedDict):
    """A unit's year of monthly completion rates ("94.7%") and of the leaders' quarterly remarks (R5.3)."""

    unit: str
    month_1: str
    month_2: str
    month_3: str
    month_4: str
    month_5: str
    month_6: str
    month_7: str
    month_8: str
    month_9: str
    month_10: str
    month_11: str
    month_12: str
    mean: str  # of the months' scores, "—" where no month has one
    quarter_1: str
    quarter_2: str
    quarter_3: str
    quarter_4: str


class DailySeries(TypedDict):
    """The daily assessment of one series."""

    series: str
    units: list[DailyRow]


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
    daily: list[DailySeries]
    publicity: ResultPublicity | None  # None while publicity has not ended
    weights: EvaluationWeights
    notes: list[str]  # missing groups, ties, adjustments, changes of rules: one sentence each


class NoticedGoal(TypedDict):
    """One of the goals that count for the person, and what became of it."""

    sequence: int
    goal: str
    standard: str
    deadline: str
    completion: str  # DONE where it is completed, else how far it came


class PersonalResultNotice(Common):
    """C09 个人考核结果通知, to one person and HR."""

    recipient: str
    unit_and_position: str
    unit: str
    series: str  # 科室
    unit_count: int  # units of the series
    total_score: str  # of the unit, "—" where it has none
    rank: str
    own_score: str  # of the own completion
    personal_score: str
    grade: str | None  # 年度等次, decided by people; None while it is not
    figure_note: str  # how the personal figure is made, one sentence
    completed_count: int
    goals: list[NoticedGoal]
    objection_end_date: str | None  # last day to object; None while it is not fixed, required once issued
    receiver: str  # body that takes objections


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
