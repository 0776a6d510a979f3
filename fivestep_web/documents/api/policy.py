"""Who may draw up tokens of the interface, who collects them, and what none of them reaches."""

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.documents.api import rules
from fivestep_web.documents.api.models import ApiToken
from fivestep_web.documents.kinds import DocumentKind


def can_manage(actor: Actor) -> bool:
    """Tell whether the actor draws tokens up and revokes them."""
    return actor.may(Permission.TOKEN_MANAGE)


def is_owner(actor: Actor, token: ApiToken) -> bool:
    """Tell whether the actor answers for *token*."""
    return actor.user_id is not None and actor.user_id == token.owner_id


def is_offered(kind: DocumentKind) -> bool:
    """Tell whether documents of *kind* are ever handed out by the interface."""
    return rules.is_offered(kind.value, is_confidential=kind.is_confidential)
