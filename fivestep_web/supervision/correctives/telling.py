"""What corrective orders tell of a goal's year."""

from collections.abc import Iterator

from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.timeline import TimelineEvent
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.correctives import queries
from fivestep_web.supervision.correctives.rules import StepKind

TONES = {
    StepKind.ORDERED: "waiting",
    StepKind.REPORTED: "open",
    StepKind.SENT_BACK: "refused",
    StepKind.VERIFIED: "done",
}


def correctives(_actor: Actor, goal: Goal) -> Iterator[TimelineEvent]:
    """Tell each step of each order, and the day it is to be done by while it is open."""
    for order in queries.of_goal(goal.id):
        values = {"order_id": order.id}
        for step in order.steps:
            yield TimelineEvent(
                step.happened_at.astimezone(clock.ZONE).date(),
                _("纠偏：%(step)s", step=step.kind.label),
                step.text or order.what,
                step.person.name if step.person else "",
                TONES[step.kind],
                "correctives.corrective_show",
                values,
            )
        if order.state.is_with_owner:
            yield TimelineEvent(
                order.due_on, _("纠偏时限"), order.what, order.person.name, "quiet",
                "correctives.corrective_show", values, is_planned=True,
            )  # fmt: skip
