"""Rules changed after the count are carried into the counted votes; what was sealed and signed stays."""

from decimal import Decimal

from sqlalchemy import select

from fivestep_web.assessment.ballots import sealing, verification
from fivestep_web.assessment.ballots.payloads import tally_payloads
from fivestep_web.assessment.cycles import hooks, versions
from fivestep_web.assessment.cycles.models import CycleRules
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.group_results import Validity
from fivestep_web.assessment.queries import marks_of_year, survey_answers
from fivestep_web.assessment.score_settings import Group, Settings
from fivestep_web.assessment.settings_store import store_settings
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.assessment.ballots.test_counting import cast, count_both, polls, reopen
from tests.assessment.ballots.voting import YEAR, a_vote, issue, leaders, officer, survey

LEADERS = Group.LEADER_EVALUATION, Series.SECTIONS


def voted(app, row, marks, door="ballot"):
    """Hold a vote of one group by frozen default rules, and count it."""
    vote = a_vote(row)
    settings = {
        **store_settings(Settings()),
        "default_method": "",
        "default_parameters": "",
        "goal_rules": {},
    }
    rules = CycleRules(cycle_id=vote.cycle_id, version=1, settings=settings, sha256="0" * 64)
    rules.approved_at = clock.now()
    database.session.add(rules)
    database.session.commit()
    (codes,) = vote.codes.values()
    cast(app, codes, vote.units[Series.SECTIONS], marks, door)
    count_both(vote)
    return vote


def change(vote, **values):
    with unit_of_work():
        draft = versions.begin_change(officer(Role.HRO), vote.cycle, "会议决定")
        draft.settings = draft.settings | values
        versions.approve_change(officer(Role.MIN), vote.cycle)


def retallied():
    query = select(AuditEntry).where(AuditEntry.action == "poll.retallied").order_by(AuditEntry.sequence)
    return database.session.scalars(query).all()


def test_other_points_of_the_options_are_carried_into_the_count(app):
    vote = voted(app, survey(3), ["satisfied", "basically_satisfied", "basically_satisfied"], door="survey")
    unit, signed = vote.units[Series.SECTIONS][0], signatures()
    assert marks_of_year(YEAR)[unit, Group.SOCIAL_SURVEY].total == 260
    change(vote, basically_satisfied_points="70")
    assert marks_of_year(YEAR)[unit, Group.SOCIAL_SURVEY].total == 240
    points = [Decimal(100), Decimal(70), Decimal(0)]
    assert survey_answers(YEAR, points)[unit] == {Decimal(100): 1, Decimal(70): 2}
    assert verification.seal_gaps(vote.cycle) == []
    assert list(verification.altered_polls()) == []
    assert signatures() == signed
    assert [entry.subject for entry in retallied()] == [f"poll:{polls()[0].id}"]


def signatures():
    (poll,) = polls()
    counted = poll.root, poll.counted_root, poll.counted_at, poll.first_counter_id, poll.second_counter_id
    return (*counted, sealing.stored_root(poll.id))


def test_another_least_share_of_valid_ballots_decides_whether_a_counted_vote_stands(app):
    vote = voted(app, leaders(6), ["90"] * 3)
    assert marks_of_year(YEAR) == {}
    for rate, validity, counts in (("1/2", Validity.VALID, {3}), ("0.6", Validity.INSUFFICIENT, set())):
        change(vote, min_valid_rate=rate)
        assert polls()[0].validity is validity
        assert {marks.count for marks in marks_of_year(YEAR).values()} == counts
        assert verification.seal_gaps(vote.cycle) == []
    assert len(retallied()) == 2


def test_a_vote_being_repeated_does_not_come_to_stand_before_the_new_one_is_closed(app):
    vote = voted(app, leaders(6), ["90"] * 3)
    reopen(vote, *LEADERS)
    change(vote, min_valid_rate="0.5")
    assert marks_of_year(YEAR) == {}
    assert verification.seal_gaps(vote.cycle) == []
    with unit_of_work():
        vote.cycle.state = CycleState.VOTING_CLOSED
        hooks.entered(officer(), vote.cycle, vote.cycle.moves[-1])
    assert {marks.count for marks in marks_of_year(YEAR).values()} == {3}


def test_a_vote_that_was_repeated_keeps_the_reason_by_which_it_did_not_stand(app):
    vote = voted(app, leaders(6), ["90"] * 3)
    reopen(vote, *LEADERS)
    codes = issue(vote.actor, vote.cycle, *LEADERS)["县级领导"]
    cast(app, codes, vote.units[Series.SECTIONS], ["80"] * 4)
    count_both(vote)
    change(vote, min_valid_rate="0.5")
    first, second = tally_payloads(YEAR)
    assert "不足发出6张的66.67%" in first.payload["reason"]
    assert second.payload["reason"] is None
    assert {marks.total for marks in marks_of_year(YEAR).values()} == {320}
    assert [entry.subject for entry in retallied()] == [f"poll:{polls()[1].id}"]
