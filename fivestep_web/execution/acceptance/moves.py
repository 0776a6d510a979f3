"""What a progress report means for the phases of its goal (domain.md 5.3)."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.audit.services import record
from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.acceptance import rules
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.responsibility.rules import MilestoneState

S = MilestoneState


def start_current(actor: Actor, goal: Goal) -> None:
    """Begin the phase whose turn it is: the first that is not handed in, unless it has begun."""
    for phase in locked_phases(goal.id):
        if phase.state in rules.HANDED_IN:
            continue
        if phase.state in rules.STARTABLE:
            start(actor, phase)
        return


def start(actor: Actor, phase: Milestone) -> None:
    """Move a phase to 推进中."""
    before, phase.state = phase.state, S.IN_PROGRESS
    db.session.flush()
    record(actor, "milestone.started", f"milestone:{phase.id}", before=before, after=phase.state)


def check_all_accepted(goal: Goal) -> None:
    """Raise DomainError while a phase of a goal to be reported complete is not accepted, naming it.

    Asked of the phases with a deliverable and of those handed in; others are reached by progress, and
    somebody else confirms the goal by writing it off.
    """
    phases = db.session.scalars(
        select(Milestone).where(Milestone.goal_id == goal.id).order_by(Milestone.sequence)
    )
    waiting = [phase.name for phase in phases if _must_be_accepted(phase)]
    if waiting:
        raise DomainError(
            _("阶段“%(phases)s”还没有验收通过，不能报完成，请先提交验收。", phases="”“".join(waiting))
        )


def must_be_handed_in(phase: Milestone) -> bool:
    """Tell whether later phases wait for this one: it has a deliverable, or was sent back."""
    return phase.state not in rules.HANDED_IN and (bool(phase.deliverable) or phase.state is S.SENT_BACK)


def _must_be_accepted(phase: Milestone) -> bool:
    if phase.state is S.COMPLETED:
        return False
    return bool(phase.deliverable) or phase.state in {S.SUBMITTED, S.SENT_BACK}


def locked_phases(goal_id: int) -> Sequence[Milestone]:
    """Return a goal's phases in order, locked until the end of the unit of work."""
    return db.session.scalars(
        select(Milestone)
        .where(Milestone.goal_id == goal_id)
        .order_by(Milestone.sequence)
        .with_for_update(of=Milestone)
        .execution_options(populate_existing=True)
    ).all()
