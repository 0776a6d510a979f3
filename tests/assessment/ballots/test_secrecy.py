"""No result before the seal and the count, to anybody, in any form; few ballots tell nothing apart (B7)."""

import io
import zipfile
from itertools import product

import pytest
import time_machine
from sqlalchemy import select

from fivestep_web.assessment import export
from fivestep_web.assessment.ballots import counting, sealing
from fivestep_web.assessment.ballots.models import CodeBatch, Poll
from fivestep_web.assessment.ballots.payloads import tally_payloads
from fivestep_web.assessment.cycles import queries
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.scoring import score_year
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.rendering import render
from fivestep_web.extensions import db as database
from tests.assessment.ballots.voting import Voter, issue, tracking
from tests.assessment.cycles.plans import NOW, YEAR, bring_to, make_cast, move
from tests.factories.accounts import user_with_role
from tests.factories.keys import actor_of
from tests.web import get

LEADERS = Group.LEADER_EVALUATION, Series.SECTIONS
CODES = 5
MARK = "97.3"
PLACES = ("/assessment", "/results", "/documents", "/api/", "/ballot", "/survey")


@pytest.fixture
def cast(db):
    """The year's vote, open on 28 December."""
    with time_machine.travel(NOW, tick=True):
        cast = make_cast()
        bring_to(cast, CycleState.VOTING)
        yield cast


@pytest.fixture
def codes(cast):
    """The leaders' codes."""
    return issue(actor_of(cast.office), queries.get_cycle(YEAR), *LEADERS)["部领导"]


def vote(app, codes, marks):
    units = queries.list_units(queries.get_cycle(YEAR))[Series.SECTIONS]
    for code, mark in zip(codes, marks, strict=False):
        assert tracking(Voter(app, code).submit(dict.fromkeys(units, mark)))


def close(cast):
    move(cast, CycleState.VOTING_CLOSED)


def sweep(_cast):
    with unit_of_work():
        cycle_id = queries.get_cycle(YEAR).id
        sealing.shuffle_codes(cycle_id)
        sealing.mark_swept(SYSTEM, cycle_id)


def count(cast):
    for user in (cast.office, cast.hr):
        with unit_of_work():
            counting.confirm(actor_of(user), queries.get_cycle(YEAR, lock=True))


def addresses(app):
    """Return every address about assessments, results, documents and votes that these values fill."""
    database.session.commit()
    known = {
        "year": [YEAR],
        "poll_id": database.session.scalars(select(Poll.id)).all(),
        "batch_id": database.session.scalars(select(CodeBatch.id)).all(),
        "document_id": [1],
        "code": ["K01", "T01"],
        "subject": ["results"],
    }
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in rule.methods or not rule.rule.startswith(PLACES):
                continue
            if rule.arguments <= known.keys():
                names = sorted(rule.arguments)
                found += [
                    rule.build(dict(zip(names, values, strict=True)))[1]
                    for values in product(*(known[name] for name in names))
                ]
    assert len(found) > 30
    return found


def seen(client, address):
    """Return what an address shows to the client: text, and what an Excel or Word file holds inside."""
    answer = get(client, address)
    assert answer.status_code < 500, address
    return unpacked(answer.data)


def unpacked(data):
    if not data.startswith(b"PK"):
        return data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def computed(tmp_path):
    """Return what the command line and the documents would say: table, JSON, workbook, count sheets."""
    result = score_year(YEAR)
    export.write_workbook(result, tmp_path / "score.xlsx")
    sheets = [render(item.kind, item.payload) for item in tally_payloads(YEAR)]
    return [
        export.as_text(result, width=None),
        str(export.as_json(result)),
        unpacked((tmp_path / "score.xlsx").read_bytes()),
        *(unpacked(sheet) for sheet in sheets),
    ]


@pytest.fixture
def look(app, login, tmp_path):
    """Give a look at all that somebody with every role together could see anywhere, by its place."""

    def everywhere():
        client = login(user_with_role(*Role))
        pages = {address: seen(client, address) for address in addresses(app)}
        return pages | {f"computed {number}": text for number, text in enumerate(computed(tmp_path))}

    return everywhere


def test_before_the_count_no_address_shows_anybody_a_mark(app, login, cast, codes, look):
    vote(app, codes, [MARK] * CODES)
    for step in (None, close, sweep):
        if step:
            step(cast)
        assert [place for place, text in look().items() if MARK in text] == []
    for role in Role:
        client = login(user_with_role(role))
        assert [place for place in addresses(app) if MARK in seen(client, place)] == []
    count(cast)
    told = {place for place, text in look().items() if MARK in text}
    assert {f"/assessment/{YEAR}", f"/assessment/{YEAR}/workbook", "computed 1"} <= told


@pytest.mark.parametrize("marks", [("91.1", "82.2", "73.3", "64.4"), ("91.1", "64.4")])
def test_few_ballots_show_their_mean_or_nothing_in_every_form(app, cast, codes, look, marks):
    """Below five lines only the mean and the counts, below three not even these (k of B7)."""
    vote(app, codes, marks)
    for step in (close, sweep, count):
        step(cast)
    shown = look()
    for place, text in shown.items():
        assert [mark for mark in marks if mark in text] == [], place
    assert any("77.75" in text for text in shown.values()) is (len(marks) >= 3)
