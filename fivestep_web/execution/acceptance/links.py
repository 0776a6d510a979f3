"""Where a phase's page leads: what later parts do with a phase, registered from there."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fivestep_web.core.permissions import Actor
from fivestep_web.responsibility.models import Milestone


@dataclass(frozen=True, slots=True)
class Link:
    """A link beside the end of a phase; *endpoint* and *values* make its address."""

    label: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


Provider = Callable[[Actor, Milestone], Iterable[Link]]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Show on every phase's page what *provider* offers this reader."""
    if provider not in _providers:
        _providers.append(provider)


def links_for(actor: Actor, milestone: Milestone) -> list[Link]:
    """Return what the page of a phase leads to, in the order of registration."""
    return [link for provider in _providers for link in provider(actor, milestone)]
