"""The phases of a goal as its pages list them, as known on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from fivestep_web.core import clock
from fivestep_web.execution.acceptance import queries, rules
from fivestep_web.execution.acceptance.queries import NOTHING
from fivestep_web.execution.evidence import queries as evidence_queries
from fivestep_web.execution.evidence.models import EvidenceFile
from fivestep_web.execution.queries import NO_PROGRESS, as_milestones, progress_of_goals
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.changes.fields import milestone_field
from fivestep_web.responsibility.changes.originals import Moved, moved_phases
from fivestep_web.responsibility.changes.queries import facts_before
from fivestep_web.responsibility.goals.queries import list_milestones
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.responsibility.rules import MILESTONE_STATE_LABELS, MilestoneState

PER_INCIDENT = "逐例扣分"
ONE_DAY = timedelta(days=1)
TONES = {
    MilestoneState.PLANNED: "quiet",
    MilestoneState.IN_PROGRESS: "open",
    MilestoneState.SUBMITTED: "waiting",
    MilestoneState.SENT_BACK: "refused",
    MilestoneState.COMPLETED: "done",
    MilestoneState.RESCHEDULED: "waiting",
}


S = MilestoneState


def steps(state: MilestoneState) -> list[str]:
    """Return the states a phase goes through, the one it stands in among them."""
    second = state if state in {S.SENT_BACK, S.RESCHEDULED} else S.IN_PROGRESS
    return [MILESTONE_STATE_LABELS[item] for item in (S.PLANNED, second, S.SUBMITTED, S.COMPLETED)]


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """One phase: when it runs, what it delivers, how it stands; *moved* where an order moved its end."""

    id: int
    name: str
    starts_on: date
    due_on: date
    moved: Moved | None
    share: Decimal | None
    deliverable: str
    state: MilestoneState
    finished_on: date | None
    days_late: int
    files: Sequence[EvidenceFile]

    @property
    def label(self) -> str:
        return MILESTONE_STATE_LABELS[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]


def list_phases(goal: Goal, day: date | None = None) -> list[PhaseLine]:
    """Return a goal's phases in order, as known on *day* (today unless given); statements do not grow."""
    phases = list_milestones(goal.id)
    if not phases:
        return []
    day = day or clock.today()
    held = facts_before(day).get(goal.id, {})
    due = {phase.sequence: held.get(milestone_field(phase.sequence), phase.due_on) for phase in phases}
    reached = _reached(goal, phases, day)
    moved = moved_phases([goal.id])
    files = evidence_queries.of_phases(goal.id)
    calendar = get_calendar()
    lines, begin = [], goal.starts_on or date(goal.year, 1, 1)
    for phase in phases:
        hand_in, on = reached[phase.sequence]
        state = rules.state_on(phase.state, hand_in, is_reached=on is not None)
        end, order = due[phase.sequence], moved.get((goal.id, phase.sequence))
        lines.append(
            PhaseLine(
                id=phase.id,
                name=phase.name,
                starts_on=min(phase.starts_on or begin, end),
                due_on=end,
                moved=order if order and order.original != end else None,
                share=phase.share,
                deliverable=phase.deliverable_on(day),
                state=state,
                finished_on=on if state is MilestoneState.COMPLETED else None,
                days_late=rules.days_late(end, state, day, calendar),
                files=files.get(phase.id, []),
            )
        )
        begin = end + ONE_DAY
    return lines


def _reached(
    goal: Goal, phases: Sequence[Milestone], day: date
) -> dict[int, tuple[rules.HandIn | None, date | None]]:
    """Return each phase's latest hand-in and the day it was reached, as known on *day*."""
    points = progress_of_goals([goal.id], day).get(goal.id, NO_PROGRESS).points
    hand_ins = queries.hand_ins_of_goals([goal.id], day).get(goal.id, NOTHING).by_sequence
    rows = [
        (
            goal.id,
            item.sequence,
            item.name,
            item.due_on,
            item.share,
            item.starts_on,
            bool(item.deliverable_on(day)),
        )
        for item in phases
    ]
    found = {}
    for node in as_milestones(rows):
        hand_in = hand_ins.get(node.seq)
        reached = rules.reached(
            node,
            hand_in,
            points,
            target=goal.target,
            counts_incidents=goal.scoring_method == PER_INCIDENT,
            day=day,
        )
        found[node.seq] = (hand_in, reached.on)
    return found
