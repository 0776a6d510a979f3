"""A reviewed and posted result is fixed; pages, command, bulletin and verifying tell a change (R5.1)."""

import json
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from click.testing import CliRunner
from flask.cli import ScriptInfo
from sqlalchemy import delete, select, update

from fivestep_web.assessment import services as assessment
from fivestep_web.assessment.cycles import services as cycles
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.export import as_json, fingerprint
from fivestep_web.assessment.freezing.models import CycleResult
from fivestep_web.assessment.freezing.standing import standing_of
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.payloads import result_payloads
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.scoring import score_year
from fivestep_web.audit.verification import verify
from fivestep_web.cli import main
from fivestep_web.core.errors import Conflict
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Unit
from tests.assessment.cycles.plans import (
    CONFIRM_DAY,
    TALLY_DAY,
    YEAR,
    actor_of,
    bring_on,
    bring_to,
    change_rules,
    entries,
    make_goal,
    move,
    planned,
)
from tests.factories.ledger import ProgressEventFactory
from tests.factories.responsibility import GoalFactory

RESULTS = f"/assessment/{YEAR}"
CHANGE = "第1科：总分由90.00变为89.10、位次由1变为4、四组评价由90.00变为89.10、领导评价结果由90.00变为87.00"


def fixed():
    database.session.expire_all()
    return database.session.scalars(select(CycleResult)).one_or_none()


def alter_a_tally(score=Decimal(87)):
    """Change a mark in the database, behind the product's back."""
    unit_id = database.session.scalars(select(Unit.id).where(Unit.code == "K01")).one()
    database.session.execute(
        update(RatingTally)
        .where(RatingTally.unit_id == unit_id, RatingTally.rater_group == Group.LEADER_EVALUATION)
        .values(score=score)
    )
    database.session.commit()


def score_command(app, *arguments):
    command = ["score", str(YEAR), *arguments]
    return CliRunner().invoke(main, command, obj=ScriptInfo(create_app=lambda: app))


def test_nothing_is_fixed_before_the_review(cast):
    bring_to(cast, CycleState.TALLIED)
    assert fixed() is None
    assert standing_of(score_year(YEAR)) is None


def test_the_review_fixes_the_result_and_the_posting_fixes_it_anew(cast):
    bring_to(cast, CycleState.REVIEWED)
    assert (fixed().state, fixed().sha256) == (CycleState.REVIEWED, fingerprint(score_year(YEAR)))
    alter_a_tally()
    assert standing_of(score_year(YEAR)).changes == (CHANGE,)
    with time_machine.travel(TALLY_DAY, tick=True):
        move(cast, CycleState.PUBLICIZING)
    assert (fixed().state, fixed().sha256) == (CycleState.PUBLICIZING, fingerprint(score_year(YEAR)))
    assert standing_of(score_year(YEAR)).changes == ()
    logged = [json.loads(entry.body)["detail"] for entry in entries() if entry.action == "cycle.result_fixed"]
    assert [item["state"] for item in logged] == ["reviewed", "publicizing"]
    assert logged[1]["before"] == logged[0]["sha256"]


def test_a_result_sent_back_is_fixed_no_longer_and_again_when_posted_again(cast):
    bring_to(cast, CycleState.PUBLICIZING)
    with time_machine.travel(TALLY_DAY, tick=True), unit_of_work():
        cycles.send_back(actor_of(cast.minister), get_cycle(YEAR, lock=True), "异议成立")
    assert fixed() is None
    assert verify().faults == ()
    alter_a_tally()
    with time_machine.travel(TALLY_DAY, tick=True):
        move(cast, CycleState.PUBLICIZING)
    assert fixed().sha256 == fingerprint(score_year(YEAR))


def test_an_altered_mark_shows_on_the_pages_in_the_command_and_in_verifying(app, cast, login):
    bring_to(cast, CycleState.PUBLICIZING)
    client = login(cast.office)
    pages = (RESULTS, f"{RESULTS}/units/K01", f"{RESULTS}/gate")
    same = "与2027-01-05“公示中”时确定的结果一致"
    assert same in client.get(RESULTS).text
    assert same in score_command(app).output
    assert list(verify().faults) == []
    assert fixed().sha256.replace(" ", "") in result_notes()
    alter_a_tally()
    for page in pages:
        text = client.get(page).text
        assert "时确定的结果不一致" in text, page
        assert CHANGE in text, page
    told = score_command(app, "--format", "json")
    assert told.exit_code == 0
    assert json.loads(told.stdout)["units"][0]["total"] == "89.10", "computed as it is stored"
    assert CHANGE in told.stderr
    assert list(verify().faults) == [f"考核结果：2026年度考核结果与“公示中”时确定的不一致：{CHANGE}"]
    with pytest.raises(Conflict, match="不一致"):
        result_payloads(YEAR)


def test_only_the_posted_result_is_confirmed(cast):
    bring_to(cast, CycleState.PUBLICIZING)
    alter_a_tally()
    with time_machine.travel(CONFIRM_DAY, tick=True):
        with pytest.raises(Conflict, match="退回审核后再次公示"):
            move(cast, CycleState.CONFIRMED)
        alter_a_tally(Decimal(90))
        move(cast, CycleState.CONFIRMED)


def result_notes():
    (request,) = result_payloads(YEAR)
    return "".join(request.payload["notes"]).replace(" ", "")


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda: update(CycleResult).values(sha256="0" * 64), "2026年度确定的考核结果与日志不符"),
        (
            lambda: update(CycleResult).values(content=fixed().content | {"exact": {}}),
            "2026年度确定的考核结果被改动",
        ),
        (lambda: delete(CycleResult), "2026年度考核结果已确定，现在不存在"),
    ],
)
def test_a_fixed_result_altered_or_removed_is_found(cast, harm, sentence):
    bring_to(cast, CycleState.REVIEWED)
    database.session.execute(harm())
    database.session.commit()
    assert list(verify().faults) == [f"考核结果：{sentence}"]


def completion():
    return as_json(score_year(YEAR))["units"][0]["completion_score"]


@pytest.mark.parametrize("share", [Decimal(0), Decimal("0.5")])
def test_what_happens_to_goals_after_the_review_neither_counts_nor_stops_the_filing(cast, share):
    planned(cast)
    change_rules(cast, evaluation_share=str(1 - share), completion_share=str(share))
    goal = make_goal(cast, deadline=date(2026, 12, 1))
    for unit in database.session.scalars(select(Unit).where(Unit.is_assessed, Unit.code != "K01")):
        GoalFactory(code=f"M{unit.code}", topic=goal.topic, unit=unit, person=cast.office.person)
    ProgressEventFactory(goal=goal, happened_on=date(2026, 11, 20), done=goal.target / 2)
    bring_on(cast, CycleState.CONFIRMED)
    before = as_json(score_year(YEAR))
    assert before["units"][0]["completion_score"] == "40.00", "half of it, and late"
    ProgressEventFactory(goal=goal, happened_on=date(2026, 11, 30), done=goal.target)
    GoalFactory(code="M99", topic=goal.topic, unit=goal.unit, person=goal.person)
    goal.deadline = date(2026, 12, 31)
    database.session.commit()
    assert as_json(score_year(YEAR)) == before
    assert standing_of(score_year(YEAR)).changes == ()
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(cast, CycleState.FILED)


def test_a_result_sent_back_is_worked_out_of_the_goals_as_they_are_then(cast):
    goal = make_goal(cast, deadline=date(2026, 12, 1))
    bring_to(cast, CycleState.PUBLICIZING)
    before = completion()
    ProgressEventFactory(goal=goal, happened_on=date(2026, 11, 30), done=goal.target)
    with time_machine.travel(TALLY_DAY, tick=True):
        with unit_of_work():
            cycles.send_back(actor_of(cast.minister), get_cycle(YEAR, lock=True), "异议成立")
        assert completion() != before
        move(cast, CycleState.PUBLICIZING)
    assert completion() != before
    assert standing_of(score_year(YEAR)).changes == ()


def test_points_given_by_hand_stand_with_the_reviewed_result(cast):
    goal = make_goal(cast, scoring_method="人工评定", scoring_parameters="")
    bring_to(cast, CycleState.TALLIED)
    give = {"points": Decimal(8), "reason": "材料齐全"}
    with unit_of_work():
        assessment.give_points(actor_of(cast.hr), goal, **give)
    with time_machine.travel(TALLY_DAY, tick=True):
        move(cast, CycleState.REVIEWED)
    with pytest.raises(Conflict, match="已经审核"), unit_of_work():
        assessment.give_points(actor_of(cast.hr), goal, **give)
