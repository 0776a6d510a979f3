"""C06: the supervision ledger as a booklet."""

from typing import Literal, TypedDict

from fivestep_web.documents.payloads.common import Common


class LedgerSignal(TypedDict):
    """The signal of an entry: a shape and a word, never a colour alone."""

    shape: Literal["▲", "◆", "●", "■", "□", "√", ""]  # decides the shading; empty where none is shown
    colour: Literal["红", "黄", "蓝", "绿", "灰", ""]
    word: str  # 逾期, 滞后, 已销号


class LedgerProgress(TypedDict):
    """How far an entry has come."""

    figure: str  # "45.00%"
    date: str  # "2026年9月25日"


class LedgerEntry(TypedDict):
    """A row of a topic's table: the six columns of R4.3 and the signal."""

    sequence: int
    work_period: str  # 1月30日—11月30日
    goal: str
    measures: str
    deadline: str
    responsible_person: str
    state: str  # 推进中
    progress: LedgerProgress | None  # None for entries that are not measured
    latest_event: str | None  # one sentence
    write_off_number: str | None
    signal: LedgerSignal


class GuidingOpinion(TypedDict):
    """What a leader advised on a topic, and what was done about it."""

    date: str
    leader: str  # position
    opinion: str  # with full stop
    follow_up: str | None  # with full stop


class LedgerTopic(TypedDict):
    """One part of the booklet."""

    topic: str
    lead_unit: str
    leader_in_charge: str
    tier: str
    entries: list[LedgerEntry]
    opinions: list[GuidingOpinion]


class LedgerCounts(TypedDict):
    """Entries of a unit, or of all, by signal."""

    total_count: int
    due_count: int
    completed_count: int
    written_off_count: int
    green_count: int
    blue_count: int
    yellow_count: int
    lagging_count: int  # 严重滞后
    overdue_count: int
    other_count: int  # 暂缓, 未到启动时间 or 撤账


class UnitCounts(TypedDict):
    """A row of the statistics."""

    unit: str
    counts: LedgerCounts


class LedgerBook(Common):
    """C06 台账, of one unit or of the system, as of a date."""

    coverage: str  # 全系统, or the name of a unit
    as_of_date: str
    topics: list[LedgerTopic]
    statistics: list[UnitCounts]
    total: LedgerCounts
