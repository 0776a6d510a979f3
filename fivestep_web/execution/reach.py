"""Which goals a person sees in steps 3 and 4, those whose ledger the person reads (R4.4); which are key."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import joinedload

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.responsibility.goals import assignments
from fivestep_web.responsibility.models import Goal
from fivestep_web.topics.models import Topic
from fivestep_web.topics.rules import Tier


def sees_goal(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "the actor reads this goal's ledger": the department all, a township its own."""
    units = actor.units_for(Permission.LEDGER_READ)
    if units is None:
        return true()
    return or_(Goal.unit_id.in_(units), assignments.is_concerned(actor))


def is_key() -> ColumnElement[bool]:
    """Return the condition "a key goal": marked, or of a key topic; these come first in lists (R3.3)."""
    return or_(Goal.is_key, Goal.topic_id.in_(select(Topic.id).where(Topic.tier == Tier.KEY)))


def get_goal(actor: Actor, goal_id: int) -> Goal:
    """Return a goal with topic, unit and people; hidden and absent look the same."""
    goal = db.session.scalar(
        select(Goal)
        .where(Goal.id == goal_id, sees_goal(actor))
        .options(joinedload(Goal.topic), joinedload(Goal.unit), joinedload(Goal.person))
    )
    if goal is None:
        raise NotFound(_("目标不存在，或不在您的查看范围内。"))
    return goal
