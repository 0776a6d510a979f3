"""Reads of letters; each starts from what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased, joinedload, selectinload

from fivestep_web.accounts.models import User
from fivestep_web.core import clock
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility.changes.turns import is_held_back
from fivestep_web.responsibility.goals.queries import plain_rows, unit_scope
from fivestep_web.responsibility.letters import signatories
from fivestep_web.responsibility.letters.conditions import is_approved, stands
from fivestep_web.responsibility.models import Goal, Letter, LetterGoal, LetterVersion, Signature
from fivestep_web.responsibility.rules import (
    GONE,
    UNSIGNED,
    UPPER_KIND,
    LetterKind,
    LetterState,
    late_days,
)
from fivestep_web.responsibility.signing.mandates import principals_of


def visible_letters(actor: Actor) -> Select[Letter]:
    """Return the letters the actor may see: in reach, or signed on either side, as deputy too."""
    if actor.person_id is None:
        return select(Letter).where(unit_scope(actor, Permission.LETTER_READ, Letter.unit_id))
    principals = principals_of(actor, clock.today())
    return select(Letter).where(
        or_(
            unit_scope(actor, Permission.LETTER_READ, Letter.unit_id),
            Letter.responsible_id == actor.person_id,
            Letter.issuer_id == actor.person_id,
            Letter.responsible_id.in_(principals),
            Letter.issuer_id.in_(principals),
        )
    )


def get_letter(actor: Actor, letter_id: int, *, lock: bool = False) -> Letter:
    """Return a letter with goals, versions and signatures; hidden and absent look the same."""
    query = (
        visible_letters(actor)
        .where(Letter.id == letter_id)
        .options(
            joinedload(Letter.unit),
            joinedload(Letter.responsible),
            joinedload(Letter.issuer),
            joinedload(Letter.upper),
            selectinload(Letter.goals)
            .joinedload(LetterGoal.goal)
            .options(joinedload(Goal.topic), joinedload(Goal.person)),
            selectinload(Letter.versions).selectinload(LetterVersion.signatures),
        )
    )
    letter = db.session.scalar(query.with_for_update(of=Letter) if lock else query)
    if letter is None:
        raise NotFound(_("责任书不存在"))
    return letter


@dataclass(frozen=True)
class LetterRow:
    """One line of the list of letters."""

    id: int
    number: str
    title: str
    kind: LetterKind
    unit: str
    responsible: str
    issuer: str
    state: LetterState
    issued_at: datetime | None
    in_force_at: datetime | None
    version: int
    is_pending_change: bool
    late_days: int


def list_letters(
    actor: Actor,
    year: int,
    *,
    signing_ends: date,
    kind: str = "",
    state: str = "",
    unit_id: int | None = None,
    mine: bool = False,
    late: bool = False,
) -> list[LetterRow]:
    """Return the visible letters of a year, upper kinds first, with the days signed after *signing_ends*.

    *mine* keeps those that wait for the actor, *late* the late ones, the latest first.
    """
    responsible, issuer = aliased(Person), aliased(Person)
    query = (
        visible_letters(actor)
        .with_only_columns(
            Letter.id,
            Letter.number,
            Letter.title,
            Letter.kind,
            UnitPeriod.name,
            responsible.name,
            issuer.name,
            Letter.state,
            Letter.issued_at,
            Letter.in_force_at,
            Letter.version,
            Letter.change_order_id,
        )
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Letter.unit_id, UnitPeriod.valid_to.is_(None)))
        .join(responsible, responsible.id == Letter.responsible_id)
        .join(issuer, issuer.id == Letter.issuer_id)
        .where(Letter.year == year)
        .order_by(Letter.kind, Letter.serial, Letter.version)
    )
    if kind in set(LetterKind):
        query = query.where(Letter.kind == LetterKind(kind))
    if state in set(LetterState):
        query = query.where(Letter.state == LetterState(state))
    if unit_id:
        query = query.where(Letter.unit_id == unit_id)
    if mine:
        query = query.where(waits_for(actor))
    today = clock.today()
    rows = [_letter_row(row, signing_ends, today) for row in plain_rows(query)]
    if not late:
        return rows
    return sorted((row for row in rows if row.late_days), key=lambda row: -row.late_days)


def _letter_row(row: Any, signing_ends: date, today: date) -> LetterRow:
    """A letter that a change order drew up has no signing window: it may come in any month."""
    *columns, change_order_id = row
    state, in_force_at = row[7], row[9]
    is_change = change_order_id is not None
    in_force_on = in_force_at.astimezone(clock.ZONE).date() if in_force_at else None
    days = late_days(state, in_force_on, signing_ends=signing_ends, today=today)
    return LetterRow(*[*columns, is_change and state in UNSIGNED, 0 if is_change else days])


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "this letter waits for the actor's signature": what policy.can_sign says.

    A deputy is asked even where the principal may not sign any more; signing then says why not.
    """
    if actor.person_id is None:
        return false()
    as_responsible = and_(
        Letter.state == LetterState.ISSUED,
        Letter.responsible_id == actor.person_id,
        true() if actor.may(Permission.LETTER_SIGN_RESPONSIBLE) else false(),
    )
    as_issuer = and_(
        Letter.state == LetterState.ACCEPTED,
        Letter.issuer_id == actor.person_id,
        unit_scope(actor, Permission.LETTER_SIGN_ISSUING, Letter.unit_id),
    )
    today = clock.today()
    principals = principals_of(actor, today)
    as_deputy = and_(
        or_(
            and_(Letter.state == LetterState.ISSUED, Letter.responsible_id.in_(principals)),
            and_(Letter.state == LetterState.ACCEPTED, Letter.issuer_id.in_(principals)),
        ),
        Letter.responsible_id != actor.person_id,
        Letter.issuer_id != actor.person_id,
        ~_is_signed_by(actor.person_id),
    )
    return and_(
        or_(as_responsible, as_issuer, as_deputy), not_(is_held_back()), not_(signatories.is_stopped(today))
    )


def _is_signed_by(person_id: int) -> ColumnElement[bool]:
    """Return the condition "this person signed the version in work", for whichever side."""
    return exists().where(
        LetterVersion.letter_id == Letter.id,
        LetterVersion.version == Letter.version,
        Signature.letter_version_id == LetterVersion.id,
        Signature.person_id == person_id,
    )


@dataclass(frozen=True)
class WaitingLetter:
    """A letter that waits for the actor, with the hash of its text."""

    letter_id: int
    number: str
    title: str
    sha256: str


def list_waiting(actor: Actor) -> list[WaitingLetter]:
    """Return the letters that wait for the actor's signature in the order of the list."""
    rows = db.session.execute(
        select(Letter.id, Letter.number, Letter.title, LetterVersion.content_sha256)
        .join(
            LetterVersion,
            (LetterVersion.letter_id == Letter.id) & (LetterVersion.version == Letter.version),
        )
        .where(waits_for(actor))
        .order_by(Letter.year, Letter.kind, Letter.serial)
    )
    return [WaitingLetter(*row) for row in rows]


@dataclass(frozen=True)
class NextWaiting:
    """The letter to sign after this one, and how many wait in all, this one apart."""

    letter_id: int
    count: int


def find_next_waiting(actor: Actor, after: Letter) -> NextWaiting | None:
    """Return the next letter that waits for the actor in the order of the list, around its end."""
    rows = db.session.execute(
        select(Letter.id, Letter.kind, Letter.serial, Letter.year)
        .where(waits_for(actor), Letter.id != after.id)
        .order_by(Letter.year, Letter.kind, Letter.serial)
    ).all()
    if not rows:
        return None
    here = (after.year, after.kind.value, after.serial)
    later = (row.id for row in rows if (row.year, row.kind.value, row.serial) > here)
    return NextWaiting(next(later, rows[0].id), len(rows))


def waiting_count(actor: Actor) -> ScalarSelect[int]:
    """Return how many letters wait for the actor's signature, as part of a statement."""
    return select(func.count()).select_from(Letter).where(waits_for(actor)).scalar_subquery()


def count_states(actor: Actor, year: int) -> dict[LetterState, int]:
    """Return how many visible letters of a year are in each state."""
    rows = db.session.execute(
        visible_letters(actor)
        .where(Letter.year == year)
        .with_only_columns(Letter.state, func.count())
        .group_by(Letter.state)
    )
    return {row[0]: row[1] for row in rows}


def handled_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "the actor issues, revises and voids this letter": what policy.can_handle says."""
    is_any = actor.may_all(Permission.LETTER_ISSUE)
    is_of_kind = true() if is_any else Letter.kind.in_(tuple(UPPER_KIND))
    return and_(unit_scope(actor, Permission.LETTER_ISSUE, Letter.unit_id), is_of_kind)


def issuable_by(actor: Actor, kind: str = "") -> ColumnElement[bool]:
    """Return the condition "a draft, of *kind* where that is one, that the actor may issue"."""
    is_of_kind = Letter.kind == LetterKind(kind) if kind in set(LetterKind) else true()
    return and_(Letter.state == LetterState.DRAFT, is_approved(), handled_by(actor), is_of_kind)


@dataclass(frozen=True)
class Halted:
    """A letter that goes on only after it was handled: objected to, then a draft, or outrun by posts.

    *objection* is empty for the last.
    """

    letter_id: int
    number: str
    title: str
    state: LetterState
    objection: str


def list_halted(actor: Actor) -> list[Halted]:
    """Return what the actor may revise or, revised, send out again after an objection, or has to void."""
    before = Letter.version - case((Letter.state == LetterState.DRAFT, 1), else_=0)
    is_returned = or_(
        Letter.state == LetterState.OBJECTED, and_(Letter.state == LetterState.DRAFT, is_approved())
    )
    rows = db.session.execute(
        select(Letter.id, Letter.number, Letter.title, Letter.state, LetterVersion.objection)
        .join(LetterVersion, and_(LetterVersion.letter_id == Letter.id, LetterVersion.version == before))
        .where(
            or_(
                and_(is_returned, LetterVersion.objection != ""),
                signatories.is_stopped(clock.today()),
            ),
            handled_by(actor),
        )
        .order_by(Letter.year, Letter.kind, Letter.serial)
    )
    return [Halted(*row) for row in rows]


def has_active_account(person_id: int) -> bool:
    """Say whether a person can sign in at all."""
    return bool(db.session.scalar(select(User.id).where(User.person_id == person_id, User.is_active)))


def list_lower(actor: Actor, letter: Letter) -> Sequence[Letter]:
    """Return the visible letters below this one in the chain (R2.11: each level sees the level below)."""
    return db.session.scalars(
        visible_letters(actor)
        .where(Letter.upper_id == letter.id, stands())
        .options(joinedload(Letter.responsible))
        .order_by(Letter.serial)
    ).all()


def list_letters_of_goal(actor: Actor, goal_id: int) -> Sequence[Letter]:
    """Return the visible, living letters that carry a goal."""
    return db.session.scalars(
        visible_letters(actor)
        .join(LetterGoal, LetterGoal.letter_id == Letter.id)
        .where(
            LetterGoal.goal_id == goal_id,
            Letter.state.not_in(GONE),
        )
        .order_by(Letter.id)
    ).all()
