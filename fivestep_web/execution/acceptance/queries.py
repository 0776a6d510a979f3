"""Phases and their hand-ins, as known on a day; each read starts from what the actor may see."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, true
from sqlalchemy.orm import joinedload

from fivestep_web.core.errors import Conflict, NotFound
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.execution.acceptance.models import MilestoneSubmission
from fivestep_web.execution.acceptance.rules import HandIn, Outcome
from fivestep_web.extensions import db
from fivestep_web.responsibility.goals import assignments
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


def visible_goals(actor: Actor) -> ColumnElement[bool]:
    """Return the condition "the actor reads the ledger of this goal" (R4.4)."""
    units = actor.units_for(Permission.LEDGER_READ)
    if units is None:
        return true()
    return or_(Goal.unit_id.in_(units), assignments.is_concerned(actor))


def get_milestone(
    actor: Actor, milestone_id: int, *, lock: bool = False, revision: int | None = None
) -> Milestone:
    """Return a phase with its goal; hidden and absent look the same.

    With *revision*, Conflict when the phase has changed since it was shown.
    """
    statement = (
        select(Milestone)
        .join(Milestone.goal)
        .where(Milestone.id == milestone_id, visible_goals(actor))
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


def hand_ins_statement(goal_ids: Select[Any]) -> Select[Any]:
    """Select the hand-ins, up to the parameter as_of, of the goals *goal_ids* selects, oldest first."""
    other = Milestone.__table__.alias()
    last = select(func.max(other.c.sequence)).where(other.c.goal_id == NODE.goal_id).scalar_subquery()
    return (
        select(
            NODE.goal_id,
            NODE.sequence,
            SUBMISSION.submitted_on,
            SUBMISSION.outcome,
            SUBMISSION.decided_on,
            NODE.sequence == last,
        )
        .join(MilestoneSubmission.__table__, SUBMISSION.milestone_id == NODE.id)
        .where(NODE.goal_id.in_(goal_ids), SUBMISSION.submitted_on <= bindparam("as_of"))
        .order_by(NODE.goal_id, NODE.sequence, SUBMISSION.number)
    )


def read_hand_ins(statement: Select[Any], parameters: Mapping[str, Any]) -> dict[int, GoalHandIns]:
    """Run a statement of `hand_ins_statement`; what was decided after the day is not known yet."""
    found: dict[int, GoalHandIns] = {}
    as_of = parameters["as_of"]
    for goal_id, sequence, submitted_on, outcome, decided_on, is_last in db.session.execute(
        statement, parameters
    ):
        known = outcome if decided_on is not None and decided_on <= as_of else None
        goal = found.setdefault(goal_id, GoalHandIns())
        goal.by_sequence[sequence] = HandIn(submitted_on, known)
        if is_last:
            goal.last = goal.by_sequence[sequence]
    return found


@cache
def _by_id() -> Select[Any]:
    goal_ids = select(Goal.__table__.c.id).where(
        Goal.__table__.c.id.in_(bindparam("goal_ids", expanding=True))
    )
    return hand_ins_statement(goal_ids)


def hand_ins_of_goals(goal_ids: Collection[int], as_of: date) -> dict[int, GoalHandIns]:
    """Return what those goals had handed in by *as_of*."""
    return read_hand_ins(_by_id(), {"goal_ids": list(goal_ids), "as_of": as_of})
