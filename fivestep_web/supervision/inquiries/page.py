"""What the pages of inquiries show, as ready texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.supervision.extensions.queries import Extended, extended
from fivestep_web.supervision.inquiries import queries
from fivestep_web.supervision.inquiries.extending import KIND
from fivestep_web.supervision.inquiries.models import Inquiry
from fivestep_web.supervision.inquiries.queries import OPEN, OVERDUE, Filter
from fivestep_web.supervision.inquiries.rules import InquiryKind, InquiryState, StepKind

TONES = {
    InquiryState.RAISED: "open",
    InquiryState.ACKNOWLEDGED: "open",
    InquiryState.ANSWERED: "waiting",
    InquiryState.GUIDED: "open",
    InquiryState.RECTIFYING: "open",
    InquiryState.RECTIFIED: "waiting",
    InquiryState.CLOSED: "done",
}
_S = InquiryState
QUESTION_LINE = (_S.RAISED, _S.ACKNOWLEDGED, _S.ANSWERED, _S.CLOSED)
GUIDED_LINE = (_S.GUIDED, _S.RECTIFYING, _S.RECTIFIED, _S.CLOSED)


@dataclass(frozen=True, slots=True)
class Line:
    """An inquiry of the list; *days_left* is none once the unit has spoken."""

    inquiry: Inquiry
    tone: str
    days_left: int | None
    urges: int
    moved: Extended | None


@dataclass(frozen=True, slots=True)
class IndexPage:
    """One page of the list with its sums."""

    lines: Sequence[Line]
    sums: Sequence[tuple[str, int] | tuple[str, int, str]]
    has_more: bool


def line_of(inquiry: Inquiry, urges: int = 0, moved: Extended | None = None) -> Line:
    """Return an inquiry with what today makes of it."""
    left = (inquiry.due_on - clock.today()).days if inquiry.state.is_with_unit else None
    return Line(inquiry, TONES[inquiry.state], left, urges, moved)


def index_page(actor: Actor, wanted: Filter, number: int, today: date) -> IndexPage:
    """Return a page of the inquiries of a year."""
    rows = queries.list_inquiries(actor, wanted, number, today)
    shown = rows[: queries.PAGE]
    ids = [row.id for row in shown]
    urges, moved = queries.urges_of(ids), extended(KIND, ids)
    counts = queries.count_states(actor, wanted, today)
    waiting = counts[InquiryState.ANSWERED] + counts[InquiryState.RECTIFIED]
    sums: list[tuple[str, int] | tuple[str, int, str]] = [
        (str(_("未办结")), counts[OPEN]),
        (str(_("逾期未答复")), counts[OVERDUE], "red"),
        (str(_("待领导审阅")), waiting),
        (InquiryState.CLOSED.label, counts[InquiryState.CLOSED]),
    ]
    lines = [line_of(row, urges.get(row.id, 0), moved.get(row.id)) for row in shown]
    return IndexPage(lines, sums, len(rows) > queries.PAGE)


def state_line(inquiry: Inquiry) -> list[str]:
    """Return the states one goes through: those of a question, or of an opinion once there is one."""
    is_guided = inquiry.kind is InquiryKind.OPINION or inquiry.state in GUIDED_LINE[:-1]
    is_guided = is_guided or any(step.kind is StepKind.GUIDED for step in inquiry.steps)
    return [state.label for state in (GUIDED_LINE if is_guided else QUESTION_LINE)]


def receipt_note(inquiry: Inquiry) -> list[tuple[str, str]]:
    """Return whom it went to and when each has read it."""
    return [
        (
            row.person.name,
            _("已阅 %(day)s", day=row.opened_at.astimezone(clock.ZONE).strftime("%m-%d %H:%M"))
            if row.opened_at
            else _("未阅"),
        )
        for row in inquiry.receipts
    ]


def is_unread(actor: Actor, inquiry: Inquiry) -> bool:
    """Tell whether it was sent to the actor, who has not said to have read it."""
    return any(row.person_id == actor.person_id and row.opened_at is None for row in inquiry.receipts)
