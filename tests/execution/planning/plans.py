"""Plans as the people who do the work drive them."""

from datetime import date
from decimal import Decimal

from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.planning import services
from fivestep_web.execution.planning.rules import Basis
from fivestep_web.execution.planning.services import Draft, Row
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal
from tests.factories.ledger import actor_of

START, DEADLINE = date(2026, 1, 5), date(2026, 6, 30)
VECTOR = (
    ("调研摸底", 20, 15),
    ("制定方案", 10, 10),
    ("试点先行", 25, 25),
    ("全面推开", 35, 35),
    ("总结验收", 10, 15),
)


def draft(*lengths, starts_on=START, **of_first):
    """Return the plan of domain.md 8.1, with other *lengths* where given."""
    rows = [
        Row(name, lengths[place] if lengths else days, weight=Decimal(weight))
        for place, (name, days, weight) in enumerate(VECTOR)
    ]
    rows[0] = Row(**(vars(rows[0]) | of_first))
    return Draft(Basis.WORKDAYS, starts_on, rows)


def save(user, goal, typed=None):
    with unit_of_work():
        stored = db.session.get(Goal, goal.id)
        plan = services.find_undecided(goal.id)
        return services.save(
            actor_of(user), stored, typed or draft(), revision=plan.revision if plan else None
        )


def step(command, user, goal, *words):
    """Run a step of services with the goal's undecided plan as it is now."""
    with unit_of_work():
        plan = services.find_undecided(goal.id)
        return command(actor_of(user), db.session.get(Goal, goal.id), plan, *words, revision=plan.revision)


def propose(user, goal):
    return step(services.propose, user, goal)


def approve(user, goal, note=""):
    return step(services.approve, user, goal, note)
