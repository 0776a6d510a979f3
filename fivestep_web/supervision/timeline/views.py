"""The timeline of a goal: all events from start to write-off (R3.11)."""

from itertools import groupby

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.execution.reach import get_goal
from fivestep_web.execution.timeline import TimelineEvent, events_of
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.responsibility.goals.queries import list_milestones
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.rules import MILESTONE_STATE_LABELS
from fivestep_web.supervision.correctives import policy as correctives
from fivestep_web.supervision.evaluations import queries as evaluations
from fivestep_web.supervision.evaluations import rules

blueprint = Blueprint("timeline", __name__)


@blueprint.get("/goals/<int:goal_id>/timeline")
@requires(Permission.LEDGER_READ)
def goal_timeline(goal_id: int) -> ResponseReturnValue:
    goal = get_goal(actor(), goal_id)
    return render_template(
        "timeline/goal_timeline.html",
        goal=goal,
        entry_id=db.session.scalar(select(LedgerEntry.id).where(LedgerEntry.goal_id == goal.id)),
        phases=_phases(goal),
        months=_by_month(events_of(actor(), goal)),
        may_order=correctives.origins(actor(), goal),
        today=clock.today(),
    )


def _by_month(events: list[TimelineEvent]) -> list[tuple[int, int, list[TimelineEvent]]]:
    months = groupby(events, key=lambda event: (event.day.year, event.day.month))
    return [(year, month, list(found)) for (year, month), found in months]


def _phases(goal: Goal) -> list[tuple[object, str, str, int | None]]:
    """Return each phase with the words of its state and evaluation, and the evaluation's id."""
    milestones = list_milestones(goal.id)
    known = evaluations.of_phase([milestone.id for milestone in milestones])
    lines: list[tuple[object, str, str, int | None]] = []
    for milestone in milestones:
        evaluation_id, state = known.get(milestone.id, (None, None))
        word = rules.phase_word(milestone.state, state) or (state.label if state else "—")
        lines.append((milestone, MILESTONE_STATE_LABELS[milestone.state], word, evaluation_id))
    return lines
