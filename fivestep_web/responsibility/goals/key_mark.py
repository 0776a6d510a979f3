"""Key goals (R3.3): marked by leaders and the office; the goals of a key topic are key without the mark."""

from flask_babel import gettext as _

from fivestep_web.audit.services import record
from fivestep_web.core.errors import Conflict, NotAllowed
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.models import Goal


def mark(actor: Actor, goal: Goal, *, is_key: bool) -> None:
    """Mark a goal as key or take the mark off; *goal* is locked by the caller."""
    if not policy.can_mark_key(actor, goal):
        raise NotAllowed(_("重点目标由主管领导、办公室标注"))
    if goal.is_key == is_key:
        raise Conflict(_("这项目标的标注已有变化，请刷新后查看"))
    goal.is_key = is_key
    db.session.flush()
    record(actor, "goal.marked_key", f"goal:{goal.id}", is_key=is_key)
