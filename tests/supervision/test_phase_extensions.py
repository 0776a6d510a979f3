"""The end of a phase no letter has signed moves by an extension, a signed one only by a change order."""

from datetime import date

import pytest

from fivestep_web.core.errors import Conflict, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.execution.planning.models import SchedulePlan
from fivestep_web.execution.planning.rules import PlanState
from fivestep_web.extensions import db as database
from fivestep_web.responsibility.models import LetterVersion, Milestone
from fivestep_web.supervision.extensions import phases, queries, services
from tests.execution.acceptance.cast import hand_in, under_way
from tests.factories.accounts import user_with_role
from tests.factories.feedback import play
from tests.factories.ledger import actor_of, letter_in_force, make_county
from tests.web import get, post

TODAY, DUE, LATER = date(2026, 9, 15), date(2026, 9, 30), date(2026, 10, 16)


@pytest.fixture
def county(db):
    play(TODAY)
    return make_county()


def ask(user, phase, day=LATER):
    with unit_of_work():
        made = services.ask(actor_of(user), phases.KIND, phase.id, asked_due_on=day, reason="汛期入村受阻")
    return made.id


def grant(county, request_id):
    leader = actor_of(county.leader)
    with unit_of_work():
        services.grant(leader, queries.get_request(leader, request_id, lock=True), reason="同意")


def signed(county, goal, *named):
    """Have a letter in force that names phases of the goal."""
    letter = letter_in_force(county, [goal])
    rows = [{"code": goal.code, "phase": phase.name} for phase in named]
    database.session.add(
        LetterVersion(
            letter_id=letter.id, version=1, content={"schedule": rows},
            content_sha256="0" * 64, issued_at=letter.in_force_at,
        )
    )  # fmt: skip
    database.session.commit()
    return letter


def stored(phase):
    database.session.expire_all()
    return database.session.get_one(Milestone, phase.id)


def test_a_granted_extension_moves_the_end_and_the_begin_after_it(county):
    _entry, (first, second) = under_way(county)
    second.starts_on = date(2026, 10, 8)
    database.session.commit()
    grant(county, ask(county.member, first))
    assert stored(first).due_on == LATER
    assert stored(second).starts_on == date(2026, 10, 19)
    assert queries.extended(phases.KIND, [first.id])[first.id].struck == [DUE]


def test_the_phase_after_it_and_the_deadline_bound_an_extension(county):
    _entry, (first, second) = under_way(county)
    with pytest.raises(FieldError, match=r"不能晚于2026年12月17日：下一阶段“总结”2026年12月18日到期"):
        ask(county.member, first, date(2026, 12, 18))
    with pytest.raises(FieldError, match="申请责任书变更"):
        ask(county.member, second, date(2026, 12, 21))


def test_a_signed_a_proposed_or_a_finished_phase_is_not_extended_here(county):
    entry, (first, second) = under_way(county)
    plan = SchedulePlan(
        goal_id=entry.goal_id, number=1, state=PlanState.PROPOSED, phases=[], starts_on=TODAY,
        prepared_by_id=county.head.person_id, prepared_at=entry.changes[0].recorded_at,
    )  # fmt: skip
    database.session.add(plan)
    database.session.commit()
    with pytest.raises(Conflict, match="正在等待批准"):
        ask(county.head, first)
    database.session.delete(plan)
    database.session.commit()
    hand_in(county.member, first)
    with pytest.raises(Conflict, match="已经办结"):
        ask(county.head, first)
    letter = signed(county, entry.goal, first, second)
    with pytest.raises(Conflict, match=letter.number):
        ask(county.head, second, date(2026, 12, 21))


def test_a_date_that_is_signed_while_the_request_waits_does_not_move(county):
    entry, (first, _second) = under_way(county)
    request_id = ask(county.member, first)
    letter = signed(county, entry.goal, first)
    with pytest.raises(Conflict, match=letter.number):
        grant(county, request_id)
    assert stored(first).due_on == DUE


@pytest.mark.one_database
def test_only_who_carries_the_phase_asks_and_its_page_leads_there(county, login):
    _entry, (first, _second) = under_way(county)
    with pytest.raises(NotAllowed):
        ask(county.office, first)
    with pytest.raises(NotFound):
        ask(user_with_role(Role.ORG), first)
    url, place = f"/extensions/milestone/{first.id}/new", f"/milestones/{first.id}"
    assert url in get(login(county.member), place).text
    assert url not in get(login(county.office), place).text
    page = get(login(county.member), url).text
    assert "2026年12月17日" in page
    sent = {"asked_due_on": LATER.isoformat(), "reason": "汛期入村受阻"}
    assert post(login(county.member), url, sent).status_code == 303
    assert "申请延到2026年10月16日，待批准" in get(login(county.member), place).text
    assert url not in get(login(county.member), place).text
