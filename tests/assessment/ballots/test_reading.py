"""Who gives marks opens the unit's self-report first, without scripts and without a trace (R5.2, B5, B9)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from fivestep_web.assessment.ballots.answers import UNREAD, read_answers
from fivestep_web.assessment.ballots.models import Ballot
from fivestep_web.assessment.ballots.rules import ABSTENTIONS, Form
from fivestep_web.assessment.cycles.rules import Series
from fivestep_web.assessment.daily.achievements.forms import BRIEF
from fivestep_web.audit.models import AuditEntry
from fivestep_web.extensions import db as database
from tests.assessment.ballots.voting import (
    YEAR,
    Voter,
    a_vote,
    leaders,
    peers,
    survey,
    township_voters,
    tracking,
)
from tests.factories.daily import hand_in_reports

TEXT = "建成标准化阵地12个。"
MARKS = {Form.SCORES: "90", Form.GRADES: "good", Form.SATISFACTION: "satisfied"}


def a_reported_vote(*rows, text=TEXT, series=Series.SECTIONS, **facts):
    vote = a_vote(*rows, **facts)
    hand_in_reports(YEAR, vote.units[series], text)
    return vote


def form_of(voter, units, mark, read=()):
    fields = {f"mark-{unit}": mark for unit in units} | {f"read-{unit}": "1" for unit in read}
    return {"ticket": voter.ticket(), **fields}


def ballots():
    database.session.commit()
    return database.session.scalar(select(func.count()).select_from(Ballot))


@pytest.mark.parametrize(
    ("row", "series", "mark"),
    [
        (leaders(), Series.SECTIONS, "90"),
        (peers(0), Series.SECTIONS, "90"),
        (township_voters(), Series.TOWNSHIPS, "good"),
    ],
)
def test_no_mark_is_taken_for_a_unit_whose_report_was_not_opened(app, row, series, mark):
    vote = a_reported_vote(row, series=series)
    voter = Voter(app, vote.codes[row[2]][0])
    own = None if row[4] is None else vote.units[series][row[4]]
    units = [unit for unit in vote.units[series] if unit != own]
    for path in ("/review", "/submit"):
        refused = voter.post(path, **form_of(voter, units, mark, read=units[1:]))
        assert refused.status_code == 422
        assert refused.text.count(UNREAD) == 2
        assert len(re.findall(r"<details[^>]* open>", refused.text)) == 1
    assert ballots() == 0
    assert tracking(voter.post("/submit", **form_of(voter, units, mark, read=units)))
    assert ballots() == 1


def test_the_box_of_who_has_read_lies_inside_the_folded_report(app):
    vote = a_reported_vote(leaders(), text="甲<b>乙</b>\n丙")
    page = Voter(app, vote.codes["县级领导"][0]).scan().text
    reports = re.findall(r"<details(?P<how>[^>]*)>(?P<text>.*?)</details>", page, re.DOTALL)
    assert len(reports) == len(vote.units[Series.SECTIONS])
    for unit, (how, text) in zip(vote.units[Series.SECTIONS], reports, strict=True):
        assert "open" not in how
        assert text.count("甲&lt;b&gt;乙&lt;/b&gt;\n丙") == 2
        assert f'name="read-{unit}"' in text


def test_what_was_read_goes_to_the_review_and_back(app):
    vote = a_reported_vote(leaders())
    voter = Voter(app, vote.codes["县级领导"][0])
    first, second, *_others = vote.units[Series.SECTIONS]
    fields = form_of(voter, [first], "90", read=[first, second])
    review = voter.post("/review", **fields).text
    assert [f'name="read-{unit}"' in review for unit in vote.units[Series.SECTIONS]] == [
        True, True, False, False,
    ]  # fmt: skip
    back = voter.post("/review", **fields, edit="1").text
    assert re.search(rf'name="read-{second}" value="1" data-read checked', back)


def test_abstaining_and_units_without_a_report_ask_for_no_reading(app):
    vote = a_vote(leaders())
    first, *others = vote.units[Series.SECTIONS]
    hand_in_reports(YEAR, others, TEXT)
    voter = Voter(app, vote.codes["县级领导"][0])
    assert "没有报送自评" in voter.scan().text
    fields = {"ticket": voter.ticket(), f"mark-{first}": "80"} | {f"abstain-{unit}": "1" for unit in others}
    assert tracking(voter.post("/submit", **fields))


def test_the_public_is_offered_the_reports_and_asked_for_nothing(app):
    vote = a_reported_vote(survey())
    voter = Voter(app, vote.codes["群众代表"][0], door="survey")
    page = voter.scan().text
    assert TEXT in page
    assert "看过了" not in page
    units = vote.units[Series.SECTIONS]
    assert tracking(voter.post("/submit", **form_of(voter, units, "satisfied")))


def test_opening_a_report_leaves_nothing_on_the_server(app):
    vote = a_reported_vote(leaders())
    voter = Voter(app, vote.codes["县级领导"][0])
    units = vote.units[Series.SECTIONS]

    def rows():
        database.session.commit()
        return [
            database.session.scalar(select(func.count()).select_from(table))
            for table in database.metadata.sorted_tables
        ]

    before = rows()
    voter.post("/review", **form_of(voter, units, "90", read=units[:2]))
    voter.post("/review", **form_of(voter, units, "90", read=units), edit="1")
    assert rows() == before
    assert database.session.scalar(select(func.count()).select_from(AuditEntry)) > 0


@pytest.mark.parametrize(("row", "door"), [(leaders(), "ballot"), (survey(), "survey")])
def test_twenty_units_with_the_longest_reports_load_in_under_100_kilobytes(app, row, door):
    vote = a_reported_vote(row, text="绩" * BRIEF.max, units=20)
    voter = Voter(app, vote.codes[row[2]][0], door=door)
    page = voter.scan()
    size = len(page.data)
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        with voter.client.get(path) as answer:
            size += len(answer.data)
    assert page.text.count("绩" * BRIEF.max) == 40
    assert size < 100_000


UNITS = [(number, f"第{number}科") for number in range(1, 6)]


@given(
    form=st.sampled_from(Form),
    rated=st.sets(st.integers(1, 5)),
    abstaining=st.sets(st.integers(1, 5)),
    read=st.sets(st.integers(1, 5)),
    to_read=st.sets(st.integers(1, 5)),
)
def test_a_form_is_faultless_exactly_when_every_rated_unit_was_read(form, rated, abstaining, read, to_read):
    fields = {f"mark-{unit}": MARKS[form] for unit in rated}
    fields |= {f"mark-{unit}": ABSTENTIONS[form] for unit in abstaining}
    fields |= {f"read-{unit}": "1" for unit in read}
    answers = read_answers(form, UNITS, fields, to_read)
    missed = (rated - abstaining) & to_read - read
    assert {line.unit_id for line in answers.faults} == missed
    assert {line.unit_id for line in answers.lines if line.is_read} == read
