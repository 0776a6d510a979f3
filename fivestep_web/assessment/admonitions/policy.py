"""Who may know of an admonition, and who takes which step (domain.md 5.7 and section 6).

The person concerned learns of it by the notice and never has a part in deciding on it, whatever the role.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from fivestep_web.assessment.admonitions.models import Admonition
from fivestep_web.assessment.admonitions.rules import TOLD, AdmonitionState
from fivestep_web.core.permissions import Actor, Permission


class Access(StrEnum):
    """How much of an admonition somebody reads."""

    ALL = "all"
    TALKER = "talker"
    SUBJECT = "subject"


def is_subject(actor: Actor, case: Admonition) -> bool:
    return actor.person_id is not None and actor.person_id == case.person_id


def access_of(actor: Actor, case: Admonition) -> Access | None:
    """Return how much the actor may read; None for who may not even know of it."""
    if is_subject(actor, case):
        return Access.SUBJECT if case.state in TOLD else None
    if actor.may(Permission.ADMONITION_READ):
        return Access.ALL
    return Access.TALKER if actor.person_id is not None and actor.person_id == case.talker_id else None


def can_supervise(actor: Actor, case: Admonition) -> bool:
    """The supervision section proposes and records, never in a matter of one's own."""
    return (
        actor.person_id is not None
        and actor.may(Permission.ADMONITION_PROPOSE)
        and not is_subject(actor, case)
    )


def can_decide(actor: Actor, case: Admonition) -> bool:
    """Only the minister approves, never what the minister proposed."""
    proposer = case.taken_by(AdmonitionState.PROPOSED)
    return _may_approve(actor, case) and actor.person_id != proposer


def can_conclude(actor: Actor, case: Admonition) -> bool:
    """The minister confirms what the follow-up found, never the own follow-up."""
    visitor = case.taken_by(AdmonitionState.FOLLOWED_UP)
    return _may_approve(actor, case) and actor.person_id != visitor


def _may_approve(actor: Actor, case: Admonition) -> bool:
    return (
        actor.person_id is not None
        and actor.may(Permission.ADMONITION_APPROVE)
        and not is_subject(actor, case)
    )


def can_receive(actor: Actor, case: Admonition) -> bool:
    """The person signs for the notice; who has no account hands the paper receipt to the supervisors."""
    waits = case.state in TOLD and case.notice is not None and case.notice.received_on is None
    return waits and (is_subject(actor, case) or can_supervise(actor, case))


class Turn(StrEnum):
    """What an admonition waits for; the value names the form that does it."""

    PROPOSE = "propose"
    DECIDE = "decide"
    NOTIFY = "notify"
    RECORD = "record"
    SIGN = "sign"
    RECTIFY = "rectify"
    FOLLOW_UP = "follow_up"
    CONCLUDE = "conclude"


_TURNS: Final[Mapping[AdmonitionState, tuple[Turn, Callable[[Actor, Admonition], bool]]]] = {
    AdmonitionState.CANDIDATE: (Turn.PROPOSE, can_supervise),
    AdmonitionState.PROPOSED: (Turn.DECIDE, can_decide),
    AdmonitionState.APPROVED: (Turn.NOTIFY, can_supervise),
    AdmonitionState.NOTIFIED: (Turn.RECORD, can_supervise),
    AdmonitionState.TALKED: (Turn.RECTIFY, can_supervise),
    AdmonitionState.RECTIFYING: (Turn.FOLLOW_UP, can_supervise),
    AdmonitionState.FOLLOWED_UP: (Turn.CONCLUDE, can_conclude),
}


def turns(actor: Actor, case: Admonition, today: date) -> tuple[Turn, ...]:
    """Return what the actor can do with it now, the next step first; empty while it waits for others."""
    if case.state not in _TURNS:
        return ()
    turn, is_allowed = _TURNS[case.state]
    if not is_allowed(actor, case) or not _is_due(turn, case, today):
        return ()
    if turn is Turn.RECORD and case.talk is not None:
        return (Turn.SIGN, Turn.RECORD)
    return (turn,)


def _is_due(turn: Turn, case: Admonition, today: date) -> bool:
    if turn is Turn.RECORD:
        return case.notice is not None and case.notice.talk_on <= today
    if turn is Turn.FOLLOW_UP:
        return case.talk is not None and case.talk.effect_until <= today
    return True
