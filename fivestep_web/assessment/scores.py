"""A year's assessment as computed: units, goals and people with every step that led to their figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from fivestep_web.assessment.candidates import Pool
from fivestep_web.assessment.daily.scores import DailyScore
from fivestep_web.assessment.goal_points import CompletionScore, GoalScore
from fivestep_web.assessment.group_results import GroupResult
from fivestep_web.assessment.models import AdjustmentKind
from fivestep_web.assessment.score_settings import Band, Group, Settings
from fivestep_web.assessment.totals import Evaluation, Total
from fivestep_web.org.models import UnitKind

# the series of the assessment, in the order they are shown and printed
SERIES_LABELS = {
    UnitKind.SECTION: "科室",
    UnitKind.TOWNSHIP: "乡镇",
    UnitKind.PRIMARY_PARTY_ORGANIZATION: "基层党组织",
    UnitKind.LEADERSHIP: "部领导",
}


@dataclass(frozen=True, slots=True)
class GivenPoints:
    """An assessor's points for a goal (人工评定), with the written reason."""

    points: Decimal
    reason: str
    assessor: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class ScoredGoal:
    """A goal with where it stood on 31 December, or when the result was fixed, and the steps of its points.

    *problem* says why its rule cannot be read.
    """

    id: int
    code: str
    name: str
    unit_id: int
    person_id: int
    is_task: bool
    base: Decimal
    target: Decimal
    measure_unit: str
    due_on: date
    done: Decimal
    completed_on: date | None
    not_applicable: bool
    rule: str
    is_assessed_by_hand: bool
    is_cancelled: bool
    is_overdue: bool
    score: GoalScore
    given: GivenPoints | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class AdjustmentLine:
    """One 加减分 or 一票否决 with its reason and basis."""

    kind: AdjustmentKind
    points: Decimal | None
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class UnitScore:
    """One assessed unit; *satisfaction* is a rate of 0–1, None where it is not known or must not be shown.

    *rank* is the place in the unit's series; *problems* say why there is no total.
    """

    id: int
    code: str
    name: str
    kind: UnitKind
    head_id: int | None
    head_name: str | None
    head_post: str
    groups: Mapping[Group, GroupResult]
    evaluation: Evaluation
    completion: CompletionScore
    goals: tuple[ScoredGoal, ...]
    adjustments: tuple[AdjustmentLine, ...]
    bonus: Decimal
    deduction: Decimal
    is_vetoed: bool
    total: Total
    daily: DailyScore
    satisfaction: Fraction | None = None
    rank: int | None = None
    band: Band | None = None

    @property
    def series(self) -> str:
        return SERIES_LABELS[self.kind]

    @property
    def problems(self) -> tuple[str, ...]:
        return self.total.problems


@dataclass(frozen=True, slots=True)
class PersonScore:
    """A person of a unit; a head's own completion is the unit's (domain 7.9).

    *counted* are the goals of that completion; *figure* is None where the unit has no total.
    """

    id: int
    code: str
    name: str
    unit_id: int
    unit_code: str
    unit: str
    post: str
    pool: Pool | None
    is_head: bool
    tasks: tuple[ScoredGoal, ...]
    counted: tuple[ScoredGoal, ...]
    own: CompletionScore
    figure: Decimal | None
    overdue_goals: int


@dataclass(frozen=True, slots=True)
class YearScore:
    """A year's assessment; units and people in the order of their codes.

    *people* are those of assessed units, *unassessed* those of sections that are not: without a figure, yet
    graded. *goals* are all of the year, whoever has them. *pool_sizes* counts those who must take part in the
    annual assessment (E9). *rule_version* names the rules it was computed by.
    """

    year: int
    settings: Settings
    rule_version: str
    units: tuple[UnitScore, ...]
    people: tuple[PersonScore, ...]
    pool_sizes: Mapping[Pool, int]
    is_option_survey: bool
    unassessed: tuple[PersonScore, ...] = ()
    goals: tuple[ScoredGoal, ...] = ()

    @property
    def everybody(self) -> list[PersonScore]:
        """Return everybody of whom the year keeps a record, by code."""
        return sorted((*self.people, *self.unassessed), key=lambda person: person.code)

    @property
    def participants(self) -> list[tuple[PersonScore, Pool]]:
        """Return who takes part in the annual assessment, each with the own pool: as *pool_sizes* counts."""
        return [(person, person.pool) for person in self.everybody if person.pool]

    @property
    def has_ratings(self) -> bool:
        return any(result.ballots for unit in self.units for result in unit.groups.values())

    def series(self) -> list[tuple[str, list[UnitScore]]]:
        """Return each series with its units by rank; those without one come last, in order of code."""
        found = []
        for kind, label in SERIES_LABELS.items():
            units = [unit for unit in self.units if unit.kind is kind]
            units.sort(key=lambda unit: (unit.rank is None, unit.rank or 0, unit.code))
            if units:
                found.append((label, units))
        return found

    def find_unit(self, code: str) -> UnitScore | None:
        return next((unit for unit in self.units if unit.code == code), None)
