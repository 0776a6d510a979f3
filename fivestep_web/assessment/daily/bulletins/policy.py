"""Who prepares and who reviews a monthly bulletin (domain.md section 6)."""

from fivestep_web.assessment.daily.bulletins.models import MonthlyBulletin
from fivestep_web.assessment.daily.rules import PaperState
from fivestep_web.core.permissions import Actor, Permission


def may_prepare(actor: Actor) -> bool:
    return actor.may_all(Permission.BULLETIN_PREPARE)


def can_edit(actor: Actor, bulletin: MonthlyBulletin) -> bool:
    return bulletin.state.is_open and may_prepare(actor)


def may_review(actor: Actor, bulletin: MonthlyBulletin) -> bool:
    """Tell whether the actor may issue bulletins and is not who handed this one in."""
    return actor.may_all(Permission.BULLETIN_ISSUE) and actor.person_id != bulletin.submitted_by_id


def can_review(actor: Actor, bulletin: MonthlyBulletin) -> bool:
    return bulletin.state is PaperState.SUBMITTED and may_review(actor, bulletin)


def may_reopen(actor: Actor) -> bool:
    return may_prepare(actor) or actor.may_all(Permission.BULLETIN_ISSUE)
