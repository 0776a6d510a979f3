"""Who registers achievements and who reports for a unit."""

from fivestep_web.core.permissions import Actor, Permission


def may_register(actor: Actor, unit_id: int) -> bool:
    return actor.person_id is not None and actor.may_for(Permission.ACHIEVEMENT_REGISTER, unit_id=unit_id)


def may_report(actor: Actor, unit_id: int) -> bool:
    return actor.person_id is not None and actor.may_for(Permission.UNIT_REPORT, unit_id=unit_id)
