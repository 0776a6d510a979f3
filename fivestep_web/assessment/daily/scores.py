"""A unit's daily score: the mean of its monthly scores (R5.3, docs/adr/0017); pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from fivestep_web.assessment.daily.rules import MONTHS

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class MonthScore:
    """A month of a unit as its issued bulletin tells it; *due* None while none is issued.

    *plus* and *minus* are the approved points of the month.
    """

    month: int
    due: int | None
    done: int = 0
    plus: Decimal = Decimal(0)
    minus: Decimal = Decimal(0)

    @property
    def is_issued(self) -> bool:
        return self.due is not None

    @property
    def rate(self) -> Fraction | None:
        """Return the completion rate, 0–1, unrounded; None where nothing was due or issued."""
        return Fraction(self.done, self.due) if self.due else None

    @property
    def score(self) -> Fraction | None:
        """Return the rate in per cent with the points of the month, not below 0; None without a rate."""
        if self.rate is None:
            return None
        return max(ZERO, 100 * self.rate + Fraction(self.plus) - Fraction(self.minus))


@dataclass(frozen=True, slots=True)
class DailyScore:
    """The months of a unit's year and their mean."""

    months: tuple[MonthScore, ...]

    @property
    def counted(self) -> tuple[MonthScore, ...]:
        """Return the months that have a score."""
        return tuple(month for month in self.months if month.score is not None)

    @property
    def so_far(self) -> Fraction | None:
        """Return the mean of the months that have a score, unrounded."""
        scores = [month.score for month in self.months if month.score is not None]
        return sum(scores, ZERO) / len(scores) if scores else None

    @property
    def problem(self) -> str | None:
        """Return why the year has no daily score; None when it has one."""
        missing = [month.month for month in self.months if not month.is_issued]
        if len(missing) == len(MONTHS):
            return "全年的月通报都还没有印发"
        if missing:
            return f"{'、'.join(f'{month}月' for month in missing)}的月通报还没有印发"
        if not self.counted:
            return "全年没有到期目标，没有月完成率"
        return None

    @property
    def score(self) -> Fraction | None:
        """Return the year's daily score; None while a month is not issued or nothing was due all year."""
        return None if self.problem else self.so_far


def year_of(months: Sequence[MonthScore]) -> DailyScore:
    """Return the twelve months in order; a month not given has no issued bulletin."""
    given = {month.month: month for month in months}
    return DailyScore(tuple(given.get(month, MonthScore(month, None)) for month in MONTHS))
