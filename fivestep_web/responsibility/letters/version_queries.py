"""The versions of a letter's number, over all its rows, and what differs between two (trust.md S3, S6)."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.changes import handover, reassign
from fivestep_web.responsibility.changes import policy as change_policy
from fivestep_web.responsibility.changes import turns as change_turns
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.letters import content as letter_content
from fivestep_web.responsibility.letters import queries
from fivestep_web.responsibility.letters.differences import Difference
from fivestep_web.responsibility.models import Letter, LetterVersion
from fivestep_web.responsibility.rules import STATE_LABELS, UNSIGNED, ChangeState, LetterState


@dataclass(frozen=True)
class VersionLine:
    """One version as the list shows it: its state in words, and why the responsible side objected."""

    letter_id: int
    version: int
    state: str
    issued_at: datetime
    objection: str


@dataclass(frozen=True)
class History:
    """What stands around a letter: its versions, the change behind or ahead of it, what is new in it."""

    versions: list[VersionLine]
    order: ChangeOrder | None
    pending: Letter | None
    newer: Letter | None
    can_change: bool
    can_reassign: bool
    can_read_order: bool
    held_back: str
    handover: str
    against: LetterVersion | None
    differences: list[Difference]
    answered: LetterVersion | None


def history_of(actor: Actor, letter: Letter) -> History:
    """Return a letter's history for the actor; the differences are those to the version before."""
    versions = list_versions(actor, letter)
    successor, state = letter.successor, letter.state
    can_change = change_policy.can_change_now(actor, letter) and find_open_order(letter) is None
    why = handover.why_outrun(letter) if can_change else ""
    order = letter.change_order or find_open_order(letter)
    against, differences = _news(letter, versions)
    return History(
        versions=[_line(item, letter) for item in versions],
        order=order,
        pending=successor if successor is not None and state is LetterState.IN_FORCE else None,
        newer=successor if state is LetterState.SUPERSEDED else None,
        can_change=can_change and not why,
        can_reassign=can_change and not why and bool(reassign.list_tasks(letter)),
        can_read_order=order is not None
        and policy.can_read(actor, db.session.get_one(Letter, order.letter_id)),
        held_back=change_turns.why_held_back(letter),
        handover=why,
        against=against,
        differences=differences,
        answered=_find_answered(letter, versions),
    )


def find_open_order(letter: Letter) -> ChangeOrder | None:
    """Return the change order of a letter that is asked for or waits to be signed."""
    return db.session.scalar(
        select(ChangeOrder).where(
            ChangeOrder.letter_id == letter.id,
            ChangeOrder.state.in_((ChangeState.PROPOSED, ChangeState.APPROVED)),
        )
    )


@dataclass(frozen=True)
class DrawnUp:
    """A new letter of an order, and why the issuing side cannot countersign it yet."""

    letter: Letter
    why: str


def list_drawn_up(actor: Actor, order: ChangeOrder) -> list[DrawnUp]:
    """Return the new letters of an order that the actor may see; void ones where there are no others."""
    letters = db.session.scalars(
        queries.visible_letters(actor)
        .where(Letter.change_order_id == order.id)
        .options(joinedload(Letter.responsible))
        .order_by(Letter.id)
    ).all()
    living = [letter for letter in letters if letter.state is not LetterState.VOID]
    return [DrawnUp(letter, change_turns.why_held_back(letter)) for letter in living or letters]


def list_versions(actor: Actor, letter: Letter) -> list[LetterVersion]:
    """Return the issued versions of a letter's number that the actor may read, the first one first."""
    visible = queries.visible_letters(actor).where(Letter.number == letter.number)
    return list(
        db.session.scalars(
            select(LetterVersion)
            .where(LetterVersion.letter_id.in_(visible.with_only_columns(Letter.id)))
            .options(joinedload(LetterVersion.letter), selectinload(LetterVersion.signatures))
            .order_by(LetterVersion.version)
        )
    )


def _line(item: LetterVersion, letter: Letter) -> VersionLine:
    return VersionLine(item.letter_id, item.version, state_of(item), item.issued_at, _objection(item, letter))


def _objection(item: LetterVersion, letter: Letter) -> str:
    """The objection to the version on the page stands on the page already."""
    return "" if (item.letter_id, item.version) == (letter.id, letter.version) else item.objection


def state_of(version: LetterVersion) -> str:
    """Return what became of a version: its letter's state, or that another one took its place."""
    if version.version == version.letter.version:
        return STATE_LABELS[version.letter.state]
    return STATE_LABELS[LetterState.OBJECTED] if version.objection else str(_("已换版"))


def _news(letter: Letter, versions: list[LetterVersion]) -> tuple[LetterVersion | None, list[Difference]]:
    """Compare the letter's text with the version before, while it still waits for a signature."""
    here = (letter.id, letter.version)
    own = next((item for item in versions if (item.letter_id, item.version) == here), None)
    if own is None or letter.state not in UNSIGNED:
        return None, []
    before = [item for item in versions if item.version < own.version and _was_read(item)]
    if not before:
        return None, []
    return before[-1], letter_content.differences(before[-1].content, own.content)


def _find_answered(letter: Letter, versions: list[LetterVersion]) -> LetterVersion | None:
    """Return the version objected to that a draft is to answer."""
    if letter.state is not LetterState.DRAFT:
        return None
    here = (letter.id, letter.version - 1)
    found = (item for item in versions if (item.letter_id, item.version) == here and item.objection)
    return next(found, None)


def _was_read(version: LetterVersion) -> bool:
    """What was voided unsigned is nothing a signatory has in mind."""
    return version.letter.state is not LetterState.VOID


def get_version(actor: Actor, letter: Letter, number: int) -> LetterVersion:
    """Return one version of a letter's number; hidden and absent look the same."""
    found = next((item for item in list_versions(actor, letter) if item.version == number), None)
    if found is None:
        raise NotFound(_("没有这一版"))
    return found
