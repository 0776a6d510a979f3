"""Who an account is today: person, post, roles, units in charge of."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from fivestep_web.accounts.models import User
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.extensions import db
from fivestep_web.org.lookups import holds_on
from fivestep_web.org.models import Person, Position, PostHolding, PostRole, UnitKind, UnitPeriod


def find_user(username: str) -> User | None:
    """Return the account of this sign-in name."""
    return db.session.scalar(select(User).where(User.username == username))


def find_account_of(person_id: int) -> User | None:
    """Return a person's account."""
    return db.session.scalar(select(User).where(User.person_id == person_id))


def get_actor(user: User, today: date) -> Actor:
    """Return the actor an account is on *today*: the roles of the posts held that day, and no others."""
    if user.person_id is None:
        roles = frozenset({Role.ADM}) if user.is_first_administrator else frozenset[Role]()
        return Actor(user.id, None, user.username, "系统管理员", None, roles)
    rows = db.session.execute(
        select(Person.name, Position.unit_id, UnitPeriod.name, UnitPeriod.kind, Position.title, PostRole.role)
        .join(PostHolding, PostHolding.person_id == Person.id)
        .join(Position, Position.id == PostHolding.position_id)
        .join(UnitPeriod, (UnitPeriod.unit_id == Position.unit_id) & UnitPeriod.valid_to.is_(None))
        .outerjoin(PostRole, PostRole.holding_id == PostHolding.id)
        .where(
            Person.id == user.person_id,
            holds_on(today),
        )
        .order_by(PostHolding.id)
    ).all()
    charge = db.session.scalars(
        select(UnitPeriod.unit_id).where(
            UnitPeriod.leader_id == user.person_id, UnitPeriod.valid_to.is_(None)
        )
    )
    if not rows:
        return Actor(user.id, user.person_id, user.person.name if user.person else user.username)
    name, unit_id, unit_name, unit_kind, title, _role = rows[0]
    return Actor(
        user_id=user.id,
        person_id=user.person_id,
        name=name,
        position=title if unit_kind is UnitKind.LEADERSHIP else f"{unit_name}{title}",
        unit_id=unit_id,
        roles=frozenset(row[5] for row in rows if row[5] is not None),
        charge=frozenset(charge),
    )


@dataclass(frozen=True)
class SignIn:
    """One try to sign in, as the account page shows it."""

    at: datetime
    address: str
    is_success: bool


def list_sign_ins(user_id: int, count: int = 8) -> list[SignIn]:
    """Return the account's latest tries to sign in, failed ones too, the newest first."""
    entries = db.session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject == f"user:{user_id}",
            AuditEntry.action.in_(("account.signed_in", "account.sign_in_failed")),
        )
        .order_by(AuditEntry.sequence.desc())
        .limit(count)
    )
    return [
        SignIn(entry.at, json.loads(entry.body)["address"], entry.action == "account.signed_in")
        for entry in entries
    ]


@dataclass(frozen=True)
class AccountRow:
    """One line of the list of accounts."""

    user: User
    name: str
    position: str
    unit: str
    unit_id: int

    @property
    def has_password(self) -> bool:
        return bool(self.user.password_hash)

    @property
    def standing(self) -> str:
        """Return disabled, no_password, initial (password) or in_use."""
        if not self.user.is_active:
            return "disabled"
        if not self.has_password:
            return "no_password"
        return "initial" if self.user.must_change_password else "in_use"

    def fits(self, keyword: str, unit_id: int | None, standing: str) -> bool:
        """Say whether the account is among those looked for; what is empty or None lets all through."""
        named = f"{self.user.username} {self.name} {self.unit}{self.position}".casefold()
        return (
            keyword.casefold() in named
            and unit_id in {None, self.unit_id}
            and standing in {"", self.standing}
        )


def list_accounts(day: date) -> list[AccountRow]:
    """Return all accounts in the order of units and sign-in names, with the post held on *day*."""
    posts: dict[int, tuple[str, str, int]] = {}
    for person_id, unit, title, unit_id in db.session.execute(
        select(PostHolding.person_id, UnitPeriod.name, Position.title, Position.unit_id)
        .join(Position, Position.id == PostHolding.position_id)
        .join(UnitPeriod, (UnitPeriod.unit_id == Position.unit_id) & UnitPeriod.valid_to.is_(None))
        .where(holds_on(day))
        .order_by(PostHolding.id.desc())
    ):
        posts[person_id] = (unit, title, unit_id)
    users = db.session.scalars(select(User).options(joinedload(User.person)).order_by(User.username))
    rows = []
    for user in users:
        unit, title, unit_id = posts.get(user.person_id or 0, ("", "", 0))
        rows.append(AccountRow(user, user.person.name if user.person else "", title, unit, unit_id))
    return sorted(rows, key=lambda row: (row.unit_id, row.user.username))


def get_account(user_id: int, *, lock: bool = False) -> User:
    """Return an account; NotFound when there is none."""
    query = select(User).where(User.id == user_id)
    user = db.session.scalar(query.with_for_update() if lock else query)
    if user is None:
        raise NotFound(_("账号不存在。"))
    return user


def has_lasting_administrator(day: date) -> bool:
    """Say whether an active account keeps the role of administrator from *day* on without an end."""
    query = (
        select(User.id)
        .outerjoin(PostHolding, PostHolding.person_id == User.person_id)
        .outerjoin(PostRole, PostRole.holding_id == PostHolding.id)
        .where(
            User.is_active,
            or_(
                User.is_first_administrator & User.person_id.is_(None),
                (PostRole.role == Role.ADM)
                & (PostHolding.valid_from <= day)
                & PostHolding.valid_to.is_(None),
            ),
        )
        .limit(1)
    )
    return db.session.scalar(query) is not None
