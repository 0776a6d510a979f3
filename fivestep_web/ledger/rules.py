"""Ledger states, who may move an entry where (domain 5.4), and the signal it shows (domain 8.2); pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from fivestep_web.core.rounding import percent
from fivestep_web.core.workdays import WorkCalendar, last_day_of_month

SEVERELY_LATE_AFTER = 7
SEVERELY_BEHIND = Fraction(25, 100)
BEHIND = Fraction(10, 100)
DUE_SOON_WITHIN = 5
FINAL_NODE = "完成时限"


class LedgerState(StrEnum):
    """The stored states of a ledger entry (domain 5.4)."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    WRITE_OFF_REQUESTED = "write_off_requested"
    CLOSED = "closed"
    REOPENED = "reopened"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    SETTLED = "settled"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    LedgerState.NOT_STARTED: "未启动",
    LedgerState.IN_PROGRESS: "推进中",
    LedgerState.WRITE_OFF_REQUESTED: "申请销号",
    LedgerState.CLOSED: "已销号",
    LedgerState.REOPENED: "重新挂账",
    LedgerState.SUSPENDED: "暂缓",
    LedgerState.CANCELLED: "撤账",
    LedgerState.SETTLED: "交账",
}
ENDED = (LedgerState.CLOSED, LedgerState.CANCELLED, LedgerState.SETTLED)  # nothing more is asked of the goal


class Mover(StrEnum):
    """Who moves an entry, in relation to its goal."""

    OWNER = "owner"
    OFFICE = "office"
    LEADER_IN_CHARGE = "leader_in_charge"
    MINISTER = "minister"
    CYCLE = "cycle"


class Guard(StrEnum):
    """What must be true, or recorded, before an entry moves."""

    MILESTONES_COMPLETED = "milestones_completed"
    ACCEPTANCE_TICKED = "acceptance_ticked"
    EVIDENCE_CHECKED_BY_OFFICE = "evidence_checked_by_office"
    WRITE_OFF_NUMBER = "write_off_number"
    FINDING_RECORDED = "finding_recorded"
    REASON = "reason"
    REVIEW_DATE = "review_date"
    CHANGE_ORDER = "change_order"
    RESULT_CONFIRMED = "result_confirmed"


@dataclass(frozen=True, slots=True)
class Transition:
    """One permitted move: any of *by* may make it once every guard holds."""

    source: LedgerState
    target: LedgerState
    by: frozenset[Mover]
    guards: tuple[Guard, ...] = ()


def _moves(
    sources: Collection[LedgerState], target: LedgerState, by: Collection[Mover], *guards: Guard
) -> list[Transition]:
    return [Transition(source, target, frozenset(by), guards) for source in sources]


_S = LedgerState
_CAN_SUSPEND = (_S.NOT_STARTED, _S.IN_PROGRESS)
_CAN_CANCEL = (_S.NOT_STARTED, _S.IN_PROGRESS, _S.SUSPENDED)
_CAN_SETTLE = tuple(state for state in _S if state not in {_S.CANCELLED, _S.SETTLED})
_READY = (Guard.MILESTONES_COMPLETED, Guard.ACCEPTANCE_TICKED)
_CHECKED = (Guard.EVIDENCE_CHECKED_BY_OFFICE, Guard.WRITE_OFF_NUMBER)

TRANSITIONS: tuple[Transition, ...] = (
    *_moves([_S.NOT_STARTED], _S.IN_PROGRESS, [Mover.OWNER]),
    *_moves([_S.IN_PROGRESS, _S.REOPENED], _S.WRITE_OFF_REQUESTED, [Mover.OWNER], *_READY),
    *_moves([_S.WRITE_OFF_REQUESTED], _S.CLOSED, [Mover.LEADER_IN_CHARGE], *_CHECKED),
    *_moves([_S.WRITE_OFF_REQUESTED], _S.IN_PROGRESS, [Mover.OFFICE, Mover.LEADER_IN_CHARGE], Guard.REASON),
    *_moves([_S.CLOSED], _S.REOPENED, [Mover.OFFICE, Mover.LEADER_IN_CHARGE], Guard.FINDING_RECORDED),
    *_moves(_CAN_SUSPEND, _S.SUSPENDED, [Mover.LEADER_IN_CHARGE], Guard.REASON, Guard.REVIEW_DATE),
    *_moves([_S.SUSPENDED], _S.IN_PROGRESS, [Mover.LEADER_IN_CHARGE]),
    *_moves(_CAN_CANCEL, _S.CANCELLED, [Mover.MINISTER], Guard.CHANGE_ORDER),
    *_moves(_CAN_SETTLE, _S.SETTLED, [Mover.CYCLE], Guard.RESULT_CONFIRMED),
)


def find_transition(source: LedgerState, target: LedgerState) -> Transition | None:
    """Return the rule for moving from *source* to *target*; None when the move is refused."""
    return _BY_ENDS.get((source, target))


_BY_ENDS = {(transition.source, transition.target): transition for transition in TRANSITIONS}


class Signal(StrEnum):
    """What an entry shows: a word, a colour and a shape, never a colour alone (domain 8.2)."""

    RED_OVERDUE = "red_overdue"
    RED_LAGGING = "red_lagging"
    YELLOW = "yellow"
    BLUE = "blue"
    GREY_SUSPENDED = "grey_suspended"
    GREY_NOT_STARTED = "grey_not_started"
    GREEN = "green"
    DONE = "done"
    NONE = "none"

    @property
    def word(self) -> str:
        return _LOOKS[self].word

    @property
    def colour(self) -> str:
        """Return red, yellow, blue, green, grey or done; empty for NONE."""
        return _LOOKS[self].colour

    @property
    def colour_label(self) -> str:
        return _LOOKS[self].colour_label

    @property
    def shape(self) -> str:
        return _LOOKS[self].shape


@dataclass(frozen=True, slots=True)
class _Look:
    word: str
    colour: str
    colour_label: str
    shape: str


_LOOKS = {
    Signal.RED_OVERDUE: _Look("逾期", "red", "红灯", "▲"),
    Signal.RED_LAGGING: _Look("严重滞后", "red", "红灯", "▲"),
    Signal.YELLOW: _Look("滞后", "yellow", "黄灯", "◆"),
    Signal.BLUE: _Look("临期", "blue", "蓝灯", "●"),
    Signal.GREY_SUSPENDED: _Look("暂缓", "grey", "灰灯", "□"),
    Signal.GREY_NOT_STARTED: _Look("未到启动时间", "grey", "灰灯", "□"),
    Signal.GREEN: _Look("正常", "green", "绿灯", "■"),
    Signal.DONE: _Look("已销号", "done", "绿勾", "√"),
    Signal.NONE: _Look("不亮灯", "", "", ""),
}


@dataclass(frozen=True, slots=True)
class MilestoneStanding:
    """A planned node and the day it was reached, if it was.

    One that *is_waiting* is handed in and not accepted yet: it is late no more, and not completed either.
    """

    name: str
    due_on: date
    reached_on: date | None
    is_waiting: bool = False

    @property
    def is_completed(self) -> bool:
        """Tell whether the node is reached and nobody still has to accept it."""
        return self.reached_on is not None and not self.is_waiting


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What the signal of a ledger entry depends on; shares are parts of the target (1 is all of it).

    *done_share* and *due_share* are None where the goal has no plan in figures; *report_dates* are
    the dates of its progress entries. *handed_in_on* is when the goal's last phase was handed in for
    acceptance, unless it or another was sent back; *is_accepted* when it is accepted (domain.md 5.3).
    """

    state: LedgerState
    start_on: date
    due_on: date
    completed_on: date | None
    milestones: Sequence[MilestoneStanding] = ()
    done_share: Fraction | None = None
    due_share: Fraction | None = None
    report_dates: Collection[date] = ()
    counts_incidents: bool = False
    not_applicable: bool = False
    handed_in_on: date | None = None
    is_accepted: bool = False


@dataclass(frozen=True, slots=True)
class SignalResult:
    """The signal and one sentence with the figures behind it (为什么).

    *workdays_late* is by how many working days a deadline or a milestone has passed, 0 where none has.
    """

    signal: Signal
    reason: str
    workdays_late: int = field(default=0, compare=False)


def signal(facts: EntryFacts, day: date, calendar: WorkCalendar) -> SignalResult:
    """Return the entry's signal on *day*, the first matching row of domain 8.2.

    Submitted (row 4) means: write-off requested, completed on or before *day*, or its last phase handed
    in for acceptance. Nothing more is asked of such a goal by its owner, so rows 4 to 8 pass it by:
    completed and waiting for its write-off it is green, and no monthly report is missed. A reopened
    entry was found wanting, so its earlier completion no longer counts until write-off is requested again.

    Goals counting incidents (逐例扣分) have a number of incidents for progress: fewer is better, no
    stage can be measured, and without a completion date nothing tells a stage reached from one
    missed. Only their final deadline counts.

    A goal that does not apply (不涉及) has nothing due and shows no signal unless its state does.
    """
    settled = _signal_of_state(facts)
    if settled is not None:
        return settled
    if is_submitted(facts, day):
        return SignalResult(Signal.GREEN, _waiting_reason(facts))
    if facts.handed_in_on is not None and facts.state is not LedgerState.REOPENED:
        return SignalResult(Signal.GREEN, _handed_in_reason(facts))
    if day > facts.due_on:
        late = calendar.workdays_between(facts.due_on, day)
        return SignalResult(
            Signal.RED_OVERDUE, f"完成时限{facts.due_on}已过{late}个工作日，尚未报完成。", late
        )
    return (
        _lagging(facts, day, calendar)
        or _due_soon(facts, day, calendar)
        or _not_started(facts, day)
        or SignalResult(Signal.GREEN, f"各项节点按期，完成时限{facts.due_on}。")
    )


def is_submitted(facts: EntryFacts, day: date) -> bool:
    """Tell whether the owner has handed the goal in by *day*."""
    if facts.state is LedgerState.WRITE_OFF_REQUESTED:
        return True
    completed = facts.completed_on is not None and facts.completed_on <= day
    return completed and facts.state is not LedgerState.REOPENED


def last_full_month(day: date) -> tuple[date, date]:
    """Return the first and last day of the latest calendar month that is over on *day*."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last_day_of_month(last.year, last.month)


def _signal_of_state(facts: EntryFacts) -> SignalResult | None:
    """Rows 1 to 3, and goals that do not apply."""
    state = facts.state
    if state in {LedgerState.CLOSED, LedgerState.SETTLED}:
        return SignalResult(Signal.DONE, f"台账状态为{state.label}。")
    if state is LedgerState.CANCELLED:
        return SignalResult(Signal.NONE, "已撤账，不亮灯。")
    if state is LedgerState.SUSPENDED:
        return SignalResult(Signal.GREY_SUSPENDED, "经批准暂缓，恢复推进后重新亮灯。")
    if facts.not_applicable:
        return SignalResult(Signal.NONE, "进展填报为不涉及，不亮灯。")
    return None


def _waiting_reason(facts: EntryFacts) -> str:
    if facts.completed_on is None:
        return "已申请销号，待核查。"
    return f"{facts.completed_on}已完成，待销号。"


def _handed_in_reason(facts: EntryFacts) -> str:
    if facts.is_accepted:
        return f"最后阶段{facts.handed_in_on}完成，已通过验收，待报完成。"
    return f"最后阶段{facts.handed_in_on}已提交验收，待验收。"


def _lagging(facts: EntryFacts, day: date, calendar: WorkCalendar) -> SignalResult | None:
    """Rows 5 and 6."""
    late, node = _latest_milestone(facts, day, calendar)
    if late > SEVERELY_LATE_AFTER:
        return SignalResult(Signal.RED_LAGGING, f"节点“{node}”已晚{late}个工作日，超过7个工作日。", late)
    behind = _behind(facts)
    if behind >= SEVERELY_BEHIND:
        return SignalResult(Signal.RED_LAGGING, _behind_reason(facts, behind))
    if late:
        return SignalResult(Signal.YELLOW, f"节点“{node}”已晚{late}个工作日。", late)
    if behind >= BEHIND:
        return SignalResult(Signal.YELLOW, _behind_reason(facts, behind))
    first, last = last_full_month(day)
    reported = any(first <= report <= last for report in facts.report_dates)
    if facts.start_on <= first and not reported:
        return SignalResult(Signal.YELLOW, f"{first.year}年{first.month}月没有填报进展。")
    return None


def _latest_milestone(facts: EntryFacts, day: date, calendar: WorkCalendar) -> tuple[int, str]:
    """Return how many working days the longest-open milestone is late, and its name; 0 when none is."""
    open_nodes = [node for node in _nodes(facts) if not _is_reached(node, day) and node.due_on < day]
    if not open_nodes:
        return 0, ""
    first = min(open_nodes, key=lambda node: node.due_on)
    return calendar.workdays_between(first.due_on, day), first.name


def _nodes(facts: EntryFacts) -> Sequence[MilestoneStanding]:
    return () if facts.counts_incidents else facts.milestones


def _is_reached(node: MilestoneStanding, day: date) -> bool:
    return node.reached_on is not None and node.reached_on <= day


def _behind(facts: EntryFacts) -> Fraction:
    """Return by what part of the target progress falls short of what is due; 0 where it is not measured."""
    if facts.counts_incidents or facts.due_share is None or facts.done_share is None:
        return Fraction(0)
    return max(Fraction(0), facts.due_share - facts.done_share)


def _behind_reason(facts: EntryFacts, behind: Fraction) -> str:
    due, done = percent(facts.due_share or 0), percent(facts.done_share or 0)
    return f"序时进度应达{due}，实际{done}，落后{percent(behind).rstrip('%')}个百分点。"


def _due_soon(facts: EntryFacts, day: date, calendar: WorkCalendar) -> SignalResult | None:
    """Row 7; the final deadline is the last node even where no milestone names it."""
    final = MilestoneStanding(FINAL_NODE, facts.due_on, None)
    coming = [node for node in (*_nodes(facts), final) if not _is_reached(node, day) and node.due_on >= day]
    node = min(coming, key=lambda node: node.due_on)
    left = calendar.workdays_between(day, node.due_on)
    if left > DUE_SOON_WITHIN:
        return None
    name = node.name if node is final else f"节点“{node.name}”"
    return SignalResult(Signal.BLUE, f"{name}{node.due_on}到期，还有{left}个工作日。")


def _not_started(facts: EntryFacts, day: date) -> SignalResult | None:
    """Row 8."""
    if day >= facts.start_on:
        return None
    return SignalResult(Signal.GREY_NOT_STARTED, f"计划{facts.start_on}启动，未到启动时间。")
