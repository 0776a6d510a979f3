"""The allow-list: the only functions that work in the queue can name (trust.md section 4, row 15)."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import tasks
from fivestep_web.core.jobs import Claim

Body = TypeVar("Body", bound=Callable[..., None])

TIME_LIMIT = 300
LONGEST = 540  # seconds; below the queue's own limit, so that ours is the one that is reported
TRIES = 5


class UnknownTaskError(Exception):
    """No task of this release has that name."""


@dataclass(frozen=True)
class Task:
    """A function that may be asked for, how long one attempt may take (seconds) and how many it gets.

    *on_failure* runs in the transaction that records the final failure, with the claim and the reason.
    """

    name: str
    body: Callable[..., None]
    time_limit: int
    tries: int
    on_failure: Callable[[Claim, str], None] | None


UNTIL_DONE = 1_000_000  # tries of what others wait for: it is never given up, a minute between two

_TASKS: dict[str, Task] = {}


def task(
    *,
    time_limit: int = TIME_LIMIT,
    tries: int = TRIES,
    on_failure: Callable[[Claim, str], None] | None = None,
) -> Callable[[Body], Body]:
    """Allow `f(claim, *arguments)` of `tasks/<feature>.py` under the name "<feature>.<function>"."""
    if not 0 < time_limit <= LONGEST:
        raise ValueError(f"a time limit is 1 to {LONGEST} s: cut longer work into chunks")

    def allow(body: Body) -> Body:
        name = f"{body.__module__.rpartition('.')[2]}.{body.__name__}"
        if name in _TASKS and _TASKS[name].body.__code__ is not body.__code__:
            raise ValueError(f"two tasks are called {name}")
        _TASKS[name] = Task(name, body, time_limit, tries, on_failure)
        return body

    return allow


def load() -> None:
    """Import every module of this package, so that its tasks are known and need no import later."""
    for module in pkgutil.iter_modules(tasks.__path__):
        importlib.import_module(f"{tasks.__name__}.{module.name}")


def get(name: str) -> Task:
    """Return the task of that name; raises UnknownTaskError."""
    if name not in _TASKS:
        raise UnknownTaskError(name)
    return _TASKS[name]


def find(name: str) -> Task | None:
    """Return the task of that name, if this release has one."""
    return _TASKS.get(name)


def names() -> list[str]:
    """Return the names of all tasks that are allowed."""
    return sorted(_TASKS)
