"""The checked rows of the annual workbook: typed values, defaults applied, each with its row number.

Codes stay codes: who they belong to is the loader's question. Percentages and ratios are shares of 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class UnitRow:
    """单位; *kind* is leadership, section, township or primary_party_organization."""

    row: int
    code: str
    name: str
    kind: str
    parent: str
    head: str
    leader: str
    is_assessed: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """人员; *roles* are role codes (domain.md section 6) without repetition."""

    row: int
    code: str
    name: str
    unit: str
    title: str
    establishment: str | None
    roles: tuple[str, ...]
    username: str
    phone: str


@dataclass(frozen=True, slots=True)
class TopicRow:
    """课题; *category* is its Chinese name, *tier* is routine, key or signature."""

    row: int
    code: str
    name: str
    category: str
    tier: str
    lead_unit: str
    leader: str
    requirements: str
    key_points: str
    difficulties: str
    measures: str


@dataclass(frozen=True, slots=True)
class GoalRow:
    """目标; without *parent* a unit goal. *method* and *parameters* are text that is known to parse."""

    row: int
    code: str
    topic: str
    parent: str
    name: str
    unit: str
    owner: str
    leader: str
    measure_unit: str
    target: Decimal
    standard: str
    start: date | None
    deadline: date
    base_points: Decimal
    method: str
    parameters: str


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """里程碑; *ratio* is the share of the target due, None where the file gives none."""

    row: int
    goal: str
    position: int
    name: str
    deadline: date
    ratio: Decimal | None


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """进展; *done* is None where the goal does not apply (不涉及)."""

    row: int
    goal: str
    day: date
    done: Decimal | None
    completed_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class RatingRow:
    """评价; *score* is None for 不了解. *rater* only served to find rows given twice: do not keep it."""

    row: int
    group: str
    rater: str
    unit: str
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """加减分; *kind* is bonus, deduction or veto, *points* positive (a veto may have none)."""

    row: int
    unit: str
    kind: str
    points: Decimal | None
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class SettingsRow:
    """设置; *given* tells in which line the file holds each 项目, all others have their default."""

    year: int
    social_weight: Decimal
    mass_weight: Decimal
    leader_weight: Decimal
    peer_weight: Decimal
    evaluation_share: Decimal
    completion_share: Decimal
    daily_share: Decimal
    trims_leaders: bool
    trims_peers: bool
    min_valid_lines: int
    late_rate_per_workday: Decimal
    late_cut_cap: Decimal
    completion_cap: Decimal
    decimals: int
    given: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AnnualWorkbook:
    """Everything one faultless file says."""

    units: tuple[UnitRow, ...]
    people: tuple[PersonRow, ...]
    topics: tuple[TopicRow, ...]
    goals: tuple[GoalRow, ...]
    milestones: tuple[MilestoneRow, ...]
    progress: tuple[ProgressRow, ...]
    ratings: tuple[RatingRow, ...]
    adjustments: tuple[AdjustmentRow, ...]
    settings: SettingsRow
