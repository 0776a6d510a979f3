"""Who asks for an extension, and who decides on it."""

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.supervision.extensions.models import ExtensionRequest
from fivestep_web.supervision.extensions.registry import Item
from fivestep_web.supervision.extensions.rules import ExtensionState


def can_ask(actor: Actor, item: Item) -> bool:
    """Who has to do the thing asks, or the head of the unit."""
    return actor.person_id is not None and actor.may_for(
        Permission.EXTENSION_ASK, unit_id=item.unit_id, person_id=item.person_id
    )


def may_decide(actor: Actor, request: ExtensionRequest) -> bool:
    """The leader in charge decides, never who asked."""
    return (
        actor.person_id is not None
        and actor.person_id != request.requested_by_id
        and actor.may_for(Permission.EXTENSION_DECIDE, unit_id=request.unit_id)
    )


def can_decide(actor: Actor, request: ExtensionRequest) -> bool:
    """Say whether the actor may decide on the request now."""
    return request.state is ExtensionState.REQUESTED and may_decide(actor, request)


def can_withdraw(actor: Actor, request: ExtensionRequest) -> bool:
    """Who asked takes it back before it is decided on."""
    is_own = actor.person_id is not None and actor.person_id == request.requested_by_id
    return request.state is ExtensionState.REQUESTED and is_own
