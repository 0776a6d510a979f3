"""What an approved plan brings about: the goal's phases, or a change order where signed dates move (R3.5)."""

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.accounts.queries import find_account_of, get_actor
from fivestep_web.audit.services import record
from fivestep_web.core import clock, events
from fivestep_web.core.errors import Conflict, DomainError
from fivestep_web.core.permissions import SYSTEM, Actor
from fivestep_web.execution.planning import history
from fivestep_web.execution.planning.frames import OVER, Frame
from fivestep_web.execution.planning.models import PlanPhase, SchedulePlan
from fivestep_web.execution.planning.rules import HUNDRED, Layout, PlanState
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.changes import policy as change_policy
from fivestep_web.responsibility.changes import services as change_services
from fivestep_web.responsibility.changes.fields import MILESTONE, milestone_field
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.changes.services import Proposal
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.models import Goal, Letter, Milestone
from fivestep_web.responsibility.rules import ChangeKind, LetterState


def fill(plan: SchedulePlan, layout: Layout, shares: Sequence[Decimal | None]) -> None:
    """Write the phases of *layout* into *plan*."""
    stored = {row.sequence: row for row in plan.phases}
    for phase, share in zip(layout.phases, shares, strict=True):
        row = stored.pop(phase.sequence, None)
        if row is None:
            row = PlanPhase(sequence=phase.sequence)
            plan.phases.append(row)
        row.name, row.workdays, row.share = phase.plan.name, phase.plan.workdays, share
        row.weight, row.finish_by = phase.plan.weight, phase.plan.finish_by
        row.deliverable = phase.plan.deliverable.strip()
    for row in stored.values():
        plan.phases.remove(row)
    move(plan, layout)


def move(plan: SchedulePlan, layout: Layout) -> None:
    """Write the dates of *layout* into the phases of *plan* that are still ahead."""
    stored = {row.sequence: row for row in plan.phases}
    for phase in layout.phases:
        row = stored[phase.sequence]
        row.workdays = phase.plan.workdays
        row.starts_on, row.ends_on, row.due_on = phase.start_on, phase.end_on, phase.due_on
    plan.excess, plan.slack = layout.excess, layout.slack


def moved_dates(plan: SchedulePlan, frame: Frame) -> dict[str, str]:
    """Return the dates of phases that *plan* moves, as a change order names them."""
    return {
        milestone_field(row.sequence): row.due_on.isoformat()
        for row, stored in zip(plan.phases, frame.rest, strict=False)
        if row.due_on != stored.due_on
    }


def check_signed(actor: Actor, goal: Goal, plan: SchedulePlan, frame: Frame) -> None:
    """Raise DomainError when the plan moves signed dates and cannot become a change order by its proposer."""
    if frame.letter is None or not moved_dates(plan, frame):
        return
    letter = db.session.get_one(Letter, frame.letter[0])
    if not change_policy.can_request(actor, letter):
        raise DomainError(_("计划改动了责任书里的时限，须由单位负责人或办公室报批"))
    if letter.state is not LetterState.IN_FORCE or letter.successor_id is not None:
        raise Conflict(
            _(
                "计划改动了责任书 %(number)s 里“%(goal)s”的时限，责任书还没有生效或正在变更，办结后才能报批",
                number=letter.number,
                goal=goal.name,
            )
        )


def bring_about(actor: Actor, goal: Goal, plan: SchedulePlan, frame: Frame) -> str:
    """Make an approved plan the goal's phases, or ask for the change of signed dates it needs.

    Returns the number of the change order, empty without one. Who proposed the plan asked for its dates: the
    order is theirs, and is approved as any other.
    """
    moved = moved_dates(plan, frame) if frame.letter else {}
    if not moved or frame.letter is None:
        write_phases(actor, goal, plan, is_fixed=frame.is_fixed)
        return ""
    letter = db.session.get_one(Letter, frame.letter[0], with_for_update=True)
    account = find_account_of(plan.prepared_by_id)
    if account is None:
        raise Conflict(_("报批人已没有账号，请退回后由其他同志重新报批"))
    order = change_services.propose(
        actor,
        letter,
        Proposal(
            kind=ChangeKind.AMEND,
            reason=_("倒排工期计划（第%(number)s版）已经批准，调整阶段时限", number=plan.number),
            effective_on=clock.today(),
            changes={goal.id: moved},
        ),
        asker=get_actor(account, clock.today()),
    )
    plan.change_order_id = order.id
    db.session.flush()
    return order.number


def write_phases(actor: Actor, goal: Goal, plan: SchedulePlan, *, is_fixed: bool) -> None:
    """Write an approved plan into the goal's phases; those that are over stay.

    Where they are fixed, number, names and shares stay too.
    """
    history.keep([goal.id])
    stored = {row.sequence: row for row in goal_queries.list_milestones(goal.id)}
    total = Decimal(0)
    for phase in plan.phases:
        row = stored.pop(phase.sequence, None)
        if row is None:
            row = Milestone(goal_id=goal.id, sequence=phase.sequence)
            db.session.add(row)
        elif row.state in OVER and row.due_on != phase.due_on:
            raise Conflict(_("第%(place)s阶段已报验收，日期不能再变，请退回重新计算", place=phase.sequence))
        total += phase.weight or 0
        if not is_fixed:
            row.name, row.share = phase.name, None if phase.weight is None else total / HUNDRED
        row.starts_on, row.due_on, row.workdays = phase.starts_on, phase.due_on, phase.workdays
        _ask_for(row, phase.deliverable, is_new=row.id is None)
    for row in stored.values() if not is_fixed else ():
        db.session.delete(row)
    db.session.flush()
    record(actor, "plan.took_effect", f"plan:{plan.id}", goal=goal.id, phases=len(plan.phases))
    events.tell(events.Event.GOAL_CHANGED, goal.id)


def _ask_for(row: Milestone, deliverable: str, *, is_new: bool) -> None:
    """Write a phase's deliverable, and since when it is asked for where the phase ran without one."""
    if not deliverable:
        row.deliverable_since = None
    elif not is_new and not row.deliverable:
        row.deliverable_since = clock.today()
    row.deliverable = deliverable


def follow_order(order: ChangeOrder) -> None:
    """Let begins follow the ends that a change order just moved: by its plan, else the next working day."""
    plan = db.session.scalar(
        select(SchedulePlan).where(
            SchedulePlan.change_order_id == order.id, SchedulePlan.state == PlanState.APPROVED
        )
    )
    goals = {item.goal_id for item in order.items if item.field.startswith(MILESTONE)}
    for goal_id in goals:
        goal = db.session.get_one(Goal, goal_id)
        if plan is not None and plan.goal_id == goal_id:
            write_phases(SYSTEM, goal, plan, is_fixed=True)
        else:
            follow_ends(goal)


def follow_ends(goal: Goal) -> None:
    """Let each phase that has a begin start on the working day after the one before ends (R3.4)."""
    calendar = get_calendar()
    before: Milestone | None = None
    for row in goal_queries.list_milestones(goal.id):
        if row.starts_on is not None and before is not None:
            row.starts_on = min(calendar.add_workdays(before.due_on, 1), row.due_on)
            row.workdays = max(1, calendar.workdays_between(before.due_on, row.due_on))
        before = row
    db.session.flush()
