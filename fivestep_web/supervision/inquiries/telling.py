"""What inquiries and opinions tell of a goal's year (R4.6)."""

from collections.abc import Iterator

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.timeline import TimelineEvent
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.inquiries import queries
from fivestep_web.supervision.inquiries.rules import StepKind

TONES = {
    StepKind.RAISED: "waiting",
    StepKind.ACKNOWLEDGED: "open",
    StepKind.ANSWERED: "open",
    StepKind.ASKED_AGAIN: "refused",
    StepKind.GUIDED: "waiting",
    StepKind.RECTIFIED: "open",
    StepKind.CLOSED: "done",
    StepKind.URGED: "quiet",
    StepKind.ESCALATED: "refused",
}


def inquiries(_actor: Actor, goal: Goal) -> Iterator[TimelineEvent]:
    """Tell each step of what was asked about a goal."""
    for inquiry in queries.of_goal(goal.id):
        for step in inquiry.steps:
            yield TimelineEvent(
                step.happened_at.astimezone(clock.ZONE).date(),
                step.kind.label,
                step.text or inquiry.text,
                step.person.name if step.person else "",
                TONES[step.kind],
                "inquiries.inquiry_show",
                {"inquiry_id": inquiry.id},
            )
