"""C15: a person's achievement file, as of a date."""

from typing import TypedDict

from fivestep_web.documents.payloads.common import Common


class Source(TypedDict):
    """Where an item comes from, and where HR may file it (domain.md N15)."""

    document: str  # 青组通〔2026〕13号
    archive_class: str  # a class of the personnel archive, a suggestion: 考核鉴定类


class PositionPeriod(TypedDict):
    """A post held by the person."""

    start_date: str
    end_date: str | None  # None: until now
    unit: str
    position: str
    establishment: str  # 公务员
    source: Source


class AnnualResult(TypedDict):
    """A year of the overview."""

    year: str  # "2026"
    goal_count: str
    completion_rate: str
    unit_score: str
    unit_rank: str
    personal_score: str
    grade: str  # 年度等次, decided by people; "—" while it is not
    note: str
    source: Source


class FileGoal(TypedDict):
    """One of the person's goals and what became of it."""

    sequence: int
    goal: str
    standard: str
    deadline: str
    completion: str
    completed_on: str  # "—" while it is not completed


class GoalYear(TypedDict):
    """The person's goals of a year."""

    year: str
    goals: list[FileGoal]
    source: Source


class FileEntry(TypedDict):
    """An achievement, a remark, an award or a recommendation."""

    when: str  # 2026年, 2026年3月 or 2026年3月5日
    content: str
    source: Source


class FileAdmonition(TypedDict):
    """An admonition and how long it has effect."""

    date: str
    content: str  # way and reason
    effect_period: str  # 2026年12月28日—2027年6月28日
    source: Source


class FileLetter(TypedDict):
    """A responsibility letter the person signed."""

    name: str
    letter_number: str
    signed_on: str
    content_hash: str  # SHA-256, 64 hex digits
    archive_class: str


class AchievementFile(Common):
    """C15 干部实绩考核档案 of one year, a range of years or all."""

    person: str
    position: str
    unit: str
    establishment: str
    file_number: str
    period: str  # 2025年至2026年, 全部年度
    as_of_date: str
    compiled_by: str  # 制表人, position
    positions: list[PositionPeriod]
    annual_results: list[AnnualResult]
    goal_years: list[GoalYear]
    visible_achievements: list[FileEntry]  # 显绩
    latent_achievements: list[FileEntry]  # 潜绩
    daily_records: list[FileEntry]  # 月通报, 季点评
    rewards: list[FileEntry]
    admonitions: list[FileAdmonition] | None  # None leaves section 七 out, for whoever may not read it
    letters: list[FileLetter]
    own_opinion: str | None  # None leaves room for handwriting
