"""Who registers achievements and who reports for a unit."""

from fivestep_web.core.permissions import Actor, Permission


def may_register(actor: Actor, unit_id: int) -> bool:
    return actor.person_id is not None and actor.may_for(Permission.ACHIEVEMENT_REGISTER, unit_id=unit_id)


def may_report(actor: Actor, unit_id: int) -> bool:
    return actor.person_id is not None and actor.may_for(Permission.UNIT_REPORT, unit_id=unit_id)


def may_enter_missing(actor: Actor) -> bool:
    """Say whether the actor enters that a unit gave no self-report: who runs the assessment (5.6)."""
    return actor.person_id is not None and actor.may(Permission.CYCLE_RUN)
