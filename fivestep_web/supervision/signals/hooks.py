"""What happens to a goal is looked at at once, not only at night: a job per event (domain.md 8.2)."""

import secrets

from fivestep_web.core import events, jobs
from fivestep_web.core.transaction import AFTER_COMMIT
from fivestep_web.extensions import db
from fivestep_web.supervision.signals.turns import find_signals_day

GOAL_TASK, ALL_TASK = "notices.refresh_goal", "notices.refresh_all"


def register() -> None:
    """Listen to what changes signals."""
    events.listen(events.Event.GOAL_CHANGED, "signals", ask_for_goal)
    events.listen(events.Event.ALL_CHANGED, "signals", ask_for_all)


def ask_for_goal(goal_id: int) -> None:
    """Ask for one goal's signal to be looked at after the commit."""
    if _is_followed():
        jobs.enqueue(GOAL_TASK, goal_id, key=f"signal-{goal_id}-{secrets.token_hex(6)}")


def ask_for_all() -> None:
    """Ask for every signal to be looked at after the commit."""
    if _is_followed():
        jobs.enqueue(ALL_TASK, key=f"signals-{secrets.token_hex(6)}")


def _is_followed() -> bool:
    """Tell whether there is a commit to wait for and the clock has begun: the first night sees it all."""
    return AFTER_COMMIT in db.session().info and find_signals_day() is not None
