"""How the end of a phase is extended that no letter has signed (延期申请, R3.9)."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core import events
from fivestep_web.core.filters import full_date
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.acceptance import queries as acceptance
from fivestep_web.execution.acceptance.links import Link
from fivestep_web.execution.acceptance.rules import HANDED_IN
from fivestep_web.execution.planning import effect
from fivestep_web.execution.planning.frames import ONE_DAY, frame_of
from fivestep_web.execution.planning.rules import PlanState
from fivestep_web.execution.planning.services import find_undecided
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.supervision.extensions import policy, queries
from fivestep_web.supervision.extensions.registry import Item
from fivestep_web.supervision.extensions.rules import ExtensionState

KIND: Final = "milestone"


def find(actor: Actor, milestone_id: int, lock: bool) -> Item:  # noqa: FBT001 - as the registry asks
    """Return a phase as a thing with a date; the phase after it, for the last one the deadline, bounds it."""
    milestone = acceptance.get_milestone(actor, milestone_id)
    if lock:
        db.session.execute(select(Goal.id).where(Goal.id == milestone.goal_id).with_for_update())
        milestone = acceptance.get_milestone(actor, milestone_id, lock=True)
    goal = milestone.goal
    latest_on, bound = _bound(milestone)
    return Item(
        id=milestone.id,
        label=str(_("%(goal)s“%(phase)s”", goal=goal.name, phase=milestone.name)),
        year=goal.year,
        unit_id=goal.unit_id,
        due_on=milestone.due_on,
        is_open=milestone.state not in HANDED_IN,
        endpoint="acceptance.milestone_show",
        values={"milestone_id": milestone.id},
        person_id=goal.person_id,
        latest_on=latest_on,
        bound=bound,
        barred=_barred(goal),
    )


def _bound(milestone: Milestone) -> tuple[date, str]:
    following = db.session.scalar(
        select(Milestone)
        .where(Milestone.goal_id == milestone.goal_id, Milestone.sequence > milestone.sequence)
        .order_by(Milestone.sequence)
        .limit(1)
    )
    if following is None:
        return milestone.goal.deadline, ""
    bound = _(
        "下一阶段“%(phase)s”%(day)s到期，要给它留出时间",
        phase=following.name,
        day=full_date(following.due_on),
    )
    return get_calendar().add_workdays(following.due_on, -1), str(bound)


def _barred(goal: Goal) -> str:
    """Say why phases of a goal are not extended here: the letter signed them, or a plan is being decided."""
    letter = frame_of(goal).letter
    if letter is not None:
        number = letter[1]
        return str(_("阶段时限已写入责任书%(number)s，要调整的请申请责任书变更。", number=number))
    plan = find_undecided(goal.id)
    if plan is not None and plan.state is PlanState.PROPOSED:
        return str(_("这项目标的工期计划正在等待批准，批复以后才能申请延期。"))
    return ""


def move(milestone_id: int, due_on: date) -> None:
    """Write the new end of a phase that is locked; the phase after it begins on the next working day."""
    milestone = db.session.get_one(Milestone, milestone_id)
    milestone.due_on = due_on
    if milestone.starts_on is not None and milestone.workdays is not None:
        milestone.workdays = get_calendar().workdays_between(milestone.starts_on - ONE_DAY, due_on)
    db.session.flush()
    effect.follow_ends(milestone.goal)
    events.tell(events.Event.GOAL_CHANGED, milestone.goal_id)


def links(actor: Actor, milestone: Milestone) -> Iterator[Link]:
    """Lead from the page of a phase to its extensions, and to asking for one where the actor may."""
    known = queries.list_of_item(actor, KIND, milestone.id)
    for request in known:
        if request.state in {ExtensionState.REQUESTED, ExtensionState.GRANTED}:
            days = {"was": full_date(request.due_on), "day": full_date(request.asked_due_on)}
            is_open = request.state is ExtensionState.REQUESTED
            label = _("申请延到%(day)s，待批准", **days) if is_open else _("原%(was)s，延到%(day)s", **days)
            yield Link(str(label), "extension_requests.extension_show", {"request_id": request.id})
    item = find(actor, milestone.id, False)  # noqa: FBT003 - not locked
    is_asked = any(request.state is ExtensionState.REQUESTED for request in known)
    if item.is_open and not item.barred and not is_asked and policy.can_ask(actor, item):
        values = {"kind": KIND, "item_id": milestone.id}
        yield Link(str(_("申请延期")), "extension_requests.extension_new", values)
