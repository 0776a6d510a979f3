"""Phases that ended, their evaluations, corrective orders."""

from datetime import date
from typing import Any

from fivestep_web.accounts.models import User
from fivestep_web.core import clock
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Milestone
from fivestep_web.supervision.correctives import services as correctives
from fivestep_web.supervision.correctives.models import CorrectiveOrder
from fivestep_web.supervision.evaluations import opening, queries, services, settings
from fivestep_web.supervision.evaluations.models import StageEvaluation
from fivestep_web.supervision.evaluations.rules import Given, Rating
from tests.factories.ledger import County, MilestoneFactory, actor_of


def phase(county: County, due_on: date = date(2026, 9, 30), **facts: Any) -> Milestone:
    """Return a phase of a goal in the ledger, of a unit goal of the section's member unless told."""
    return MilestoneFactory(goal=county.entry(**facts).goal, due_on=due_on, sequence=1)


def opened(county: County, **facts: Any) -> StageEvaluation:
    """Return the open evaluation of a phase that ended."""
    milestone = phase(county, **facts)
    with unit_of_work():
        settings.begin(2026, date(2026, 1, 1))
        opening.open_due(clock.today())
    return db.session.query(StageEvaluation).filter_by(milestone_id=milestone.id).one()


def given(rating: Rating = Rating.GOOD, year: int = 2026) -> dict[str, Given]:
    """Return the same rating for every dimension of a year."""
    return {key: Given(rating, "台账有记录") for key in settings.dimensions_of(year)}


def assessed(county: County, by: User | None = None, **facts: Any) -> StageEvaluation:
    """Return an evaluation that waits for the leader."""
    evaluation = opened(county, **facts)
    assess(evaluation.id, by or county.head)
    return evaluation


def assess(evaluation_id: int, by: User, rating: Rating = Rating.GOOD) -> None:
    """Rate for the unit."""
    with unit_of_work():
        actor = actor_of(by)
        found = queries.get_evaluation(actor, evaluation_id, lock=True)
        services.assess(actor, found, given(rating))


def conclude(evaluation_id: int, by: User, rating: Rating = Rating.GOOD) -> None:
    """Rate for the leader."""
    with unit_of_work():
        actor = actor_of(by)
        found = queries.get_evaluation(actor, evaluation_id, lock=True)
        services.conclude(actor, found, given(rating))


def ordered(county: County, by: User | None = None, **facts: Any) -> CorrectiveOrder:
    """Return an order of the leader in charge for a goal in the ledger, to be done in ten days."""
    goal_id = facts.pop("goal_id", None) or county.entry().goal_id
    wanted = {
        "what": "增派人手，按周调度",
        "person_id": county.member.person_id,
        "due_on": date.fromordinal(clock.today().toordinal() + 10),
        "origin": "leader",
        "reason": "进度落后",
        **facts,
    }
    with unit_of_work():
        return correctives.order(actor_of(by or county.leader), goal_id=goal_id, **wanted)
