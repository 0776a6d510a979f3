"""How far goals are, seen from below: progress lives above, in step 3, which registers how to ask for it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select

from fivestep_web.extensions import db
from fivestep_web.responsibility.goals.queries import GoalRow
from fivestep_web.responsibility.goals.rules import Branch, RollUp, roll_up
from fivestep_web.responsibility.models import Goal

Provider = Callable[[int], Mapping[int, Decimal | None]]

PERCENT = Decimal("0.01")

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let *provider* give the completion of each goal of a year today, 0-1, None where it does not apply."""
    _providers[:] = [provider]


def of_year(year: int) -> tuple[dict[int, Decimal | None], dict[int, RollUp]]:
    """Return each goal's own completion, and what the tasks of each goal with tasks come to (R2.5).

    Both in whole percent, as a share of 1; what tasks come to is added up unrounded.
    """
    shares = _providers[0](year) if _providers else {}
    rows = db.session.execute(select(Goal.id, Goal.parent_id, Goal.points).where(Goal.year == year))
    found = roll_up(Branch(*row, shares.get(row[0])) for row in rows)
    own = {goal_id: _percent(share) for goal_id, share in shares.items()}
    return own, {goal_id: replace(item, share=_percent(item.share)) for goal_id, item in found.items()}


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else share.quantize(PERCENT, ROUND_HALF_UP)


def add_to(rows: Iterable[GoalRow], year: int) -> None:
    """Write to each row its completion and what its tasks, those not shown included, come to."""
    shares, found = of_year(year)
    for row in rows:
        row.share, row.roll_up = shares.get(row.id), found.get(row.id)
