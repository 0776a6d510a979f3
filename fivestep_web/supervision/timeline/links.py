"""What the page of a ledger entry leads to: the goal's timeline, a new inquiry, a new corrective order."""

from collections.abc import Iterator

from flask_babel import gettext as _

from fivestep_web.core.permissions import Actor
from fivestep_web.ledger.links import Link
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.correctives import policy as correctives
from fivestep_web.supervision.inquiries import policy as inquiries


def of_goal(actor: Actor, goal: Goal) -> Iterator[Link]:
    """Lead to the timeline, and to a new inquiry or corrective order where the actor may make one."""
    yield Link(_("全程记录和阶段评估"), "timeline.goal_timeline", {"goal_id": goal.id})
    if inquiries.may_raise(actor, goal):
        yield Link(_("质询或提指导性意见"), "inquiries.inquiry_new", {"goal_id": goal.id})
    if correctives.origins(actor, goal):
        yield Link(_("下达纠偏措施"), "correctives.corrective_new", {"goal_id": goal.id})
