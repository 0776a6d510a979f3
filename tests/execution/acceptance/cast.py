"""A goal with phases under way, and the steps by which a phase is handed in and accepted."""

from datetime import date
from decimal import Decimal
from typing import Any

from fivestep_web.accounts.models import User
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.acceptance import queries, services
from fivestep_web.execution.evidence import services as evidence
from fivestep_web.execution.evidence.inspection import Inspected
from fivestep_web.execution.evidence.models import EvidenceKind
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from fivestep_web.responsibility.models import Milestone
from tests.factories.ledger import County, MilestoneFactory, ProgressEventFactory, actor_of

DEADLINE = date(2026, 12, 18)
NODES = ((1, "调研", date(2026, 9, 30), "0.5"), (2, "总结", DEADLINE, "1"))


def under_way(
    county: County, *, deliverable: str = "报告", **facts: Any
) -> tuple[LedgerEntry, list[Milestone]]:
    """Return a reported goal's entry and its two phases; the first was due on 30 September."""
    entry = county.entry(LedgerState.IN_PROGRESS, **{"deadline": DEADLINE, **facts})
    ProgressEventFactory(goal=entry.goal, happened_on=date(2026, 9, 20), done=Decimal(6))
    phases = [
        MilestoneFactory(
            goal=entry.goal,
            sequence=place,
            name=name,
            due_on=due,
            share=Decimal(share),
            deliverable=deliverable,
        )
        for place, name, due, share in NODES
    ]
    return entry, phases


def choose(user: User, phase: Milestone, data: bytes = b"a photo") -> None:
    """Keep a file for a phase as if it had been inspected."""
    with unit_of_work():
        found = queries.get_milestone(actor_of(user), phase.id)
        item = Inspected("现场.jpg", EvidenceKind.PHOTO, data, b"small")
        evidence.choose(actor_of(user), found.goal, [item], phase=found)


def hand_in(user: User, phase: Milestone, *, answer: str = "", data: bytes | None = b"a photo") -> None:
    if data is not None:
        choose(user, phase, data)
    with unit_of_work():
        found = queries.get_milestone(actor_of(user), phase.id, lock=True)
        services.submit(actor_of(user), found, note="已完成", answer=answer)


def accept(user: User, phase: Milestone) -> None:
    with unit_of_work():
        services.accept(actor_of(user), queries.get_milestone(actor_of(user), phase.id, lock=True))


def send_back(user: User, phase: Milestone, reason: str = "缺少签到表") -> None:
    with unit_of_work():
        found = queries.get_milestone(actor_of(user), phase.id, lock=True)
        services.send_back(actor_of(user), found, reason=reason)


def fresh(phase: Milestone) -> Milestone:
    """Return a phase as it is stored now."""
    db.session.expire_all()
    return db.session.get_one(Milestone, phase.id)
