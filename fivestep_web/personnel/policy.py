"""Who may have a person's materials together (domain.md section 6: others' achievement files)."""

from fivestep_web.core.permissions import Actor, Permission


def can_read(actor: Actor) -> bool:
    """Tell whether the actor reads and exports the achievement files of others."""
    return actor.may(Permission.PERSON_FILE_READ)


def can_read_of(actor: Actor, person_id: int) -> bool:
    """Tell whether the actor reads this person's achievement file: the own one, or those of others."""
    is_own = actor.person_id == person_id and actor.may(Permission.OWN_RESULT)
    return can_read(actor) or is_own


def sees_entered_admonitions(actor: Actor, person_id: int) -> bool:
    """Tell whether the actor reads number and days of admonitions in a person's entries: never the rest."""
    is_own = actor.person_id == person_id
    return is_own or actor.may(Permission.ADMONITION_READ) or actor.may(Permission.ADMONITION_ENTRY)


def sees_admonitions(actor: Actor) -> bool:
    """Tell whether the actor may know of admonitions; to others there are none."""
    return can_read(actor) and actor.may(Permission.ADMONITION_READ)
