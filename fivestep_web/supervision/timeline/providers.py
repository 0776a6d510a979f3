"""What progress, phases, ledger and change orders tell of a goal's year."""

from collections.abc import Iterator
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fivestep_web.core import clock
from fivestep_web.core.filters import figure
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.execution import timeline
from fivestep_web.execution.models import ProgressEvent
from fivestep_web.execution.timeline import TimelineEvent
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerChange, LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.responsibility.changes.fields import label_of
from fivestep_web.responsibility.changes.models import ChangeItem, ChangeOrder
from fivestep_web.responsibility.goals.queries import list_milestones
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.responsibility.rules import ChangeState, MilestoneState

DONE = frozenset({LedgerState.CLOSED, LedgerState.SETTLED})


def register() -> None:
    """Register what the lower steps keep."""
    for provider in (plan, phases, reports, ledger, changes):
        timeline.register(provider)


def plan(_actor: Actor, goal: Goal) -> Iterator[TimelineEvent]:
    """Tell the days the letter sets: planned start and final deadline."""
    if goal.starts_on is not None:
        yield TimelineEvent(goal.starts_on, _("计划启动"), goal.name, is_planned=True)
    yield TimelineEvent(goal.deadline, _("完成时限"), goal.completion_standard or goal.name, is_planned=True)


def phases(_actor: Actor, goal: Goal) -> Iterator[TimelineEvent]:
    """Tell each phase's begin and end as planned, and when it was handed in and accepted (domain.md 5.3)."""
    for milestone in list_milestones(goal.id):
        if milestone.starts_on is not None:
            yield TimelineEvent(milestone.starts_on, _("阶段开始"), milestone.name, is_planned=True)
        yield TimelineEvent(milestone.due_on, _("阶段时限"), milestone.name, is_planned=True)
        if milestone.submitted_on is not None:
            yield _handed_in(milestone, milestone.submitted_on)


def _handed_in(milestone: Milestone, day: date) -> TimelineEvent:
    if milestone.state is MilestoneState.COMPLETED:
        return TimelineEvent(day, _("阶段完成"), milestone.name, tone="done")
    return TimelineEvent(day, _("提交验收"), milestone.name, tone="waiting")


def reports(_actor: Actor, goal: Goal) -> Iterator[TimelineEvent]:
    """Tell what was reported, with its evidence."""
    query = (
        select(ProgressEvent)
        .where(ProgressEvent.goal_id == goal.id)
        .options(joinedload(ProgressEvent.reporter))
        .order_by(ProgressEvent.happened_on, ProgressEvent.id)
    )
    for event in db.session.scalars(query):
        who = _("导入") if event.is_imported else event.reporter.name if event.reporter else ""
        is_done = event.completed_on is not None
        yield TimelineEvent(
            event.happened_on,
            _("报完成") if is_done else _("汇报进展"),
            "，".join(part for part in (_reached(goal, event), event.note, event.evidence) if part),
            who,
            "done" if is_done else "open",
        )


def _reached(goal: Goal, event: ProgressEvent) -> str:
    if event.done is None:
        return str(_("不涉及"))
    return str(_("累计完成%(done)s%(unit)s", done=figure(event.done), unit=goal.measure_unit))


def ledger(_actor: Actor, goal: Goal) -> Iterator[TimelineEvent]:
    """Tell each change of the ledger entry's state, from its opening to its write-off."""
    query = (
        select(LedgerChange)
        .join(LedgerEntry, LedgerEntry.id == LedgerChange.entry_id)
        .where(LedgerEntry.goal_id == goal.id)
        .options(joinedload(LedgerChange.person))
        .order_by(LedgerChange.id)
    )
    for change in db.session.scalars(query):
        yield TimelineEvent(
            change.changed_on,
            _("台账：%(state)s", state=change.state.label),
            change.reason,
            change.person.name if change.person else _("系统"),
            "done" if change.state in DONE else "quiet",
            "ledger.entry_show",
            {"entry_id": change.entry_id},
        )


def changes(actor: Actor, goal: Goal) -> Iterator[TimelineEvent]:
    """Tell the change orders that name the goal; reasons and links to who reads the unit's letters."""
    query = (
        select(ChangeOrder)
        .join(ChangeItem, ChangeItem.change_order_id == ChangeOrder.id)
        .where(ChangeItem.goal_id == goal.id)
        .options(
            joinedload(ChangeOrder.requested_by),
            joinedload(ChangeOrder.decided_by),
            joinedload(ChangeOrder.items),
        )
        .order_by(ChangeOrder.id)
    )
    is_open = actor.may_for(Permission.LETTER_READ, unit_id=goal.unit_id, person_id=goal.person_id)
    for order in db.session.scalars(query).unique():
        yield from _told(goal, order, is_open=is_open)


def _told(goal: Goal, order: ChangeOrder, *, is_open: bool) -> Iterator[TimelineEvent]:
    named = "、".join(dict.fromkeys(label_of(item.field) for item in order.items if item.goal_id == goal.id))
    asked = f"{order.number}：{named}"
    place = ("changes.change_show", {"order_id": order.id}) if is_open else ("", {})
    day = order.requested_at.astimezone(clock.ZONE).date()
    text = f"{asked}。{order.reason}" if is_open else asked
    yield TimelineEvent(day, _("申请变更"), text, order.requested_by.name, "waiting", *place)
    if order.decided_at is not None and order.decided_by is not None:
        day = order.decided_at.astimezone(clock.ZONE).date()
        is_refused = order.state is ChangeState.REFUSED
        kind, tone = (_("未批准变更"), "refused") if is_refused else (_("批准变更"), "open")
        yield TimelineEvent(day, kind, order.number, order.decided_by.name, tone, *place)
    if order.in_force_at is not None:
        day = order.in_force_at.astimezone(clock.ZONE).date()
        yield TimelineEvent(day, _("变更生效"), asked, "", "done", *place)
