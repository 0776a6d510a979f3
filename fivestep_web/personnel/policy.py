"""Who may have a person's materials together (domain.md section 6: others' achievement files)."""

from fivestep_web.core.permissions import Actor, Permission


def can_read(actor: Actor) -> bool:
    """Tell whether the actor reads and exports the achievement files of others."""
    return actor.may(Permission.PERSON_FILE_READ)


def sees_admonitions(actor: Actor) -> bool:
    """Tell whether the actor may know of admonitions; to others there are none."""
    return can_read(actor) and actor.may(Permission.ADMONITION_READ)
