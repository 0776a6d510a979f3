"""Whom step 3 can name: people in post today, and the leaders who chair."""

from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.org.lookups import holds_on, positions_on
from fivestep_web.org.models import Person, PostHolding, PostRole

CHAIRING = (Role.MIN, Role.EXD, Role.DEP)


def in_post() -> list[tuple[int, str]]:
    """Return everybody who holds a post today as (id, name and post), in the order of staff codes."""
    today = clock.today()
    posts = positions_on(today)
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(select(PostHolding.person_id).where(holds_on(today))))
        .order_by(Person.code)
    )
    return [
        (person_id, f"{name}（{posts[person_id]}）" if person_id in posts else name)
        for person_id, name in rows
    ]


def leaders(kept: Person | None = None) -> list[tuple[int, str]]:
    """Return the leaders of today who may chair as (id, name and post), with *kept* who was chosen before."""
    today = clock.today()
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(PostHolding, PostHolding.person_id == Person.id)
        .join(PostRole, PostRole.holding_id == PostHolding.id)
        .where(PostRole.role.in_(CHAIRING), holds_on(today))
        .distinct()
        .order_by(Person.id)
    )
    names: dict[int, str] = {row.id: row.name for row in rows}
    if kept is not None:
        names.setdefault(kept.id, kept.name)
    posts = positions_on(today, names)
    return [
        (person_id, f"{name}（{posts[person_id]}）" if person_id in posts else name)
        for person_id, name in names.items()
    ]
