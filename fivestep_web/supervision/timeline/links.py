"""What the page of a ledger entry leads to: the goal's timeline, and a new corrective order for who may."""

from collections.abc import Iterator

from flask_babel import gettext as _

from fivestep_web.core.permissions import Actor
from fivestep_web.ledger.links import Link
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.correctives import policy as correctives


def of_goal(actor: Actor, goal: Goal) -> Iterator[Link]:
    """Lead to the timeline, and to a new corrective order where the actor may order one."""
    yield Link(_("全程记录和阶段评估"), "timeline.goal_timeline", {"goal_id": goal.id})
    if correctives.origins(actor, goal):
        yield Link(_("下达纠偏措施"), "correctives.corrective_new", {"goal_id": goal.id})
