"""Who may post a publicity, file, receive and answer an objection (domain.md section 6, N8)."""

from collections.abc import Collection

from fivestep_web.assessment.publicity import rules
from fivestep_web.assessment.publicity.models import Objection, Publicity
from fivestep_web.assessment.publicity.rules import ObjectionState, Parties, PublicityState, Subject
from fivestep_web.core.permissions import Actor, Permission

HANDLERS = (Permission.OBJECTION_RECEIVE, Permission.OBJECTION_HANDLE, Permission.CYCLE_APPROVE)


def sees_all(actor: Actor) -> bool:
    """Say whether the actor reads every objection; others read the own ones."""
    return any(actor.may(permission) for permission in HANDLERS)


def can_see(actor: Actor, publicity: Publicity) -> bool:
    """Say whether the actor may read a publicity: a posted one is for all, its preparation for few."""
    return publicity.state is not PublicityState.SCHEDULED or actor.may(Permission.RESULT_READ)


def can_post(actor: Actor, publicity: Publicity) -> bool:
    """Say whether the actor may post it; results are posted by the step of the year's assessment."""
    return (
        actor.may(Permission.CYCLE_APPROVE)
        and publicity.state is PublicityState.SCHEDULED
        and publicity.subject is not Subject.RESULTS
    )


def can_receive(actor: Actor, objection: Objection) -> bool:
    """Say whether the actor may receive it: never the own objection."""
    return (
        actor.may(Permission.OBJECTION_RECEIVE)
        and objection.state is ObjectionState.FILED
        and actor.person_id not in {None, objection.objector_id}
    )


def why_not_answer(actor: Actor, objection: Objection, preparers: Collection[int]) -> str:
    """Return why an actor who handles objections may not answer this one; empty for who may."""
    parties = Parties(
        preparers, objection.received_by_id, objection.objector_id, objection.person_id, objection.unit_id
    )
    return rules.bar(actor.person_id, actor.unit_id, parties)
