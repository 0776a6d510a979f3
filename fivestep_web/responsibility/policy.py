"""Who may do what to which letter or goal."""

from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM, Actor, Permission, Scope
from fivestep_web.responsibility.changes import turns as change_turns
from fivestep_web.responsibility.letters import signatories
from fivestep_web.responsibility.models import Goal, Letter, Mandate
from fivestep_web.responsibility.rules import (
    NEXT_STEP,
    UPPER_KIND,
    ChangeState,
    LetterKind,
    LetterState,
    SigningStep,
    may_become,
)
from fivestep_web.responsibility.signing import mandates
from fivestep_web.topics.rules import Tier


def can_read(actor: Actor, letter: Letter) -> bool:
    """Its two sides read it, whoever the permission reaches, and the deputies of its sides."""
    sides = (letter.responsible_id, letter.issuer_id)
    if actor.may_for(Permission.LETTER_READ, unit_id=letter.unit_id, person_id=letter.responsible_id):
        return True
    if actor.person_id is None or actor.person_id in sides:
        return actor.person_id is not None
    return any(mandates.find_standing(actor.person_id, side, clock.today()) for side in sides)


def can_draft(actor: Actor, kind: LetterKind, unit_id: int) -> bool:
    """The office draws up every letter, a unit's head those with the unit's own comrades.

    The system itself does when a workbook is loaded from the command line.
    """
    if actor is SYSTEM or actor.may_all(Permission.LETTER_ISSUE):
        return True
    return kind in UPPER_KIND and actor.may_for(Permission.LETTER_ISSUE, unit_id=unit_id)


def can_handle(actor: Actor, letter: Letter) -> bool:
    """Say whether the actor issues, revises and voids this letter for its issuing side, its state apart."""
    return can_draft(actor, letter.kind, letter.unit_id)


def is_approved(letter: Letter) -> bool:
    """No change order is behind the letter, or an approved one: what conditions.is_approved says."""
    return letter.change_order is None or letter.change_order.state is ChangeState.APPROVED


def can_issue(actor: Actor, letter: Letter) -> bool:
    """A draft goes out, one drawn up by a change order only while that is approved."""
    is_ready = may_become(letter.state, LetterState.ISSUED) and is_approved(letter)
    return is_ready and can_handle(actor, letter)


def can_revise(actor: Actor, letter: Letter) -> bool:
    """What was objected to goes back into draft."""
    return may_become(letter.state, LetterState.DRAFT) and can_handle(actor, letter)


def can_void(actor: Actor, letter: Letter) -> bool:
    """What is not in force may be voided, unless its tasks went to another letter already."""
    is_open = may_become(letter.state, LetterState.VOID) and can_handle(actor, letter)
    return is_open and not change_turns.why_kept(letter)


def can_allow_exception(actor: Actor, letter: Letter) -> bool:
    """R2.11: only the minister lets a draft go out before the letter above it is in force, and once."""
    return (
        letter.state is LetterState.DRAFT
        and letter.upper is not None
        and letter.upper.state is not LetterState.IN_FORCE
        and not letter.exception_reason
        and actor.may_for(Permission.STEP_TWO_OPEN, unit_id=letter.unit_id)
    )


def _sides(letter: Letter) -> tuple[int, int] | None:
    """Return who signs next and who the other side is; None when nobody's turn it is."""
    match NEXT_STEP.get(letter.state):
        case SigningStep.RESPONSIBLE:
            return letter.responsible_id, letter.issuer_id
        case SigningStep.ISSUING:
            return letter.issuer_id, letter.responsible_id
    return None


def _is_signatory(actor: Actor, letter: Letter) -> bool:
    """Say whether *actor* holds a role that signs on the side whose turn it is."""
    if NEXT_STEP.get(letter.state) is SigningStep.RESPONSIBLE:
        return letter.responsible_id == actor.person_id and actor.may_for(
            Permission.LETTER_SIGN_RESPONSIBLE, unit_id=letter.unit_id, person_id=letter.responsible_id
        )
    return letter.issuer_id == actor.person_id and actor.may_for(
        Permission.LETTER_SIGN_ISSUING, unit_id=letter.unit_id
    )


def has_turn(actor: Actor, letter: Letter) -> bool:
    """Whose turn it is, while holding a role that signs on that side, or a deputy under a mandate."""
    sides = _sides(letter)
    if sides is None or actor.person_id is None:
        return False
    return _is_signatory(actor, letter) or find_mandate(actor, letter) is not None


def can_sign(actor: Actor, letter: Letter) -> bool:
    """Whose turn it is, unless posts changed or another letter of the order is countersigned first."""
    is_free = not (change_turns.why_held_back(letter) or signatories.why_stopped(letter, clock.today()))
    return is_free and has_turn(actor, letter)


def find_mandate(actor: Actor, letter: Letter) -> Mandate | None:
    """Return the mandate by which the actor signs in the place of the side whose turn it is (S8).

    The principal must be able to sign today, and the deputy may not be the other side nor have signed for it.
    """
    sides = _sides(letter)
    if sides is None or actor.person_id is None or actor.person_id in sides or _has_signed(actor, letter):
        return None
    today = clock.today()
    mandate = mandates.find_standing(actor.person_id, sides[0], today)
    if mandate is None:
        return None
    principal = mandates.find_principal(sides[0], today)
    return mandate if principal is not None and _is_signatory(principal, letter) else None


def _has_signed(actor: Actor, letter: Letter) -> bool:
    """Say whether the actor signed the version in work, for whichever side."""
    return any(
        signature.person_id == actor.person_id
        for version in letter.versions
        if version.version == letter.version
        for signature in version.signatures
    )


def can_object(actor: Actor, letter: Letter) -> bool:
    """The responsible side itself may object while the letter waits for it."""
    return letter.state is LetterState.ISSUED and _is_signatory(actor, letter)


LETTER_ACTIONS = {
    "sign": can_sign,
    "object": can_object,
    "issue": can_issue,
    "revise": can_revise,
    "exception": can_allow_exception,
    "void": can_void,
}


def letter_actions(actor: Actor, letter: Letter) -> frozenset[str]:
    """Return the names of what the actor may do to a letter now: exactly what the page offers."""
    return frozenset(name for name, is_allowed in LETTER_ACTIONS.items() if is_allowed(actor, letter))


def can_edit_goals_of(actor: Actor, unit_id: int) -> bool:
    """R2.5: the goal tree of a unit is built by those the matrix names for it."""
    return actor.may_for(Permission.GOAL_EDIT, unit_id=unit_id)


def is_key(goal: Goal) -> bool:
    """Marked as key, or of a key topic (R3.3)."""
    return goal.is_key or goal.topic.tier is Tier.KEY


def can_mark_key(actor: Actor, goal: Goal) -> bool:
    """The leader in charge and the office mark key goals (R3.3)."""
    return actor.may_for(Permission.KEY_GOAL_MARK, unit_id=goal.unit_id)


def can_edit_duties(actor: Actor, unit_id: int) -> bool:
    """R2.2: a unit's head and those who build its goal tree, and who keeps the organization."""
    return actor.may_for(Permission.DUTY_EDIT, unit_id=unit_id)


def can_remind(actor: Actor, kind: LetterKind, unit_id: int) -> bool:
    """Office and leaders remind of every letter in their reach, a head of those below the own (R2.11)."""
    scopes = actor.scopes(Permission.REMIND)
    return (
        Scope.ALL in scopes
        or (Scope.CHARGE in scopes and unit_id in actor.charge)
        or (Scope.UNIT in scopes and unit_id == actor.unit_id and kind in UPPER_KIND)
    )


def can_edit_goal(actor: Actor, goal: Goal) -> bool:
    """Say whether the actor edits the goals of this goal's unit."""
    return can_edit_goals_of(actor, goal.unit_id)
