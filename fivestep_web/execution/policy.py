"""Who may report progress on which goal."""

from fivestep_web.core.permissions import Actor, Permission


def can_report(actor: Actor, *, unit_id: int, person_id: int) -> bool:
    """Heads and organizers report for their unit, everybody else for the goals they own."""
    return actor.may_for(Permission.PROGRESS_REPORT, unit_id=unit_id, person_id=person_id)
