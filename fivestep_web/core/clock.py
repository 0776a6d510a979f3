"""The one place that reads the time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import g, has_app_context

from fivestep_web.core import settings

ZONE = ZoneInfo("Asia/Shanghai")


def system_now() -> datetime:
    """Return the true moment in UTC: for sessions, leases, limits and the audit log."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return the business moment in UTC: the true one, in a demo on its rehearsal date."""
    moment = system_now()
    rehearsal = rehearsal_date()
    if rehearsal is None:
        return moment
    local = moment.astimezone(ZONE)
    return datetime.combine(rehearsal, local.timetz()).astimezone(UTC)


def today() -> date:
    """Return the business date in Asia/Shanghai."""
    return rehearsal_date() or system_now().astimezone(ZONE).date()


def rehearsal_date() -> date | None:
    """Return the date a demo instance plays, None for a real one. Read once per request."""
    if not has_app_context():
        return None
    if "rehearsal_date" not in g:
        stored = settings.find("rehearsal_date")
        g.rehearsal_date = date.fromisoformat(stored) if stored else None
    rehearsal: date | None = g.rehearsal_date
    return rehearsal
