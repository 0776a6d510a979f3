"""What the bulletin says of the ballots of each group (R5.10) and of the daily assessment (R5.3)."""

from decimal import Decimal

import pytest

from fivestep_web.assessment.ballots import counting
from fivestep_web.assessment.cycles.rules import Series
from fivestep_web.assessment.daily.reviews.models import QuarterlyReview, UnitRemark
from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.result_papers import daily_series, validity_rows
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.scoring import score_year
from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.assessment.ballots.voting import YEAR, Voter, a_vote, close, leaders, officer, sweep
from tests.assessment.county import county, load


def counted(app, marks, codes=6):
    """A vote of the leaders on the sections, counted by two people."""
    vote = a_vote(leaders(codes))
    for code, mark in zip(vote.codes["县级领导"], marks, strict=False):
        given = dict.fromkeys(vote.units[Series.SECTIONS], mark)
        assert Voter(app, code).submit(given).status_code == 200
    close(vote)
    sweep(vote)
    for actor in (vote.actor, officer(Role.HRO)):
        with unit_of_work():
            counting.confirm(actor, vote.cycle)
    database.session.commit()
    return vote


def rows_of(group):
    return [row for row in validity_rows(score_year(YEAR)) if row["category"].startswith(group.label)]


def test_a_vote_held_here_is_printed_with_what_went_out_and_came_back(app):
    counted(app, ["96", "93", "92", "90", "88"])
    assert rows_of(Group.LEADER_EVALUATION) == [
        {
            "category": "领导评价（科室）",
            "issued_count": "6",
            "returned_count": "5",
            "invalid_count": "0",
            "valid_count": "5",
            "valid_rate": "83.33%",
            "note": "无",
        }
    ]
    (survey,) = rows_of(Group.SOCIAL_SURVEY)
    assert (survey["issued_count"], survey["note"]) == ("—", "核对后导入，按条统计")


def test_a_vote_with_too_few_ballots_says_so(app):
    counted(app, ["96", "93", "92"])
    (row,) = rows_of(Group.LEADER_EVALUATION)
    assert (row["issued_count"], row["valid_count"]) == ("6", "3")
    assert "不足发出6张" in row["note"]


def test_imported_lines_of_the_other_series_stand_beside_the_vote(app):
    vote = counted(app, ["96", "93", "92", "90", "88"])
    township = vote.units[Series.TOWNSHIPS][0]
    database.session.add(
        RatingTally(
            year=YEAR, rater_group=Group.LEADER_EVALUATION, unit_id=township, score=Decimal(80), count=4
        )
    )
    database.session.commit()
    voted, imported = rows_of(Group.LEADER_EVALUATION)
    assert (voted["category"], voted["valid_count"]) == ("领导评价（科室）", "5")
    assert (imported["category"], imported["issued_count"], imported["valid_count"]) == ("领导评价", "—", "4")


@pytest.mark.usefixtures("db")
def test_twelve_months_and_four_quarters_of_each_unit_are_listed():
    load(county(2))
    score = score_year(YEAR)
    review = QuarterlyReview(year=YEAR, quarter=2, figures={}, parts={}, computed_at=clock.now())
    leader = officer(Role.MIN)
    database.session.add(review)
    database.session.flush()
    database.session.add(
        UnitRemark(
            review_id=review.id,
            unit_id=score.units[0].id,
            leader_id=leader.person_id,
            position="部长",
            affirmed="按节点完成",
            shortcomings="无",
            remarked_at=clock.now(),
        )
    )
    (series,) = daily_series(score)
    first, second = series["units"]
    assert [name for name in first if name.startswith("month_")] == [f"month_{n}" for n in range(1, 13)]
    assert {first[f"month_{n}"] for n in range(1, 13)} == {"—"}, "no bulletin is issued"
    assert first["quarter_2"] == "部长肯定：按节点完成；不足：无"
    assert [second[f"quarter_{n}"] for n in (1, 2, 3, 4)] == ["—"] * 4
