"""Step 3 推进: the timetable by week."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from fivestep_web.core import clock, htmx
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.execution import schedule_queries
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.queries import get_calendar
from fivestep_web.org.years import find_selected_year

blueprint = Blueprint("execution", __name__)

WEEKS_SHOWN = timedelta(weeks=6)


@blueprint.get("/schedule")
@requires(Permission.LEDGER_READ)
def schedule() -> ResponseReturnValue:
    year, today = find_selected_year(), clock.today()
    first = request.args.get("from", type=date.fromisoformat) or today - timedelta(days=today.weekday())
    unit_id = request.args.get("unit_id", type=int)
    last = first + WEEKS_SHOWN - timedelta(days=1)
    weeks = (
        schedule_queries.list_weeks(actor(), year, first, last, today=today, unit_id=unit_id) if year else []
    )

    def address(step: timedelta) -> str:
        values: dict[str, Any] = {"from": (first + step).isoformat(), "unit_id": unit_id}
        return url_for(".schedule", **values)

    return htmx.render(
        "execution/schedule.html",
        "execution/_schedule_weeks.html",
        weeks=weeks,
        unknown_years=schedule_queries.unknown_years(weeks, get_calendar()),
        today=today,
        first=first,
        last=last,
        unit_id=unit_id,
        units=unit_choices(),
        previous_url=address(-WEEKS_SHOWN),
        next_url=address(WEEKS_SHOWN),
    )
