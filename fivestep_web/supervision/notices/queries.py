"""Reads of supervision notices; people see those of their units and own goals, and what was sent them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.queries import visible_to as visible_documents
from fivestep_web.extensions import db
from fivestep_web.ledger.queries import is_cancelled
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.notices.models import (
    DailyDigest,
    NoticeAnswer,
    NoticeClimb,
    NoticeRecipient,
    NoticeTalk,
    SupervisionNotice,
)
from fivestep_web.supervision.notices.rules import AWAITING, Colour, NoticeState
from fivestep_web.supervision.signals.models import SignalTurn


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a year's notices is wanted; *is_overdue* keeps those not answered in time."""

    year: int
    colour: Colour | None = None
    state: NoticeState | None = None
    unit_id: int | None = None
    leader_id: int | None = None
    goal_id: int | None = None
    is_overdue: bool = False

    @property
    def is_set(self) -> bool:
        return any((self.colour, self.state, self.unit_id, self.leader_id, self.goal_id, self.is_overdue))


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One line of the list."""

    id: int
    number: int
    colour: Colour
    state: NoticeState
    matter: str
    unit: str
    owner: str
    issued_on: date
    reply_by: date
    level: int
    is_over: bool


def is_visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "this notice, joined with its goal, is for the actor to read"."""
    if not actor.may(Permission.NOTICE_READ):
        return false()
    units = actor.units_for(Permission.NOTICE_READ)
    if units is None:
        return true()
    sent = exists().where(
        NoticeRecipient.notice_id == SupervisionNotice.id, NoticeRecipient.person_id == actor.person_id
    )
    own = Goal.person_id == actor.person_id if actor.person_id is not None else false()
    return or_(Goal.unit_id.in_(units), own, sent)


def is_overdue(today: date) -> ColumnElement[bool]:
    """Return the condition "was to be answered before *today* and is not"."""
    return and_(SupervisionNotice.state.in_(AWAITING), SupervisionNotice.reply_by < today)


def _leader() -> ColumnElement[int | None]:
    """Return who leads the goal, or else its unit."""
    return func.coalesce(Goal.leader_id, UnitPeriod.leader_id)


def _joined(statement: Any) -> Select[Any]:
    joined: Select[Any] = (
        statement.select_from(SupervisionNotice)
        .join(Goal, Goal.id == SupervisionNotice.goal_id)
        .join(SignalTurn, SignalTurn.id == SupervisionNotice.turn_id)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Goal.unit_id, UnitPeriod.valid_to.is_(None)))
        .join(Person, Person.id == Goal.person_id)
    )
    return joined


def list_notices(actor: Actor, wanted: Filter, today: date) -> list[NoticeRow]:
    """Return the notices the actor may read, the latest first."""
    query = _joined(
        select(
            SupervisionNotice.id,
            SupervisionNotice.number,
            SupervisionNotice.colour,
            SupervisionNotice.state,
            SupervisionNotice.matter,
            UnitPeriod.name,
            Person.name,
            SupervisionNotice.issued_on,
            SupervisionNotice.reply_by,
            SupervisionNotice.level,
            SignalTurn.ended_on.is_not(None),
        )
    ).where(SupervisionNotice.year == wanted.year, is_visible(actor), *_conditions(wanted, today))
    rows = db.session.execute(query.order_by(SupervisionNotice.number.desc()))
    return [NoticeRow(*row) for row in rows]


def _conditions(wanted: Filter, today: date) -> list[ColumnElement[bool]]:
    pairs: tuple[tuple[object, ColumnElement[bool]], ...] = (
        (wanted.colour, SupervisionNotice.colour == wanted.colour),
        (wanted.state, SupervisionNotice.state == wanted.state),
        (wanted.unit_id, Goal.unit_id == wanted.unit_id),
        (wanted.leader_id, _leader() == wanted.leader_id),
        (wanted.goal_id, SupervisionNotice.goal_id == wanted.goal_id),
        (wanted.is_overdue, is_overdue(today)),
    )
    return [condition for value, condition in pairs if value]


def leader_choices(year: int) -> list[tuple[int, str]]:
    """Return the leaders in charge of the goals that had notices, as (id, name)."""
    leader_ids = _joined(select(_leader())).where(SupervisionNotice.year == year)
    rows = db.session.execute(
        select(Person.id, Person.name).where(Person.id.in_(leader_ids)).order_by(Person.code)
    )
    return [(row.id, row.name) for row in rows]


def get_notice(
    actor: Actor, notice_id: int, *, lock: bool = False, revision: int | None = None
) -> SupervisionNotice:
    """Return a notice with its papers; hidden and absent look the same.

    With *revision*, Conflict when the notice has changed since it was shown.
    """
    visible = _joined(select(SupervisionNotice.id)).where(is_visible(actor))
    query = select(SupervisionNotice).where(
        SupervisionNotice.id == notice_id, SupervisionNotice.id.in_(visible)
    )
    if lock:
        query = query.with_for_update(of=SupervisionNotice).execution_options(populate_existing=True)
    notice = db.session.scalar(
        query.options(
            joinedload(SupervisionNotice.turn),
            joinedload(SupervisionNotice.goal).joinedload(Goal.person),
            selectinload(SupervisionNotice.recipients).joinedload(NoticeRecipient.person),
            selectinload(SupervisionNotice.answers).joinedload(NoticeAnswer.person),
            selectinload(SupervisionNotice.answers).joinedload(NoticeAnswer.verdict_by),
            selectinload(SupervisionNotice.climbs).joinedload(NoticeClimb.person),
            selectinload(SupervisionNotice.talk).joinedload(NoticeTalk.decided_by),
        )
    )
    if notice is None:
        raise NotFound(_("没有这件督办单，或不在您的查看范围内。"))
    if revision is not None and notice.revision != revision:
        raise Conflict(_("这件督办单在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return notice


def find_document(actor: Actor, year: int, notice_id: int) -> int | None:
    """Return the newest Word file of a notice that the actor may read."""
    query = select(GeneratedDocument.id).where(
        GeneratedDocument.kind == DocumentKind.SUPERVISION_NOTICE,
        GeneratedDocument.year == year,
        GeneratedDocument.subject == f"notice:{notice_id}",
        visible_documents(actor, is_confidential=False),
    )
    return db.session.scalar(query.order_by(GeneratedDocument.version.desc()).limit(1))


# What other parts ask


@dataclass(frozen=True, slots=True)
class Issued:
    """A notice of a period in a few facts; *answered_on* is the day of its first answer."""

    id: int
    name: str
    goal_id: int
    colour: Colour
    issued_on: date
    answered_on: date | None


def issued_between(year: int, first: date, last: date) -> list[Issued]:
    """Return the notices of a plan year issued from *first* to *last*, in the order of their numbers."""
    query = select(SupervisionNotice).where(
        SupervisionNotice.year == year, SupervisionNotice.issued_on.between(first, last)
    )
    return [
        Issued(item.id, item.name, item.goal_id, item.colour, item.issued_on, item.answered_on)
        for item in db.session.scalars(query.order_by(SupervisionNotice.number))
    ]


def open_notices_of_goals(goal_ids: Collection[int]) -> Mapping[int, Sequence[SupervisionNotice]]:
    """Return the notices of these goals that are not closed, the latest first."""
    query = (
        select(SupervisionNotice)
        .where(SupervisionNotice.goal_id.in_(goal_ids), SupervisionNotice.state != NoticeState.CLOSED)
        .order_by(SupervisionNotice.id.desc())
    )
    found: dict[int, list[SupervisionNotice]] = {}
    for notice in db.session.scalars(query):
        found.setdefault(notice.goal_id, []).append(notice)
    return found


def open_red_notices(year: int) -> Mapping[int, SupervisionNotice]:
    """Return the latest red notice not closed of each goal: an item for the next consultation (8.3)."""
    query = (
        select(SupervisionNotice)
        .where(
            SupervisionNotice.year == year,
            SupervisionNotice.colour == Colour.RED,
            SupervisionNotice.state != NoticeState.CLOSED,
            ~is_cancelled(SupervisionNotice.goal_id),
        )
        .order_by(SupervisionNotice.number)
    )
    return {notice.goal_id: notice for notice in db.session.scalars(query)}


# Digests


def find_digest(actor: Actor, day: date) -> DailyDigest | None:
    """Return what the actor was told on *day*."""
    query = select(DailyDigest).where(DailyDigest.person_id == actor.person_id, DailyDigest.day == day)
    return db.session.scalar(query)


def get_digest(actor: Actor, digest_id: int) -> DailyDigest:
    """Return a digest of the actor, locked; another's and none look the same."""
    query = select(DailyDigest).where(DailyDigest.id == digest_id, DailyDigest.person_id == actor.person_id)
    digest = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if digest is None:
        raise NotFound(_("没有这份提醒。"))
    return digest


def list_digest_days(actor: Actor, year: int, limit: int = 10) -> Sequence[date]:
    """Return the latest days of a year on which the actor was told something."""
    query = select(DailyDigest.day).where(
        DailyDigest.person_id == actor.person_id,
        DailyDigest.day.between(date(year, 1, 1), date(year, 12, 31)),
    )
    return db.session.scalars(query.order_by(DailyDigest.day.desc()).limit(limit)).all()
