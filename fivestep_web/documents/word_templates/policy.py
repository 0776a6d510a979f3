"""Who may change the templates."""

from fivestep_web.core.permissions import Actor, Permission


def can_manage(actor: Actor) -> bool:
    """The office and personnel, whose documents they are, and the administrator."""
    return actor.may_all(Permission.TEMPLATE_MANAGE)
