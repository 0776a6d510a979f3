"""What the pages of meetings show, as ready texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.org.queries import get_calendar
from fivestep_web.supervision.meetings import minutes, policy, queries, rules
from fivestep_web.supervision.meetings.agenda import label_of
from fivestep_web.supervision.meetings.models import AgendaItem, Meeting, Resolution
from fivestep_web.supervision.meetings.rules import (
    MONTHS,
    QUARTERS,
    MeetingKind,
    MeetingState,
    Outcome,
    ResolutionState,
    Standing,
)

TONES = {
    MeetingState.DRAFT: "quiet",
    MeetingState.OPEN: "open",
    MeetingState.RUNNING: "waiting",
    MeetingState.CLOSED: "done",
    MeetingState.CANCELLED: "quiet",
}
STANDING_TONES = {
    Standing.HELD: "done",
    Standing.LATE: "waiting",
    Standing.MISSED: "refused",
    Standing.PLANNED: "open",
    Standing.NOT_DUE: "quiet",
}
RESOLUTION_TONES = {
    ResolutionState.OPEN: "open",
    ResolutionState.REPORTED: "waiting",
    ResolutionState.CONFIRMED: "done",
}
STATE_LINE = (MeetingState.DRAFT, MeetingState.OPEN, MeetingState.RUNNING, MeetingState.CLOSED)
LOOKS = {"red": ("▲", "红灯"), "yellow": ("◆", "黄灯")}


@dataclass(frozen=True, slots=True)
class Cell:
    """A month or quarter of the year view; *meeting_id* where there is a meeting the reader may open."""

    label: str
    standing: Standing
    tone: str
    day: date | None
    meeting_id: int | None


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting in the list."""

    meeting: Meeting
    name: str
    tone: str
    day: date
    may_read: bool


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item of the agenda with what may be done with it."""

    item: AgendaItem
    number: int
    source: str
    shape: str
    light: str
    fault: str
    outcome: str
    may_decide: bool
    may_postpone: bool


def name_of(meeting: Meeting) -> str:
    """Return how a meeting is called within its year."""
    return rules.name_of(meeting.kind, meeting.period)


def cells(actor: Actor, year: int, kind: MeetingKind, meetings: Sequence[Meeting]) -> list[Cell]:
    """Return the twelve months or four quarters of a kind: held, late, missed, planned (R3.8)."""
    calendar, today, since = get_calendar(), clock.today(), queries.ledger_since(year)
    readable = _readable(actor, year)
    known = {meeting.period: meeting for meeting in meetings if meeting.kind is kind}
    found = []
    for period in QUARTERS if kind.is_quarterly else MONTHS:
        meeting = known.get(period)
        held = meeting.held_on if meeting is not None else None
        standing = rules.standing(held, rules.due_on(kind, year, period, calendar), today, since)
        day = held or (meeting.planned_on if meeting is not None and standing is Standing.PLANNED else None)
        may_open = meeting is not None and (readable is None or meeting.id in readable)
        found.append(
            Cell(
                period_label(kind, period),
                standing,
                STANDING_TONES[standing],
                day,
                meeting.id if meeting is not None and may_open else None,
            )
        )
    return found


def strip(
    actor: Actor, year: int, kind: MeetingKind, meetings: Sequence[Meeting]
) -> tuple[str, list[dict[str, str]], list[Cell]]:
    """Return the year of a kind as one line of a table: its label, the heads, the cells."""
    found = cells(actor, year, kind, meetings)
    heads = [{"label": str(_("会议"))}, *({"label": cell.label} for cell in found)]
    return kind.label, heads, found


def period_label(kind: MeetingKind, period: int) -> str:
    """Return 3月 or 第一季度."""
    if kind.is_quarterly:
        return str(_("第%(name)s季度", name=rules.QUARTER_NAMES[period - 1]))
    return str(_("%(month)s月", month=period))


def _readable(actor: Actor, year: int) -> set[int] | None:
    """Return the meetings the actor may open; None for all."""
    return None if policy.reads_all(actor) else queries.attended_ids(actor, year)


def lines(actor: Actor, year: int, meetings: Sequence[Meeting]) -> list[MeetingLine]:
    """Return the meetings as the list shows them."""
    readable = _readable(actor, year)
    return [
        MeetingLine(
            meeting,
            name_of(meeting),
            TONES[meeting.state],
            meeting.held_on or meeting.planned_on,
            readable is None or meeting.id in readable,
        )
        for meeting in meetings
    ]


def item_lines(actor: Actor, meeting: Meeting) -> list[ItemLine]:
    """Return the items the meeting deals with, numbered."""
    is_minuted = meeting.state.is_held
    return [
        item_line(actor, item, number, is_minuted=is_minuted)
        for number, item in enumerate(minutes.live_items(meeting), 1)
    ]


def item_line(actor: Actor, item: AgendaItem, number: int, *, is_minuted: bool) -> ItemLine:
    """Return one item."""
    shape, light = LOOKS.get(item.colour, ("", ""))
    return ItemLine(
        item=item,
        number=number,
        source=label_of(item.source),
        shape=shape,
        light=light,
        fault=rules.item_fault(item.decided) if is_minuted else "",
        outcome=item.outcome.label if item.outcome else "",
        may_decide=policy.can_decide(actor, item),
        may_postpone=policy.can_postpone(actor, item),
    )


def left_out(meeting: Meeting) -> list[AgendaItem]:
    """Return what the meeting does not deal with: postponed, or settled before it."""
    return [item for item in meeting.items if not item.is_live]


def outcome_choices(item: AgendaItem) -> list[tuple[Outcome, str]]:
    """Return the outcomes an item may have."""
    offered = [Outcome.RESOLVED, Outcome.KEPT_OPEN]
    if minutes.offers_order(item):
        offered.append(Outcome.CORRECTIVE)
    return [(outcome, outcome.label) for outcome in offered]


def days_left(resolution: Resolution) -> int | None:
    """Return the days to the date of what was decided; none once it is reported."""
    if resolution.state is not ResolutionState.OPEN:
        return None
    return (resolution.due_on - clock.today()).days


def resolution_lines(resolutions: Sequence[Resolution]) -> list[tuple[Resolution, str, int | None]]:
    """Return what was decided with tone and days left."""
    return [(one, RESOLUTION_TONES[one.state], days_left(one)) for one in resolutions]
