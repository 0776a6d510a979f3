"""Letters and change orders as the audit log keeps them: every column, so that each altered one is found."""

from typing import Any

from fivestep_web.audit.facts import facts_of
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.models import Letter


def letter_rows(letter: Letter) -> dict[str, Any]:
    """Return a letter's row and those of the goals it carries, as facts of an entry about the letter."""
    goals = sorted(letter.goals, key=lambda item: item.goal_id)
    return {"row": facts_of(letter), "goal_rows": [facts_of(item) for item in goals]}


def order_rows(order: ChangeOrder) -> dict[str, Any]:
    """Return a change order's row and those of its items, as facts of an entry about the order."""
    items = sorted(order.items, key=lambda item: item.id)
    return {"row": facts_of(order), "item_rows": [facts_of(item) for item in items]}
