"""Annual grades of persons: who may get which, by what procedure, and what follows (N1–N6, N11); pure."""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from fivestep_web.assessment.candidates import Pool


class Grade(StrEnum):
    """What a person's year is decided to be; UNGRADED where a bar allows no grade (N5)."""

    EXCELLENT = "excellent"
    COMPETENT = "competent"
    BASIC = "basic"
    INCOMPETENT = "incompetent"
    UNGRADED = "ungraded"


_CIVIL: Final = {
    Grade.EXCELLENT: "优秀",
    Grade.COMPETENT: "称职",
    Grade.BASIC: "基本称职",
    Grade.INCOMPETENT: "不称职",
    Grade.UNGRADED: "不定等次",
}
_INSTITUTION: Final = {
    **_CIVIL,
    Grade.COMPETENT: "合格",
    Grade.BASIC: "基本合格",
    Grade.INCOMPETENT: "不合格",
}
VOCABULARY: Final[Mapping[Pool, Mapping[Grade, str]]] = {
    Pool.CIVIL_SERVANT: _CIVIL,
    Pool.INSTITUTION_STAFF: _INSTITUTION,
}


def label(grade: Grade, pool: Pool) -> str:
    """Return the grade in the words of the person's establishment (N1)."""
    return VOCABULARY[pool][grade]


class GradeState(StrEnum):
    """From the proposal of personnel to the minister's decision."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    CONFIRMED = "confirmed"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS: Final = {
    GradeState.PROPOSED: "已拟定",
    GradeState.RETURNED: "已退回",
    GradeState.CONFIRMED: "已确定",
}


class Step(StrEnum):
    """The statutory procedure, in its order (N3)."""

    REPORT = "report"
    APPRAISAL = "appraisal"
    INQUIRY = "inquiry"
    REVIEW = "review"
    DECISION = "decision"

    @property
    def label(self) -> str:
        return STEP_LABELS[self]


STEP_LABELS: Final = {
    Step.REPORT: "总结述职",
    Step.APPRAISAL: "民主测评",
    Step.INQUIRY: "了解核实",
    Step.REVIEW: "审核评鉴",
    Step.DECISION: "确定等次",
}
BEFORE_DECISION: Final = tuple(step for step in Step if step is not Step.DECISION)


def missing_steps(done: Collection[Step]) -> list[Step]:
    """Return what of the procedure still has to be held before grades are decided."""
    return [step for step in BEFORE_DECISION if step not in done]


def order_fault(days: Mapping[Step, date]) -> tuple[Step, str] | None:
    """Return the first step held before an earlier one, and why that cannot be; None where all follow."""
    held = [step for step in Step if step in days]
    for earlier, later in itertools.pairwise(held):
        if days[later] < days[earlier]:
            return later, f"{later.label}不能早于{earlier.label}（{days[earlier]:%Y-%m-%d}）"
    return None


class BarKind(StrEnum):
    """What keeps a person from some or all grades (N5, N11); personnel enters it, nothing infers it."""

    PROBATION = "probation"
    LEAVE = "leave"
    INVESTIGATION = "investigation"
    WARNING = "warning"
    PARTY_WARNING = "party_warning"
    SERIOUS_ON_DUTY = "serious_on_duty"
    SERIOUS_OTHER = "serious_other"
    TRANSFERRED = "transferred"
    AWAY = "away"

    @property
    def label(self) -> str:
        return BAR_LABELS[self]

    @property
    def effect_text(self) -> str:
        return EFFECT_TEXTS[self]


BAR_LABELS: Final = {
    BarKind.PROBATION: "试用期内",
    BarKind.LEAVE: "病、事假累计超过半年",
    BarKind.INVESTIGATION: "正在接受立案调查",
    BarKind.WARNING: "受警告处分",
    BarKind.PARTY_WARNING: "受党内警告处分",
    BarKind.SERIOUS_ON_DUTY: "受党内严重警告处分（职务行为）",
    BarKind.SERIOUS_OTHER: "受党内严重警告处分（其他行为）",
    BarKind.TRANSFERRED: "年内调入",
    BarKind.AWAY: "援派、挂职在外超过半年",
}
EFFECT_TEXTS: Final = {
    BarKind.PROBATION: "只写评语，不定等次",
    BarKind.LEAVE: "参加考核，不定等次",
    BarKind.INVESTIGATION: "结案前不写评语、不定等次",
    BarKind.WARNING: "当年不得确定为优秀",
    BarKind.PARTY_WARNING: "当年不得确定为优秀",
    BarKind.SERIOUS_ON_DUTY: "当年确定为不称职（不合格）",
    BarKind.SERIOUS_OTHER: "只写评语，不定等次",
    BarKind.TRANSFERRED: "由本单位考核，原单位情况作参考",
    BarKind.AWAY: "由援派、挂职所在单位考核，本单位不定等次",
}
DISCIPLINE: Final = frozenset(
    {BarKind.WARNING, BarKind.PARTY_WARNING, BarKind.SERIOUS_ON_DUTY, BarKind.SERIOUS_OTHER}
)
ABSENCES: Final = frozenset({BarKind.LEAVE, BarKind.AWAY})


class Remarks(StrEnum):
    """Whether remarks are written."""

    OPTIONAL = "optional"
    REQUIRED = "required"
    FORBIDDEN = "forbidden"


_STRICTEST: Final = (Remarks.OPTIONAL, Remarks.REQUIRED, Remarks.FORBIDDEN)
GRADED: Final[frozenset[Grade]] = frozenset(grade for grade in Grade if grade is not Grade.UNGRADED)
_NONE: Final[frozenset[Grade]] = frozenset({Grade.UNGRADED})


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a person's grade may be, and whether remarks are written."""

    grades: frozenset[Grade]
    remarks: Remarks = Remarks.OPTIONAL


EFFECTS: Final = {
    BarKind.PROBATION: Allowed(_NONE, Remarks.REQUIRED),
    BarKind.LEAVE: Allowed(_NONE),
    BarKind.INVESTIGATION: Allowed(_NONE, Remarks.FORBIDDEN),
    BarKind.WARNING: Allowed(GRADED - {Grade.EXCELLENT}),
    BarKind.PARTY_WARNING: Allowed(GRADED - {Grade.EXCELLENT}),
    BarKind.SERIOUS_ON_DUTY: Allowed(frozenset({Grade.INCOMPETENT})),
    BarKind.SERIOUS_OTHER: Allowed(_NONE, Remarks.REQUIRED),
    BarKind.TRANSFERRED: Allowed(GRADED),
    BarKind.AWAY: Allowed(_NONE, Remarks.FORBIDDEN),
}


def allowed_under(kinds: Iterable[BarKind]) -> Allowed:
    """Return what all bars of a person together allow, whatever their order.

    A bar without a grade goes before one that fixes or excludes a grade; the strictest rule on remarks holds.
    """
    effects = [EFFECTS[kind] for kind in kinds]
    grades: frozenset[Grade] = GRADED
    for effect in effects:
        grades &= effect.grades
    if any(effect.grades == _NONE for effect in effects):
        grades = _NONE
    remarks = max((effect.remarks for effect in effects), key=_STRICTEST.index, default=Remarks.OPTIONAL)
    return Allowed(grades, remarks)


@dataclass(frozen=True, slots=True)
class Period:
    """A bar as it stands: *ends_on* None while it lasts."""

    kind: BarKind
    starts_on: date
    ends_on: date | None

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


def concerns(period: Period, year: int, day: date) -> bool:
    """Say whether a bar counts for the grade of *year* that is decided on *day*.

    Discipline counts in the year it was imposed, an investigation while it lasts, probation on 31 December,
    the rest where it touches the year; whether an absence is long enough is said by `counting`.
    """
    if period.kind in DISCIPLINE:
        return period.starts_on.year == year
    if period.kind is BarKind.INVESTIGATION:
        return period.holds_on(day)
    if period.kind is BarKind.PROBATION:
        return period.holds_on(date(year, 12, 31))
    return period.starts_on.year <= year and (period.ends_on is None or period.ends_on.year >= year)


def counting(periods: Sequence[Period], year: int, day: date) -> list[Period]:
    """Return which bars of one person count for the grade of *year* that is decided on *day*.

    Absences of a kind count where they come to more than half of the year together (N5).
    """
    touching = [period for period in periods if concerns(period, year, day)]
    long_ones = {
        kind for kind in ABSENCES if _is_over_half([one for one in touching if one.kind is kind], year)
    }
    return [period for period in touching if period.kind not in ABSENCES or period.kind in long_ones]


def _is_over_half(periods: Iterable[Period], year: int) -> bool:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    away = {
        day
        for period in periods
        for day in range(
            max(first, period.starts_on.toordinal()),
            min(last, period.ends_on.toordinal() if period.ends_on else last) + 1,
        )
    }
    return 2 * len(away) > last - first + 1


def commendation_bar(period: Period, year: int, day: date) -> str | None:
    """Return why who has this bar may not be commended for *year* on *day* (R5.16); None if nothing bars."""
    if period.kind is BarKind.INVESTIGATION:
        return period.kind.label if period.holds_on(day) else None
    if period.kind not in DISCIPLINE:
        return None
    if period.holds_on(day):
        return f"{period.kind.label}，在处分影响期内"
    if period.starts_on.year == year:
        return f"{period.starts_on:%Y-%m-%d}{period.kind.label}，取消{year}年度评优资格"
    return None


class Stance(StrEnum):
    """The person's opinion of the own result; REFUSED is recorded by others."""

    AGREE = "agree"
    DISAGREE = "disagree"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return STANCE_LABELS[self]


STANCE_LABELS: Final = {Stance.AGREE: "同意", Stance.DISAGREE: "不同意", Stance.REFUSED: "拒绝签署"}


class Way(StrEnum):
    """How an opinion came in: signed with the own key, or on paper before a witness."""

    KEY = "key"
    PAPER = "paper"

    @property
    def label(self) -> str:
        return WAY_LABELS[self]


WAY_LABELS: Final = {Way.KEY: "本人电子签名", Way.PAPER: "纸质，由人事登记"}

ROW_FOR_MERIT: Final = 3
_OF_BASIC: Final = "按规定予以诫勉，责令作出书面检查、限期改进"
_CONSEQUENCES: Final = {
    Grade.EXCELLENT: ("当年给予嘉奖", "晋升上一职级所要求的任职年限缩短半年"),
    Grade.COMPETENT: ("按规定晋升工资档次，作为晋升职级的有效年度", "按规定享受年度考核奖金"),
    Grade.BASIC: (_OF_BASIC, "当年不计入晋升职级的任职年限"),
    Grade.INCOMPETENT: ("不服的，可以申请复核；对复核结论不服的，可以申诉",),
    Grade.UNGRADED: ("本年度没有等次，不享受与等次挂钩的待遇",),
}


def consequences(grade: Grade, pool: Pool, excellent_in_a_row: int = 0) -> list[str]:
    """Return what follows from a grade (N6); *excellent_in_a_row* counts the years with this one."""
    if pool is Pool.INSTITUTION_STAFF and grade is not Grade.UNGRADED:
        own = [_OF_BASIC] if grade is Grade.BASIC else []
        return [*own, "按事业单位工作人员考核的有关规定办理"]
    found = list(_CONSEQUENCES[grade])
    if grade is Grade.EXCELLENT:
        found += _CONSEQUENCES[Grade.COMPETENT]
        if excellent_in_a_row >= ROW_FOR_MERIT:
            found.append(f"连续{excellent_in_a_row}年优秀，符合记三等功的条件")
    return found


def years_in_a_row(year: int, excellent: Collection[int]) -> int:
    """Count the years up to *year* without a gap that are in *excellent*."""
    count = 0
    while year - count in excellent:
        count += 1
    return count


class EntryKind(StrEnum):
    """Why an entry stands in an achievement file."""

    FILED = "filed"
    CORRECTION = "correction"

    @property
    def label(self) -> str:
        return "归档" if self is EntryKind.FILED else "更正"
