"""Examples of plans counted back, of what waits for what, of key goals, and of dates that moved."""

from collections.abc import Callable

from fivestep_web.accounts.models import User
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.planning import dependencies, services
from fivestep_web.extensions import db
from fivestep_web.org import services as org_services
from fivestep_web.org.models import MovedDate
from fivestep_web.org.rules import parse_days
from fivestep_web.responsibility.models import Goal
from tests.execution.planning.plans import DEADLINE, START, approve, propose, save
from tests.factories.accounts import user_with_role
from tests.factories.ledger import County, actor_of, make_county
from tests.security.example import Example

DAYS = "2031-10-01至2031-10-07 休 国庆节"


def planned() -> tuple[County, Goal]:
    """Have a goal with a saved plan."""
    county = make_county()
    goal = county.goal(starts_on=START, deadline=DEADLINE)
    save(county.member, goal)
    return county, goal


def step(take: Callable[[County, Goal], User], **data: str) -> Callable[[], Example]:
    """Return an example of a step that *take* prepares and names the actor of."""

    def build() -> Example:
        county, goal = planned()
        user = take(county, goal)
        plan = services.find_undecided(goal.id)
        fields = {"revision": str(plan.revision), **data}
        return Example(user, {"goal_id": goal.id}, fields, stranger=user_with_role(Role.ORG))

    return build


def proposer(county: County, goal: Goal) -> User:
    return county.member


def withdrawer(county: County, goal: Goal) -> User:
    propose(county.member, goal)
    return county.member


def decider(county: County, goal: Goal) -> User:
    propose(county.member, goal)
    return county.leader


def decided(**data: str) -> Callable[[], Example]:
    """Return an example of the leader's decision; everybody who decides sees every goal."""

    def build() -> Example:
        example = step(decider, **data)()
        example.stranger = None
        return example

    return build


def plan_save() -> Example:
    county = make_county()
    goal = county.goal(starts_on=START, deadline=DEADLINE)
    data = {"basis": "workdays", "starts_on": "2026-01-05", "revision": ""}
    data |= {"phases-0-name": "调研", "phases-0-workdays": "20"}
    return Example(county.member, {"goal_id": goal.id}, data, stranger=user_with_role(Role.ORG))


def dependency_add() -> Example:
    county, goal = planned()
    data = {"predecessor_id": str(county.goal().id), "reason": "先摸底"}
    return Example(county.head, {"goal_id": goal.id}, data, stranger=user_with_role(Role.ORG))


def dependency_remove() -> Example:
    county, goal = planned()
    with unit_of_work():
        found = dependencies.add(actor_of(county.head), db.session.get(Goal, goal.id), county.goal().id, "先")
    values = {"goal_id": goal.id, "dependency_id": found.id}
    return Example(county.head, values, stranger=user_with_role(Role.ORG))


def mark_key() -> Example:
    county, goal = planned()
    return Example(county.office, {"goal_id": goal.id}, {"is_key": "1"})


def plan_show() -> Example:
    county, goal = planned()
    return Example(county.member, {"goal_id": goal.id}, stranger=user_with_role(Role.ORG))


def moved(*, is_one: bool = True) -> Example:
    county, goal = planned()
    propose(county.member, goal)
    approve(county.leader, goal)
    with unit_of_work():
        org_services.enter_days(actor_of(county.office), parse_days("2026-06-22 休"))
    values = {"moved_id": db.session.query(MovedDate).one().id} if is_one else {}
    return Example(county.minister, values)


def calendar_store() -> Example:
    return Example(user_with_role(Role.OFC), data={"days": DAYS, "calendar_year": "2031"})


UNSAFE = {
    "plans.plan_save": plan_save,
    "plans.plan_propose": step(proposer),
    "plans.plan_withdraw": step(withdrawer),
    "plans.plan_return": decided(note="试点时间太短"),
    "plans.plan_approve": decided(note="同意"),
    "plans.dependency_add": dependency_add,
    "plans.dependency_remove": dependency_remove,
    "goals.goal_mark_key": mark_key,
    "org.moved_approve": moved,
    "org.moved_keep": moved,
    "org.moved_approve_all": lambda: moved(is_one=False),
    "calendar_import.calendar_store": calendar_store,
}
PAGES = {"plans.plan_show": plan_show}
UNLOGGED = {
    "plans.plan_calculate": "it shows the dates of what was typed; nothing is written",
    "calendar_import.calendar_check": "it reads a file and shows what would change; nothing is written",
}
