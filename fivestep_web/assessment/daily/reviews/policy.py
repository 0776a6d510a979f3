"""Who reports and who remarks in a quarterly review (domain.md section 6)."""

from fivestep_web.assessment.daily.reviews.models import QuarterlyReview
from fivestep_web.core.permissions import Actor, Permission


def may_report(actor: Actor, unit_id: int) -> bool:
    return actor.person_id is not None and actor.may_for(Permission.UNIT_REPORT, unit_id=unit_id)


def can_report(actor: Actor, review: QuarterlyReview, unit_id: int) -> bool:
    return review.state.is_open and may_report(actor, unit_id)


def may_remark(actor: Actor, unit_id: int) -> bool:
    """Tell whether the actor remarks on this unit: the ministers on all, a leader on the own charge."""
    return actor.person_id is not None and actor.may_for(Permission.REMARK_WRITE, unit_id=unit_id)


def can_remark(actor: Actor, review: QuarterlyReview, unit_id: int) -> bool:
    return review.state.is_open and may_remark(actor, unit_id)
