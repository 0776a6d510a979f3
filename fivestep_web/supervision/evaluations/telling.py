"""What evaluations tell of a goal's year."""

from collections.abc import Iterator

from flask_babel import gettext as _

from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.execution.timeline import TimelineEvent
from fivestep_web.responsibility.models import Goal
from fivestep_web.supervision.evaluations import queries, settings
from fivestep_web.supervision.evaluations.models import StageEvaluation
from fivestep_web.supervision.evaluations.rules import Side

ENDPOINT = "evaluations.evaluation_show"


def evaluations(_actor: Actor, goal: Goal) -> Iterator[TimelineEvent]:
    """Tell each evaluation: opened, rated by the unit, concluded by the leader."""
    found = queries.of_goal(goal.id)
    names = settings.dimensions_of(goal.year) if found else {}
    for evaluation in found:
        yield from _told(evaluation, {key: name for key, (name, _standard) in names.items()})


def _told(evaluation: StageEvaluation, names: dict[str, str]) -> Iterator[TimelineEvent]:
    phase, values = evaluation.milestone.name, {"evaluation_id": evaluation.id}
    yield TimelineEvent(evaluation.opened_on, _("发起阶段评估"), phase, _("系统"), "quiet", ENDPOINT, values)
    if evaluation.assessed_at is not None and evaluation.assessed_by is not None:
        day = evaluation.assessed_at.astimezone(clock.ZONE).date()
        text = f"{phase}：{_ratings(evaluation, Side.UNIT, names)}"
        yield TimelineEvent(day, _("阶段自评"), text, evaluation.assessed_by.name, "open", ENDPOINT, values)
    if evaluation.concluded_at is not None and evaluation.concluded_by is not None:
        day = evaluation.concluded_at.astimezone(clock.ZONE).date()
        text = f"{phase}：{_ratings(evaluation, Side.LEADER, names)}"
        yield TimelineEvent(day, _("阶段评估"), text, evaluation.concluded_by.name, "done", ENDPOINT, values)


def _ratings(evaluation: StageEvaluation, side: Side, names: dict[str, str]) -> str:
    return "、".join(
        f"{names[one.dimension]}{one.rating.label}" for one in evaluation.ratings if one.side is side
    )
