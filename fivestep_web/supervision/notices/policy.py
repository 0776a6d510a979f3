"""Who reads, answers and judges a supervision notice."""

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.supervision.notices.models import SupervisionNotice


def can_answer(actor: Actor, notice: SupervisionNotice) -> bool:
    """Tell whether the actor owns the goal or heads its unit."""
    goal = notice.goal
    return actor.may_for(Permission.NOTICE_ANSWER, unit_id=goal.unit_id, person_id=goal.person_id)


def can_judge(actor: Actor, notice: SupervisionNotice) -> bool:
    """Tell whether the actor leads the unit or the goal, and is neither its owner nor who answered."""
    if actor.person_id is None or not actor.may(Permission.NOTICE_JUDGE):
        return False
    answered = {answer.person_id for answer in notice.answers[-1:]}
    if actor.person_id in {notice.goal.person_id, *answered}:
        return False
    leads_goal = notice.goal.leader_id == actor.person_id
    return leads_goal or actor.may_for(Permission.NOTICE_JUDGE, unit_id=notice.goal.unit_id)


def can_decide_talk(actor: Actor) -> bool:
    """Tell whether the actor decides on talks (约谈)."""
    return actor.may(Permission.TALK_DECIDE)


def can_try_out(actor: Actor) -> bool:
    """Tell whether the actor may see who would get a notice today."""
    return actor.may_all(Permission.NOTICE_TRY_OUT)
