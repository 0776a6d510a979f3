"""Reads of units, people and the working calendar."""

from flask import g
from sqlalchemy import select

from fivestep_web.core.workdays import WorkCalendar, known_exceptions, known_years
from fivestep_web.extensions import db
from fivestep_web.org.models import CalendarDay


def get_calendar() -> WorkCalendar:
    """Return the working calendar: the published years, then the office's own days over them."""
    if "work_calendar" not in g:
        exceptions = dict(known_exceptions())
        years = set(known_years())
        for day in db.session.scalars(select(CalendarDay)):
            exceptions[day.day] = day.is_workday
            years.add(day.day.year)
        g.work_calendar = WorkCalendar(exceptions, frozenset(years))
    calendar: WorkCalendar = g.work_calendar
    return calendar
