"""Who acts in the demo's story, and the clock it is told by."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_actor
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.extensions import db
from fivestep_web.org.models import PostHolding, PostRole


class Play(Protocol):
    """Sets the business date and the hour of the story."""

    def __call__(self, day: date, hour: int | None = None) -> None: ...


def actor_of(person_id: int, day: date) -> Actor:
    """Return the actor a person is on *day*."""
    user = db.session.scalars(select(User).where(User.person_id == person_id)).one()
    return get_actor(user, day)


def holders(role: Role, day: date) -> Sequence[Actor]:
    """Return who holds a role, in the order of appointment."""
    people = db.session.scalars(
        select(PostHolding.person_id)
        .join(PostRole, PostRole.holding_id == PostHolding.id)
        .where(PostRole.role == role, PostHolding.valid_to.is_(None))
        .order_by(PostHolding.id)
    ).all()
    return [actor_of(person_id, day) for person_id in people]
