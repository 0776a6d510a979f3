"""C01 and C02: the report of a research team and the annual work priorities."""

from typing import Literal, TypedDict

from fivestep_web.documents.payloads.common import Common, Letterhead


class Fieldwork(TypedDict):
    """How the research was done; what did not take place counts 0 and is not mentioned."""

    visit_count: int  # 走访
    meeting_count: int  # 座谈
    participant_count: int  # 座谈人次, all meetings together
    other_count: int
    issued_count: int  # 问卷, all questionnaires together
    returned_count: int
    valid_count: int


class FieldworkRecord(TypedDict):
    """A row of 走访座谈记录目录."""

    sequence: int
    form: Literal["走访", "座谈", "其他"]
    day: str  # 2026年2月10日
    place: str
    participants: str  # whom the team met, or who took part
    participant_count: int
    summary: str  # 了解的主要情况


class AnswerCount(TypedDict):
    """How often one answer was given."""

    answer: str
    count: int
    share: str  # "48.9%" of the valid questionnaires


class Question(TypedDict):
    """A question with its answers."""

    sequence: int
    question: str
    answers: list[AnswerCount]


class Questionnaire(TypedDict):
    """A questionnaire with what came back."""

    name: str
    issued_count: int
    returned_count: int
    valid_count: int
    questions: list[Question]


class PlanPhase(TypedDict):
    """A row of 工作方案."""

    sequence: int
    phase: str
    content: str  # 工作内容
    period: str  # 3月9日—9月10日
    owner: str  # 责任单位或责任人


class ResearchReport(Common):
    """C01 调研报告; each text is a list of paragraphs. `document_date` is the day of the sign-off."""

    topic: str
    team_unit: str  # 干部科调研组
    team_leader: str  # 干部科科长 廖某甲
    members: list[str]
    start_date: str
    end_date: str
    fieldwork: Fieldwork
    situation: list[str]  # 现状和做法
    key_points: list[str]
    difficulties: list[str]
    causes: list[str]
    goals: list[str]  # 目标要求
    measures: list[str]
    plan: list[PlanPhase]
    records: list[FieldworkRecord]  # attachment; an empty list leaves it out
    questionnaires: list[Questionnaire]  # attachment; an empty list leaves it out


class PriorityTopic(TypedDict):
    """A topic under its category."""

    sequence: int  # in 课题一览表, through all categories
    topic: str
    goals: str  # goals and requirements
    measures: str  # main measures
    lead_unit: str
    assisting_units: list[str]  # an empty list leaves them out
    deadline: str  # 2026年9月30日
    tier: str  # 常规, 重点 or 特色


class PriorityCategory(TypedDict):
    """A category with its final topics, in the order of R1.3."""

    heading: str  # 加强领导班子和干部队伍建设
    category: str  # 领导班子和干部队伍建设
    topics: list[PriorityTopic]


class AnnualWorkPriorities(Common):
    """C02 组织工作要点: the covering notice and the priorities. `title` is that of the notice."""

    letterhead: Letterhead
    opening: list[str]  # 总体要求
    categories: list[PriorityCategory]  # each with at least one topic
    assurance: list[str]  # 组织保障
