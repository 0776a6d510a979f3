"""What problems and supervision notices tell of a goal's year."""

from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.execution.timeline import TimelineEvent
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.notices.models import SupervisionNotice
from fivestep_web.supervision.problems.models import Problem
from fivestep_web.supervision.problems.rules import ProblemState


def problems(_actor: Actor, goal: Goal) -> Iterator[TimelineEvent]:
    """Tell when each problem was raised, and how it was solved."""
    query = (
        select(Problem)
        .where(Problem.goal_id == goal.id)
        .options(joinedload(Problem.raised_by), joinedload(Problem.owner))
        .order_by(Problem.id)
    )
    for problem in db.session.scalars(query):
        place = ("problems.problem_show", {"problem_id": problem.id})
        raised = problem.raised_by.name
        yield TimelineEvent(problem.raised_on, _("提出问题"), problem.text, raised, "waiting", *place)
        if problem.state is ProblemState.SOLVED and problem.solved_on is not None:
            owner = problem.owner.name if problem.owner else ""
            yield TimelineEvent(problem.solved_on, _("问题解决"), problem.solution, owner, "done", *place)


def notices(actor: Actor, goal: Goal) -> Iterator[TimelineEvent]:
    """Tell when each notice was issued, answered and closed, to who reads notices."""
    if not actor.may(Permission.NOTICE_READ):
        return
    query = select(SupervisionNotice).where(SupervisionNotice.goal_id == goal.id)
    for notice in db.session.scalars(query.order_by(SupervisionNotice.id)):
        place = ("notices.notice_show", {"notice_id": notice.id})
        issued = _("发出%(colour)s督办单", colour=notice.colour.label)
        yield TimelineEvent(notice.issued_on, issued, notice.standing, notice.name, "refused", *place)
        if notice.answered_on is not None:
            yield TimelineEvent(
                notice.answered_on, _("答复督办单"), notice.matter, notice.name, "open", *place
            )
        if notice.closed_on is not None:
            yield TimelineEvent(notice.closed_on, _("督办办结"), notice.matter, notice.name, "done", *place)
