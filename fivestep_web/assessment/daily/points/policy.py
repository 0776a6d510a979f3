"""Who enters and who approves the points of a month."""

from fivestep_web.assessment.daily.points.models import MonthlyPoints, PointsState
from fivestep_web.core.permissions import Actor, Permission


def may_enter(actor: Actor) -> bool:
    return actor.may_all(Permission.BULLETIN_PREPARE) and actor.person_id is not None


def may_decide(actor: Actor, points: MonthlyPoints) -> bool:
    """Tell whether the actor approves points and is not who entered these."""
    return (
        actor.may_all(Permission.DAILY_POINTS_APPROVE)
        and actor.person_id is not None
        and actor.person_id != points.entered_by_id
    )


def can_decide(actor: Actor, points: MonthlyPoints) -> bool:
    return points.state is PointsState.ENTERED and may_decide(actor, points)


def can_withdraw(actor: Actor, points: MonthlyPoints) -> bool:
    return points.state is PointsState.ENTERED and actor.person_id == points.entered_by_id
