"""Topics (课题): categories, tiers and the states of domain.md 5.1, pure."""

import enum


class Tier(enum.StrEnum):
    """R6.2: 常规课题抓规范、重点课题求突破、特色课题创品牌."""

    ROUTINE = "routine"
    KEY = "key"
    SIGNATURE = "signature"


TIER_LABELS = {Tier.ROUTINE: "常规", Tier.KEY: "重点", Tier.SIGNATURE: "特色"}


class TopicState(enum.StrEnum):
    """domain.md 5.1."""

    DRAFT = "draft"
    RESEARCHING = "researching"
    SUBMITTED = "submitted"
    ARGUING = "arguing"
    RETURNED = "returned"
    ARGUED = "argued"
    CONSULTING = "consulting"
    REVISING = "revising"
    FINAL = "final"
    IN_FORCE = "in_force"
    CONCLUDED = "concluded"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    NOT_INCLUDED = "not_included"
    TERMINATED = "terminated"


STATE_LABELS = {
    TopicState.DRAFT: "拟定",
    TopicState.RESEARCHING: "调研中",
    TopicState.SUBMITTED: "已申报",
    TopicState.ARGUING: "论证中",
    TopicState.RETURNED: "退回修改",
    TopicState.ARGUED: "论证通过",
    TopicState.CONSULTING: "征求意见中",
    TopicState.REVISING: "修改完善",
    TopicState.FINAL: "已定题",
    TopicState.IN_FORCE: "实施中",
    TopicState.CONCLUDED: "已结题",
    TopicState.REJECTED: "不予立项",
    TopicState.WITHDRAWN: "撤回",
    TopicState.NOT_INCLUDED: "未列入",
    TopicState.TERMINATED: "终止",
}

BUILT_IN_CATEGORIES = (
    ("leading_bodies", "领导班子和干部队伍建设"),
    ("personnel_reform", "干部人事制度改革"),
    ("primary_organizations", "基层党组织建设"),
    ("talent_team", "人才队伍建设"),
    ("self_building", "组织部门自身建设"),
)
