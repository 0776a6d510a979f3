"""C13 and C14: the notice of an admonition talk and the record of it, both confidential."""

from typing import TypedDict

from fivestep_web.documents.payloads.common import Common


class Study(TypedDict):
    """The body that studied the case."""

    body: str  # 部务会议
    date: str


class Approval(TypedDict):
    """Who approved the talk."""

    position: str  # 县委书记
    date: str


class AdmonitionNotice(Common):
    """C13 诫勉谈话通知书, to one person."""

    recipient_name: str  # 马某甲
    period: str  # 2026年1月1日至2026年12月10日: what the findings are about
    findings: str  # what is known, with figures; without full stop
    study: Study | None  # None leaves the sentence out
    approval: Approval | None  # None: the talk is proposed (拟), not decided (决定)
    talk_time: str  # 2026年12月28日9时
    talk_place: str
    talker: str  # position
    copy_recipient: str | None  # the unit's principal leader; None where that is the person
    receipt_to: str  # 干部监督科: takes the receipt back


class FollowUp(TypedDict):
    """What was found six months after the talk."""

    correction: str  # 改正情况
    conclusion: str
    date: str


class AdmonitionRecord(Common):
    """C14 诫勉谈话记录表."""

    person: str
    unit_and_position: str
    talker: str  # 谈话人及职务
    recorder: str  # 记录人及职务
    talk_time: str
    talk_place: str
    reason: str  # 诫勉事由
    problems: str  # 指出的问题
    explanation: str  # 本人说明
    requirements: str  # 整改要求
    requirement_deadline: str  # 整改时限
    commitment: str  # 本人表态及整改措施
    start_date: str  # of the effect period: the day of the talk
    end_date: str  # six calendar months later
    follow_up: FollowUp | None  # None leaves lines for handwriting
