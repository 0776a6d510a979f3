"""Working days of the People's Republic: public holidays and weekends worked in exchange (domain 10)."""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import accumulate

from chinese_calendar import constants

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@cache
def known_exceptions() -> dict[date, bool]:
    """Return every day a State Council notice names; True is worked, False is off."""
    return dict.fromkeys(constants.holidays, False) | dict.fromkeys(constants.workdays, True)


@cache
def known_names() -> dict[date, str]:
    """Return what each day off that a State Council notice names belongs to, such as 春节."""
    chinese = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    return {day: chinese[name] for day, name in constants.holidays.items()}


@cache
def known_years() -> frozenset[int]:
    """Return the years whose notice is published.

    A notice may reach into a neighbouring January or December.
    """
    return years_named_by(known_exceptions())


def years_named_by(exceptions: Iterable[date]) -> frozenset[int]:
    """Return the years whose arrangement is complete in *exceptions*: their National Day is named."""
    return frozenset(day.year for day in exceptions if day == date(day.year, 10, 1))


def months_after(day: date, months: int) -> date:
    """Return the same day *months* later (earlier when negative), clamped to the end of that month."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def last_day_of_month(year: int, month: int) -> date:
    """Return the last calendar day of a month."""
    return date(year, month, monthrange(year, month)[1])


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """Which days are worked: Monday to Friday but for the exceptions; *years* have theirs published.

    Counts are kept per year once asked for, so that counting days between two dates costs the same
    whether they lie a week or a year apart.
    """

    exceptions: Mapping[date, bool]
    years: Collection[int]
    _counts: dict[int, tuple[int, ...]] = field(default_factory=dict, init=False, repr=False)

    def is_known(self, year: int) -> bool:
        """Tell whether the year's holidays are published; if not, say 节假日安排未发布 beside its dates."""
        return year in self.years

    def is_workday(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < SATURDAY)

    def next_workday_on_or_after(self, day: date) -> date:
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def next_workday_on_or_before(self, day: date) -> date:
        while not self.is_workday(day):
            day -= ONE_DAY
        return day

    def workdays_between(self, after: date, upto: date) -> int:
        """Count the working days after *after* up to and including *upto*; 0 when *upto* is not later."""
        if upto <= after:
            return 0
        whole_years = sum(self._cumulative(year)[-1] for year in range(after.year, upto.year))
        return whole_years + self._count_to(upto) - self._count_to(after)

    def add_workdays(self, day: date, n: int) -> date:
        """Return the *n*-th working day after *day*, before it when *n* is negative, *day* itself for 0."""
        if n == 0:
            return day
        wanted = self._count_to(day) + n
        if n < 0:
            wanted += 0 if self.is_workday(day) else 1
        year = day.year
        while wanted > self._cumulative(year)[-1]:
            wanted -= self._cumulative(year)[-1]
            year += 1
        while wanted <= 0:
            year -= 1
            wanted += self._cumulative(year)[-1]
        return date(year, 1, 1) + timedelta(days=bisect_left(self._cumulative(year), wanted))

    def last_workday_of_month(self, year: int, month: int) -> date:
        return self.next_workday_on_or_before(last_day_of_month(year, month))

    def _count_to(self, day: date) -> int:
        """Count the working days of *day*'s year up to and including it."""
        return self._cumulative(day.year)[day.timetuple().tm_yday - 1]

    def _cumulative(self, year: int) -> tuple[int, ...]:
        counts = self._counts.get(year)
        if counts is None:
            first = date(year, 1, 1)
            length = (date(year, 12, 31) - first).days + 1
            counts = tuple(accumulate(int(self.is_workday(first + timedelta(days=i))) for i in range(length)))
            self._counts[year] = counts
        return counts
