"""Examples by which the guards try every route: one module per feature in tests/security/examples/.

A module may hold these mappings, each from an endpoint's name to a function without arguments that builds
the state in the test's database and returns an Example:

UNSAFE    every POST route: a call that succeeds and changes something. The guard demands an audit entry,
          404 for an id that is not there, and 404 for `stranger` where one is given.
PAGES     GET routes with parameters: the guard crawls them, looks at their headers, and compares the tables.
COMMANDS  from a command's words ("audit export") to a function (folder) -> arguments that changes something,
          or to READS.
UNLOGGED  from an unsafe endpoint to the reason why its change is not logged (ballots, trust.md B5).
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fivestep_web.accounts.models import User
from tests.security import examples

READS = None


@dataclass
class Example:
    """One call: who, the values of the address, the form, and the answer expected.

    *stranger* is an account that holds the permission yet may not see this object: it gets 404.
    *user* None is a visitor who is not signed in.
    """

    user: User | None
    values: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    status: int = 303
    stranger: User | None = None


def collect(name: str) -> dict[str, Callable[..., Any] | Any]:
    """Return the mapping *name* of all example modules together."""
    found: dict[str, Any] = {}
    for module_info in pkgutil.iter_modules(examples.__path__):
        module = importlib.import_module(f"{examples.__name__}.{module_info.name}")
        for key, value in getattr(module, name, {}).items():
            assert key not in found, f"two examples for {key}"
            found[key] = value
    return found
