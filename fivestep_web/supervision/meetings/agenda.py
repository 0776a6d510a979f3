"""What a meeting talks about: the sources that know, and filling the agenda until the meeting begins.

Other means add their own sources.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.execution.reach import is_key
from fivestep_web.extensions import db
from fivestep_web.ledger import queries as ledger
from fivestep_web.ledger.filters import WORRYING
from fivestep_web.ledger.rules import SignalResult
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.meetings.models import AgendaItem, Meeting
from fivestep_web.supervision.meetings.rules import MeetingKind, agenda_key
from fivestep_web.supervision.notices.queries import open_red_notices
from fivestep_web.supervision.problems import queries as problems

PROBLEM: Final = "problem"
SIGNAL: Final = "signal"
ADDED: Final = "added"
ADDED_LABEL: Final = "临时增加"
CONSULTATIONS: Final = frozenset({MeetingKind.JOINT, MeetingKind.SPECIAL})


@dataclass(frozen=True, slots=True)
class Matter:
    """Something to talk about; *key* names it among all sources, for good ("problem:12")."""

    key: str
    subject: str
    detail: str
    goal_id: int | None = None
    raised_by: str = ""


Provider = Callable[[int, MeetingKind, date], Iterable[Matter]]


@dataclass(frozen=True, slots=True)
class _Source:
    label: str
    provider: Provider


@dataclass(frozen=True, slots=True)
class _GoalFacts:
    code: str
    name: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling changed."""

    new: int
    settled: int


_sources: dict[str, _Source] = {}


def register_source(name: str, provider: Provider, *, label: str) -> None:
    """Let *provider* give the matters of a year's meeting of a kind on a day.

    *label* says in words where they come from. Sources stand in the order they were registered; registering
    one again replaces it.
    """
    _sources[name] = _Source(label, provider)


def label_of(source: str) -> str:
    """Return where an item comes from, in words."""
    return _sources[source].label if source in _sources else ADDED_LABEL


def open_problems(year: int, kind: MeetingKind, day: date) -> Iterable[Matter]:
    """Give consultations every open problem (R3.7)."""
    del day
    if kind not in CONSULTATIONS:
        return
    for problem in problems.list_open(year):
        yield Matter(
            f"{PROBLEM}:{problem.id}", problem.goal.name, problem.text, problem.goal_id, problem.raised_as
        )


def worrying_goals(year: int, kind: MeetingKind, day: date) -> Iterable[Matter]:
    """Give every goal whose signal is yellow or red (R3.13); a review meeting only the key ones (R5.5).

    A consultation is also given what a red notice was sent for and is not settled (8.3), whatever the colour
    is by now.
    """
    signals = ledger.signals_of(day, year=year)
    details = {goal_id: result.reason for goal_id, result in signals.items() if result.signal in WORRYING}
    if kind in CONSULTATIONS:
        for goal_id, notice in open_red_notices(year).items():
            told = f"{notice.name}（{notice.colour.paper}）{notice.state.label}。"
            details[goal_id] = details.get(goal_id, "") + told
    facts = _facts_of(details)
    for goal_id, detail in details.items():
        if kind is not MeetingKind.REVIEW or facts[goal_id].is_key:
            yield Matter(f"{SIGNAL}:{goal_id}", facts[goal_id].name, detail, goal_id)


def fill(meeting: Meeting) -> Filled:
    """Bring the agenda up to date: what is new is added, what is settled stays, marked as such.

    A special consultation keeps to the matters it was called for. The caller holds the meeting's row.
    """
    today = clock.today()
    found = _gather(meeting, today)
    known = {item.key: item for item in meeting.items}
    if meeting.kind is MeetingKind.SPECIAL:
        found = {key: matter for key, matter in found.items() if key in known}
    new = 0
    for key, (source, matter) in found.items():
        item = known.setdefault(key, AgendaItem(source=source, key=key))
        _describe(item, matter)
        if item.meeting_id is None:
            meeting.items.append(item)
            new += 1
    settled = 0
    for item in known.values():
        is_gone = item.source in _sources and item.key not in found
        settled += is_gone and item.settled_on is None
        item.settled_on = (item.settled_on or today) if is_gone else None
    _order(list(known.values()), today)
    meeting.agenda_at = clock.now()
    db.session.flush()
    db.session.expire(meeting, ["items"])
    return Filled(new, settled)


def _gather(meeting: Meeting, day: date) -> dict[str, tuple[str, Matter]]:
    return {
        matter.key: (name, matter)
        for name, source in _sources.items()
        for matter in source.provider(meeting.year, meeting.kind, day)
    }


def _describe(item: AgendaItem, matter: Matter) -> None:
    item.goal_id, item.subject, item.detail = matter.goal_id, matter.subject, matter.detail
    item.raised_by = matter.raised_by


def _order(items: list[AgendaItem], day: date) -> None:
    """Mark key goals and colours, and number the items in their order."""
    goal_ids = {item.goal_id for item in items if item.goal_id is not None}
    facts = _facts_of(goal_ids)
    signals = ledger.signals_of(day, goal_ids=goal_ids) if goal_ids else {}
    places = {name: place for place, name in enumerate(_sources)}
    for item in items:
        item.is_key = item.goal_id is not None and facts[item.goal_id].is_key
        item.colour = _colour(signals.get(item.goal_id or 0))
    items.sort(
        key=lambda item: agenda_key(
            is_key=item.is_key,
            colour=item.colour,
            place=places.get(item.source, len(places)),
            code=facts[item.goal_id].code if item.goal_id is not None else "",
            name=item.key,
        )
    )
    for position, item in enumerate(items, 1):
        item.position = position


def _colour(result: SignalResult | None) -> str:
    return result.signal.colour if result is not None and result.signal in WORRYING else ""


def _facts_of(goal_ids: Iterable[int]) -> dict[int, _GoalFacts]:
    """Return code, name and key mark of goals: marked, or of a key topic (R3.3)."""
    rows = db.session.execute(
        select(Goal.id, Goal.code, Goal.name, is_key()).where(Goal.id.in_(list(goal_ids)))
    )
    return {goal_id: _GoalFacts(code, name, bool(key)) for goal_id, code, name, key in rows}
