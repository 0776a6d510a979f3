"""What the database already holds, for checking a workbook."""

from sqlalchemy import select
from sqlalchemy.orm import aliased

from fivestep_web.accounts.models import User
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, PlanYear, Unit
from fivestep_web.responsibility.models import Goal, Milestone
from fivestep_web.topics.models import Topic, TopicCategory
from fivestep_web.workbook.known import KnownCodes, KnownGoal, KnownMilestone


def get_known_codes(year: int | None) -> KnownCodes:
    """Return the stored codes a workbook of *year* may refer to."""
    parent_unit, parent_goal = aliased(Unit), aliased(Goal)
    units = db.session.execute(
        select(Unit.code, parent_unit.code).outerjoin(parent_unit, parent_unit.id == Unit.parent_id)
    )
    people = db.session.execute(
        select(Person.code, User.username).outerjoin(User, User.person_id == Person.id)
    )
    milestones: dict[str, dict[int, KnownMilestone]] = {}
    for goal, position, deadline, ratio in db.session.execute(
        select(Goal.code, Milestone.sequence, Milestone.due_on, Milestone.share)
        .join(Goal, Goal.id == Milestone.goal_id)
        .where(Goal.year == year)
    ):
        milestones.setdefault(goal, {})[position] = KnownMilestone(deadline, ratio)
    plan_year = db.session.get(PlanYear, year) if year is not None else None
    goals = db.session.execute(
        select(Goal.code, Topic.code, parent_goal.code, Goal.starts_on, Goal.deadline)
        .join(Topic, Topic.id == Goal.topic_id)
        .outerjoin(parent_goal, parent_goal.id == Goal.parent_id)
        .where(Goal.year == year)
    )
    return KnownCodes(
        units={code: parent or "" for code, parent in units},
        people={code: username or code for code, username in people},
        topics=frozenset(db.session.scalars(select(Topic.code).where(Topic.year == year))),
        goals={
            code: KnownGoal(topic=topic, parent=parent or "", start=start, deadline=deadline)
            for code, topic, parent, start, deadline in goals
        },
        categories=frozenset(db.session.scalars(select(TopicCategory.name))),
        accounts=frozenset(db.session.scalars(select(User.username).where(User.person_id.is_(None)))),
        milestones=milestones,
        settings=plan_year.settings if plan_year else {},
    )
