"""Plans whose dates another working calendar would move, for org.moved_dates (domain.md section 10)."""

from collections.abc import Iterator
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fivestep_web.audit.services import record
from fivestep_web.core.errors import Conflict, DomainError, Refusal
from fivestep_web.core.permissions import Actor
from fivestep_web.core.workdays import WorkCalendar
from fivestep_web.execution.planning import effect
from fivestep_web.execution.planning.frames import Frame, frame_of
from fivestep_web.execution.planning.models import SchedulePlan
from fivestep_web.execution.planning.rules import OPEN, Layout, PlanState
from fivestep_web.execution.planning.services import draft_of, lay_out_draft
from fivestep_web.extensions import db
from fivestep_web.org.moved_dates import Move, Source
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.rules import OPEN as OPEN_ORDER

PREFIX = "plan"


def moved(calendar: WorkCalendar) -> Iterator[Move]:
    """Yield the plans in work and in force whose dates *calendar* moves, one line a plan.

    *calendar* is the one in force: the dates are computed as the plan's page would.
    """
    del calendar
    for plan in _living():
        frame = frame_of(plan.goal)
        try:
            layout = lay_out_draft(plan.goal, draft_of(plan, frame), frame)
        except Refusal:
            continue  # no longer a plan at all: its page says why
        if changes := _changes(plan, layout):
            first = changes[0]
            yield Move(
                key=f"{PREFIX}:{plan.id}",
                label=str(_("“%(goal)s”倒排工期", goal=plan.goal.name)),
                link=_link(plan, frame),
                before=first[1],
                after=first[2],
                is_signed=_is_signed(plan, frame),
                note=_note(changes, layout),
            )


def _living() -> list[SchedulePlan]:
    query = (
        select(SchedulePlan)
        .join(Goal, Goal.id == SchedulePlan.goal_id)
        .where(SchedulePlan.state.in_((*OPEN, PlanState.APPROVED)))
        .options(joinedload(SchedulePlan.goal), selectinload(SchedulePlan.phases))
        .order_by(Goal.code, SchedulePlan.number)
    )
    return list(db.session.scalars(query))


def _changes(plan: SchedulePlan, layout: Layout) -> list[tuple[str, date, date]]:
    """Return name, stored and computed day of each begin and end still ahead that moved."""
    ahead = [row for row in plan.phases if row.sequence >= layout.phases[0].sequence]
    if len(ahead) != len(layout.phases):
        return []
    found = []
    for row, phase in zip(ahead, layout.phases, strict=True):
        if row.starts_on != phase.start_on:
            found.append((f"第{row.sequence}阶段开始", row.starts_on, phase.start_on))
        if row.due_on != phase.due_on:
            found.append((f"第{row.sequence}阶段结束", row.due_on, phase.due_on))
    return found


def _note(changes: list[tuple[str, date, date]], layout: Layout) -> str:
    text = "；".join(
        f"{name}{before.month}月{before.day}日→{after.month}月{after.day}日"
        for name, before, after in changes
    )
    return f"{text}；调整后超出{layout.excess}个工作日，排不下" if layout.excess else text


def _is_signed(plan: SchedulePlan, frame: Frame) -> bool:
    """Say whether the plan's dates stand in a letter that is issued or in force."""
    return plan.state is PlanState.APPROVED and frame.letter is not None


def _link(plan: SchedulePlan, frame: Frame) -> str:
    if _is_signed(plan, frame) and frame.letter is not None:
        return f"/letters/{frame.letter[0]}/changes/new"
    return f"/goals/{plan.goal_id}/plan"


def apply(actor: Actor, key: str, after: date) -> None:
    """Give a plan the dates of the calendar in force, provided the first still becomes *after*."""
    plan = db.session.get(SchedulePlan, int(key.removeprefix(f"{PREFIX}:")), with_for_update=True)
    if plan is None or plan.state is PlanState.SUPERSEDED:
        raise Conflict(_("这份计划已被替代，不用再调整，请刷新后查看"))
    goal = plan.goal
    frame = frame_of(goal)
    layout = lay_out_draft(goal, draft_of(plan, frame), frame)
    changes = _changes(plan, layout)
    if not changes or changes[0][2] != after:
        raise Conflict(_("“%(goal)s”的日期已有变化，请刷新后查看", goal=goal.name))
    if layout.excess:
        raise DomainError(
            _(
                "“%(goal)s”按新的日历超出%(days)s个工作日，排不下，请先在计划里缩短阶段",
                goal=goal.name,
                days=layout.excess,
            )
        )
    if _is_signed(plan, frame) or _waits_for_order(plan):
        raise DomainError(_("“%(goal)s”的阶段时限已写入责任书，须走变更程序", goal=goal.name))
    effect.move(plan, layout)
    db.session.flush()
    if plan.state is PlanState.APPROVED:
        effect.write_phases(actor, goal, plan, is_fixed=frame.is_fixed)
    record(actor, "plan.moved", f"plan:{plan.id}", goal=goal.id, dates=[list(item) for item in changes])


def _waits_for_order(plan: SchedulePlan) -> bool:
    order = db.session.get(ChangeOrder, plan.change_order_id) if plan.change_order_id else None
    return order is not None and order.state in OPEN_ORDER


SOURCE = Source(PREFIX, moved, apply, _l("已写入责任书，须走变更程序"))
