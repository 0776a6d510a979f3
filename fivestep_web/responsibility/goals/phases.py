"""How a goal's phases stand, seen from below: step 3 registers how to ask for it."""

from collections.abc import Callable, Sequence
from typing import Any

from fivestep_web.responsibility.models import Goal

Provider = Callable[[Goal], Sequence[Any]]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let *provider* give the lines by which pages list a goal's phases."""
    _providers[:] = [provider]


def of_goal(goal: Goal) -> Sequence[Any]:
    """Return the lines of a goal's phases in order."""
    return _providers[0](goal) if _providers else ()
