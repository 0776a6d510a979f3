"""C11: recommendation of candidates to the city."""

from typing import TypedDict

from fivestep_web.documents.payloads.common import Common, Letterhead


class Candidate(TypedDict):
    """A row of the summary and, by `deeds`, an entry of 简要事迹."""

    sequence: int  # 推荐顺序
    name: str
    sex: str
    birth_month: str  # 1985.06
    political_status: str  # 中共党员
    unit_and_position: str
    assessment: str  # 年度实绩考核第1位，优秀
    main_deeds: str  # in the summary, a few words
    note: str
    deeds: str  # in 简要事迹, at most 300 characters


class Opinion(TypedDict):
    """What a competent organ answered."""

    sequence: int
    organ: str  # 县纪委监委机关
    date: str
    opinion: str  # 同意推荐


class PublicityPeriod(TypedDict):
    """The period of one list; both ends are part of it."""

    candidates: str | None  # who of them stood on it: 丁某甲、王某甲; None where all stood on one list
    start_date: str
    end_date: str
    workday_count: int


class ClosedPublicity(TypedDict):
    """公示 of the candidates, once it has ended."""

    periods: list[PublicityPeriod]  # one for each list they stood on
    way: str  # 县委组织部公示栏
    objections: str  # "未收到异议", or how many came and how they were settled; without full stop


class RecommendationList(Common):
    """C11 推荐名单, upwards: `title` ends with 请示 or 报告 and decides the ending."""

    letterhead: Letterhead  # one main recipient
    signatory: str  # 签发人
    honour: str  # 全市组织工作先进个人
    basis: str  # 《关于推荐…的通知》（青河组通〔2026〕30号）
    assessment: str  # what the order rests on: 2026年度实绩考核结果
    meeting: str | None  # "部务会议于2026年12月22日研究"; None leaves it out
    candidates: list[Candidate]  # in the order of recommendation
    opinions: list[Opinion]  # an empty list leaves sentence and attachment out
    publicity: ClosedPublicity | None  # None leaves sentence and attachment out
    contact: str
    telephone: str
