"""What the page of the working calendar shows of a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fivestep_web.core.workdays import known_years, last_day_of_month
from fivestep_web.org import moved_dates, queries
from fivestep_web.org.models import CalendarDay


@dataclass(frozen=True)
class MonthLine:
    """A month's working days."""

    month: int
    workdays: int
    last: date


@dataclass(frozen=True)
class CalendarYear:
    """A year: where its days come from, what the office entered, and what follows from both."""

    year: int
    is_published: bool
    is_known: bool
    is_begun: bool
    own: Sequence[CalendarDay]
    months: list[MonthLine]
    workdays: int
    moved: int


def build(year: int) -> CalendarYear:
    """Return the page's facts of *year*."""
    calendar = queries.get_calendar()
    own = queries.list_days(year)
    months = [_month(year, month) for month in range(1, 13)]
    is_published = year in known_years()
    return CalendarYear(
        year=year,
        is_published=is_published,
        is_known=calendar.is_known(year),
        is_begun=bool(own) and not calendar.is_known(year),
        own=own,
        months=months,
        workdays=sum(line.workdays for line in months),
        moved=moved_dates.count_waiting(),
    )


def _month(year: int, month: int) -> MonthLine:
    calendar = queries.get_calendar()
    before = last_day_of_month(*((year, month - 1) if month > 1 else (year - 1, 12)))
    return MonthLine(
        month,
        calendar.workdays_between(before, last_day_of_month(year, month)),
        calendar.last_workday_of_month(year, month),
    )
