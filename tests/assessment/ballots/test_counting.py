"""The count by two people, every row of 7.2 and 7.6, E1–E7, and what is shown of it (trust.md B7)."""

import json
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select, update

from fivestep_web.assessment.ballots import (
    counting,
    coverage,
    issuing,
    paper,
    paper_corrections,
    queries,
    verification,
)
from fivestep_web.assessment.ballots.models import Ballot, PaperSheet, Poll, SealedLine, VotingCode
from fivestep_web.assessment.ballots.results import sheet_of
from fivestep_web.assessment.ballots.rules import CodeState
from fivestep_web.assessment.cycles.models import CycleMove, RaterRoster
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.group_results import Validity, VoteCount, check_validity, result_of
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.queries import marks_of_year
from fivestep_web.assessment.score_settings import Group, Settings
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.verification import verify
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.rounding import round_half_up
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.assessment.ballots.voting import (
    YEAR,
    Voter,
    a_vote,
    close,
    issue,
    leaders,
    officer,
    peers,
    survey,
    sweep,
)

SETTINGS = Settings()


def cast(app, codes, units, marks, door="ballot"):
    for code, mark in zip(codes, marks, strict=False):
        answer = Voter(app, code, door=door).submit(dict.fromkeys(units, mark))
        assert answer.status_code == 200, answer.text


def count_both(vote, first=None, second=None):
    """Close, seal, sweep, and have two people confirm the count."""
    close(vote)
    sweep(vote)
    for number, actor in enumerate((first or vote.actor, second or officer(Role.HRO))):
        with unit_of_work():
            assert counting.confirm(actor, vote.cycle) is bool(number)
    return polls()


def polls():
    database.session.commit()
    return database.session.scalars(select(Poll).order_by(Poll.id)).all()


def mean(group, unit):
    return result_of(group, marks_of_year(YEAR)[unit, group], SETTINGS)


def test_leaders_of_e3_count_to_ninety_and_three_quarters(app):
    vote = a_vote(leaders())
    units = vote.units[Series.SECTIONS]
    cast(app, vote.codes["县级领导"], units, ["96", "93", "92", "90", "88", "78"])
    (poll,) = count_both(vote)
    assert (poll.issued, poll.validity) == (6, Validity.VALID)
    result = mean(Group.LEADER_EVALUATION, units[0])
    assert float(result.result) == 90.75
    (line, *_others) = sheet_of(poll, SETTINGS).lines
    assert (line.mean, line.rated, line.counts, line.is_trimmed) == ("90.75", 6, None, True)


def test_peers_of_e4_rate_all_but_themselves(app):
    vote = a_vote(*(peers(number) for number in range(9)), units=9)
    rated = vote.units[Series.SECTIONS][0]
    marks = ["95", "92", "90", "90", "88", "87", "85", "60"]
    for number, mark in enumerate(marks, 1):
        others = [unit for place, unit in enumerate(vote.units[Series.SECTIONS]) if place != number]
        cast(app, vote.codes[f"第{number + 1}科室"], others, [mark])
    count_both(vote)
    result = mean(Group.PEER_EVALUATION, rated)
    assert result.valid == 8
    assert str(round_half_up(result.result, 10)) == "88.6666666667"


def test_a_survey_counts_by_options_and_abstentions_apart(app):
    vote = a_vote(survey(8))
    units = vote.units[Series.SECTIONS]
    marks = ["satisfied"] * 4 + ["basically_satisfied", "dissatisfied", "unknown"]
    cast(app, vote.codes["群众代表"], units, marks, door="survey")
    (poll,) = count_both(vote)
    sheet = sheet_of(poll, SETTINGS)
    assert sheet.options == ("满意", "基本满意", "不满意")
    line = sheet.lines[0]
    assert (line.counts, line.rated, line.abstained, line.mean) == ((4, 1, 1), 6, 1, "80.00")
    assert (sheet.count.issued, sheet.count.returned, sheet.count.valid) == (8, 7, 7)


def test_a_code_never_used_is_issued_and_not_returned_and_too_few_are_insufficient(app):
    vote = a_vote(leaders(6))
    cast(app, vote.codes["县级领导"], vote.units[Series.SECTIONS], ["90"] * 3)
    (poll,) = count_both(vote)
    assert counting.vote_count(poll).issued == 6
    assert counting.vote_count(poll).returned == 3
    assert poll.validity is Validity.INSUFFICIENT
    assert marks_of_year(YEAR) == {}
    sheet = sheet_of(poll, SETTINGS)
    assert "不足发出6张" in sheet.reason
    assert sheet.lines == ()


def test_exactly_two_thirds_are_enough(app):
    vote = a_vote(leaders(6))
    cast(app, vote.codes["县级领导"], vote.units[Series.SECTIONS], ["90"] * 4)
    (poll,) = count_both(vote)
    assert poll.validity is Validity.VALID
    assert counting.unmet_for_tally(vote.cycle) == []


def test_a_blank_ballot_and_one_with_more_than_half_missing_are_returned_and_invalid(app):
    vote = a_vote(leaders(6))
    units = vote.units[Series.SECTIONS]
    codes = vote.codes["县级领导"]
    cast(app, codes, units, ["90"] * 4)
    cast(app, codes[4:5], [], ["90"])
    cast(app, codes[5:6], units[:1], ["10"])
    (poll,) = count_both(vote)
    count = counting.vote_count(poll)
    assert (count.returned, count.valid, poll.blank) == (6, 4, 1)
    assert mean(Group.LEADER_EVALUATION, units[0]).valid == 4
    assert sheet_of(poll, SETTINGS).blank == 1


def test_fewer_than_three_lines_for_a_unit_give_it_no_result(app):
    vote = a_vote(leaders(3))
    units = vote.units[Series.SECTIONS]
    codes = vote.codes["县级领导"]
    cast(app, codes[:2], units, ["90"] * 2)
    cast(app, codes[2:], units[1:], ["90"])
    (poll,) = count_both(vote)
    assert poll.validity is Validity.VALID
    first, second, *_rest = sheet_of(poll, SETTINGS).lines
    assert (first.mean, second.mean) == ("", "90.00")
    assert "少于3张" in first.problem


def test_below_five_lines_nothing_but_mean_and_counts_is_shown(app):
    vote = a_vote(survey(5))
    units = vote.units[Series.SECTIONS]
    codes = vote.codes["群众代表"]
    cast(app, codes[:4], units, ["satisfied", "satisfied", "satisfied", "dissatisfied"], door="survey")
    cast(app, codes[4:], units[1:], ["satisfied"], door="survey")
    (poll,) = count_both(vote)
    lines = {line.name: line for line in sheet_of(poll, SETTINGS).lines}
    few, enough = lines["第1科室"], lines["第2科室"]
    assert (few.counts, few.mean, few.rated) == (None, "75.00", 4)
    assert enough.counts == (4, 0, 1)


def test_a_poll_with_fewer_than_five_ballots_shows_no_spread(app):
    vote = a_vote(leaders(4))
    cast(app, vote.codes["县级领导"], vote.units[Series.SECTIONS], ["100"] * 4)
    (poll,) = count_both(vote)
    sheet = sheet_of(poll, SETTINGS)
    assert (sheet.flat, sheet.bands) == ("", ())


def test_the_spread_and_the_share_of_highest_ballots_are_shown_for_many(app):
    vote = a_vote(leaders(5))
    cast(app, vote.codes["县级领导"], vote.units[Series.SECTIONS], ["100", "100", "95", "81", "70"])
    (poll,) = count_both(vote)
    sheet = sheet_of(poll, SETTINGS)
    assert sheet.flat == "40%"
    assert sheet.bands == (("90至100分", 3), ("80至90分", 1), ("70至80分", 1))


@pytest.mark.parametrize("harm", ["other mark", "no marks", "marks put in"])
def test_scoring_reads_what_was_counted_or_the_seal_is_said_to_be_broken(app, harm):
    vote = a_vote(leaders(6))
    units = vote.units[Series.SECTIONS]
    cast(app, vote.codes["县级领导"], units, ["90"] * (3 if harm == "marks put in" else 6))
    count_both(vote)
    assert verification.seal_gaps(vote.cycle) == []
    if harm == "other mark":
        database.session.execute(update(RatingTally).values(score=Decimal(20)))
    elif harm == "no marks":
        database.session.execute(delete(RatingTally).where(RatingTally.unit_id == units[0]))
    else:
        put_in = {"rater_group": Group.LEADER_EVALUATION, "score": Decimal(90), "count": 6}
        database.session.add(RatingTally(year=YEAR, unit_id=units[0], **put_in))
    database.session.commit()
    (gap,) = verification.seal_gaps(vote.cycle)
    assert "第1次评价用于计分的票数与计票结果不一致" in gap.sentence
    assert [fault for fault in verify().faults if "计分" in fault]


def test_two_different_people_count(app):
    vote = a_vote(leaders(3))
    close(vote)
    sweep(vote)
    first = officer()
    with unit_of_work():
        assert not counting.confirm(first, vote.cycle)
    with pytest.raises(NotAllowed, match="另一名计票人"), unit_of_work():
        counting.confirm(first, vote.cycle)
    with pytest.raises(NotAllowed, match="办公室和人事"), unit_of_work():
        counting.confirm(officer(Role.MIN), vote.cycle)
    assert polls()[0].counted_at is None
    with unit_of_work():
        assert counting.confirm(officer(Role.HRO), vote.cycle)
    with pytest.raises(Conflict, match="没有等待计票"), unit_of_work():
        counting.confirm(officer(Role.HRO), vote.cycle)


@pytest.mark.parametrize("crossed", [False, True])
def test_each_vote_is_counted_by_who_did_not_confirm_it_first(app, crossed):
    vote = a_vote(leaders(3), survey(3))
    close(vote)
    sweep(vote)
    office, personnel = officer(), officer(Role.HRO)
    with unit_of_work():
        counting.confirm(office, vote.cycle)
    of_leaders, of_survey = polls()
    of_survey.first_counter_id = personnel.person_id if crossed else None  # it came in between
    database.session.commit()
    with unit_of_work():
        assert not counting.confirm(personnel, vote.cycle)
    assert (of_leaders.second_counter_id, of_survey.counted_at) == (personnel.person_id, None)
    with unit_of_work():
        assert counting.confirm(office, vote.cycle)
    pairs = [(poll.first_counter_id, poll.second_counter_id) for poll in polls()]
    assert pairs == [(office.person_id, personnel.person_id), (personnel.person_id, office.person_id)]


def test_nothing_is_counted_while_voting_runs_or_before_storage_is_swept(app):
    vote = a_vote(leaders(3))
    with pytest.raises(Conflict, match="截止以后"), unit_of_work():
        counting.confirm(vote.actor, vote.cycle)
    close(vote)
    with pytest.raises(Conflict, match="正在封存"), unit_of_work():
        counting.confirm(vote.actor, vote.cycle)
    assert "还没有封存完" in counting.unmet_for_tally(vote.cycle)[0].sentence


def roster(vote):
    return database.session.scalars(select(RaterRoster.id)).first()


def paper_batch(vote, returned, *, issued=6):
    with unit_of_work():
        return paper.open_batch(vote.actor, vote.cycle, roster(vote), issued=issued, returned=returned).id


def enter_all(vote, batch_id, sheets, clerks):
    for clerk in clerks:
        for number, marks in enumerate(sheets, 1):
            with unit_of_work():
                paper.enter(clerk, paper.get_batch(vote.cycle, batch_id), number, marks)


def test_paper_ballots_entered_twice_alike_are_counted_with_the_others(app):
    vote = a_vote(leaders(3))
    units = vote.units[Series.SECTIONS]
    cast(app, vote.codes["县级领导"], units, ["90", "90", "90"])
    batch_id = paper_batch(vote, 3, issued=3)
    sheets = [dict.fromkeys(units, "70"), {units[0]: "invalid", **dict.fromkeys(units[1:], "80")}, {}]
    enter_all(vote, batch_id, sheets, (officer(), officer(Role.HRO)))
    (poll,) = count_both(vote)
    count = counting.vote_count(poll)
    assert (count.issued, count.returned, count.valid) == (6, 6, 5)
    first, second, *_rest = sheet_of(poll, SETTINGS).lines
    assert (first.rated, first.invalid) == (4, 1)
    assert (second.rated, second.invalid) == (5, 0)
    assert database.session.scalar(select(func.count()).select_from(PaperSheet)) == 0
    assert not [fault for fault in verify().faults if "评价票" in fault]
    line = database.session.scalars(select(SealedLine)).first()
    line.mark = "100"
    database.session.commit()
    assert "与计票时不一致" in " ".join(verify().faults)


def test_lines_altered_between_the_seal_and_the_count_are_not_counted(app):
    vote = a_vote(leaders(3))
    cast(app, vote.codes["县级领导"], vote.units[Series.SECTIONS], ["90"] * 3)
    close(vote)
    sweep(vote)
    database.session.scalars(select(SealedLine)).first().mark = "100"
    database.session.commit()
    with unit_of_work():
        counting.confirm(vote.actor, vote.cycle)
    with pytest.raises(Conflict, match="与封存时不一致，不能计票"), unit_of_work():
        counting.confirm(officer(Role.HRO), vote.cycle)
    assert polls()[0].counted_at is None


def test_a_paper_survey_with_more_returned_than_issued_is_void_as_in_e7(app):
    vote = a_vote(leaders(3))
    units = vote.units[Series.SECTIONS]
    batch_id = paper_batch(vote, 6, issued=2)
    enter_all(vote, batch_id, [dict.fromkeys(units, "90")] * 6, (officer(), officer(Role.HRO)))
    (poll,) = count_both(vote)
    assert poll.validity is Validity.VOID
    assert marks_of_year(YEAR) == {}
    sheet = sheet_of(poll, SETTINGS)
    assert "收回6张，多于发出的5张，本组无效" in sheet.reason
    assert (sheet.lines, sheet.flat, sheet.bands) == ((), "", ())


def test_paper_entries_that_differ_or_are_not_whole_hold_up_the_count(app):
    vote = a_vote(leaders(3))
    units = vote.units[Series.SECTIONS]
    batch_id = paper_batch(vote, 1)
    first, second = officer(), officer(Role.HRO)
    enter_all(vote, batch_id, [{units[0]: "90"}], (first,))
    close(vote)
    sweep(vote)
    for _again in range(2):
        with pytest.raises(Conflict, match="两遍不一致"), unit_of_work():
            counting.confirm(vote.actor, vote.cycle)
        enter_all(vote, batch_id, [{units[0]: "91"}], (second,))
    enter_all(vote, batch_id, [{units[0]: "90"}], (second,))
    with unit_of_work():
        counting.confirm(vote.actor, vote.cycle)
    with pytest.raises(Conflict, match="已有一名计票人确认"):
        enter_all(vote, batch_id, [{units[0]: "80"}], (second,))


def test_each_entry_of_paper_ballots_is_one_persons(app):
    vote = a_vote(leaders(3))
    units = vote.units[Series.SECTIONS]
    batch_id = paper_batch(vote, 1)
    first, second = officer(), officer(Role.HRO)
    enter_all(vote, batch_id, [{units[0]: "90"}], (first, second))
    with pytest.raises(NotAllowed, match="另外两名同志"):
        enter_all(vote, batch_id, [{units[0]: "90"}], (officer(),))
    with pytest.raises(NotAllowed, match="办公室和人事"):
        enter_all(vote, batch_id, [{units[0]: "90"}], (officer(Role.MIN),))
    for number, marks in ((2, {}), (1, {999_999: "90"})):
        with pytest.raises(DomainError), unit_of_work():
            paper.enter(first, paper.get_batch(vote.cycle, batch_id), number, marks)


def test_numbers_of_forms_are_corrected_until_a_counter_confirms(app):
    vote = a_vote(leaders(3))
    sheet = dict.fromkeys(vote.units[Series.SECTIONS], "90")
    batch_id = paper_batch(vote, 4, issued=4)
    clerks = (officer(), officer(Role.HRO))
    enter_all(vote, batch_id, [sheet] * 3, clerks)
    close(vote)
    sweep(vote)
    with pytest.raises(Conflict, match="还没有录完"), unit_of_work():
        counting.confirm(vote.actor, vote.cycle)
    with pytest.raises(FieldError, match="已经录到第3张"):
        correct(vote, batch_id, issued=5, returned=2)
    correct(vote, batch_id, issued=5, returned=3)
    assert paper_facts("poll.paper_corrected") == {
        "name": "县级领导",
        "issued_before": 4,
        "returned_before": 4,
        "issued": 5,
        "returned": 3,
    }
    with unit_of_work():
        counting.confirm(vote.actor, vote.cycle)
    with pytest.raises(Conflict, match="已有一名计票人确认"):
        correct(vote, batch_id, issued=6, returned=3)
    with unit_of_work():
        counting.confirm(officer(Role.HRO), vote.cycle)
    assert counting.vote_count(polls()[0]) == VoteCount(8, 3, 3)


def test_what_the_first_counter_confirmed_is_taken_back_to_correct_paper_ballots(app):
    vote = a_vote(leaders(3))
    sheet = dict.fromkeys(vote.units[Series.SECTIONS], "90")
    batch_id = paper_batch(vote, 3)
    enter_all(vote, batch_id, [sheet] * 3, (officer(), officer(Role.HRO)))
    close(vote)
    sweep(vote)
    second = officer(Role.HRO)
    with pytest.raises(Conflict, match="没有等待第二名"), unit_of_work():
        counting.take_back(second, vote.cycle)
    with unit_of_work():
        counting.confirm(vote.actor, vote.cycle)
    with unit_of_work():
        counting.take_back(second, vote.cycle)
    correct(vote, batch_id, issued=7, returned=3)
    for number, actor in enumerate((second, vote.actor)):
        with unit_of_work():
            assert counting.confirm(actor, vote.cycle) is bool(number)
    with pytest.raises(Conflict, match="没有等待第二名"), unit_of_work():
        counting.take_back(second, vote.cycle)
    assert counting.vote_count(polls()[0]) == VoteCount(10, 3, 3)


def test_an_entry_whose_clerk_left_is_made_anew_by_another(app):
    vote = a_vote(leaders(3))
    sheet = dict.fromkeys(vote.units[Series.SECTIONS], "90")
    batch_id = paper_batch(vote, 2)
    first, leaver, successor = officer(), officer(Role.HRO), officer(Role.HRO)
    enter_all(vote, batch_id, [sheet] * 2, (first,))
    enter_all(vote, batch_id, [sheet], (leaver,))
    with unit_of_work():
        paper_corrections.release_entry(first, paper.get_batch(vote.cycle, batch_id), paper.SECOND)
    assert paper_facts("poll.paper_released") == {"name": "县级领导", "clerk": leaver.name, "cleared": 1}
    found = paper.entries_of([batch_id])[batch_id]
    assert (len(found[paper.FIRST]), len(found[paper.SECOND])) == (2, 0)
    enter_all(vote, batch_id, [sheet] * 2, (successor,))
    assert paper.unsettled_batches([polls()[0].id]) == []
    with pytest.raises(NotAllowed, match="办公室和人事"), unit_of_work():
        paper_corrections.release_entry(officer(Role.MIN), paper.get_batch(vote.cycle, batch_id), paper.FIRST)


def test_a_batch_registered_by_mistake_is_withdrawn_and_can_be_registered_again(app):
    vote = a_vote(leaders(3))
    batch_id = paper_batch(vote, 1)
    enter_all(vote, batch_id, [{}], (officer(),))
    with unit_of_work():
        paper_corrections.withdraw_batch(vote.actor, paper.get_batch(vote.cycle, batch_id))
    assert database.session.scalar(select(func.count()).select_from(PaperSheet)) == 0
    assert paper_facts("poll.paper_withdrawn")["cleared"] == 1
    assert paper.list_batches([polls()[0].id]) == []
    paper_batch(vote, 0)


def test_paper_forms_registered_by_mistake_leave_no_vote_that_replaces_the_earlier_one(app):
    vote = a_vote(leaders(3))
    units = vote.units[Series.SECTIONS]
    cast(app, vote.codes["县级领导"], units[:-1], ["90"] * 3)
    (first,) = count_both(vote)
    reopen(vote, Group.LEADER_EVALUATION, Series.SECTIONS)
    batch_id = paper_batch(vote, 1)
    assert [poll.round for poll in polls()] == [1, 2]
    with unit_of_work():
        paper_corrections.withdraw_batch(vote.actor, paper.get_batch(vote.cycle, batch_id))
    assert polls() == [first]
    close(vote)
    assert marks_of_year(YEAR)


def test_a_vote_of_which_nothing_was_handed_out_gives_no_result():
    assert check_validity(VoteCount(0, 0, 0), SETTINGS)[0] is Validity.INSUFFICIENT


def test_in_a_repeated_vote_only_the_groups_that_repeat_it_vote(app):
    vote = a_vote(leaders(3))
    count_both(vote)
    reopen(vote, Group.LEADER_EVALUATION, Series.SECTIONS)
    with pytest.raises(Conflict, match="这一组不在其中"):
        issuing.current_poll(vote.cycle, Group.SOCIAL_SURVEY, Series.TOWNSHIPS)


def correct(vote, batch_id, **numbers):
    with unit_of_work():
        paper_corrections.correct_batch(vote.actor, paper.get_batch(vote.cycle, batch_id), **numbers)


def paper_facts(action):
    """The facts of the last entry of this action in the log."""
    query = select(AuditEntry.body).where(AuditEntry.action == action).order_by(AuditEntry.sequence.desc())
    return json.loads(database.session.scalars(query).first())["detail"]


def test_a_void_group_votes_again_with_new_codes_and_its_old_lines_count_no_more(app):
    vote = a_vote(leaders(3), survey(3))
    units = vote.units[Series.SECTIONS]
    cast(app, vote.codes["县级领导"], units, ["10"])
    cast(app, vote.codes["群众代表"], units, ["satisfied"] * 3, door="survey")
    count_both(vote)
    old = vote.codes["县级领导"][1]
    reopen(vote, Group.LEADER_EVALUATION, Series.SECTIONS)
    assert "评价已经截止" in Voter(app, old).scan().text
    new = issue(vote.actor, vote.cycle, Group.LEADER_EVALUATION, Series.SECTIONS)["县级领导"]
    with pytest.raises(Conflict, match="不用再发"):
        issue(vote.actor, vote.cycle, Group.SOCIAL_SURVEY, Series.SECTIONS)
    cast(app, new, units, ["90", "91", "92"])
    _first, _survey, again = count_both(vote)
    assert (again.round, again.validity) == (2, Validity.VALID)
    assert mean(Group.LEADER_EVALUATION, units[0]).result == 91
    assert mean(Group.SOCIAL_SURVEY, units[0]).result == 100
    assert counting.unmet_for_tally(vote.cycle) == []


def test_only_the_series_that_was_found_void_votes_again(app):
    vote = a_vote(leaders(3), (Group.LEADER_EVALUATION, Series.TOWNSHIPS, "乡镇联系领导", 3, None))
    section = vote.units[Series.SECTIONS][0]
    cast(app, vote.codes["县级领导"], vote.units[Series.SECTIONS], ["90"] * 3)
    count_both(vote)
    for _again in range(2):
        reopen(vote, Group.LEADER_EVALUATION, Series.TOWNSHIPS)
        assert {part.series: part.can_issue for part in coverage.parts_of(vote.cycle)} == {
            Series.SECTIONS: False,
            Series.TOWNSHIPS: True,
        }
        with pytest.raises(Conflict, match="不用再发"):
            issue(vote.actor, vote.cycle, Group.LEADER_EVALUATION, Series.SECTIONS)
        issue(vote.actor, vote.cycle, Group.LEADER_EVALUATION, Series.TOWNSHIPS)
        count_both(vote)
        assert mean(Group.LEADER_EVALUATION, section).result == 90


def reopen(vote, *again):
    with unit_of_work():
        vote.cycle.state = CycleState.VOTING
        database.session.add(
            CycleMove(
                cycle_id=vote.cycle_id,
                state=CycleState.VOTING,
                moved_on=clock.today(),
                moved_at=clock.now(),
                groups=[list(again)],
            )
        )


def test_codes_are_issued_once_and_replaced_by_revoking_what_is_unused(app):
    vote = a_vote(leaders(4))
    units = vote.units[Series.SECTIONS]
    codes = vote.codes["县级领导"]
    cast(app, codes, units, ["90"])
    with pytest.raises(Conflict, match="已全部发出"):
        issue(vote.actor, vote.cycle, Group.LEADER_EVALUATION, Series.SECTIONS)
    batch_id = polls()[0].batches[0].id
    with unit_of_work():
        (slips,) = issuing.replace(vote.actor, vote.cycle, batch_id)
    assert len(slips.codes) == 3
    assert Voter(app, codes[1]).scan().status_code == 404
    assert "您的票已经收到" in Voter(app, codes[0]).scan().text
    cast(app, slips.codes, units, ["80"] * 3)
    assert issuing.issued_count(polls()[0].id) == 4
    states = database.session.execute(select(VotingCode.state, func.count()).group_by(VotingCode.state)).all()
    assert dict(map(tuple, states)) == {CodeState.USED: 4, CodeState.REVOKED: 3}
    with pytest.raises(Conflict, match="没有可换发的"), unit_of_work():
        issuing.replace(vote.actor, vote.cycle, batch_id)


@pytest.mark.parametrize(("state", "status"), [(CodeState.REVOKED, 404), (CodeState.USED, 200)])
def test_a_code_replaced_while_its_ballot_comes_in_gets_no_receipt(app, monkeypatch, state, status):
    vote = a_vote(leaders(3))
    voter = Voter(app, vote.codes["县级领导"][0])
    ticket, find = voter.ticket(), queries.find_slip

    def find_and_be_overtaken(door, digest, *, lock=False):
        slip = find(door, digest, lock=lock)
        if lock:
            database.session.execute(update(VotingCode).values(state=state))
        return slip

    monkeypatch.setattr(queries, "find_slip", find_and_be_overtaken)
    assert voter.submit(dict.fromkeys(vote.units[Series.SECTIONS], "90"), ticket).status_code == status
    assert database.session.scalar(select(func.count()).select_from(Ballot)) == 0


def test_only_the_office_issues_codes_and_only_until_the_vote_is_closed(app):
    vote = a_vote(leaders(3))
    for actor in (officer(Role.HRO), officer(Role.ADM), officer(Role.MIN)):
        with pytest.raises(NotAllowed, match="由办公室发放"):
            issue(actor, vote.cycle, Group.LEADER_EVALUATION, Series.SECTIONS)
    close(vote)
    with pytest.raises(Conflict, match="不能发放"):
        issue(vote.actor, vote.cycle, Group.LEADER_EVALUATION, Series.SECTIONS)


def test_tallies_of_other_series_and_groups_stay(app):
    vote = a_vote(leaders(3))
    township = vote.units[Series.TOWNSHIPS][0]
    for group in (Group.LEADER_EVALUATION, Group.SOCIAL_SURVEY):
        database.session.add(
            RatingTally(year=YEAR, rater_group=group, unit_id=township, score=Decimal(80), count=3)
        )
    database.session.commit()
    cast(app, vote.codes["县级领导"], vote.units[Series.SECTIONS], ["90"] * 3)
    count_both(vote)
    assert (township, Group.LEADER_EVALUATION) in marks_of_year(YEAR)
    assert (township, Group.SOCIAL_SURVEY) in marks_of_year(YEAR)
