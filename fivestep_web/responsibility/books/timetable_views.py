"""Step 2 责任: the timetable by week."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from fivestep_web.core import clock, htmx
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.queries import get_calendar
from fivestep_web.org.years import find_selected_year
from fivestep_web.responsibility.books import timetable

blueprint = Blueprint("timetable", __name__)


@blueprint.get("/goals/timetable")
@requires(Permission.GOAL_READ)
def timetable_show() -> ResponseReturnValue:
    year, today, calendar = find_selected_year(), clock.today(), get_calendar()
    filters = {
        "unit_id": request.args.get("unit_id", type=int),
        "person_id": request.args.get("person_id", type=int),
    }
    is_whole = request.args.get("whole") == "1"
    goals = timetable.list_phased_goals(actor(), year, **filters) if year else []
    return htmx.render(
        "responsibility/timetable.html",
        "responsibility/_timetable_weeks.html",
        weeks=timetable.by_week(goals, year, today, calendar, is_near=not is_whole) if year else [],
        count=len(goals),
        unknown_years=timetable.unknown_years(goals, calendar),
        filters={**filters, "whole": is_whole},
        near_weeks=timetable.NEAR_WEEKS,
        units=unit_choices(),
        people=timetable.owner_choices(actor(), year, filters["unit_id"]) if year else [],
        today=today,
    )
