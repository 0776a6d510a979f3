"""C07, C08 and C18: monthly bulletins, quarterly reviews and publicity notices."""

from typing import Literal, TypedDict

from fivestep_web.documents.payloads.common import Common, Letterhead


class Standing(TypedDict):
    """Goals of a unit, or of several together."""

    due: int  # 到期目标
    done: int  # 已完成, of those due
    rate: str  # values.percentage of them: "87.5%", "—" when nothing is due
    lagging: int  # 滞后 and 严重滞后
    overdue: int  # 逾期


class UnitStanding(Standing):
    """A row of the monthly table."""

    sequence: int
    unit: str
    unit_code: str  # by which the figures of an issued bulletin are found again; not printed
    signal: str  # "▲ 红"


class StandingBlock(TypedDict):
    """The sections or the townships, with their total row."""

    block: str  # 部机关科室
    rows: list[UnitStanding]
    total: Standing


class KeyTopicProgress(TypedDict):
    """How a key topic stands."""

    topic: str
    progress: str


class PraisedUnit(TypedDict):
    """A unit that did well, and by what."""

    unit: str
    facts: str


class LateGoal(TypedDict):
    """A goal behind its time."""

    unit: str
    goal: str
    workdays_behind: int  # 0: behind by its progress or without a report, see reason
    reason: str | None  # None: the unit has given none


class ConsultationSummary(TypedDict):
    """The joint consultation of the month."""

    date: str
    raised: int  # problems
    solved: int


class MonthlyBulletin(Common):
    """C07 月通报, with the table of all units as attachment. An empty list is printed as 无."""

    letterhead: Letterhead
    month: int
    start_date: str  # of the period in which the goals fell due
    as_of_date: str  # last day of the month
    blocks: list[StandingBlock]  # sections, then townships
    total: Standing
    on_time: int  # 按期完成, of those done
    yellow: int  # goals by signal; yellow and red together are the lagging and overdue ones
    red: int
    change: str | None  # "提高2.3个百分点"; None without a month before
    key_topics: list[KeyTopicProgress]
    praised_units: list[PraisedUnit]
    late_goals: list[LateGoal]
    consultation: ConsultationSummary | None  # None leaves the sentence out
    notices_sent: int  # 督办单
    notices_answered: int
    requirements: list[str]  # 下月工作要求


class ReviewMeeting(TypedDict):
    """The review meeting as it was held."""

    date: str
    place: str
    chair: str  # position
    leaders: list[str]  # positions
    unit_count: int  # units that reported


class Remark(TypedDict):
    """One leader's remark on a unit."""

    leader: str  # position
    affirmed: str  # 肯定成绩
    shortcomings: str  # 指出不足


class UnitReview(TypedDict):
    """What a unit reported and what the leaders said about it."""

    unit: str
    report: str  # 汇报要点
    remarks: list[Remark]  # at least one, nothing left empty: 无 is written


Rating = Literal["好", "较好", "一般", "较差", "待评估"]


class StageEvaluation(TypedDict):
    """A topic at the end of a stage: the three ratings of R3.12."""

    topic: str
    lead_unit: str
    running: Rating  # 工作运行
    results: Rating  # 工作业绩
    opinion: Rating  # 群众反映


class CorrectiveOrder(TypedDict):
    """A corrective order of R3.13."""

    sequence: int  # through all units
    unit: str
    measure: str
    owner: str
    deadline: str


class QuarterlyReview(Common):
    """C08 季点评报告, with the table of remarks as attachment."""

    letterhead: Letterhead
    quarter: Literal["一", "二", "三", "四"]
    meeting: ReviewMeeting | None  # None while it has not been held
    standing: Standing  # of all units, at the end of the quarter
    overview: list[str]  # 总体进展
    units: list[UnitReview]
    stage_evaluations: list[StageEvaluation]
    corrective_orders: list[CorrectiveOrder]
    next_quarter: list[str]  # 下季度工作重点


class PublicizedUnit(TypedDict):
    """A unit on the list."""

    sequence: int
    unit: str
    outcome: str  # 优秀, 组织工作先进集体


class PublicizedPerson(TypedDict):
    """A person on the list."""

    sequence: int
    name: str
    unit_and_position: str
    outcome: str


class PublicityNotice(Common):
    """C18 公示."""

    subject: str  # 2026年度组织工作拟表彰对象
    basis: str  # 《青禾县组织工作实绩考核办法》
    procedure: str | None  # "年度实绩考核和部务会议研究"; None leaves it out
    outcome_head: str  # 拟表彰类别: head of the list's last column
    units: list[PublicizedUnit]
    persons: list[PublicizedPerson]
    start_date: str
    end_date: str  # both days are part of the period
    workday_count: int
    receiver: str  # body that takes objections
    address: str
    telephone: str
