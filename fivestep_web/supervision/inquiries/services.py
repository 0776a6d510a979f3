"""Raise an inquiry or an opinion, take each step, urge, note who has read it (R4.6, R4.7)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.reach import get_goal
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.org.lookups import positions_on
from fivestep_web.org.models import UnitPeriod
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.inquiries import policy, rules
from fivestep_web.supervision.inquiries.models import Inquiry, InquiryReceipt, InquiryStep
from fivestep_web.supervision.inquiries.rules import UNIT_MOVES, InquiryKind, Move, StepKind
from fivestep_web.supervision.limits.queries import limit_of, local_day
from fivestep_web.supervision.limits.rules import LimitKind

ENDED: Final = frozenset({LedgerState.CANCELLED, LedgerState.SETTLED})
STEP_OF: Final[Mapping[Move, StepKind]] = MappingProxyType(
    {
        Move.ACKNOWLEDGE: StepKind.ACKNOWLEDGED,
        Move.ANSWER: StepKind.ANSWERED,
        Move.ASK_AGAIN: StepKind.ASKED_AGAIN,
        Move.GUIDE: StepKind.GUIDED,
        Move.RECTIFY: StepKind.RECTIFIED,
        Move.CLOSE: StepKind.CLOSED,
    }
)
WANTED: Final[Mapping[Move, str]] = MappingProxyType(
    {
        Move.ANSWER: "请填写答复内容。",
        Move.ASK_AGAIN: "请写明还要说清什么。",
        Move.GUIDE: "请填写指导性意见。",
        Move.RECTIFY: "请写明落实情况。",
    }
)


def default_due(year: int) -> date:
    """Return the last day for an answer asked for today: the limit set for inquiries, 3 working days."""
    workdays = limit_of(year, LimitKind.INQUIRY, clock.now())
    return get_calendar().add_workdays(clock.today(), workdays)


def raise_inquiry(
    actor: Actor, *, goal_id: int, kind: InquiryKind, text: str, due_on: date | None = None
) -> Inquiry:
    """Ask about a goal, or give an opinion to be followed by *due_on* (a question's limit is the set one).

    Raises NotFound for a goal not seen, NotAllowed, Conflict for one out of the ledger, FieldError for an
    empty text or a day that is past.
    """
    goal = get_goal(actor, goal_id)
    if not policy.may_raise(actor, goal):
        raise NotAllowed(_("质询和指导性意见由主管领导、常务副部长、部长提出。"))
    _require_entry(goal)
    if not text.strip():
        raise FieldError("text", _("请写明要质询的事项或指导性意见。"))
    if kind is InquiryKind.QUESTION or due_on is None:
        due_on = default_due(goal.year)
    _require_ahead(due_on)
    made = Inquiry(
        goal_id=goal.id,
        goal=goal,
        kind=kind,
        text=text.strip(),
        raised_by_id=actor.person_id,
        raised_on=clock.today(),
        due_on=due_on,
        state=rules.first_state(kind),
    )
    db.session.add(made)
    db.session.flush()
    _note(actor, made, StepKind.RAISED if kind is InquiryKind.QUESTION else StepKind.GUIDED, text, due_on)
    _send(actor, made)
    record(
        actor, "inquiry.raised", f"inquiry:{made.id}",
        goal_id=goal.id, kind=kind.label, text=made.text, deadline=due_on,
    )  # fmt: skip
    return made


def _require_entry(goal: Goal) -> None:
    state = db.session.scalar(select(LedgerEntry.state).where(LedgerEntry.goal_id == goal.id))
    if state is None:
        raise Conflict(_("这项目标还没有建账，不能质询。"))
    if state in ENDED:
        raise Conflict(_("台账现在是“%(state)s”，不再质询。", state=state.label))


def _require_ahead(due_on: date) -> None:
    today = clock.today()
    if due_on < today:
        raise FieldError("due_on", _("时限不能早于今天（%(today)s），请改为今天或以后。", today=today))


def _send(actor: Actor, inquiry: Inquiry) -> None:
    """Send it to the unit's head, the goal's owner and the leader in charge, but not to who asks."""
    goal = inquiry.goal
    living = UnitPeriod.valid_to.is_(None), UnitPeriod.unit_id == goal.unit_id
    head_id = db.session.scalar(select(UnitPeriod.head_id).where(*living))
    people = dict.fromkeys((head_id, goal.person_id, goal.leader_id))
    now = clock.now()
    db.session.add_all(
        InquiryReceipt(inquiry_id=inquiry.id, person_id=person_id, sent_at=now)
        for person_id in people
        if person_id is not None and person_id != actor.person_id
    )
    db.session.flush()


def step(actor: Actor, inquiry: Inquiry, move: Move, *, text: str = "", due_on: date | None = None) -> None:
    """Take a step with an inquiry loaded with lock=True; *due_on* is for an opinion.

    Raises NotAllowed for whose step it is not, Conflict where the state refuses it, FieldError for what is
    missing.
    """
    _require(actor, inquiry, move)
    state = rules.after(inquiry.state, move)
    if state is None:
        raise Conflict(_("现在是“%(state)s”，请刷新后查看再办。", state=inquiry.state.label))
    if move in WANTED and not text.strip():
        raise FieldError("text", _(WANTED[move]))
    limit = _new_limit(inquiry, move, due_on)
    inquiry.state = state
    if limit is not None:
        inquiry.due_on, inquiry.escalated_to_id, inquiry.escalated_on = limit, None, None
    if move in UNIT_MOVES:
        inquiry.last_by_id = actor.person_id
    db.session.flush()
    _note(actor, inquiry, STEP_OF[move], text, limit)
    note_opened(actor, inquiry)
    record(
        actor,
        {
            Move.ACKNOWLEDGE: "inquiry.acknowledged",
            Move.ANSWER: "inquiry.answered",
            Move.ASK_AGAIN: "inquiry.asked_again",
            Move.GUIDE: "inquiry.guided",
            Move.RECTIFY: "inquiry.rectified",
            Move.CLOSE: "inquiry.closed",
        }[move],
        f"inquiry:{inquiry.id}",
        text=text.strip() or None,
        deadline=limit,
    )


def _require(actor: Actor, inquiry: Inquiry, move: Move) -> None:
    if move in UNIT_MOVES:
        if not policy.may_answer(actor, inquiry.goal):
            raise NotAllowed(_("由目标责任人或单位负责人签收、答复。"))
    elif not policy.may_judge(actor, inquiry):
        raise NotAllowed(_("由主管领导、常务副部长、部长办理，答复人和责任人不能办理。"))


def _new_limit(inquiry: Inquiry, move: Move, due_on: date | None) -> date | None:
    """Return the limit a step begins: the set one when asked again, the leader's own for an opinion."""
    if move is Move.ASK_AGAIN:
        return default_due(inquiry.goal.year)
    if move is Move.GUIDE:
        wanted = due_on or default_due(inquiry.goal.year)
        _require_ahead(wanted)
        return wanted
    return None


def urge(actor: Actor, inquiry: Inquiry) -> int:
    """Urge who has to answer or to follow (催办); return how often it was. Once a day and inquiry."""
    if not policy.can_urge(actor, inquiry):
        raise NotAllowed(_("等单位办理的，由主管领导、部长、办公室催办。"))
    urges = [one for one in inquiry.steps if one.kind is StepKind.URGED]
    if urges and local_day(urges[-1].happened_at) == clock.today():
        raise Conflict(_("今天已经催办过，明天可以再催。"))
    _note(actor, inquiry, StepKind.URGED)
    record(actor, "inquiry.urged", f"inquiry:{inquiry.id}", count=len(urges) + 1)
    return len(urges) + 1


def note_opened(actor: Actor, inquiry: Inquiry) -> None:
    """Note when a recipient opened the inquiry first (已阅); later openings change nothing."""
    for row in inquiry.receipts:
        if row.person_id == actor.person_id and row.opened_at is None:
            row.opened_at = clock.now()
            db.session.flush()
            record(actor, "inquiry.opened", f"inquiry:{inquiry.id}")


def _note(actor: Actor, inquiry: Inquiry, kind: StepKind, text: str = "", due_on: date | None = None) -> None:
    people = [actor.person_id] if actor.person_id is not None else []
    posts = positions_on(clock.today(), people) if people else {}
    db.session.add(
        InquiryStep(
            inquiry_id=inquiry.id,
            kind=kind,
            person_id=actor.person_id,
            position=posts.get(actor.person_id or 0, ""),
            text=text.strip(),
            due_on=due_on,
            happened_at=clock.now(),
        )
    )
    db.session.flush()
    db.session.expire(inquiry, ["steps", "receipts"])
