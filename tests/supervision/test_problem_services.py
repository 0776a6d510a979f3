"""Problems on a real database: who raises, who solves, never without a solution."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from fivestep_web.core.errors import Conflict, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.supervision.problems import page, queries, services, waiting
from fivestep_web.supervision.problems.rules import ProblemState
from fivestep_web.supervision.problems.services import Solution
from tests.factories.accounts import user_with_role
from tests.factories.ledger import actor_of
from tests.supervision.meeting_steps import TODAY, make_meetings, play, problem_of


@pytest.fixture
def made(db):
    return make_meetings()


def solution(made, **facts):
    return Solution(
        **{"text": "协调拨付", "owner_id": made.county.member.person_id, "due_on": TODAY, **facts}
    )


def test_the_unit_and_its_leaders_raise_and_others_do_not(made):
    for name in ("member", "head", "leader", "minister", "chair"):
        with unit_of_work():
            services.raise_problem(made.actor(name), made.red_goal_id, text="人手不足")
    with pytest.raises(NotAllowed), unit_of_work():
        services.raise_problem(made.office, made.red_goal_id, text="人手不足")
    stranger = actor_of(user_with_role(Role.DEP))
    with pytest.raises(NotAllowed), unit_of_work():
        services.raise_problem(stranger, made.red_goal_id, text="人手不足")
    with pytest.raises(FieldError), unit_of_work():
        services.raise_problem(made.actor("head"), made.red_goal_id, text=" ")
    with pytest.raises(NotFound), unit_of_work():
        services.raise_problem(made.actor("head"), made.county.goal().id, text="没有台账")


def test_the_leader_in_charge_solves_with_who_and_when(made):
    with pytest.raises(NotAllowed), unit_of_work():
        services.solve(made.actor("head"), problem_of(made), solution(made))
    for facts in ({"text": " "}, {"due_on": date(2026, 7, 1)}):
        with pytest.raises(FieldError), unit_of_work():
            services.solve(made.actor("leader"), problem_of(made), solution(made, **facts))
    play(date(2026, 7, 20))
    with unit_of_work():
        services.solve(made.actor("leader"), problem_of(made), solution(made, due_on=date(2026, 7, 31)))
    problem = problem_of(made)
    assert (problem.state, problem.unit_id) == (ProblemState.SOLVED, made.county.unit.id)
    assert page.time_of(problem) == "2个工作日"
    assert page.overall([problem]).middle == "2"
    with pytest.raises(Conflict), unit_of_work():
        services.withdraw(made.actor("member"), problem_of(made), reason="已解决")


def test_the_database_keeps_no_solved_problem_without_a_solution(made):
    with pytest.raises(IntegrityError):
        database.session.execute(text("UPDATE problem SET state = 'solved'"))


def test_only_its_raiser_withdraws_a_problem_and_says_why(made):
    with pytest.raises(NotAllowed), unit_of_work():
        services.withdraw(made.actor("head"), problem_of(made), reason="不属实")
    with pytest.raises(FieldError), unit_of_work():
        services.withdraw(made.actor("member"), problem_of(made), reason=" ")
    with unit_of_work():
        services.withdraw(made.actor("member"), problem_of(made), reason="已自行解决")
    assert problem_of(made).state is ProblemState.WITHDRAWN
    assert page.overall([problem_of(made)]).raised == 0


def test_problems_are_seen_by_who_reads_the_ledger_of_the_goal(made):
    assert queries.get_problem(actor_of(user_with_role(Role.STF)), made.problem_id)
    secretary = actor_of(user_with_role(Role.TSC))
    with pytest.raises(NotFound):
        queries.get_problem(secretary, made.problem_id)
    assert queries.list_problems(secretary, 2026) == []


def test_an_open_problem_waits_for_the_leader_in_charge(made):
    leader = made.actor("leader")
    assert [item.label for item in waiting.list_waiting(leader, 2026)] == ["经费没有拨付"]
    assert [database.session.scalar(one) for one in map(_select, waiting.counts(leader, 2026))] == [1]
    assert waiting.list_waiting(made.actor("chair"), 2026) == []
    assert waiting.counts(made.actor("head"), 2026) == []


def _select(subquery):
    return database.select(subquery)
