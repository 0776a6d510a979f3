"""Who may change the organization, its calendar and the years."""

from flask_babel import gettext as _

from fivestep_web.core.errors import NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.org.models import MovedDate, MovedState


def can_manage(actor: Actor) -> bool:
    """Units, people and posts: the administrator alone (domain.md section 6)."""
    return actor.may_all(Permission.ORG_MANAGE)


def can_edit_calendar(actor: Actor) -> bool:
    """The office and the administrator (domain.md section 6)."""
    return actor.may_all(Permission.CALENDAR_EDIT)


def may_decide_moved(actor: Actor) -> bool:
    """Leaders of the department and the office (domain.md section 10)."""
    return actor.may_all(Permission.MOVED_DATE_DECIDE)


def can_decide_moved(actor: Actor, row: MovedDate) -> bool:
    """Nobody decides on dates moved by a calendar they entered."""
    is_another = actor.person_id is not None and actor.person_id != row.made_by_id
    return is_another and row.state is MovedState.PROPOSED and may_decide_moved(actor)


def can_open_step_two(actor: Actor) -> bool:
    """The minister alone (R1.1)."""
    return actor.may_all(Permission.STEP_TWO_OPEN)


def demand(is_allowed: bool) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise NotAllowed unless *is_allowed*."""
    if not is_allowed:
        raise NotAllowed(_("您的岗位没有这项权限。"))
