"""What the things of the log are called today; the log itself keeps their numbers."""

from collections.abc import Collection

from sqlalchemy import Select, select

from fivestep_web.accounts.models import User
from fivestep_web.audit import names
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.org.models import Person, Position, PostHolding, UnitPeriod
from fivestep_web.responsibility.models import Goal, Letter

_PRESENT = UnitPeriod.valid_to.is_(None)
QUERIES: dict[str, Select[int, str]] = {
    "goal": select(Goal.id, Goal.name),
    "holding": (
        select(PostHolding.id, UnitPeriod.name + Position.title)
        .join(Position, Position.id == PostHolding.position_id)
        .join(UnitPeriod, (UnitPeriod.unit_id == Position.unit_id) & _PRESENT)
    ),
    "ledger_entry": select(LedgerEntry.id, Goal.name).join(Goal, Goal.id == LedgerEntry.goal_id),
    "letter": select(Letter.id, Letter.number),
    "person": select(Person.id, Person.name),
    "unit": select(UnitPeriod.unit_id, UnitPeriod.name).where(_PRESENT),
    "user": select(User.id, User.username),
}


def init_app() -> None:
    """Tell the log's page the names of goals, entries, letters, people, posts, units and accounts."""
    for kind, query in QUERIES.items():
        names.add(kind, _namer(query))


def _namer(query: Select[int, str]) -> names.Namer:
    number = query.selected_columns[0]

    def find(numbers: Collection[int]) -> dict[int, str]:
        return {row[0]: row[1] for row in db.session.execute(query.where(number.in_(numbers)))}

    return find
