"""C17: the paper ballot of a group and the sheet on which its ballots are counted."""

from typing import TypedDict

from fivestep_web.documents.payloads.common import Common


class BallotForm(Common):
    """C17 测评票 of one group and series; peers and township voters get one without their own unit."""

    cycle: str  # 2026年度实绩考核
    group: str  # 科室互评, printed at the foot
    series: str  # 部机关科室
    choices: list[str]  # 优秀, 良好, …; empty where a score is asked for
    score_range: str | None  # "0至100分，最多一位小数"; None where choices are offered
    abstention: str  # 不了解, 弃权: the last column
    units: list[str]
    own_unit: str | None  # whose voters this ballot is for; not printed and never among the units
    deadline: str | None  # 2026年12月10日17时


class TallyRow(TypedDict):
    """How the lines for one unit were counted."""

    unit: str
    counts: list[int] | None  # one for each choice; None with fewer than five rated lines (trust.md B7)
    rated_count: int  # lines with a choice or a score
    invalid_count: int
    abstained_count: int
    mean: str  # "90.48", "—" where there is no result
    trimmed: list[str]  # in words what the mean leaves out, never a score; empty where it leaves out none


class TallySheet(Common):
    """C17 计票结果表, for the two counters and the supervisor."""

    cycle: str
    group: str
    series: str
    choices: list[str]  # empty where scores were given
    abstention: str
    issued_count: int
    returned_count: int
    invalid_count: int
    valid_count: int
    rows: list[TallyRow]
    reason: str | None  # why the vote does not stand: then it has no rows (trust.md B7)
    tallied_at: str | None  # 2026年12月11日10时30分; None leaves a line for handwriting
