"""How much each person carries (R2.12)."""

from collections import Counter
from decimal import Decimal
from typing import Any

from sqlalchemy import case, select

from fivestep_web.core import clock
from fivestep_web.extensions import db
from fivestep_web.responsibility.coverage.rules import Share
from fivestep_web.responsibility.goals import rules as goal_rules
from fivestep_web.responsibility.goals.ownerless import is_ownerless
from fivestep_web.responsibility.goals.rules import Carried
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.rules import weights_shown

NOTHING = Decimal(0)


def list_loads(year: int) -> dict[int, Share]:
    """Return what each person who leads a goal carries, by person id, in one statement.

    Goals left behind (ownerless.py) are carried by nobody: they count for none.
    """
    lead = case((~is_ownerless(clock.today()), Goal.person_id)).label("person_id")
    columns = (Goal.id, Goal.parent_id, lead, Goal.points, Goal.unit_id, Goal.is_weight_typed)
    rows = db.session.execute(select(*columns).where(Goal.year == year)).all()
    weights = _unit_weights([row for row in rows if row.parent_id is None])
    carried = goal_rules.loads(
        Carried(row.id, row.parent_id, row.person_id, row.points, weights.get(row.id, NOTHING))
        for row in rows
    )
    counts = Counter(row.person_id for row in rows if row.person_id is not None)
    return {
        person_id: Share(count, carried.get(person_id, NOTHING), is_passed_on=person_id not in carried)
        for person_id, count in counts.items()
    }


def _unit_weights(rows: list[Any]) -> dict[int, Decimal]:
    sheets: dict[int, list[Any]] = {}
    for row in rows:
        sheets.setdefault(row.unit_id, []).append(row)
    found: dict[int, Decimal] = {}
    for sheet in sheets.values():
        shares = weights_shown([row.points for row in sheet], [row.is_weight_typed for row in sheet])
        found |= {row.id: share for row, share in zip(sheet, shares, strict=True)}
    return found
