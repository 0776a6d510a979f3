"""The one place that reads the time."""

from datetime import UTC, date, datetime, time
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
    rehearsal = _rehearsal()
    if rehearsal is None:
        return moment
    local = (
        rehearsal
        if rehearsal.time() != time.min
        else datetime.combine(rehearsal, moment.astimezone(ZONE).time())
    )
    return local.replace(tzinfo=ZONE).astimezone(UTC)


def today() -> date:
    """Return the business date in Asia/Shanghai."""
    return rehearsal_date() or system_now().astimezone(ZONE).date()


def rehearsal_date() -> date | None:
    """Return the date a demo instance plays, None for a real one."""
    rehearsal = _rehearsal()
    return rehearsal.date() if rehearsal else None


def _rehearsal() -> datetime | None:
    """Return the stored rehearsal moment, midnight where it is a mere date. Read once per request."""
    if not has_app_context():
        return None
    if "rehearsal" not in g:
        stored = settings.find("rehearsal_date")
        g.rehearsal = datetime.fromisoformat(stored) if stored else None
    rehearsal: datetime | None = g.rehearsal
    return rehearsal
