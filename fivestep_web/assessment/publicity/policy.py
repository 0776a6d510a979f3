"""Who may post a publicity, file, receive and answer an objection (domain.md section 6, N8)."""

from collections.abc import Collection

from fivestep_web.assessment.publicity import rules
from fivestep_web.assessment.publicity.models import Objection, Publicity
from fivestep_web.assessment.publicity.rules import (
    OPEN,
    ObjectionKind,
    ObjectionState,
    Parties,
    PublicityState,
    Subject,
)
from fivestep_web.core.permissions import Actor, Permission

HANDLERS = (Permission.OBJECTION_RECEIVE, Permission.OBJECTION_HANDLE, Permission.CYCLE_APPROVE)


def sees_all(actor: Actor) -> bool:
    """Say whether the actor reads the objections of others, but for those about the actor."""
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


def is_about(actor: Actor, *, person_id: int | None, unit_id: int | None) -> bool:
    """Say whether an objection about this person or unit is about the actor, or the actor's own unit."""
    return (person_id is not None and person_id == actor.person_id) or (
        unit_id is not None and unit_id == actor.unit_id
    )


def can_read(actor: Actor, objection: Objection) -> bool:
    """Say whether the actor may open it: the objector, and who handles them all but whom it is about."""
    if actor.person_id is not None and actor.person_id == objection.objector_id:
        return True
    return sees_all(actor) and not is_about(actor, person_id=objection.person_id, unit_id=objection.unit_id)


def can_receive(actor: Actor, objection: Objection) -> bool:
    """Say whether the actor may receive it: never the own one, nor one about the actor or the own unit."""
    return (
        actor.may(Permission.OBJECTION_RECEIVE)
        and objection.state is ObjectionState.FILED
        and actor.person_id not in {None, objection.objector_id}
        and not is_about(actor, person_id=objection.person_id, unit_id=objection.unit_id)
    )


def why_not_answer(actor: Actor, objection: Objection, preparers: Collection[int]) -> str:
    """Return why an actor who handles objections may not answer this one; empty for who may."""
    parties = Parties(
        preparers, objection.received_by_id, objection.objector_id, objection.person_id, objection.unit_id
    )
    return rules.bar(actor.person_id, actor.unit_id, parties)


def can_add_files(actor: Actor, objection: Objection) -> bool:
    """Say whether the actor may add evidence: the objector, or who received it, until it is answered."""
    is_party = actor.person_id is not None and actor.person_id in _parties(objection)
    return is_party and objection.state in OPEN


def can_read_files(actor: Actor, objection: Objection, preparers: Collection[int]) -> bool:
    """Say whether the actor reads the evidence: the objector, the receiver, who answered or may answer it."""
    if actor.person_id is None:
        return False
    if actor.person_id in {*_parties(objection), *(told.person_id for told in objection.answers)}:
        return True
    is_received = objection.state is not ObjectionState.FILED
    may_answer = is_received and actor.may(Permission.OBJECTION_HANDLE)
    return may_answer and not why_not_answer(actor, objection, preparers)


def _parties(objection: Objection) -> set[int | None]:
    return {objection.objector_id, objection.received_by_id} - {None}


def is_appealable(objection: Objection) -> bool:
    """Say whether an appeal can follow: the review was dismissed, and none was made yet."""
    is_dismissed = objection.state is ObjectionState.DISMISSED
    return objection.kind is ObjectionKind.REVIEW and is_dismissed and objection.appeal is None


def can_appeal(actor: Actor, objection: Objection) -> bool:
    """Say whether the actor may enter the appeal: the person, or the receiver where it came on paper."""
    came_on_paper = objection.objector_id is None
    appellant = objection.received_by_id if came_on_paper else objection.objector_id
    return actor.person_id is not None and actor.person_id == appellant and is_appealable(objection)


def can_conclude_appeal(actor: Actor, objection: Objection) -> bool:
    """Say whether the actor may enter what the organ decided: never the own."""
    is_concerned = actor.person_id in {objection.objector_id, objection.person_id}
    return objection.appeal is not None and actor.may(Permission.OBJECTION_RECEIVE) and not is_concerned
