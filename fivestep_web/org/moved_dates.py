"""Dates that another working calendar would move: listed for approval, never moved silently (domain.md 10).

A feature that keeps computed dates registers a Source; what its dates would become is asked whenever the
calendar changes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import func, select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound, Refusal
from fivestep_web.core.permissions import Actor
from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.extensions import db
from fivestep_web.org import policy
from fivestep_web.org.labels import MOVED_STATE_LABELS
from fivestep_web.org.models import MovedDate, MovedState


@dataclass(frozen=True, slots=True)
class Move:
    """A date as it is kept and as the calendar would have it; *note* tells where one key means several.

    *link* is the path of its page. One that *is_signed*, or was sent, stays: it is only shown, and *link*
    leads to what moves it.
    """

    key: str
    label: str
    link: str
    before: date
    after: date
    is_signed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """What a feature gives: which of its open dates *calendar* would move, and how one is moved.

    *apply* gets the key and the day that was approved; it raises Conflict when that no longer holds.
    *fixed* says why a signed date stays and what moves it instead.
    """

    prefix: str
    moved: Callable[[WorkCalendar], Iterable[Move]]
    apply: Callable[[Actor, str, date], None]
    fixed: LazyString | str = ""


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Ask *source* whenever the calendar changes; its keys begin with its prefix and a colon."""
    _sources[source.prefix] = source


def propose(actor: Actor, calendar: WorkCalendar) -> int:
    """List every date that *calendar* would move; return how many wait.

    What no longer moves lapses; what was kept as it is, is not asked again for the same day, and what is
    listed already stays as it was listed.
    """
    found = {move.key: move for source in _sources.values() for move in source.moved(calendar)}
    waiting = {row.key: row for row in _open(lock=True)}
    changed = [key for key in waiting if key not in found]
    for key in changed:
        waiting[key].state = MovedState.LAPSED
    kept = _kept(found)
    for key, move in found.items():
        stored = waiting.get(key)
        if (move.before, move.after) in kept.get(key, ()) or _is_listed(stored, move):
            continue
        changed.append(key)
        if stored is None:
            stored = MovedDate(key=key)
            db.session.add(stored)
        stored.label, stored.note, stored.link = move.label, move.note, move.link
        stored.before, stored.after, stored.is_signed = move.before, move.after, move.is_signed
        stored.made_by_id, stored.made_at = actor.person_id, clock.now()
    db.session.flush()
    count = len(_open())
    if changed:
        record(actor, "moved_date.listed", "calendar:moved", waiting=count, keys=sorted(changed))
    return count


def _is_listed(stored: MovedDate | None, move: Move) -> bool:
    return stored is not None and (stored.before, stored.after, stored.note, stored.is_signed) == (
        move.before,
        move.after,
        move.note,
        move.is_signed,
    )


def _kept(keys: Iterable[str]) -> dict[str, set[tuple[date, date]]]:
    rows = db.session.execute(
        select(MovedDate.key, MovedDate.before, MovedDate.after).where(
            MovedDate.state == MovedState.KEPT, MovedDate.key.in_(list(keys))
        )
    )
    kept: dict[str, set[tuple[date, date]]] = {}
    for key, before, after in rows:
        kept.setdefault(key, set()).add((before, after))
    return kept


def _open(*, lock: bool = False) -> Sequence[MovedDate]:
    query = select(MovedDate).where(MovedDate.state == MovedState.PROPOSED).order_by(MovedDate.id)
    return db.session.scalars(query.with_for_update() if lock else query).all()


def list_moved(state: MovedState | None = None) -> Sequence[MovedDate]:
    """Return the dates listed, the newest first: those to decide on, those that stay, then the others."""
    query = select(MovedDate).order_by(
        MovedDate.state != MovedState.PROPOSED, MovedDate.is_signed, MovedDate.id.desc()
    )
    return db.session.scalars(query if state is None else query.where(MovedDate.state == state)).all()


def count_waiting() -> int:
    """Return how many dates wait for a decision; signed ones are only shown."""
    return (
        db.session.scalar(
            select(func.count(MovedDate.id)).where(
                MovedDate.state == MovedState.PROPOSED, MovedDate.is_signed.is_(False)
            )
        )
        or 0
    )


def get_moved(moved_id: int, *, lock: bool = False) -> MovedDate:
    """Return a date listed; NotFound when there is none."""
    query = select(MovedDate).where(MovedDate.id == moved_id)
    row = db.session.scalar(query.with_for_update(of=MovedDate) if lock else query)
    if row is None:
        raise NotFound(_("没有这一条日期调整。"))
    return row


def approve(actor: Actor, row: MovedDate) -> None:
    """Move a date as listed; DomainError for a signed one, NotAllowed for who changed the calendar."""
    _check(actor, row)
    source = _source_of(row)
    if row.is_signed:
        raise DomainError(_("“%(label)s”不能在这里调整：%(reason)s。", label=row.label, reason=source.fixed))
    source.apply(actor, row.key, row.after)
    _decide(actor, row, MovedState.APPROVED)


def _source_of(row: MovedDate) -> Source:
    return _sources[row.key.partition(":")[0]]


def why_fixed(row: MovedDate) -> LazyString | str:
    """Return why a signed date stays."""
    return _source_of(row).fixed


def keep(actor: Actor, row: MovedDate) -> None:
    """Leave a date as it is."""
    _check(actor, row)
    _decide(actor, row, MovedState.KEPT)


def approve_all(actor: Actor) -> int:
    """Move every date that waits and may be moved here; return how many.

    What is refused stays listed and holds up nothing else; where nothing could be moved, it is raised.
    """
    rows = [row for row in _open(lock=True) if not row.is_signed and policy.can_decide_moved(actor, row)]
    if not rows:
        raise Conflict(_("没有您可以确认的日期调整。本人录入的日历引起的调整，请由其他同志确认。"))
    refusals: list[Refusal] = []
    for row in rows:
        try:
            with db.session.begin_nested():
                approve(actor, row)
        except (Conflict, DomainError) as refusal:
            refusals.append(refusal)
    if len(refusals) == len(rows):
        raise refusals[0]
    return len(rows) - len(refusals)


def _check(actor: Actor, row: MovedDate) -> None:
    if row.state is not MovedState.PROPOSED:
        state = MOVED_STATE_LABELS[row.state]
        raise Conflict(_("这一条现在是“%(state)s”，不能再办理，请刷新后查看。", state=state))
    policy.demand(policy.may_decide_moved(actor))
    if not policy.can_decide_moved(actor, row):
        raise NotAllowed(_("本人录入的日历引起的日期调整，请由其他同志确认。"))


def _decide(actor: Actor, row: MovedDate, state: MovedState) -> None:
    row.state, row.decided_by_id, row.decided_at = state, actor.person_id, clock.now()
    db.session.flush()
    record(
        actor,
        "moved_date.approved" if state is MovedState.APPROVED else "moved_date.kept",
        f"moved_date:{row.id}",
        key=row.key,
        before=row.before,
        after=row.after,
    )
