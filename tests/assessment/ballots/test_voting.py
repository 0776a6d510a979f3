"""Handing in a ballot: one code, one ballot; what is refused; codes that tell nothing (B1, B2, B5, B8)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from fivestep_web.accounts.models import WebSession
from fivestep_web.assessment.ballots.models import Ballot, Poll, VotingCode
from fivestep_web.assessment.ballots.rules import CodeState
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.extensions import db as database
from tests.assessment.ballots.voting import (
    Voter,
    a_vote,
    close,
    leaders,
    peers,
    survey,
    township_voters,
    tracking,
)

UNKNOWN = "这个码不能使用"


def count(table):
    database.session.commit()
    return database.session.scalar(select(func.count()).select_from(table))


def give(units, mark="90"):
    return dict.fromkeys(units, mark)


def test_a_scanned_code_leaves_the_address_at_once(app):
    vote = a_vote(leaders())
    voter = Voter(app, vote.codes["县级领导"][0])
    page = voter.scan()
    assert page.status_code == 200
    assert "第1科室" in page.text
    assert voter.code not in page.text
    assert voter.code[:12] not in page.text
    cookie = voter.client.get_cookie("fivestep-slip", domain="127.0.0.1", path="/ballot")
    assert cookie.http_only
    assert voter.code not in cookie.value


def test_a_ballot_is_reviewed_submitted_once_and_receipted(app):
    vote = a_vote(leaders())
    voter = Voter(app, vote.codes["县级领导"][0])
    first, *others = vote.units[Series.SECTIONS]
    fields = {f"mark-{first}": "92.5", f"abstain-{others[0]}": "1"}
    review = voter.post("/review", ticket=voter.ticket(), **fields)
    assert review.status_code == 200
    assert "92.5" in review.text
    assert "弃权" in review.text
    assert "还有2个单位没有填" in review.text
    assert count(Ballot) == 0
    done = voter.submit({first: "92.5", others[0]: "abstained"})
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}", tracking(done))
    assert count(Ballot) == 1
    again = voter.submit({first: "10"}, ticket=_ticket_of(review))
    assert tracking(again) == tracking(done)
    assert tracking(voter.scan()) == tracking(done)
    assert count(Ballot) == 1


def _ticket_of(page):
    return re.search(r'name="ticket" value="([^"]+)"', page.text)[1]


def test_the_typed_form_opens_the_same_ballot_and_gives_the_same_receipt(app):
    vote = a_vote(survey())
    code = vote.codes["群众代表"][0]
    typed = Voter(app, "", door="survey")
    entry = typed.get()
    spelled = f"{code[:4]} {code[4:8].lower()}-{code[8:12]}"
    answer = typed.post("/enter", ticket=_ticket_of(entry), code=spelled)
    assert answer.status_code == 303
    page = typed.get()
    for option in ("满意", "基本满意", "不满意", "不了解"):
        assert f"<span>{option}</span>" in page.text
    marks = give(vote.units[Series.SECTIONS], "satisfied")
    number = tracking(typed.submit(marks, ticket=_ticket_of(page)))
    assert tracking(Voter(app, code, door="survey").scan()) == number
    assert count(Ballot) == 1


def test_going_back_from_the_review_keeps_what_was_chosen(app):
    vote = a_vote(township_voters())
    voter = Voter(app, vote.codes["城关镇组织干事"][0])
    unit = vote.units[Series.TOWNSHIPS][1]
    page = voter.post("/review", ticket=voter.ticket(), edit="1", **{f"mark-{unit}": "good"})
    assert re.search(rf'name="mark-{unit}" value="good" checked', page.text)


@pytest.mark.parametrize("mark", ["101", "92.55", "优秀"])
def test_a_mark_that_is_none_is_shown_at_its_unit_and_nothing_is_counted(app, mark):
    vote = a_vote(leaders())
    voter = Voter(app, vote.codes["县级领导"][0])
    marks = give(vote.units[Series.SECTIONS]) | {vote.units[Series.SECTIONS][1]: mark}
    for path in ("/review", "/submit"):
        fields = {f"mark-{unit}": value for unit, value in marks.items()}
        answer = voter.post(path, ticket=voter.ticket(), **fields)
        assert answer.status_code == 422
        assert "第2科室：请填写0到100的分数" in answer.text
        assert f'value="{mark}"' in answer.text
    assert count(Ballot) == 0


def test_a_score_and_an_abstention_for_one_unit_contradict_each_other(app):
    vote = a_vote(leaders())
    voter = Voter(app, vote.codes["县级领导"][0])
    unit = vote.units[Series.SECTIONS][0]
    answer = voter.post("/review", ticket=voter.ticket(), **{f"mark-{unit}": "90", f"abstain-{unit}": "1"})
    assert answer.status_code == 422
    assert "只能选一项" in answer.text


@pytest.mark.parametrize(
    ("row", "own", "mark"),
    [(peers(0), (Series.SECTIONS, 0), "95"), (township_voters(), (Series.TOWNSHIPS, 0), "excellent")],
)
def test_the_own_unit_is_not_offered_and_refused_when_sent_all_the_same(app, row, own, mark):
    vote = a_vote(row)
    series, place = own
    voter = Voter(app, vote.codes[row[2]][0])
    page = voter.scan()
    units = vote.units[series]
    assert f"mark-{units[place]}" not in page.text
    assert all(f"mark-{unit}" in page.text for unit in units if unit != units[place])
    answer = voter.submit(give(units, mark))
    assert answer.status_code == 422
    assert "不能评价本单位" in answer.text
    assert count(Ballot) == 0
    assert (
        database.session.scalar(select(VotingCode.state).where(VotingCode.state != CodeState.FRESH)) is None
    )


def test_codes_that_do_not_count_answer_alike(app):
    vote = a_vote(leaders(), survey())
    real = vote.codes["县级领导"][0]
    texts = set()
    for code, door in (
        ("A" * 26, "ballot"), ("short", "ballot"), ("x" * 1500, "ballot"), (real[:-1] + "!", "ballot"),
        (real, "survey"), (vote.codes["群众代表"][0], "ballot"),
    ):  # fmt: skip
        answer = Voter(app, code, door=door).scan()
        assert answer.status_code == 404
        texts.add(_ticketless(answer.text).replace("/survey", "/ballot").replace("满意度调查", "评价投票"))
    assert len(texts) == 1
    assert UNKNOWN in texts.pop()


def _ticketless(text):
    return re.sub(r'name="ticket" value="[^"]+"', "", text)


def test_a_code_of_another_cycle_answers_like_none(app):
    vote = a_vote(leaders())
    vote.cycle.state = CycleState.FILED
    database.session.commit()
    answer = Voter(app, vote.codes["县级领导"][0]).scan()
    assert answer.status_code == 404
    assert UNKNOWN in answer.text


def test_who_guesses_is_slowed_down_and_a_good_code_behind_the_same_address_still_works(app):
    vote = a_vote(leaders())
    statuses = [Voter(app, f"GUESS{number:021}").scan().status_code for number in range(31)]
    assert statuses == [404] * 30 + [429]
    good = Voter(app, vote.codes["县级领导"][0])
    assert good.scan().status_code == 200
    assert good.submit(give(vote.units[Series.SECTIONS])).status_code == 200
    assert Voter(app, "GUESS", address="10.0.0.8").scan().status_code == 404


def test_before_the_voting_nothing_is_taken(app):
    vote = a_vote(leaders(), state=CycleState.SELF_REPORTING)
    voter = Voter(app, vote.codes["县级领导"][0])
    page = voter.scan()
    assert "评价还没有开始" in page.text
    assert "mark-" not in page.text


def test_a_form_opened_in_time_is_refused_after_the_closing_time(app):
    vote = a_vote(leaders(), voting_closes_at=clock.now() + timedelta(hours=1))
    voter = Voter(app, vote.codes["县级领导"][0])
    ticket = voter.ticket()
    vote.cycle.voting_closes_at = clock.now() - timedelta(seconds=1)
    database.session.commit()
    answer = voter.submit(give(vote.units[Series.SECTIONS]), ticket)
    assert answer.status_code == 409
    assert "这次提交没有计入" in answer.text
    assert "评价已经截止" in Voter(app, voter.code).scan().text
    assert count(Ballot) == 0


def test_after_the_seal_a_used_code_still_shows_its_receipt_and_its_number_is_in_the_list(app):
    vote = a_vote(leaders())
    voter = Voter(app, vote.codes["县级领导"][0])
    number = tracking(voter.submit(give(vote.units[Series.SECTIONS])))
    assert "封存的名单里没有" in voter.get(f"/receipts?number={number}").text
    close(vote)
    assert tracking(Voter(app, voter.code).scan()) == number
    assert "这张票在封存的名单里" in voter.get(f"/receipts?number={number.lower()}").text
    assert "封存的名单里没有" in voter.get("/receipts?number=AAAA-AAAA-AAAA").text
    unused = Voter(app, vote.codes["县级领导"][1]).scan()
    assert "评价已经截止" in unused.text


def test_the_sealed_list_of_receipts_is_published_for_everybody_and_in_no_order_of_voting(app):
    vote = a_vote(leaders(), peers(0, 3), survey(3))
    codes = [*vote.codes["县级领导"], *vote.codes["第1科室"]]
    others = vote.units[Series.SECTIONS][1:]
    numbers = [tracking(Voter(app, code).submit(give(others))) for code in codes]
    surveyed = Voter(app, vote.codes["群众代表"][0], door="survey")
    number = tracking(surveyed.submit(give(others, "satisfied")))
    reader = Voter(app, "")
    before = reader.get("/receipts.txt").text
    assert "评价截止封存以后" in before
    assert not [one for one in numbers if one in before]
    close(vote)
    published = reader.get("/receipts.txt")
    assert published.content_type == "text/plain; charset=utf-8"
    lists = re.split(r"2026年度实绩考核 ", published.text)[1:]
    assert [(part.split("，")[0], re.findall(r"^[0-9A-Z-]{14}$", part, re.MULTILINE)) for part in lists] == [
        ("领导评价（科室）第1次评价", sorted(numbers[:6])),
        ("科室互评（科室）第1次评价", sorted(numbers[6:])),
    ]
    for poll in database.session.scalars(select(Poll).where(Poll.returned > 1)):
        assert f"收到{poll.returned}张，封存校验值 {poll.root}" in published.text
    assert number not in published.text
    assert number in surveyed.get("/receipts.txt").text


def test_a_form_of_a_stranger_is_not_taken(app):
    vote = a_vote(leaders(), survey())
    voter = Voter(app, vote.codes["县级领导"][0])
    ticket = voter.ticket()
    entry = _ticket_of(Voter(app, "").get())
    for path in ("/enter", "/review", "/submit"):
        for bad in ("", "x", ticket[:-6] + "AAAAAA", "é" * 40, "A" * 5000):
            assert voter.post(path, ticket=bad).status_code == 400
    assert voter.post("/submit", ticket=entry).status_code == 400
    other = Voter(app, "", door="survey")
    assert other.post("/submit", ticket=ticket).status_code == 400
    assert count(Ballot) == 0


def test_voting_makes_no_session_and_no_log_entry(app):
    vote = a_vote(leaders())
    before = count(AuditEntry), count(WebSession)
    voter = Voter(app, vote.codes["县级领导"][0])
    tracking(voter.submit(give(vote.units[Series.SECTIONS])))
    assert (count(AuditEntry), count(WebSession)) == before


def test_what_is_stored_of_an_open_vote_holds_no_code_and_no_mark(app):
    vote = a_vote(leaders())
    voter = Voter(app, vote.codes["县级领导"][0])
    tracking(voter.submit(give(vote.units[Series.SECTIONS], "77.7")))
    database.session.commit()
    rows = [
        repr(row)
        for table in database.metadata.sorted_tables
        for row in database.session.execute(select(table)).all()
    ]
    for secret in ("77.7", voter.code, voter.code[:12]):
        assert not [row for row in rows if secret in row]


def test_the_pages_are_small(app):
    vote = a_vote(leaders(), survey(), units=30)
    sizes = 0
    for name, door in (("县级领导", "ballot"), ("群众代表", "survey")):
        voter = Voter(app, vote.codes[name][0], door=door)
        page = voter.scan()
        linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
        files = [voter.client.get(path) for path in linked]
        sizes = len(page.data) + sum(len(file.data) for file in files)
        for file in files:
            file.close()
        assert sizes < 100_000
