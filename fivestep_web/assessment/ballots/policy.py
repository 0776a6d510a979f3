"""Who issues codes, enters paper ballots, counts, and sees how a vote runs (domain.md section 6)."""

from fivestep_web.core.permissions import Actor, Permission


def can_manage(actor: Actor) -> bool:
    """Say whether the actor issues codes and reminds groups."""
    return actor.may(Permission.BALLOT_MANAGE) and actor.person_id is not None


def can_count(actor: Actor) -> bool:
    """Say whether the actor may be one of the two counters, or enter paper ballots."""
    return actor.may(Permission.BALLOT_COUNT) and actor.person_id is not None
