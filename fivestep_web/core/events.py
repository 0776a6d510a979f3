"""What lower steps tell higher ones: a goal changed, or what every date is counted by did.

Who tells does not know who listens; listeners run in the teller's unit of work and may only ask for jobs.
"""

from collections import defaultdict
from collections.abc import Callable
from enum import StrEnum

Listener = Callable[..., None]


class Event(StrEnum):
    """What is told, and with which arguments."""

    GOAL_CHANGED = "goal_changed"  # the goal's id: its progress, entry, nodes or plan are not what they were
    PHASE_COMPLETED = "phase_completed"  # the milestone's id: somebody else accepted it
    ALL_CHANGED = "all_changed"  # the calendar, the rehearsal date: what is computed of every goal


_listeners: dict[Event, dict[str, Listener]] = defaultdict(dict)


def listen(event: Event, name: str, listener: Listener) -> None:
    """Call *listener* whenever *event* is told; registering a name again replaces its listener."""
    _listeners[event][name] = listener


def tell(event: Event, *arguments: int) -> None:
    """Tell what happened in the running unit of work."""
    for listener in _listeners[event].values():
        listener(*arguments)
