"""The states of a phase, who moves it, when it counts as reached and how late it is (domain.md 5.3); pure."""

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.execution.rules import Milestone, ProgressPoint, milestone_reached_on
from fivestep_web.responsibility.rules import MilestoneState

S = MilestoneState


class Mover(enum.StrEnum):
    """Who moves a phase, in relation to its goal."""

    OWNER = "owner"
    ACCEPTOR = "acceptor"
    CHANGE_ORDER = "change_order"


class Outcome(enum.StrEnum):
    """How an acceptance ended."""

    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"


OUTCOME_LABELS = {Outcome.ACCEPTED: "验收通过", Outcome.SENT_BACK: "退回整改"}

TRANSITIONS: Mapping[tuple[MilestoneState, MilestoneState], Mover] = {
    (S.PLANNED, S.IN_PROGRESS): Mover.OWNER,
    (S.IN_PROGRESS, S.SUBMITTED): Mover.OWNER,
    (S.SENT_BACK, S.SUBMITTED): Mover.OWNER,
    (S.SUBMITTED, S.COMPLETED): Mover.ACCEPTOR,
    (S.SUBMITTED, S.SENT_BACK): Mover.ACCEPTOR,
    (S.PLANNED, S.RESCHEDULED): Mover.CHANGE_ORDER,
    (S.IN_PROGRESS, S.RESCHEDULED): Mover.CHANGE_ORDER,
    (S.RESCHEDULED, S.PLANNED): Mover.CHANGE_ORDER,
    (S.RESCHEDULED, S.IN_PROGRESS): Mover.OWNER,
}
HANDED_IN = frozenset({S.SUBMITTED, S.COMPLETED})
STARTABLE = frozenset({S.PLANNED, S.RESCHEDULED})
CAN_HAND_IN = frozenset({S.PLANNED, S.RESCHEDULED, S.IN_PROGRESS, S.SENT_BACK})


def may_move(source: MilestoneState, target: MilestoneState) -> bool:
    """Tell whether a phase may go from *source* to *target* at all."""
    return (source, target) in TRANSITIONS


@dataclass(frozen=True, slots=True)
class HandIn:
    """The latest time a phase was handed in, as known on a day; *outcome* None while it waits."""

    submitted_on: date
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Reached:
    """When a node was reached; *is_waiting* when it is handed in and not accepted yet."""

    on: date | None
    is_waiting: bool = False


def reached(
    node: Milestone,
    hand_in: HandIn | None,
    points: Collection[ProgressPoint],
    *,
    target: Decimal,
    counts_incidents: bool,
    day: date,
) -> Reached:
    """Return when *node* was reached, as known on *day*.

    Handed in counts from the day it was handed in, while it waits and once accepted; sent back does not
    count. Not handed in, a node without a deliverable is reached by progress (interfaces.md), one with a
    deliverable is not reached: it is done when accepted.
    """
    if hand_in is not None:
        if hand_in.outcome is Outcome.SENT_BACK:
            return Reached(None)
        return Reached(hand_in.submitted_on, is_waiting=hand_in.outcome is None)
    if node.needs_acceptance:
        return Reached(None)
    on = milestone_reached_on(node, points, target=target, counts_incidents=counts_incidents, day=day)
    return Reached(on)


def state_on(stored: MilestoneState, hand_in: HandIn | None, *, is_reached: bool) -> MilestoneState:
    """Return the state a phase shows on a day, given what was known of its hand-ins on that day.

    What progress has reached shows as completed, though nobody handed it in.
    """
    if hand_in is not None:
        by_outcome = {None: S.SUBMITTED, Outcome.ACCEPTED: S.COMPLETED, Outcome.SENT_BACK: S.SENT_BACK}
        return by_outcome[hand_in.outcome]
    if is_reached:
        return S.COMPLETED
    return stored if stored not in HANDED_IN | {S.SENT_BACK} else S.IN_PROGRESS


def is_overdue(due_on: date, state: MilestoneState, day: date) -> bool:
    """Tell whether a phase's end has passed without its having been handed in."""
    return due_on < day and state not in HANDED_IN


def days_late(due_on: date, state: MilestoneState, day: date, calendar: WorkCalendar) -> int:
    """Return by how many working days an overdue phase is late, 0 for any other."""
    return calendar.workdays_between(due_on, day) if is_overdue(due_on, state, day) else 0
