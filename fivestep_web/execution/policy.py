"""Who may report progress on which goal."""

from fivestep_web.core.permissions import Actor, Permission


def can_report(actor: Actor, *, unit_id: int, person_id: int, is_assisted: bool = False) -> bool:
    """Heads and organizers report for their unit, everybody else for the goals they own or assist with.

    *is_assisted*: the actor is one of the goal's 协办 (R2.5), of whatever unit.
    """
    return actor.may_for(Permission.PROGRESS_REPORT, unit_id=unit_id, person_id=person_id) or (
        is_assisted and actor.may(Permission.PROGRESS_REPORT)
    )
