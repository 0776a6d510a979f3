"""What waits for the actor today; the only reads that look into every step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from fivestep_web.assessment.admonitions import queries as admonitions
from fivestep_web.assessment.admonitions.models import Admonition
from fivestep_web.assessment.daily import waiting as daily
from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Permission, Role
from fivestep_web.dashboard import step_three
from fivestep_web.dashboard.waiting import SHOWN, Waiting
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.extensions import db
from fivestep_web.ledger import queries as ledger
from fivestep_web.ledger.filters import RED_AND_YELLOW, WORRYING
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState, SignalResult
from fivestep_web.org.models import Person, UnitPeriod
from fivestep_web.responsibility.changes import queries as change_queries
from fivestep_web.responsibility.changes.handover import list_affected
from fivestep_web.responsibility.coverage import matrix_queries
from fivestep_web.responsibility.coverage.matrix_queries import Reminded, unsigned_count
from fivestep_web.responsibility.goals.ownerless import is_ownerless
from fivestep_web.responsibility.letters import queries as letters
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import LetterState

REASON = 30  # characters of an objection
OPEN_STATES = (LedgerState.NOT_STARTED, LedgerState.IN_PROGRESS, LedgerState.REOPENED)


@dataclass(frozen=True)
class Worry:
    """A red or yellow entry."""

    goal: str
    unit: str
    owner: str
    deadline: date
    result: SignalResult
    url: str


def to_sign(actor: Actor, prefix: str) -> Waiting:
    """Return the letters that wait for the actor's signature."""
    query = (
        select(Letter.id, Letter.number, Letter.title, Person.name)
        .join(Person, Person.id == Letter.responsible_id)
        .where(letters.waits_for(actor))
        .order_by(Letter.kind, Letter.serial)
    )
    rows = db.session.execute(query).all()
    reminded = matrix_queries.reminders_of(actor) if rows else {}
    return Waiting(
        len(rows),
        [
            (
                f"{row.number} {row.title}",
                _with_reminders(row.name, reminded.get(row.id)),
                f"{prefix}/{row.id}/sign",
            )
            for row in rows[:SHOWN]
        ],
    )


def _with_reminders(name: str, reminded: Reminded | None) -> str:
    """Return whose letter it is and, where somebody asked for the signature, how often and when last."""
    if reminded is None:
        return name
    last = reminded.last.astimezone(clock.ZONE)
    asked = _(
        "已被提醒 %(count)s 次，最近 %(month)s月%(day)s日",
        count=reminded.count,
        month=last.month,
        day=last.day,
    )
    return f"{name} · {asked}"


def to_mend(actor: Actor, prefix: str) -> Waiting:
    """Return the letters that stand still until the actor handles them, all of them, with the reason."""
    rows = letters.list_halted(actor) if actor.may(Permission.LETTER_ISSUE) else []
    return Waiting(
        len(rows),
        [(f"{row.number} {row.title}", _why_halted(row), f"{prefix}/{row.letter_id}") for row in rows],
    )


def _why_halted(row: letters.Halted) -> str:
    if not row.objection:
        return str(_("签署人的职务已有变动，作废后重新起草"))
    reason = row.objection if len(row.objection) <= REASON else f"{row.objection[:REASON]}…"
    if row.state is LetterState.OBJECTED:
        return str(_("异议：%(reason)s", reason=reason))
    return str(_("已退回起草，待重新发出；异议：%(reason)s", reason=reason))


def to_decide(actor: Actor, prefix: str) -> Waiting:
    """Return the change orders that wait for the actor's decision."""
    rows = change_queries.list_waiting(actor)
    return Waiting(
        len(rows), [(label, name, f"{prefix}/{order_id}") for order_id, label, name in rows[:SHOWN]]
    )


def to_hand_over(actor: Actor, prefix: str) -> Waiting:
    """Return the letters in force whose signatories changed posts, each opening the prepared handover."""
    if not actor.may(Permission.CHANGE_REQUEST):
        return Waiting(0, ())
    rows = list_affected(actor)
    return Waiting(
        len(rows),
        [
            (f"{item.number} {item.title}", item.why, f"{prefix}/{item.letter_id}/changes/new?kind=handover")
            for item in rows[:SHOWN]
        ],
    )


def to_admonish(actor: Actor, prefix: str) -> Waiting:
    """Return the admonitions that wait for the actor, all of them; nothing to who may not know of any."""
    rows = [(case, note) for case, note in _admonitions(actor) if note]
    return Waiting(
        len(rows), [(f"{case.title} {case.person.name}", note, f"{prefix}/{case.id}") for case, note in rows]
    )


def knows_admonitions(actor: Actor) -> bool:
    """Say whether there are admonitions under way that the actor knows of."""
    return bool(_admonitions(actor))


def _admonitions(actor: Actor) -> list[tuple[Admonition, str]]:
    """Return those under way that the actor knows of. Read once per request: page and figure both ask."""
    if g.get("admonitions_of") != actor:
        g.admonitions_of, g.admonitions = actor, admonitions.list_current(actor, clock.today())
    found: list[tuple[Admonition, str]] = g.admonitions
    return found


def to_report(actor: Actor, year: int, today: date, prefix: str) -> Waiting:
    """Return the actor's own open goals without a report since the first of the month, most urgent first."""
    if actor.person_id is None:
        return Waiting(0, ())
    query = (
        select(LedgerEntry.id, Goal.name, Goal.deadline)
        .join(Goal, Goal.id == LedgerEntry.goal_id)
        .where(_unreported(actor, year, today))
        .order_by(Goal.deadline, Goal.id)
    )
    rows = db.session.execute(query).all()
    return Waiting(
        len(rows),
        [(row.name, _left(row.deadline, today), f"{prefix}/{row.id}/report") for row in rows[:SHOWN]],
    )


def _unreported(actor: Actor, year: int, today: date) -> ColumnElement[bool]:
    """Return the condition "this entry of the actor's own waits for this month's report"."""
    reported = select(ProgressEvent.goal_id).where(
        ProgressEvent.happened_on >= today.replace(day=1), ProgressEvent.happened_on <= today
    )
    completed = select(ProgressEvent.goal_id).where(ProgressEvent.completed_on <= today)
    return and_(
        Goal.year == year,
        Goal.person_id == actor.person_id,
        LedgerEntry.state.in_(OPEN_STATES),
        LedgerEntry.opened_on <= today,
        or_(Goal.starts_on.is_(None), Goal.starts_on <= today),
        Goal.id.not_in(reported),
        Goal.id.not_in(completed),
    )


def _left(deadline: date, today: date) -> str:
    days = (deadline - today).days
    return str(_("余%(days)s天", days=days) if days >= 0 else _("逾期%(days)s天", days=-days))


def _acceptable(actor: Actor) -> ColumnElement[bool] | None:
    """Return the condition "this write-off waits for the actor", None for who neither checks nor approves.

    The minister may approve everything, yet is asked for nothing: each unit's leader in charge is.
    """
    conditions = []
    if actor.may(Permission.WRITE_OFF_CHECK):
        conditions.append(and_(LedgerEntry.checked_by_id.is_(None), Goal.person_id != actor.person_id))
    if actor.may(Permission.WRITE_OFF_APPROVE) and actor.charge:
        conditions.append(and_(LedgerEntry.checked_by_id.is_not(None), Goal.unit_id.in_(actor.charge)))
    if not conditions:
        return None
    return and_(LedgerEntry.state == LedgerState.WRITE_OFF_REQUESTED, or_(*conditions))


def count_waiting(actor: Actor, year: int | None) -> int:
    """Return how many letters, changes, admonitions, papers, reports, write-offs wait: the figure of 待办."""
    count = sum(bool(note) for _case, note in _admonitions(actor))
    return count + sum(db.session.execute(_waiting_figures(actor, year, clock.today())).one())


@lru_cache(maxsize=1024)
def _waiting_figures(actor: Actor, year: int | None, today: date) -> Select[*tuple[int, ...]]:
    """Return the statement behind count_waiting, kept for a person and a day.

    Every page asks it, and to put it together takes longer than to run it; it depends on nothing stored.
    """
    return select(
        letters.waiting_count(actor),
        *change_queries.waiting_counts(actor),
        *_waiting_entries(actor, year, today),
    )


def _waiting_entries(actor: Actor, year: int | None, today: date) -> list[ScalarSelect[int]]:
    """Return the figures of a year's work that waits: reports, write-offs and papers to decide on."""
    if year is None or actor.person_id is None:
        return []
    conditions = [_unreported(actor, year, today)]
    if (acceptable := _acceptable(actor)) is not None:
        conditions.append(and_(Goal.year == year, acceptable))
    entries = select(func.count(LedgerEntry.id)).join(Goal, Goal.id == LedgerEntry.goal_id)
    figures = [entries.where(condition).scalar_subquery() for condition in conditions]
    return [*figures, *daily.counts(actor, year), *step_three.counts(actor, year)]


def to_review(actor: Actor, year: int) -> Waiting:
    """Return the bulletins, reviews and points that wait for the actor's decision."""
    rows = daily.list_waiting(actor, year)
    return Waiting(
        len(rows), [(row.label, row.note, url_for(row.endpoint, **row.values)) for row in rows[:SHOWN]]
    )


def to_accept(actor: Actor, year: int, prefix: str) -> Waiting:
    """Return the write-offs that wait for the office's check or the leader's approval."""
    condition = _acceptable(actor)
    if condition is None:
        return Waiting(0, ())
    query = (
        select(LedgerEntry.id, Goal.name, UnitPeriod.name)
        .join(Goal, Goal.id == LedgerEntry.goal_id)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Goal.unit_id, UnitPeriod.valid_to.is_(None)))
        .where(Goal.year == year, condition)
        .order_by(LedgerEntry.id)
    )
    rows = db.session.execute(query).all()
    return Waiting(len(rows), [(row[1], row[2], f"{prefix}/{row[0]}") for row in rows[:SHOWN]])


def worries(actor: Actor, year: int, today: date, prefix: str) -> tuple[int, list[Worry]]:
    """Return how many entries of the actor's units are red or yellow, and the first few, red first."""
    units = set(actor.charge)
    if actor.unit_id is not None:
        units.add(actor.unit_id)
    filters: dict[str, Any] = {} if _watches_all(actor) else {"units": sorted(units)}
    found = [item for item in ledger.standings(today, year=year, **filters) if item.result.signal in WORRYING]
    found.sort(key=lambda item: (WORRYING.index(item.result.signal), item.due_on, item.goal_id))
    facts = _facts([item.goal_id for item in found[:SHOWN]])
    return len(found), [
        Worry(*facts[item.goal_id], item.due_on, item.result, f"{prefix}/{item.entry_id}")
        for item in found[:SHOWN]
    ]


def worries_address(actor: Actor) -> dict[str, Any]:
    """Return the query of the ledger that shows what `worries` counts."""
    shown: dict[str, Any] = {"signal": RED_AND_YELLOW}
    if not _watches_all(actor):
        if actor.charge and actor.person_id is not None:
            shown["leader"] = actor.person_id
        elif actor.unit_id is not None and actor.may_all(Permission.LEDGER_READ):
            shown["unit"] = actor.unit_id
    return shown


def _watches_all(actor: Actor) -> bool:
    return actor.may_all(Permission.LEDGER_READ) and bool(actor.roles & {Role.MIN, Role.EXD, Role.OFC})


def _facts(goal_ids: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    owner = aliased(Person)
    rows = db.session.execute(
        select(Goal.id, Goal.name, UnitPeriod.name, owner.name)
        .join(UnitPeriod, and_(UnitPeriod.unit_id == Goal.unit_id, UnitPeriod.valid_to.is_(None)))
        .join(owner, owner.id == Goal.person_id)
        .where(Goal.id.in_(goal_ids))
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


@dataclass(frozen=True)
class Watched:
    """R6.4: the account's three causes, and the letters not yet in force; all should be zero."""

    without_standard: int
    without_report: int
    without_owner: int
    unsigned: int


def watched(actor: Actor, year: int, today: date) -> Watched:
    """Return the goals without a standard, without a report this month, carried by nobody; open letters."""
    first = today.replace(day=1)
    reported = select(ProgressEvent.goal_id).where(ProgressEvent.happened_on.between(first, today))
    completed = select(ProgressEvent.goal_id).where(ProgressEvent.completed_on <= today)
    running = select(LedgerEntry.goal_id).where(LedgerEntry.state.in_(OPEN_STATES))
    unreported = and_(
        Goal.id.in_(running),
        or_(Goal.starts_on.is_(None), Goal.starts_on <= today),
        Goal.id.not_in(reported),
        Goal.id.not_in(completed),
    )
    conditions = (func.trim(Goal.completion_standard) == "", unreported, is_ownerless(today))
    counts = [func.count(case((condition, 1))) for condition in conditions]
    query = select(*counts, unsigned_count(actor, year)).where(Goal.year == year)
    row = db.session.execute(query).one()
    return Watched(without_standard=row[0], without_report=row[1], without_owner=row[2], unsigned=row[3])
