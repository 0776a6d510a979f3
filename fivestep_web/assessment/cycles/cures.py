"""Which links to what cures a condition a reader may follow."""

from flask import current_app

from fivestep_web.assessment.cycles.rules import Unmet
from fivestep_web.core.permissions import Actor, Permission


def for_reader(actor: Actor, unmet: Unmet) -> Unmet:
    """Return the condition, without its link for who may not follow it."""
    return unmet if not unmet.endpoint or _may_follow(actor, unmet) else Unmet(unmet.sentence)


def _may_follow(actor: Actor, unmet: Unmet) -> bool:
    demanded: tuple[Permission, ...] = getattr(current_app.view_functions[unmet.endpoint], "requires", ())
    is_plan = unmet.endpoint.startswith("cycles.") and unmet.endpoint.endswith("_edit")
    if is_plan:
        demanded = (Permission.CYCLE_PREPARE,)  # others may read a plan's pages, and cure nothing there
    may_enter = not demanded or any(actor.may(permission) for permission in demanded)
    return may_enter and (unmet.opens_to is None or unmet.opens_to(actor))
