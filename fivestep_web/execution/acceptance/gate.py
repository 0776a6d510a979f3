"""Whether a goal takes reports and phases at all: its ledger entry, above this step, registers how to ask."""

from collections.abc import Callable

from fivestep_web.responsibility.models import Goal

Check = Callable[[Goal], None]

_checks: list[Check] = []


def register(check: Check) -> None:
    """Let *check* refuse what is handed in for a goal, by raising."""
    _checks[:] = [check]


def check_open(goal: Goal) -> None:
    """Raise what the ledger raises for a goal that takes nothing now."""
    for check in _checks:
        check(goal)
