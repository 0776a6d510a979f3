"""A goal's plan: saved, proposed, approved by another; and which goal waits for which (R3.4, R3.5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import func, select

from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.planning import effect, policy
from fivestep_web.execution.planning.frames import Frame, frame_of, window_of
from fivestep_web.execution.planning.models import PlanPhase, SchedulePlan
from fivestep_web.execution.planning.rules import (
    EDITABLE,
    Basis,
    Layout,
    PlannedPhase,
    PlanState,
    by_shares,
    lay_out,
)
from fivestep_web.execution.rules import ONE_DAY, ScheduleError
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.models import Goal

LONGEST_NAME, LONGEST_TEXT = 200, 1000


@dataclass(frozen=True)
class Row:
    """A phase as typed: its length in working days, or its share of the span."""

    name: str
    workdays: int | None = None
    share: Decimal | None = None
    weight: Decimal | None = None
    finish_by: date | None = None
    deliverable: str = ""


@dataclass(frozen=True)
class Draft:
    """A plan as typed."""

    basis: Basis
    starts_on: date
    rows: Sequence[Row]


def lay_out_draft(goal: Goal, draft: Draft, frame: Frame | None = None) -> Layout:
    """Return the dates a draft comes to; raises DomainError for what is no plan."""
    frame = frame or frame_of(goal)
    window = window_of(goal, frame, draft.starts_on)
    if draft.starts_on < window.start_on:
        raise FieldError(
            "starts_on",
            _("开始日期不能早于%(day)s，请修改", day=_long(window.start_on)),
        )
    if draft.starts_on > goal.deadline:
        raise FieldError("starts_on", _("开始日期不能晚于完成时限%(day)s，请修改", day=_long(goal.deadline)))
    rows = kept(draft.rows, frame)
    _check_days(rows, window.not_before or date(goal.year, 1, 1))
    calendar = get_calendar()
    planned = [
        PlannedPhase(row.name, row.workdays or 0, row.weight, row.finish_by, row.deliverable) for row in rows
    ]
    try:
        if draft.basis is Basis.SHARES:
            shares = [(phase, row.share or Decimal(0)) for phase, row in zip(planned, rows, strict=True)]
            planned = by_shares(shares, window, calendar)
        return lay_out(planned, window, calendar, first=frame.first)
    except ScheduleError as error:
        raise DomainError(str(error)) from error


def _long(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _check_days(rows: Sequence[Row], first: date) -> None:
    """Raise DomainError for a day to keep that lies before the goal may begin."""
    for row in rows:
        if row.finish_by is not None and row.finish_by < first:
            message = _("阶段“%(name)s”的“不晚于”不能早于%(day)s，请修改", name=row.name, day=_long(first))
            raise DomainError(message)


def kept(rows: Sequence[Row], frame: Frame) -> Sequence[Row]:
    """Return typed rows with the names that a letter or progress fixes; their weights are fixed as well."""
    for row in rows:
        if not row.name.strip() or len(row.name) > LONGEST_NAME or len(row.deliverable) > LONGEST_TEXT:
            raise DomainError(_("每个阶段都要有名称（不超过200字），阶段成果不超过1000字，请修改"))
    if not frame.is_fixed:
        return rows
    if len(rows) != len(frame.rest):
        raise DomainError(
            _(
                "阶段已写入责任书或已开始推进，个数和名称不能变，现有%(count)s个待排阶段",
                count=len(frame.rest),
            )
        )
    return [replace(row, name=stored.name, weight=None) for row, stored in zip(rows, frame.rest, strict=True)]


def find_undecided(goal_id: int, *, lock: bool = False) -> SchedulePlan | None:
    """Return the plan of a goal that is being worked on."""
    query = select(SchedulePlan).where(
        SchedulePlan.goal_id == goal_id, SchedulePlan.state.in_((*EDITABLE, PlanState.PROPOSED))
    )
    return db.session.scalar(query.with_for_update(of=SchedulePlan) if lock else query)


def save(actor: Actor, goal: Goal, draft: Draft, *, revision: int | None) -> SchedulePlan:
    """Store a plan as typed with its dates, whether it fits or not; *goal* is locked by the caller.

    Raises NotAllowed, Conflict for a stale form or a plan that waits for its decision, DomainError.
    """
    if not policy.can_prepare(actor, goal) or actor.person_id is None:
        raise NotAllowed(_("这项目标的工期不由您编排"))
    plan = find_undecided(goal.id, lock=True)
    if plan is not None and plan.state not in EDITABLE:
        raise Conflict(_("计划正在等待批准，要修改的，请先撤回"))
    if revision != (plan.revision if plan else None):
        raise Conflict(_("计划在您打开之后已有变化，没有保存。请对照现在的内容修改后再保存"))
    frame = frame_of(goal)
    layout = lay_out_draft(goal, draft, frame)
    if plan is None:
        last = db.session.scalar(select(func.max(SchedulePlan.number)).where(SchedulePlan.goal_id == goal.id))
        plan = SchedulePlan(goal_id=goal.id, number=(last or 0) + 1, phases=[])
        db.session.add(plan)
    plan.state, plan.basis, plan.starts_on = PlanState.DRAFT, draft.basis, draft.starts_on
    plan.prepared_by_id, plan.prepared_at = actor.person_id, clock.now()
    plan.decided_by_id = plan.decided_at = None
    effect.fill(plan, layout, [row.share for row in draft.rows])
    db.session.flush()
    record(actor, "plan.saved", f"plan:{plan.id}", goal=goal.id, excess=plan.excess, phases=rows_of(plan))
    return plan


def rows_of(plan: SchedulePlan) -> list[list[object]]:
    """Return a plan's phases as the log keeps them."""
    return [
        [row.sequence, row.name, row.workdays, row.starts_on, row.due_on, row.weight] for row in plan.phases
    ]


def draft_of(plan: SchedulePlan, frame: Frame) -> Draft:
    """Return a plan as it was typed; once phases of it are over, the rest with the lengths it has."""
    if not frame.held:
        return Draft(plan.basis, plan.starts_on, [_row(row) for row in plan.phases])
    rest = [replace(_row(row), share=None) for row in plan.phases if row.sequence >= frame.first]
    return Draft(Basis.WORKDAYS, max(plan.starts_on, frame.held[-1].due_on + ONE_DAY), rest)


def _row(row: PlanPhase) -> Row:
    return Row(row.name, row.workdays, row.share, row.weight, row.finish_by, row.deliverable)


def propose(actor: Actor, goal: Goal, plan: SchedulePlan, *, revision: int | None) -> None:
    """Hand a plan to the leader in charge; it has to fit, and its dates have to be those of today."""
    _check_state(plan, EDITABLE, revision)
    if not policy.can_prepare(actor, goal) or actor.person_id is None:
        raise NotAllowed(_("这项目标的工期不由您编排"))
    frame = frame_of(goal)
    _check_current(goal, plan, frame)
    if plan.excess:
        raise DomainError(_("计划超出%(days)s个工作日，排不下，请先缩短阶段", days=plan.excess))
    effect.check_signed(actor, goal, plan, frame)
    plan.state = PlanState.PROPOSED
    plan.prepared_by_id, plan.prepared_at = actor.person_id, clock.now()
    db.session.flush()
    record(actor, "plan.proposed", f"plan:{plan.id}", goal=goal.id, phases=rows_of(plan))


def withdraw(actor: Actor, goal: Goal, plan: SchedulePlan, *, revision: int | None) -> None:
    """Take a plan back before the decision."""
    _check_state(plan, {PlanState.PROPOSED}, revision)
    if not policy.can_withdraw(actor, goal, plan):
        raise NotAllowed(_("计划由报批人或办公室撤回"))
    plan.state = PlanState.DRAFT
    db.session.flush()
    record(actor, "plan.withdrawn", f"plan:{plan.id}", goal=goal.id)


def send_back(actor: Actor, goal: Goal, plan: SchedulePlan, reason: str, *, revision: int | None) -> None:
    """Return a plan to who prepared it, with a reason."""
    _check_decision(actor, goal, plan, revision)
    if not reason.strip():
        raise FieldError("note", _("请写明退回的理由"))
    _decide(actor, plan, PlanState.RETURNED, reason)
    record(actor, "plan.returned", f"plan:{plan.id}", goal=goal.id, reason=reason.strip())


def approve(actor: Actor, goal: Goal, plan: SchedulePlan, note: str, *, revision: int | None) -> str:
    """Approve a plan; it becomes the goal's phases at once, or with the change order it needs.

    Returns the number of that order, empty without one. Raises Conflict when the dates are no longer those
    that were proposed.
    """
    _check_decision(actor, goal, plan, revision)
    frame = frame_of(goal)
    _check_current(goal, plan, frame)
    before = db.session.scalar(
        select(SchedulePlan).where(SchedulePlan.goal_id == goal.id, SchedulePlan.state == PlanState.APPROVED)
    )
    if before is not None:
        before.state = PlanState.SUPERSEDED
        db.session.flush()
    _decide(actor, plan, PlanState.APPROVED, note)
    record(actor, "plan.approved", f"plan:{plan.id}", goal=goal.id, note=note.strip(), phases=rows_of(plan))
    return effect.bring_about(actor, goal, plan, frame)


def _decide(actor: Actor, plan: SchedulePlan, state: PlanState, note: str) -> None:
    plan.state, plan.decision_note = state, note.strip()
    plan.decided_by_id, plan.decided_at = actor.person_id, clock.now()
    db.session.flush()


def _check_decision(actor: Actor, goal: Goal, plan: SchedulePlan, revision: int | None) -> None:
    _check_state(plan, {PlanState.PROPOSED}, revision)
    if not policy.may_decide(actor, goal):
        raise NotAllowed(_("工期计划由主管领导、常务副部长或部长批准"))
    if not policy.can_decide(actor, goal, plan):
        raise NotAllowed(_("本人报批的计划不能由本人批准，请由其他有权限的领导批准"))


def _check_state(
    plan: SchedulePlan, states: frozenset[PlanState] | set[PlanState], revision: int | None
) -> None:
    if plan.state not in states:
        raise Conflict(_("计划现在是“%(state)s”，不能这样办理，请刷新后查看", state=plan.state.label))
    if plan.revision != revision:
        raise Conflict(_("计划在您打开之后已有变化，没有办理。请刷新后查看再办"))


def _check_current(goal: Goal, plan: SchedulePlan, frame: Frame) -> None:
    """Raise Conflict when the calendar, the deadline or another goal would give other dates by now."""
    layout = lay_out_draft(goal, draft_of(plan, frame), frame)
    now = [(phase.sequence, phase.start_on, phase.due_on) for phase in layout.phases]
    if now != [(row.sequence, row.starts_on, row.due_on) for row in plan.phases]:
        raise Conflict(_("工作日历、完成时限或相关目标已有变化，计划日期不再准确，请退回重新计算"))


def there(plan: SchedulePlan | None) -> SchedulePlan:
    """Return *plan*; Conflict when there is none any more."""
    if plan is None:
        raise Conflict(_("没有正在办理的计划，请刷新后查看"))
    return plan
