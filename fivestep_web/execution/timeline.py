"""A goal's timeline: whatever feature keeps something dated about a goal registers how to tell it (R3.11)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fivestep_web.core.permissions import Actor
from fivestep_web.responsibility.models import Goal


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One line: on a day, of a kind (汇报进展), what happened, who did it.

    *endpoint* and *values* make the address of the thing; *is_planned* is a day that was set, not reached.
    *tone* is a badge's.
    """

    day: date
    kind: str
    text: str
    who: str = ""
    tone: str = "quiet"
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    is_planned: bool = False


Provider = Callable[[Actor, Goal], Iterable[TimelineEvent]]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Have *provider* tell its part of every goal's timeline, in a fixed number of statements.

    It is asked only for goals whose ledger the actor reads, and leaves out what is not for that reader.
    """
    if provider not in _providers:
        _providers.append(provider)


def events_of(actor: Actor, goal: Goal) -> list[TimelineEvent]:
    """Return everything that is told of a goal by day, what happened before what was planned for the day."""
    found = [event for provider in _providers for event in provider(actor, goal)]
    return sorted(found, key=lambda event: (event.day, event.is_planned))
