"""Who an account is today: person, post, roles, units in charge of."""

from datetime import date

from sqlalchemy import or_, select

from fivestep_web.accounts.models import User
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, Position, PostHolding, PostRole, UnitPeriod


def find_user(username: str) -> User | None:
    """Return the account of this sign-in name."""
    return db.session.scalar(select(User).where(User.username == username))


def get_actor(user: User, today: date) -> Actor:
    """Return the actor an account is on *today*: the roles of the posts held that day, and no others."""
    if user.person_id is None:
        roles = frozenset({Role.ADM}) if user.is_first_administrator else frozenset[Role]()
        return Actor(user.id, None, user.username, "系统管理员", None, roles)
    rows = db.session.execute(
        select(Person.name, Position.unit_id, UnitPeriod.name, Position.title, PostRole.role)
        .join(PostHolding, PostHolding.person_id == Person.id)
        .join(Position, Position.id == PostHolding.position_id)
        .join(UnitPeriod, (UnitPeriod.unit_id == Position.unit_id) & UnitPeriod.valid_to.is_(None))
        .outerjoin(PostRole, PostRole.holding_id == PostHolding.id)
        .where(
            Person.id == user.person_id,
            PostHolding.valid_from <= today,
            or_(PostHolding.valid_to.is_(None), PostHolding.valid_to >= today),
        )
        .order_by(PostHolding.id)
    ).all()
    charge = db.session.scalars(
        select(UnitPeriod.unit_id).where(
            UnitPeriod.leader_id == user.person_id, UnitPeriod.valid_to.is_(None)
        )
    )
    if not rows:
        return Actor(user.id, user.person_id, user.username)
    name, unit_id, unit_name, title, _role = rows[0]
    return Actor(
        user_id=user.id,
        person_id=user.person_id,
        name=name,
        position=title if unit_name == "部领导" else f"{unit_name}{title}",
        unit_id=unit_id,
        roles=frozenset(row[4] for row in rows if row[4] is not None),
        charge=frozenset(charge),
    )
