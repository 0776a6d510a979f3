"""Who may do what to which letter or goal."""

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import NEXT_STEP, LetterState, SigningStep

PERSONAL_KINDS = ("unit_member", "section_head_staff")


def can_read(actor: Actor, letter: Letter) -> bool:
    """Its two sides read it, and whoever the permission reaches."""
    return actor.person_id in (letter.responsible_id, letter.issuer_id) or actor.may_for(
        Permission.LETTER_READ, unit_id=letter.unit_id, person_id=letter.responsible_id
    )


def can_issue(actor: Actor, letter: Letter) -> bool:
    """The office issues every letter, a unit's head those with the unit's own comrades."""
    if actor.may_all(Permission.LETTER_ISSUE):
        return True
    return letter.kind in PERSONAL_KINDS and actor.may_for(Permission.LETTER_ISSUE, unit_id=letter.unit_id)


def can_sign(actor: Actor, letter: Letter) -> bool:
    """Only the person whose turn it is, and only while holding a role that signs on that side."""
    match NEXT_STEP.get(letter.state):
        case SigningStep.RESPONSIBLE:
            return letter.responsible_id == actor.person_id and actor.may(Permission.LETTER_SIGN_RESPONSIBLE)
        case SigningStep.ISSUING:
            return letter.issuer_id == actor.person_id and actor.may_for(
                Permission.LETTER_SIGN_ISSUING, unit_id=letter.unit_id
            )
    return False


def can_object(actor: Actor, letter: Letter) -> bool:
    """The responsible side may object while the letter waits for it."""
    return letter.state is LetterState.ISSUED and can_sign(actor, letter)


def can_edit_goal(actor: Actor, goal: Goal) -> bool:
    """R2.5: the goal tree is built by those the matrix names, for their units."""
    return actor.may_for(Permission.GOAL_EDIT, unit_id=goal.unit_id)
