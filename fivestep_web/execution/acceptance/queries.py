"""Phases and their hand-ins, as known on a day; each read starts from what the actor may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BindParameter, Select, and_, bindparam, case, func, select
from sqlalchemy.orm import joinedload

from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.acceptance.models import MilestoneSubmission
from fivestep_web.execution.acceptance.rules import HandIn, Outcome
from fivestep_web.execution.queries import by_id, milestones_statement, read_milestones
from fivestep_web.execution.reach import sees_goal
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal, Milestone

SUBMISSION = MilestoneSubmission.__table__.c
NODE = Milestone.__table__.c


@dataclass(slots=True)
class GoalHandIns:
    """What was handed in of a goal by a day: the latest of each phase by its place, and of the last phase."""

    by_sequence: dict[int, HandIn] = field(default_factory=dict)
    last: HandIn | None = None

    @property
    def handed_in_on(self) -> date | None:
        """Return when the last phase was handed in; None unless it stands and no phase is sent back."""
        if self.last is None or any(item.outcome is Outcome.SENT_BACK for item in self.by_sequence.values()):
            return None
        return self.last.submitted_on

    @property
    def is_accepted(self) -> bool:
        """Tell whether the goal's last phase is accepted."""
        return self.last is not None and self.last.outcome is Outcome.ACCEPTED


NOTHING = GoalHandIns()


def get_milestone(
    actor: Actor, milestone_id: int, *, lock: bool = False, revision: int | None = None
) -> Milestone:
    """Return a phase with its goal; hidden and absent look the same.

    With *revision*, Conflict when the phase has changed since it was shown.
    """
    statement = (
        select(Milestone)
        .join(Milestone.goal)
        .where(Milestone.id == milestone_id, sees_goal(actor))
        .options(
            joinedload(Milestone.goal).joinedload(Goal.person),
            joinedload(Milestone.goal).joinedload(Goal.unit),
            joinedload(Milestone.goal).joinedload(Goal.topic),
        )
    )
    if lock:
        statement = statement.with_for_update(of=Milestone).execution_options(populate_existing=True)
    milestone = db.session.scalar(statement)
    if milestone is None:
        raise NotFound(_("这个阶段不存在，或不在您的查看范围内。"))
    if revision is not None and milestone.revision != revision:
        raise Conflict(_("这个阶段在您打开之后有变化，没有办理。请刷新后查看再办。"))
    return milestone


def list_submissions(milestone_id: int) -> Sequence[MilestoneSubmission]:
    """Return every time a phase was handed in, the latest first."""
    return db.session.scalars(
        select(MilestoneSubmission)
        .where(MilestoneSubmission.milestone_id == milestone_id)
        .options(joinedload(MilestoneSubmission.submitted_by), joinedload(MilestoneSubmission.decided_by))
        .order_by(MilestoneSubmission.number.desc())
    ).all()


def latest_submission(milestone_id: int) -> MilestoneSubmission | None:
    """Return the last time a phase was handed in."""
    return db.session.scalars(
        select(MilestoneSubmission)
        .where(MilestoneSubmission.milestone_id == milestone_id)
        .order_by(MilestoneSubmission.number.desc())
        .limit(1)
    ).one_or_none()


def with_hand_ins(nodes: Select[Any]) -> Select[Any]:
    """Add to a statement of nodes when each was last handed in by the parameter as_of, and what came of it.

    What was decided after that day is not known yet.
    """
    as_of: BindParameter[Any] = bindparam("as_of")
    other = MilestoneSubmission.__table__.alias()
    latest = (
        select(func.max(other.c.number))
        .where(other.c.milestone_id == NODE.id, other.c.submitted_on <= as_of)
        .scalar_subquery()
    )
    is_latest = and_(SUBMISSION.milestone_id == NODE.id, SUBMISSION.number == latest)
    known = case((SUBMISSION.decided_on <= as_of, SUBMISSION.outcome))
    return nodes.add_columns(SUBMISSION.submitted_on, known).select_from(
        Milestone.__table__.outerjoin(MilestoneSubmission.__table__, is_latest)
    )


def goals_with_hand_ins() -> Select[Any]:
    """Select the goals of which a phase was ever handed in."""
    return select(NODE.goal_id).join(MilestoneSubmission.__table__, SUBMISSION.milestone_id == NODE.id)


def read_hand_ins(rows: Sequence[Any]) -> GoalHandIns:
    """Return what rows of a statement made `with_hand_ins`, all nodes of one goal in order, say of it."""
    found = {row[1]: HandIn(*row[-2:]) for row in rows if row[-2] is not None}
    return GoalHandIns(found, found.get(rows[-1][1])) if found else NOTHING


@cache
def _by_id() -> Select[Any]:
    return with_hand_ins(milestones_statement(by_id()))


def hand_ins_of_goals(goal_ids: Collection[int], as_of: date) -> dict[int, GoalHandIns]:
    """Return what those goals had handed in by *as_of*."""
    rows = read_milestones(_by_id(), {"goal_ids": list(goal_ids), "as_of": as_of})
    return {goal_id: read_hand_ins(nodes) for goal_id, nodes in rows.items()}
