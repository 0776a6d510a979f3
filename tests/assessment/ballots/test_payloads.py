"""The Word files of a vote (C17): paper ballots without the own unit, count sheets without single marks."""

import io
import zipfile

from fivestep_web.assessment.ballots.payloads import ballot_payloads, tally_payloads
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.core.permissions import Role
from fivestep_web.documents import policy
from fivestep_web.documents.checks import violations
from fivestep_web.documents.rendering import render
from tests.assessment.ballots.test_counting import cast, count_both
from tests.assessment.ballots.voting import (
    YEAR,
    a_vote,
    leaders,
    officer,
    peers,
    survey,
    township_voters,
)


def text_of(request):
    data = render(request.kind, request.payload)
    assert violations(request.kind, request.payload, data) == []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read("word/document.xml").decode()


def test_a_paper_ballot_has_a_line_for_every_unit_but_the_own(app):
    a_vote(peers(0), peers(1), survey(), township_voters())
    requests = ballot_payloads(YEAR)
    assert len(requests) == 4
    for request in requests:
        text = text_of(request)
        own = request.payload["own_unit"]
        assert own is None or f">{own}<" not in text
        assert all(name in text for name in request.payload["units"])
    peer = next(request for request in requests if request.payload["own_unit"] == "第1科室")
    assert peer.payload["score_range"]
    assert peer.payload["choices"] == []
    (public,) = (request for request in requests if request.payload["group"] == "社会调查")
    assert public.payload["choices"] == ["满意", "基本满意", "不满意"]
    assert public.payload["abstention"] == "不了解"


def test_the_count_sheet_of_too_few_ballots_gives_the_reason_and_no_result(app):
    vote = a_vote(leaders(9))
    cast(app, vote.codes["县级领导"], vote.units[Series.SECTIONS], ["90.5"] * 5)
    count_both(vote)
    (sheet,) = tally_payloads(YEAR)
    assert sheet.payload["rows"] == []
    text = text_of(sheet)
    assert "不足发出9张的" in text
    assert "90.5" not in text


def test_before_the_rosters_are_frozen_there_is_no_paper_ballot(app):
    vote = a_vote(leaders(), state=CycleState.OPEN)
    vote.cycle.rule_version = 0
    assert ballot_payloads(YEAR) == []
    assert ballot_payloads(1999) == tally_payloads(1999) == []


def test_a_count_sheet_comes_with_the_count_and_shows_no_leaders_mark(app):
    vote = a_vote(leaders(6), survey(6))
    units = vote.units[Series.SECTIONS]
    cast(app, vote.codes["县级领导"], units, ["96", "93", "92", "90", "88", "78"])
    cast(app, vote.codes["群众代表"], units, ["satisfied"] * 4 + ["dissatisfied"] * 2, door="survey")
    assert tally_payloads(YEAR) == []
    count_both(vote)
    public, led = tally_payloads(YEAR)
    text = text_of(led)
    assert "90.75" in text
    assert "※最高、最低各1个" in text
    assert not [mark for mark in ("96", "93", "88", "78") if f">{mark}<" in text]
    assert public.payload["rows"][0]["counts"] == [4, 0, 2]
    assert (public.payload["issued_count"], public.payload["valid_count"]) == (6, 6)
    assert "66.67" in text_of(public)
    for role, may in ((Role.HRO, True), (Role.MIN, True), (Role.ADM, False), (Role.SHD, False)):
        assert policy.can_read(officer(role), led) is may
