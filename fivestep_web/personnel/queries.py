"""Reads of a person's materials and of the bundles made of them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, undefer

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.queries import PRINTED, visible_to
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, PostHolding
from fivestep_web.org.queries import get_person
from fivestep_web.personnel import policy
from fivestep_web.personnel.models import BundleState, MaterialBundle
from fivestep_web.responsibility.letters.payloads import ISSUED_STATES
from fivestep_web.responsibility.models import Assignment, Goal, Letter, LetterVersion
from fivestep_web.responsibility.rules import UNSIGNED, AssignmentRole

SHOWN_BUNDLES: Final = 10
SYSTEM_KINDS: Final = (DocumentKind.ANNUAL_ASSESSMENT_RESULT, DocumentKind.COMMENDATION_DECISION)
_ADMONITIONS: Final = (DocumentKind.ADMONITION_NOTICE, DocumentKind.ADMONITION_RECORD)
_documents: Final = GeneratedDocument
_FILE: Final[tuple[Any, ...]] = (
    _documents.id,
    _documents.kind,
    _documents.year,
    _documents.subject,
    _documents.version,
    _documents.download_name,
    *PRINTED,
)


def get_subject(actor: Actor, person_id: int) -> Person:
    """Return a person with the posts; NotFound also for who may not read files of others."""
    if not policy.can_read(actor):
        raise NotFound(_("人员不存在。"))
    return get_person(person_id)


def get_own(actor: Actor, person_id: int) -> Person:
    """Return the actor's own person; NotFound for any other."""
    if not policy.can_read_of(actor, person_id):
        raise NotFound(_("人员不存在。"))
    return get_person(person_id)


def list_letters(person_id: int, years: Collection[int]) -> Sequence[Any]:
    """Return the person's letters that came into force: id, year, title, number, state, day, hash."""
    return db.session.execute(
        select(
            Letter.id,
            Letter.year,
            Letter.title,
            Letter.number,
            Letter.state,
            Letter.in_force_at,
            LetterVersion.content_sha256,
        )
        .join(
            LetterVersion,
            and_(LetterVersion.letter_id == Letter.id, LetterVersion.version == Letter.version),
        )
        .where(Letter.responsible_id == person_id, Letter.year.in_(years), Letter.state.in_(ISSUED_STATES))
        .order_by(Letter.year, Letter.id)
    ).all()


def count_unsigned(person_id: int, years: Collection[int]) -> dict[int, int]:
    """Return how many of the person's letters of each year still wait for a signature."""
    rows = db.session.execute(
        select(Letter.year, func.count())
        .where(Letter.responsible_id == person_id, Letter.year.in_(years), Letter.state.in_(UNSIGNED))
        .group_by(Letter.year)
    )
    return {year: count for year, count in rows}  # noqa: C416 - rows are no pairs to dict()


def list_letter_files(actor: Actor, person_id: int, years: Collection[int]) -> dict[str, Any]:
    """Return the newest file of each of the person's letters by its subject, "letter:12"; no drafts."""
    rows = db.session.execute(
        select(*_FILE)
        .where(
            visible_to(actor, is_confidential=False),
            _documents.person_id == person_id,
            _documents.kind == DocumentKind.RESPONSIBILITY_LETTER,
            _documents.year.in_(years),
            _documents.is_draft.is_(False),
            _documents.blob_sha256.is_not(None),
        )
        .order_by(_documents.version)
    )
    return {row.subject: row for row in rows}


def list_issued(actor: Actor, years: Collection[int]) -> Sequence[Any]:
    """Return the issued results and commendations of *years* with what they were made from."""
    columns: tuple[Any, ...] = (*_FILE, _documents.payload)
    return db.session.execute(
        select(*columns)
        .where(
            visible_to(actor, is_confidential=False),
            _documents.kind.in_(SYSTEM_KINDS),
            _documents.year.in_(years),
            _documents.state == DocumentState.ISSUED,
        )
        .order_by(_documents.year, _documents.id)
    ).all()


def list_notices(actor: Actor, person_id: int, years: Collection[int]) -> Sequence[Any]:
    """Return the person's final notices of the own results of *years* with what they were made from."""
    columns: tuple[Any, ...] = (*_FILE, _documents.payload)
    return db.session.execute(
        select(*columns)
        .where(
            visible_to(actor, is_confidential=False),
            _documents.person_id == person_id,
            _documents.kind == DocumentKind.PERSONAL_RESULT_NOTICE,
            _documents.year.in_(years),
            _documents.is_draft.is_(False),
            _documents.state != DocumentState.SUPERSEDED,
            _documents.blob_sha256.is_not(None),
        )
        .order_by(_documents.year, _documents.version)
    ).all()


def list_admonitions(actor: Actor, person_id: int) -> Sequence[Any]:
    """Return the person's notices and records that stand, to who may know of them; nothing to others."""
    if not policy.sees_admonitions(actor):
        return ()
    columns: tuple[Any, ...] = (*_FILE, _documents.payload)
    return db.session.execute(
        select(*columns)
        .where(
            visible_to(actor, is_confidential=True),
            _documents.person_id == person_id,
            _documents.kind.in_(_ADMONITIONS),
            _documents.is_draft.is_(False),
            _documents.state != DocumentState.SUPERSEDED,
            _documents.blob_sha256.is_not(None),
        )
        .order_by(_documents.subject, _documents.kind.desc(), _documents.id)
    ).all()


def is_only_bearer(person: Person) -> bool:
    """Tell whether nobody else has the person's name."""
    return not db.session.scalar(select(exists().where(Person.name == person.name, Person.id != person.id)))


def list_goals(person_id: int, years: Collection[int]) -> Sequence[Goal]:
    """Return the goals of *years* that the person carries, or carried and handed over, by deadline."""
    led = select(Assignment.goal_id).where(
        Assignment.person_id == person_id, Assignment.role == AssignmentRole.LEAD
    )
    return db.session.scalars(
        select(Goal)
        .where(Goal.year.in_(years), or_(Goal.person_id == person_id, Goal.id.in_(led)))
        .order_by(Goal.year, Goal.deadline, Goal.id)
    ).all()


def unit_of(holdings: Sequence[PostHolding], day: date) -> int | None:
    """Return the unit of the post held on *day*, the first of several."""
    return next((held.position.unit_id for held in holdings if held.is_held_on(day)), None)


def list_bundles(actor: Actor, person_id: int, today: date) -> Sequence[MaterialBundle]:
    """Return the actor's own bundles about a person, the newest first."""
    return db.session.scalars(
        select(MaterialBundle)
        .where(MaterialBundle.person_id == person_id, _is_own(actor, today))
        .order_by(MaterialBundle.id.desc())
        .limit(SHOWN_BUNDLES)
    ).all()


def get_bundle(actor: Actor, bundle_id: int, today: date) -> MaterialBundle:
    """Return one of the actor's own bundles with its file; hidden and absent look the same."""
    bundle = db.session.scalar(
        select(MaterialBundle)
        .options(undefer(MaterialBundle.data), joinedload(MaterialBundle.person))
        .where(MaterialBundle.id == bundle_id, _is_own(actor, today))
    )
    if bundle is None or bundle.state is not BundleState.READY:
        raise NotFound(_("这个材料包不存在，或已过期，请重新生成"))
    return bundle


def _is_own(actor: Actor, today: date) -> ColumnElement[bool]:
    """Return the condition that the actor asked for a bundle and may still have all that is in it."""
    own = MaterialBundle.user_id == actor.user_id
    ordinary = MaterialBundle.valid_until.is_(None)
    if not policy.can_read(actor):
        return and_(own, MaterialBundle.id.is_(None))
    if not policy.sees_admonitions(actor):
        return and_(own, ordinary)
    return and_(own, or_(ordinary, MaterialBundle.valid_until >= today))
