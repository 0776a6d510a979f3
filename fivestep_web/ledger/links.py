"""Where an entry's page leads: what later steps do with a goal, registered from there."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fivestep_web.core.permissions import Actor
from fivestep_web.responsibility.models import Goal


@dataclass(frozen=True, slots=True)
class Link:
    """A link of an entry's page; *endpoint* and *values* make its address."""

    label: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


Provider = Callable[[Actor, Goal], Iterable[Link]]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Show on every entry's page what *provider* offers this reader."""
    if provider not in _providers:
        _providers.append(provider)


def links_for(actor: Actor, goal: Goal) -> list[Link]:
    """Return what an entry's page leads to, in the order of registration."""
    return [link for provider in _providers for link in provider(actor, goal)]
