"""Who may see and do what in the assessment (domain.md section 6)."""

from flask_babel import gettext as _

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor, Permission


def can_give_points(actor: Actor, *, unit_id: int, person_id: int) -> bool:
    """Say whether the actor may assess this goal: never one of the own unit, nor one in the own charge."""
    return (
        actor.may(Permission.MANUAL_POINTS)
        and actor.person_id is not None
        and unit_id != actor.unit_id
        and person_id != actor.person_id
    )


def require_admonition_reader(actor: Actor) -> None:
    """Refuse as if the page were not there, unless the actor may know of admonitions."""
    if not actor.may(Permission.ADMONITION_READ):
        raise NotFound(_("没有这一页。"))
