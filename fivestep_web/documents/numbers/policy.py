"""Who may number and issue which document (domain.md section 6)."""

from collections.abc import Collection
from typing import Final

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.documents.kinds import DocumentKind

# What makes results known: who had it made does not also approve it.
RESULTS: Final = frozenset(
    {
        DocumentKind.MONTHLY_BULLETIN,
        DocumentKind.QUARTERLY_REVIEW,
        DocumentKind.ANNUAL_ASSESSMENT_RESULT,
        DocumentKind.COMMENDATION_DECISION,
        DocumentKind.RECOMMENDATION_LIST,
    }
)


def can_number(actor: Actor, kind: DocumentKind) -> bool:
    """The leaders and the office; a monthly bulletin the office only prepares."""
    if kind is DocumentKind.MONTHLY_BULLETIN and not actor.may_all(Permission.BULLETIN_ISSUE):
        return False
    return actor.may_all(Permission.DOCUMENT_NUMBER)


def is_preparer(actor: Actor, kind: DocumentKind, asked_by: Collection[int]) -> bool:
    """Tell whether the actor is one of the accounts *asked_by* that had a result's document made."""
    return kind in RESULTS and actor.user_id in asked_by
