"""Who may prepare and decide commendations (domain.md section 6): nobody decides what they prepared."""

from fivestep_web.assessment.commendations.models import Commendation
from fivestep_web.assessment.commendations.rules import CommendationState
from fivestep_web.core.permissions import Actor, Permission


def can_prepare(actor: Actor) -> bool:
    """The office and personnel draw up lists, nominate and keep the year's terms."""
    return actor.person_id is not None and actor.may(Permission.COMMENDATION_PREPARE)


def can_decide(actor: Actor) -> bool:
    """The minister and the executive deputy decide."""
    return actor.person_id is not None and actor.may(Permission.COMMENDATION_DECIDE)


def is_own(actor: Actor, row: Commendation) -> bool:
    """Say whether a row is of the actor's own doing or about the actor: both keep from deciding it."""
    return actor.person_id in {row.taken_by(CommendationState.NOMINATED), row.person_id}
