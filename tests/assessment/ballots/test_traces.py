"""After a vote on a running instance no log, audit entry or Redis holds a code or a receipt (trust.md B5)."""

import json
import zlib
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from sqlalchemy import select

from fivestep_web.assessment.ballots.models import BallotReceipt, Poll, VotingCode
from fivestep_web.assessment.ballots.sealed import digests, recognise
from fivestep_web.assessment.cycles.rules import Series
from fivestep_web.extensions import db as database
from tests.assessment.ballots.traces import found_in, strings_in, strings_logged
from tests.assessment.ballots.voting import TICKET, TRACKING, a_vote, close, leaders
from tests.factories.machine import wait_until
from tests.operations.test_up import free_port, start

pytestmark = pytest.mark.redis

VOTERS = 6
KEPT_FOR = {VotingCode: "the codes' own hashes", BallotReceipt: "the published list"}


def needles_of(codes, receipts):
    """Return all that could lead from a place to a voter's slip: codes, hashes, receipts."""
    found = [number.replace("-", "") for number in receipts] + list(receipts)
    for code in codes:
        found += [code, code[:12], *digests(code), recognise(code).tracking]
    return set(found)


class Phone:
    """A visitor of a running instance, who keeps cookies."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path, fields=None):
        data = urlencode(fields).encode() if fields else None
        with self.opener.open(f"{self.base}{path}", data, timeout=60) as answer:
            return answer.read().decode()


def vote_from_outside(port, code, units):
    """Scan, review and submit as a phone does; return the receipt's number."""
    phone = Phone(port)
    page = phone.get(f"/ballot/{code}")
    marks = {f"mark-{unit}": "88.5" for unit in units}
    review = phone.get("/ballot/review", {"ticket": TICKET.search(page)[1], **marks})
    done = phone.get("/ballot/submit", {"ticket": TICKET.search(review)[1], **marks})
    return TRACKING.search(done)[1]


@pytest.fixture
def voted(machine):
    """An instance that ran a whole vote; gives its folder, its log and the needles."""
    (machine.folder / "secret_key").write_text(machine.app.config["FIVESTEP"].secret_key)
    with machine.app.app_context():
        vote = a_vote(leaders(VOTERS))
        codes, units = vote.codes["县级领导"][: VOTERS - 1], vote.units[Series.SECTIONS]
        port = free_port()
        up = start(machine, port)
        receipts = [vote_from_outside(port, code, units) for code in codes]
        with pytest.raises(HTTPError, match="404"):
            Phone(port).get("/ballot/WRONGWRONGWRONGWRONGWRONGW")
        close(vote)
        wait_until(is_swept)
        yield machine, up, needles_of(codes, receipts)
        database.session.remove()


def is_swept():
    database.session.commit()
    return all(database.session.scalars(select(Poll.swept_at)).all())


def test_no_log_no_entry_and_no_redis_leads_to_a_slip(voted):
    machine, up, needles = voted
    log = machine.log(up)
    assert log.count("POST /ballot/submit 200") == VOTERS - 1
    assert "GET /ballot/<code> 303" in log
    redis = machine.redis()
    held = list(strings_in(redis))
    files = [path for path in machine.folder.rglob("*") if path.is_file()]
    commands = [path for path in files if path.suffix in {".aof", ".rdb"}]
    logged = [data for path in commands for data in strings_logged(path.read_bytes())]
    assert any(b"ballots-sweep" in data for data in held + logged)
    others = [path.read_bytes() for path in files if not path.name.startswith("fivestep.db")]
    for place in ([log.encode()], held, logged, others, rows_outside()):
        assert found_in(place, needles) == set()
    look_is_not_blind(redis, needles)


def rows_outside():
    """Return every row of the database but those whose very use is to hold a hash or a receipt."""
    database.session.commit()
    kept = {table.__tablename__ for table in KEPT_FOR}
    return [
        repr(row).encode()
        for table in database.metadata.sorted_tables
        if table.name not in kept
        for row in database.session.execute(select(table))
    ]


def look_is_not_blind(redis, needles):
    """Put a code where a careless job would leave it, and see that the same look finds it."""
    code = max(needles, key=len)
    redis.hset("rq:job:careless", "data", zlib.compress(json.dumps(["ballots.cast", code]).encode()))
    assert found_in(strings_in(redis), needles) == {code}
    written = b"*2\r\n$4\r\nPING\r\n$%d\r\n%s\r\n" % (len(code), code.encode())
    assert found_in(strings_logged(written), needles) == {code}
