"""What the page of a goal's plan shows: the form, the dates it comes to and why, what is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core.errors import DomainError, FieldError
from fivestep_web.core.forms import choices
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.planning import dependencies, policy, reasons
from fivestep_web.execution.planning.cuts import Cut, cuts_for
from fivestep_web.execution.planning.forms import (
    SPARE_ROWS,
    DecisionForm,
    DependencyForm,
    PlanForm,
    StepForm,
    filled,
)
from fivestep_web.execution.planning.frames import Frame, frame_of, window_of
from fivestep_web.execution.planning.models import SchedulePlan
from fivestep_web.execution.planning.rules import HUNDRED, Basis, LaidPhase, Layout, PlanState
from fivestep_web.execution.planning.services import Draft, Row, draft_of, find_undecided, lay_out_draft
from fivestep_web.extensions import db
from fivestep_web.org.queries import day_names, get_calendar
from fivestep_web.responsibility import policy as goal_policy
from fivestep_web.responsibility.changes.models import ChangeOrder
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.rules import CHANGE_STATE_LABELS

ONE_DAY = timedelta(days=1)
SUGGESTED = (("启动部署", 20), ("组织实施", 60), ("总结验收", 20))


@dataclass(frozen=True)
class Line:
    """A phase with its dates and their reasons; *cumulative* is the progress due at its end, in percent."""

    phase: LaidPhase
    why_start: str
    why_end: str
    cumulative: Decimal | None


@dataclass(frozen=True)
class Picture:
    """What a plan comes to, or why it is none; where it does not fit, by how much and what mends it."""

    lines: Sequence[Line] = ()
    layout: Layout | None = None
    why_first: str = ""
    why_too_long: str = ""
    cuts: Sequence[Cut] = ()
    unknown_years: Sequence[int] = ()
    error: str = ""
    field: str = ""


def picture_of(goal: Goal, draft: Draft, frame: Frame) -> Picture:
    """Return the dates a draft comes to with every reason, or what is wrong with it."""
    try:
        layout = lay_out_draft(goal, draft, frame)
    except DomainError as error:
        return Picture(error=error.message, field=error.field if isinstance(error, FieldError) else "")
    calendar = get_calendar()
    known = reasons.Known(calendar, day_names())
    years = {day.year for phase in layout.phases for day in (phase.start_on, phase.due_on)}
    return Picture(
        lines=[
            Line(
                phase,
                reasons.why_start(layout, place, known),
                reasons.why_end(layout, place, known),
                _cumulative(frame, place) if frame.is_fixed else phase.cumulative,
            )
            for place, phase in enumerate(layout.phases)
        ],
        layout=layout,
        why_first=reasons.why_first(layout),
        why_too_long=reasons.why_too_long(layout),
        cuts=cuts_for(layout, calendar, may_merge=not frame.is_fixed),
        unknown_years=sorted(year for year in years if not calendar.is_known(year)),
    )


def _cumulative(frame: Frame, place: int) -> Decimal | None:
    share = frame.rest[place].share
    return None if share is None else (HUNDRED * share).normalize() + Decimal(0)


def draft_with(cut: Cut) -> Draft:
    """Return the draft that *cut* comes to, in working days."""
    rows = [
        Row(phase.name, phase.workdays, None, phase.weight, phase.finish_by, phase.deliverable)
        for phase in cut.phases
    ]
    return Draft(Basis.WORKDAYS, cut.start_on, rows)


def initial_draft(goal: Goal, frame: Frame, plan: SchedulePlan | None) -> Draft:
    """Return what the form begins with: the plan there is, the phases there are, or three usual ones."""
    if plan is not None:
        return draft_of(plan, frame)
    start_on = window_of(goal, frame).start_on
    if not frame.rest:
        rows = [Row(name, share=Decimal(part), weight=Decimal(part)) for name, part in SUGGESTED]
        return Draft(Basis.SHARES, start_on, rows)
    return Draft(Basis.WORKDAYS, start_on, _rows_of(frame, start_on))


def _rows_of(frame: Frame, start_on: date) -> list[Row]:
    """Return the phases there are as rows; signed ends are kept unless the planner says otherwise."""
    calendar = get_calendar()
    rows, after, reached = [], start_on - ONE_DAY, Decimal(0)
    for stored in frame.rest:
        length = stored.workdays or max(1, calendar.workdays_between(after, stored.due_on))
        weight = None if stored.share is None else HUNDRED * (stored.share - reached)
        finish_by = stored.due_on if frame.letter else None
        rows.append(Row(stored.name, length, None, weight, finish_by, stored.deliverable))
        after, reached = stored.due_on, stored.share or reached
    return rows


def find_approved(goal_id: int) -> SchedulePlan | None:
    """Return the plan of a goal that was approved last."""
    return db.session.scalar(
        select(SchedulePlan).where(SchedulePlan.goal_id == goal_id, SchedulePlan.state == PlanState.APPROVED)
    )


def context(actor: Actor, goal: Goal, form: PlanForm | None = None, **more: Any) -> dict[str, Any]:
    """Return what the template needs; *form* is what was typed, *more* replaces parts."""
    frame, plan = frame_of(goal), find_undecided(goal.id)
    approved = find_approved(goal.id)
    actions = policy.plan_actions(actor, goal, plan)
    if frame.held and not frame.rest:
        actions -= {"edit"}
    is_readable = form is None or not any(field.errors for field in form)
    draft = form.draft if form and is_readable else initial_draft(goal, frame, plan or approved)
    if form is None and "edit" in actions:
        form = form_of(draft, plan, frame)
    shows_dates = "edit" in actions or plan is not None or approved is not None
    order = approved.change_order if approved else None
    return {
        "goal": goal,
        "is_key": goal_policy.is_key(goal),
        "frame": frame,
        "plan": plan,
        "approved": approved,
        "order": order,
        "order_state": CHANGE_STATE_LABELS[order.state] if isinstance(order, ChangeOrder) else "",
        "actions": actions,
        "form": form if "edit" in actions else None,
        "picture": _picture(goal, draft, frame, is_readable=is_readable) if shows_dates else Picture(),
        "window": window_of(goal, frame, draft.starts_on),
        "step_form": StepForm(formdata=None, revision=plan.revision if plan else None),
        "decision_form": DecisionForm(formdata=None, revision=plan.revision if plan else None),
        "dependencies": dependencies.list_of(goal.id),
        "dependency_form": dependency_form(actor, goal, formdata=None),
        "can_prepare": policy.can_prepare(actor, goal),
        "history": list_history(goal.id),
        **more,
    }


def _picture(goal: Goal, draft: Draft, frame: Frame, *, is_readable: bool) -> Picture:
    if not is_readable:
        return Picture(error=_("请先改正上面标出的内容，再推算日期。"))
    return picture_of(goal, draft, frame) if draft.rows else Picture()


def form_of(draft: Draft, plan: SchedulePlan | None, frame: Frame) -> PlanForm:
    """Return the form that shows *draft*; where the phases are fixed no more can be added."""
    return filled(draft, plan.revision if plan else None, spare=0 if frame.is_fixed else SPARE_ROWS)


def list_history(goal_id: int) -> Sequence[SchedulePlan]:
    """Return the plans of a goal that were decided on, the newest first."""
    return db.session.scalars(
        select(SchedulePlan)
        .where(SchedulePlan.goal_id == goal_id, SchedulePlan.decided_at.is_not(None))
        .order_by(SchedulePlan.number.desc())
    ).all()


def dependency_form(actor: Actor, goal: Goal, **options: Any) -> DependencyForm:
    """Return the form for one more goal to wait for."""
    form = DependencyForm(**options)
    rows = db.session.execute(
        select(Goal.id, Goal.code, Goal.name)
        .where(Goal.year == goal.year, Goal.id != goal.id, goal_queries.visible_goals(actor))
        .order_by(Goal.code)
    )
    offered = [(goal_id, f"{code} {name}") for goal_id, code, name in rows]
    form.predecessor_id.choices = choices([("", "请选择"), *offered])
    return form
