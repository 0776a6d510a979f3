"""C16: minutes of a consultation, supervision notices and inquiry sheets."""

from typing import Literal, TypedDict

from fivestep_web.documents.payloads.common import Common


class Decision(TypedDict):
    """What was decided on a problem."""

    matter: str  # 议定事项
    responsible_unit: str
    deadline: str


class DiscussedProblem(TypedDict):
    """A problem on the agenda: decided, or open with a reason (R3.7)."""

    subject: str  # 后进村整顿经费不足
    raised_by: str  # unit or position
    problem: str
    decision: Decision | None
    open_reason: str | None  # why there is no decision; None where there is one


class ConsultationMinutes(Common):
    """C16 会商纪要; an empty list leaves its line out.

    `title` is the red mark, 2026年第11次组织工作联合会商纪要.
    """

    held_at: str  # 2026年11月5日9时
    place: str
    chair: str
    attendees: list[str]  # 出席, unit or position with name
    absentees: list[str]  # 请假
    observers: list[str]  # 列席
    problems: list[DiscussedProblem]
    decided_count: int  # problems with a decision


class NoticeAnswer(TypedDict):
    """What the unit answered to a supervision notice."""

    handling: str  # 办理情况
    signed_by: str
    date: str


class SupervisionNotice(Common):
    """C16 督办单; `title` names the colour, 黄色督办单."""

    colour: Literal["蓝色", "黄色", "红色"]
    recipient: str  # 石桥乡党委 党委书记
    matter: str
    deadline: str
    state: str  # 滞后6个工作日，进度35.00%，应达41.00%
    requirement: str
    reply_by_date: str
    answer: NoticeAnswer | None  # None leaves room for handwriting


class InquiryReply(TypedDict):
    """A part of an inquiry that somebody wrote on a day."""

    text: str
    person: str  # position and name
    date: str


class InquirySheet(Common):
    """C16 质询单; a part that is None leaves room for handwriting."""

    asked_by: str  # position and name
    asked_of: str  # unit and its head
    asked_date: str
    reply_by_date: str
    matter: str
    reply: InquiryReply | None  # 答复
    guidance: InquiryReply | None  # 指导性意见
    follow_up: InquiryReply | None  # 落实情况
