"""Hand-overs of step 3's lower half: phases handed in for acceptance, plans proposed for approval (R3.9)."""

from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import select, true

from fivestep_web.execution.acceptance.models import MilestoneSubmission
from fivestep_web.execution.planning.models import SchedulePlan
from fivestep_web.execution.planning.rules import PlanState
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.supervision.limits.registry import Step
from fivestep_web.supervision.limits.rules import Seat


def acceptances(year: int, *, open_only: bool = False) -> Iterator[Step]:
    """Return each acceptance, from the phase handed in to the decision: the head's for a personal task."""
    rows = db.session.execute(
        select(MilestoneSubmission, Milestone.name, Goal)
        .join(Milestone, Milestone.id == MilestoneSubmission.milestone_id)
        .join(Goal, Goal.id == Milestone.goal_id)
        .where(Goal.year == year, MilestoneSubmission.decided_at.is_(None) if open_only else true())
        .order_by(MilestoneSubmission.id)
    )
    for submission, phase, goal in rows:
        yield Step(
            matter=f"milestone:{submission.milestone_id}",
            label=str(_("%(goal)s“%(phase)s”验收", goal=goal.name, phase=phase)),
            endpoint="acceptance.milestone_show",
            values={"milestone_id": submission.milestone_id},
            unit_id=goal.unit_id,
            seat=Seat.LEADER if goal.parent_id is None else Seat.HEAD,
            since=submission.submitted_at,
            until=submission.decided_at,
            asked_by_id=submission.submitted_by_id,
            owner_id=goal.person_id,
        )


def plan_approvals(year: int, *, open_only: bool = False) -> Iterator[Step]:
    """Return each approval of a plan, from its proposal to the decision."""
    waits = SchedulePlan.state == PlanState.PROPOSED
    rows = db.session.execute(
        select(SchedulePlan, Goal)
        .join(Goal, Goal.id == SchedulePlan.goal_id)
        .where(Goal.year == year, waits if open_only else waits | SchedulePlan.decided_at.is_not(None))
        .order_by(SchedulePlan.id)
    )
    for plan, goal in rows:
        yield Step(
            matter=f"plan:{plan.id}",
            label=str(_("%(goal)s倒排工期计划", goal=goal.name)),
            endpoint="plans.plan_show",
            values={"goal_id": goal.id},
            unit_id=goal.unit_id,
            seat=Seat.LEADER,
            since=plan.prepared_at,
            until=plan.decided_at,
            asked_by_id=plan.prepared_by_id,
        )
