"""Who may move which ledger entry (domain.md 5.4 and section 6)."""

from collections.abc import Mapping
from dataclasses import dataclass

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.execution import policy as execution_policy
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState, Mover
from fivestep_web.responsibility.goals import assignments

S = LedgerState
REPORTABLE = frozenset({S.NOT_STARTED, S.IN_PROGRESS, S.REOPENED})


@dataclass(frozen=True)
class Command:
    """A move people make: from where to where, and by which permission each kind of mover makes it."""

    sources: frozenset[LedgerState]
    target: LedgerState
    permissions: Mapping[Mover, Permission]


_INSPECTORS = {
    Mover.OFFICE: Permission.WRITE_OFF_CHECK,
    Mover.LEADER_IN_CHARGE: Permission.WRITE_OFF_APPROVE,
}
_SUSPENDER = {Mover.LEADER_IN_CHARGE: Permission.ENTRY_SUSPEND}

START = Command(frozenset({S.NOT_STARTED}), S.IN_PROGRESS, {Mover.OWNER: Permission.PROGRESS_REPORT})
REQUEST = Command(
    frozenset({S.IN_PROGRESS, S.REOPENED}),
    S.WRITE_OFF_REQUESTED,
    {Mover.OWNER: Permission.PROGRESS_REPORT},
)
APPROVE = Command(
    frozenset({S.WRITE_OFF_REQUESTED}), S.CLOSED, {Mover.LEADER_IN_CHARGE: Permission.WRITE_OFF_APPROVE}
)
SEND_BACK = Command(frozenset({S.WRITE_OFF_REQUESTED}), S.IN_PROGRESS, _INSPECTORS)
REOPEN = Command(frozenset({S.CLOSED}), S.REOPENED, _INSPECTORS)
SUSPEND = Command(frozenset({S.NOT_STARTED, S.IN_PROGRESS}), S.SUSPENDED, _SUSPENDER)
RESUME = Command(frozenset({S.SUSPENDED}), S.IN_PROGRESS, _SUSPENDER)
CANCEL = Command(
    frozenset({S.NOT_STARTED, S.IN_PROGRESS, S.SUSPENDED}),
    S.CANCELLED,
    {Mover.MINISTER: Permission.ENTRY_CANCEL},
)
COMMANDS = (START, REQUEST, APPROVE, SEND_BACK, REOPEN, SUSPEND, RESUME, CANCEL)


def may(actor: Actor, command: Command, entry: LedgerEntry) -> bool:
    """Say whether one of the command's permissions reaches the entry's goal, whatever its state."""
    goal = entry.goal
    return any(
        actor.may_for(permission, unit_id=goal.unit_id, person_id=goal.person_id)
        for permission in command.permissions.values()
    )


def can(actor: Actor, command: Command, entry: LedgerEntry) -> bool:
    """Say whether the actor may make the move now."""
    return entry.state in command.sources and may(actor, command, entry)


def can_report(actor: Actor, entry: LedgerEntry) -> bool:
    goal = entry.goal
    return entry.state in REPORTABLE and execution_policy.can_report(
        actor,
        unit_id=goal.unit_id,
        person_id=goal.person_id,
        is_assisted=assignments.assists(actor, goal.id),
    )


def requester_id(entry: LedgerEntry) -> int | None:
    """Return who asked for the write-off the entry is in."""
    person_id = None
    for change in reversed(entry.changes):
        if change.state is not S.WRITE_OFF_REQUESTED:
            break
        person_id = change.person_id
    return person_id


def may_check(actor: Actor, entry: LedgerEntry) -> bool:
    """The office checks what somebody else asked for."""
    return actor.may_all(Permission.WRITE_OFF_CHECK) and actor.person_id != requester_id(entry)


def can_check(actor: Actor, entry: LedgerEntry) -> bool:
    return entry.state is S.WRITE_OFF_REQUESTED and entry.checked_by_id is None and may_check(actor, entry)


def is_preparer(actor: Actor, entry: LedgerEntry) -> bool:
    """Nobody approves what they own, asked for or checked (domain.md 6)."""
    return actor.person_id in {entry.goal.person_id, requester_id(entry), entry.checked_by_id}


def can_approve(actor: Actor, entry: LedgerEntry) -> bool:
    return can(actor, APPROVE, entry) and entry.checked_by_id is not None and not is_preparer(actor, entry)
