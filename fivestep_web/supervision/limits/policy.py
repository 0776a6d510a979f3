"""Who sees which hand-overs, and who sets the limits (R3.9)."""

from collections.abc import Collection

from fivestep_web.core.permissions import Actor, Permission


def can_set(actor: Actor) -> bool:
    """The executive deputy minister or the office sets the limits of a year."""
    return actor.may_all(Permission.LIMIT_SET)


def can_see(actor: Actor, unit_id: int | None, people: Collection[int]) -> bool:
    """A hand-over shows to whom its unit is in reach of, to its holder and to the level above."""
    return actor.person_id in people or actor.may_for(Permission.LIMIT_READ, unit_id=unit_id)
