"""Who stands in which capacity to a goal (domain.md 8.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.ledger.queries import Standing
from fivestep_web.org.lookups import find_role_holder
from fivestep_web.org.models import UnitPeriod
from fivestep_web.supervision.notices.rules import Capacity

ABOVE = {Capacity.EXECUTIVE_DEPUTY: Role.EXD, Capacity.MINISTER: Role.MIN}


@dataclass(frozen=True, slots=True)
class Posts:
    """Who heads each unit, and who stands above all of them."""

    heads: Mapping[int, int]
    above: Mapping[Capacity, int]

    def of(self, standing: Standing) -> dict[Capacity, int]:
        """Return who is concerned with a goal, by capacity; a capacity nobody has is left out."""
        found = {
            Capacity.OWNER: standing.person_id,
            Capacity.UNIT_HEAD: self.heads.get(standing.unit_id),
            Capacity.LEADER_IN_CHARGE: standing.leader_id,
            **self.above,
        }
        return {capacity: person_id for capacity, person_id in found.items() if person_id is not None}


def posts_on(day: date) -> Posts:
    """Return who heads and leads on *day*, in three statements."""
    rows = db.session.execute(
        select(UnitPeriod.unit_id, UnitPeriod.head_id).where(
            UnitPeriod.valid_to.is_(None), UnitPeriod.head_id.is_not(None)
        )
    )
    holders = {capacity: find_role_holder(role, day) for capacity, role in ABOVE.items()}
    return Posts(
        {row.unit_id: row.head_id for row in rows},
        {capacity: person.id for capacity, person in holders.items() if person is not None},
    )
