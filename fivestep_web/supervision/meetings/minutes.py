"""Minute a running meeting item by item, close it, and what follows at once (R3.7, R3.13)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.documents import services as documents
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import ENDED
from fivestep_web.supervision.meetings import agenda, payloads, policy, queries, rules, services
from fivestep_web.supervision.meetings.hooks import find_order_maker
from fivestep_web.supervision.meetings.models import AgendaItem, Erratum, Meeting, MinutesReceipt, Resolution
from fivestep_web.supervision.meetings.rules import MeetingKind, MeetingState, Move, Outcome, Presence
from fivestep_web.supervision.problems import services as problems
from fivestep_web.supervision.problems.models import Problem
from fivestep_web.supervision.problems.rules import ProblemState

MOST_TOLD: Final = 6
Fault = tuple[int | None, str]  # the item it is about, none for the meeting itself


@dataclass(frozen=True, slots=True)
class Decision:
    """What is minuted of an item; what is not known yet may be written before the meeting is closed."""

    outcome: Outcome
    matter: str = ""
    unit_id: int | None = None
    owner_id: int | None = None
    due_on: date | None = None
    open_reason: str = ""


def offers_order(item: AgendaItem) -> bool:
    """Tell whether an item may end in a corrective order: it is about a goal, and something takes orders."""
    return item.goal_id is not None and find_order_maker() is not None


def proposed_outcome(item: AgendaItem) -> Outcome:
    """Return what is ticked beforehand: a deviation at a dispatch meeting gets a corrective order (R3.13)."""
    if item.meeting.kind is MeetingKind.DISPATCH and item.colour and offers_order(item):
        return Outcome.CORRECTIVE
    return Outcome.RESOLVED


def require_running(actor: Actor, item: AgendaItem) -> None:
    """Raise NotAllowed for who does not minute, Conflict unless the meeting deals with the item now."""
    services.require_preparer(actor, item.meeting)
    if not policy.can_decide(actor, item):
        raise Conflict(_("会议进行中才能记录议题的结果，现在是“%(state)s”。", state=item.meeting.state.label))


def decide(actor: Actor, item: AgendaItem, decision: Decision) -> None:
    """Write an item's outcome; without a unit it is the owner's.

    Raises NotAllowed, Conflict unless the meeting runs, FieldError for a day before it or a comrade without
    a post.
    """
    meeting = item.meeting
    require_running(actor, item)
    if decision.outcome is Outcome.CORRECTIVE and not offers_order(item):
        raise FieldError("outcome", _("这个议题不能下达纠偏措施，请选择其他结果。"))
    is_open = decision.outcome is Outcome.KEPT_OPEN
    if not is_open and decision.due_on and meeting.held_on and decision.due_on < meeting.held_on:
        raise FieldError("due_on", _("时限不能早于开会日期%(day)s。", day=meeting.held_on))
    item.outcome = decision.outcome
    item.matter = "" if is_open else decision.matter.strip()
    item.owner_id = None if is_open else decision.owner_id
    item.due_on = None if is_open else decision.due_on
    item.open_reason = decision.open_reason.strip() if is_open else ""
    item.unit_id = None if is_open else decision.unit_id
    if item.owner_id is not None:
        item.unit_id = item.unit_id or problems.unit_of(item.owner_id)
    db.session.flush()
    record(
        actor, "meeting.item_decided", f"meeting:{meeting.id}",
        name=item.subject, to=item.outcome.label, note=item.matter or item.open_reason,
        person_id=item.owner_id, deadline=item.due_on,
    )  # fmt: skip


def faults(meeting: Meeting) -> list[Fault]:
    """Return what keeps the meeting from being closed, with the item it is about."""
    presences = {row.person_id: row.presence for row in meeting.attendances}
    chair = None if meeting.chair_id is None else presences.get(meeting.chair_id, Presence.INVITED)
    found: list[Fault] = [
        (None, sentence)
        for sentence in rules.meeting_faults(
            place=meeting.place, chair=chair, presences=list(presences.values())
        )
    ]
    ended = _ended_goals(meeting)
    for number, item in enumerate(live_items(meeting), 1):
        fault = rules.item_fault(item.decided)
        if not fault and item.outcome is Outcome.CORRECTIVE and item.goal_id in ended:
            fault = f"台账现在是“{ended[item.goal_id]}”，不用再纠偏，请改选其他结果"
        if fault:
            found.append((item.id, f"第{number}项“{item.subject}”{fault}。"))
    return found


def told(found: list[Fault]) -> list[Fault]:
    """Return the first faults and how many more there are: each row of the agenda says its own."""
    left = len(found) - MOST_TOLD
    if left <= 0:
        return found
    return [*found[:MOST_TOLD], (found[MOST_TOLD][0], f"另有{left}处要补齐，议程里逐项标明。")]


def _ended_goals(meeting: Meeting) -> dict[int, str]:
    """Return the goals to be put right that are out of the ledger by now, with the state of their entry."""
    goal_ids = [item.goal_id for item in meeting.items if item.outcome is Outcome.CORRECTIVE]
    rows = db.session.execute(
        select(LedgerEntry.goal_id, LedgerEntry.state).where(
            LedgerEntry.goal_id.in_(goal_ids), LedgerEntry.state.in_(ENDED)
        )
    )
    return {goal_id: state.label for goal_id, state in rows}


def live_items(meeting: Meeting) -> list[AgendaItem]:
    """Return the items the meeting deals with."""
    return [item for item in meeting.items if item.is_live]


def close(actor: Actor, meeting: Meeting) -> None:
    """Lock the minutes; problems, decisions, orders, the leaders and the Word file follow at once (R3.7).

    Raises DomainError while an item has no outcome, or one without owner or date.
    """
    services.require_preparer(actor, meeting)
    if meeting.state is MeetingState.RUNNING and (found := faults(meeting)):
        raise DomainError("".join(sentence for _item_id, sentence in told(found)))
    services.move(actor, meeting, Move.CLOSE)
    meeting.closed_at, meeting.closed_by_id = clock.now(), actor.person_id
    for item in meeting.items:
        _carry_out(actor, meeting, item)
    _send(actor, meeting)
    db.session.flush()
    request = payloads.minutes_request(meeting)
    documents.request_documents(actor, meeting.year, [request], request.title)


def _carry_out(actor: Actor, meeting: Meeting, item: AgendaItem) -> None:
    problem = _problem_of(item)
    if not item.is_live:
        if problem is not None and item.postponed_reason:
            problems.keep_open(actor, problem, item.postponed_reason)
        return
    if item.outcome is Outcome.KEPT_OPEN:
        if problem is not None:
            problems.keep_open(actor, problem, item.open_reason)
        return
    if item.owner_id is None or item.due_on is None or meeting.held_on is None or item.unit_id is None:
        raise DomainError(_("“%(name)s”缺责任人或时限。", name=item.subject))
    if problem is not None:
        solution = problems.Solution(item.matter, item.owner_id, item.due_on, item.unit_id)
        problems.settle(actor, problem, solution, on=meeting.held_on)
    maker = find_order_maker()
    if item.outcome is Outcome.CORRECTIVE and maker is not None and item.goal_id is not None:
        maker(
            actor,
            goal_id=item.goal_id,
            what=item.matter,
            person_id=item.owner_id,
            due_on=item.due_on,
            source=f"meeting:{meeting.id}",
            reason=item.detail or item.subject,
            ordered_on=meeting.held_on,
        )
        return
    db.session.add(
        Resolution(
            item_id=item.id,
            year=meeting.year,
            matter=item.matter,
            unit_id=item.unit_id,
            owner_id=item.owner_id,
            due_on=item.due_on,
        )
    )


def _problem_of(item: AgendaItem) -> Problem | None:
    """Return the problem an item is about, locked, while it is open."""
    if item.source != agenda.PROBLEM:
        return None
    number = int(item.key.partition(":")[2])
    problem = db.session.get(Problem, number, with_for_update=True)
    return problem if problem is not None and problem.state is ProblemState.OPEN else None


def _send(actor: Actor, meeting: Meeting) -> None:
    """Lay the minutes before every leader in charge; whoever closed them has read them."""
    now = clock.now()
    of_goals = {item.goal.leader_id for item in meeting.items if item.goal is not None}
    readers = {*queries.leaders_in_charge(), *of_goals, meeting.chair_id} - {None}
    for person_id in sorted(number for number in readers if number is not None):
        is_own = person_id == actor.person_id
        db.session.add(
            MinutesReceipt(
                meeting_id=meeting.id, person_id=person_id, sent_at=now, read_at=now if is_own else None
            )
        )


def mark_read(actor: Actor, meeting: Meeting) -> None:
    """Record that the actor has read the minutes; NotFound for whom they were not sent to."""
    receipt = queries.find_receipt(meeting.id, actor.person_id)
    if receipt is None:
        raise NotFound(_("这份纪要没有报送给您。"))
    if receipt.read_at is None:
        receipt.read_at = clock.now()
        db.session.flush()
        record(actor, "meeting.read", f"meeting:{meeting.id}", year=meeting.year)


def correct(actor: Actor, meeting: Meeting, *, text: str) -> Erratum:
    """Put a correction beside the locked minutes, which stay as they are."""
    services.require_preparer(actor, meeting)
    if not policy.can_correct(actor, meeting) or actor.person_id is None:
        raise Conflict(_("会议结束、纪要锁定以后才需要勘误，现在可以直接修改。"))
    if not text.strip():
        raise FieldError("text", _("请写明更正的内容。"))
    erratum = Erratum(
        meeting_id=meeting.id, text=text.strip(), made_by_id=actor.person_id, made_at=clock.now()
    )
    db.session.add(erratum)
    db.session.flush()
    record(actor, "meeting.corrected", f"meeting:{meeting.id}", text=erratum.text)
    return erratum
