"""What the pages of supervision notices show beside the notices themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.queries import signals_of
from fivestep_web.ledger.rules import SignalResult
from fivestep_web.org.lookups import positions_on
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.notices import policy, queries, rules
from fivestep_web.supervision.notices.models import SupervisionNotice
from fivestep_web.supervision.notices.queries import Filter, NoticeRow
from fivestep_web.supervision.notices.rules import Colour, NoticeState
from fivestep_web.supervision.signals.models import SignalTurn
from fivestep_web.supervision.signals.queries import list_turns

LATE = "late"
PAGE = 100


def read_filter(arguments: Mapping[str, str], year: int) -> Filter:
    """Return what the address asks for; what is no value of a filter is left out."""
    colour, state = arguments.get("colour", ""), arguments.get("state", "")
    return Filter(
        year=year,
        colour=Colour(colour) if colour in set(Colour) else None,
        state=NoticeState(state) if state in set(NoticeState) else None,
        unit_id=_number(arguments.get("unit_id")),
        leader_id=_number(arguments.get("leader_id")),
        goal_id=_number(arguments.get("goal_id")),
        is_overdue=arguments.get("answer") == LATE,
    )


def address_of(wanted: Filter) -> dict[str, Any]:
    """Return what `read_filter` reads."""
    return {
        "year": wanted.year,
        "colour": wanted.colour.value if wanted.colour else None,
        "state": wanted.state.value if wanted.state else None,
        "unit_id": wanted.unit_id,
        "leader_id": wanted.leader_id,
        "goal_id": wanted.goal_id,
        "answer": LATE if wanted.is_overdue else None,
    }


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004


def sums(rows: Iterable[NoticeRow], today: date) -> list[tuple[Any, ...]]:
    """Return the figures above the list."""
    found = list(rows)
    late = sum(row.state.awaits_answer and row.reply_by < today for row in found)
    return [
        (_("共"), len(found)),
        *((f"{colour.shape} {colour.label}", sum(row.colour is colour for row in found), colour.value)
          for colour in reversed(Colour)),
        (_("待答复"), sum(row.state.awaits_answer for row in found)),
        (_("其中逾期"), late),
        (_("待审核"), sum(row.state is NoticeState.ANSWERED for row in found)),
        (_("已办结"), sum(row.state is NoticeState.CLOSED for row in found)),
    ]  # fmt: skip


def cut(rows: Sequence[NoticeRow], before: int | None) -> tuple[list[NoticeRow], bool]:
    """Return the lines of one page, those below the number *before*, and whether more follow."""
    left = [row for row in rows if before is None or row.number < before]
    return left[:PAGE], len(left) > PAGE


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A notice with what surrounds it."""

    notice: SupervisionNotice
    posts: Mapping[int, str]
    entry_id: int | None
    now: SignalResult | None
    turns: list[SignalTurn]
    days_left: int | None
    next_level: str
    is_known: bool
    document_id: int | None
    may_sign_for: bool
    may_answer: bool
    may_judge: bool
    may_decide_talk: bool
    reads_documents: bool

    @property
    def line(self) -> list[str]:
        """Return the states a notice of this colour passes."""
        states = [NoticeState.ISSUED, NoticeState.ANSWERED, NoticeState.CLOSED]
        if self.notice.colour is Colour.BLUE:
            states.remove(NoticeState.ANSWERED)
        return [state.label for state in states]

    @property
    def place(self) -> str:
        """Return where in the line it is; returned for a new answer it awaits one again."""
        state = NoticeState.ISSUED if self.notice.state.awaits_answer else self.notice.state
        return state.label


def build(actor: Actor, notice: SupervisionNotice) -> NoticePage:
    """Return the page of a notice the actor may read."""
    today = clock.today()
    awaits = notice.state.awaits_answer
    talk = notice.talk
    return NoticePage(
        notice=notice,
        posts=positions_on(today, [row.person_id for row in notice.recipients]),
        entry_id=db.session.scalar(select(LedgerEntry.id).where(LedgerEntry.goal_id == notice.goal_id)),
        now=signals_of(today, goal_ids=[notice.goal_id]).get(notice.goal_id),
        turns=list(list_turns(notice.goal_id)),
        days_left=(notice.reply_by - today).days if awaits else None,
        next_level=rules.next_level(notice.colour, notice.level)
        if awaits and notice.turn.ended_on is None
        else "",
        is_known=get_calendar().is_known(notice.limit_on.year),
        document_id=queries.find_document(actor, notice.year, notice.id),
        may_sign_for=any(
            row.person_id == actor.person_id and row.opened_at is None for row in notice.recipients
        ),
        may_answer=awaits and policy.can_answer(actor, notice),
        may_judge=notice.state is NoticeState.ANSWERED and policy.can_judge(actor, notice),
        may_decide_talk=talk is not None and talk.outcome is None and policy.can_decide_talk(actor),
        reads_documents=actor.may(Permission.DOCUMENT_READ),
    )
