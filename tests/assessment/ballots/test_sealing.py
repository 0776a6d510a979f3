"""After the seal nothing stored leads from a code to a ballot; each test fails without it (B4–B6)."""

import json
import logging
import random
import sqlite3
import threading
from contextlib import closing
from itertools import count
from types import SimpleNamespace

import pytest
from sqlalchemy import func, literal_column, select, text, update

from fivestep_web.assessment.ballots import casting, counting, paper, sealing, verification
from fivestep_web.assessment.ballots.models import (
    Ballot,
    BallotReceipt,
    Poll,
    SealedLine,
    VotingCode,
)
from fivestep_web.assessment.cycles.models import RaterRoster
from fivestep_web.assessment.cycles.rules import Series
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.verification import verify
from fivestep_web.core import clock, jobs
from fivestep_web.core.errors import DomainError
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tasks.ballots import sweep as sweep_task
from tests.assessment.ballots.traces import (
    backed_up,
    found_in,
    in_step,
    joined_by_transaction,
    raw,
    remnants,
    transactions,
)
from tests.assessment.ballots.voting import (
    Voter,
    a_vote,
    close,
    leaders,
    officer,
    peers,
    sweep,
    tracking,
)
from tests.web import BASE_URL

VOTERS = 30


def scores(vote, mark):
    return dict.fromkeys(vote.units[Series.SECTIONS], mark)


def cast(app, vote, codes):
    """Hand in one ballot a code, each with a mark of its own; return codes, tracking numbers and marks."""
    cast_ballots = []
    for number, code in enumerate(codes):
        mark = f"{50 + number}.5"
        voter = Voter(app, code)
        cast_ballots.append((code, tracking(voter.submit(scores(vote, mark))).replace("-", ""), mark))
    return cast_ballots


def run_sweep(vote):
    """Do what the worker does."""
    database.session.commit()
    of_sweep = select(Outbox.key).where(Outbox.task == "ballots.sweep", Outbox.done_at.is_(None))
    key = database.session.scalar(of_sweep)
    claim = jobs.claim(key)
    sweep_task(claim, *claim.arguments)
    assert claim.is_finished


def rows_of(table):
    database.session.commit()
    return database.session.scalars(select(table)).all()


def test_fifty_parallel_posts_with_one_code_give_one_ballot_and_one_receipt(own_app):
    vote = a_vote(leaders())
    code = vote.codes["县级领导"][0]
    voters = [Voter(own_app, code) for _number in range(50)]
    ticket = voters[0].ticket()
    start, answers = threading.Barrier(len(voters)), []
    marks = scores(vote, "90")
    database.session.remove()

    def submit(voter):
        start.wait()
        fields = {f"mark-{unit}": mark for unit, mark in marks.items()}
        with own_app.app_context():
            answers.append(
                voter.client.post("/ballot/submit", data={"ticket": ticket, **fields}, base_url=BASE_URL)
            )
            database.session.remove()

    threads = [threading.Thread(target=submit, args=(voter,)) for voter in voters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({tracking(answer) for answer in answers}) == 1
    assert len(answers) == len(voters)
    assert len(rows_of(Ballot)) == 1


def test_a_sealed_poll_holds_single_lines_and_receipts_and_no_ballot(app):
    vote = a_vote(leaders(), peers(0))
    ballots = cast(app, vote, vote.codes["县级领导"][:4])
    Voter(app, vote.codes["第1科室"][0]).submit({vote.units[Series.SECTIONS][1]: "70"})
    close(vote)
    assert rows_of(Ballot) == []
    poll, other = database.session.scalars(select(Poll).order_by(Poll.id)).all()
    lines = database.session.scalars(select(SealedLine).where(SealedLine.poll_id == poll.id)).all()
    assert sorted(line.mark for line in lines) == sorted(
        mark for _c, _t, mark in ballots for _unit in range(4)
    )
    assert {receipt.tracking for receipt in rows_of(BallotReceipt)} > {number for _c, number, _m in ballots}
    assert (poll.used_codes, poll.returned, poll.valid, poll.blank, poll.unreadable) == (4, 4, 4, 0, 0)
    assert poll.bands == {"50": 4}
    assert (other.returned, other.valid, other.blank) == (1, 0, 0)
    assert database.session.scalar(select(func.count()).where(SealedLine.poll_id == other.id)) == 0


def test_a_seal_is_logged_with_counts_and_a_root_only(app):
    vote = a_vote(leaders())
    ballots = cast(app, vote, vote.codes["县级领导"][:2])
    close(vote)
    entries = [row.body for row in rows_of(AuditEntry)]
    sealed = [json.loads(body)["detail"] for body in entries if '"poll.sealed"' in body]
    assert sealed == [
        {
            "group": "领导评价", "series": "科室", "round": 1, "used_codes": 2, "returned": 2, "valid": 2,
            "unreadable": 0, "root": rows_of(Poll)[0].root,
        }
    ]  # fmt: skip
    for code, number, mark in ballots:
        assert not [body for body in entries if code in body or number in body or mark in body]


def test_ballots_put_in_or_copied_are_noticed_at_the_seal(app):
    vote = a_vote(leaders())
    cast(app, vote, vote.codes["县级领导"][:2])
    stored = rows_of(Ballot)[0]
    for identifier, data in (("f" * 32, stored.sealed), ("e" * 32, b"forged" * 10)):
        database.session.add(Ballot(id=identifier, poll_id=stored.poll_id, sealed=data))
    database.session.commit()
    close(vote)
    poll = rows_of(Poll)[0]
    assert (poll.returned, poll.unreadable, poll.used_codes) == (2, 2, 2)
    assert "有2张票不是本系统收下的" in " ".join(verify().faults)


def test_ballots_taken_away_before_the_seal_are_noticed(app):
    vote = a_vote(leaders())
    cast(app, vote, vote.codes["县级领导"][:3])
    database.session.delete(rows_of(Ballot)[0])
    database.session.commit()
    close(vote)
    assert "用过的码3个，封存的票2张" in " ".join(verify().faults)
    assert "用过的码3个" in verification.seal_gaps(vote.cycle)[0].sentence


@pytest.mark.parametrize("harm", ["mark", "drop", "receipt", "root", "count", "poll"])
def test_verify_finds_what_was_changed_after_the_seal(app, harm):
    vote = a_vote(leaders())
    cast(app, vote, vote.codes["县级领导"][:3])
    close(vote)
    sweep(vote)
    assert not [fault for fault in verify().faults if "评价票" in fault]
    line, receipt, poll = rows_of(SealedLine)[0], rows_of(BallotReceipt)[0], rows_of(Poll)[0]
    if harm == "mark":
        line.mark = "100"
    elif harm == "drop":
        database.session.delete(line)
    elif harm == "receipt":
        database.session.delete(receipt)
    elif harm == "root":
        line.mark = "100"
        database.session.flush()
        poll.root = sealing.stored_root(poll.id)
    elif harm == "count":
        poll.valid = 2
    else:
        poll.sealed_at = poll.swept_at = None
    database.session.commit()
    faults = [fault for fault in verify().faults if "评价票" in fault]
    assert len(faults) == 1
    assert "领导评价（科室）第1次评价" in faults[0]


def lines_and_receipts(unit):
    """Return the marks of *unit* and the tracking numbers in the order in which storage keeps them."""
    database.session.commit()
    places = [text("ctid")] * 2
    if database.engine.dialect.name == "sqlite":
        places = [SealedLine.id, BallotReceipt.tracking]
    of_unit = select(SealedLine.mark).where(SealedLine.unit_id == unit)
    return (
        database.session.scalars(of_unit.order_by(places[0])).all(),
        database.session.scalars(select(BallotReceipt.tracking).order_by(places[1])).all(),
    )


def test_no_order_of_rows_is_the_order_of_voting(own_app):
    vote = a_vote(leaders(VOTERS))
    codes = list(vote.codes["县级领导"])
    random.shuffle(codes)
    ballots = cast(own_app, vote, codes)
    close(vote)
    run_sweep(vote)
    marks, numbers = lines_and_receipts(vote.units[Series.SECTIONS][0])
    cast_marks, cast_numbers = [mark for _c, _n, mark in ballots], [number for _c, number, _m in ballots]
    assert sorted(marks) == sorted(cast_marks)
    assert sorted(numbers) == sorted(cast_numbers)
    assert in_step(marks, cast_marks) < 0.5
    assert in_step(numbers, cast_numbers) < 0.5


def test_the_raw_file_and_a_backup_hold_nothing_of_a_ballot_as_it_was_cast(own_app, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    vote = a_vote(leaders(VOTERS))
    ballots = cast(own_app, vote, vote.codes["县级领导"])
    stored = stored_ballots()
    everything = {identifier for identifier, _sealed in stored}
    assert remnants(raw(own_app), stored) == everything
    assert remnants([backed_up(tmp_path / "open")], stored) == everything
    close(vote)
    run_sweep(vote)
    files = [*raw(own_app), backed_up(tmp_path / "sealed")]
    assert remnants(files, stored) == set()
    codes = [part for code, _number, _mark in ballots for part in (code, code[:12])]
    numbers = [number for _code, number, _mark in ballots]
    assert found_in(files, codes) == set()
    assert found_in([caplog.text.encode()], codes + numbers) == set()


def paper_and_web_lines(app):
    """Seal nine ballots cast on line, enter one on paper whose marks no other has, and count both."""
    vote = a_vote(leaders(9))
    units = vote.units[Series.SECTIONS]
    cast(app, vote, vote.codes["县级领导"])
    marks = {unit: f"{number}.1" for number, unit in enumerate(units, 11)}
    with unit_of_work():
        roster_id = database.session.scalars(select(RaterRoster.id)).one()
        batch = paper.open_batch(vote.actor, vote.cycle, roster_id, issued=1, returned=1)
    clerks = officer(), officer(Role.HRO)
    for clerk in clerks:
        with unit_of_work():
            paper.enter(clerk, paper.get_batch(vote.cycle, batch.id), 1, marks)
    close(vote)
    run_sweep(vote)
    sealed = {line.id for line in rows_of(SealedLine)}
    for clerk in clerks:
        with unit_of_work():
            counting.confirm(clerk, vote.cycle)
    return vote, sealed, list(marks.values())


def test_the_count_leaves_nothing_that_tells_a_paper_ballot_from_the_others(own_app):
    vote, sealed, marks = paper_and_web_lines(own_app)
    entered = [f'"{unit}": "{mark}"' for unit, mark in zip(vote.units[Series.SECTIONS], marks, strict=True)]
    run_sweep(vote)
    counted = rows_of(SealedLine)
    assert {line.mark for line in counted} > set(marks)
    assert sealed.isdisjoint({line.id for line in counted})
    assert found_in(raw(own_app), [*sealed, *entered]) == set()
    if database.engine.dialect.name == "postgresql":
        assert len(set(transactions("sealed_line"))) == 1
    (poll,) = rows_of(Poll)
    assert poll.paper.keys() == {"issued", "returned", "blank", "valid"}
    assert sum(poll.bands.values()) == 10
    assert not [fault for fault in verify().faults if "评价票" in fault]


def test_without_the_sweep_after_the_count_the_files_still_hold_the_paper_ballot(own_app, monkeypatch):
    _vote, sealed, _marks = paper_and_web_lines(own_app)
    assert found_in(raw(own_app), sealed) != set()
    waiting = database.session.scalars(select(Outbox.key).where(Outbox.task == "ballots.sweep")).all()
    assert len(waiting) == 2


@pytest.mark.parametrize(
    "database_kind", [pytest.param("postgresql", marks=pytest.mark.postgresql)], scope="session"
)
def test_the_sweep_is_not_done_while_somebody_may_read_what_was_deleted(own_app):
    vote = a_vote(leaders(3))
    cast(own_app, vote, vote.codes["县级领导"])
    with database.engine.connect().execution_options(isolation_level="SERIALIZABLE") as reader:
        reader.execute(select(AuditEntry.sequence)).first()
        close(vote)
        with pytest.raises(DomainError, match="稍后自动再试"):
            sealing.scrub()
    sealing.scrub()


def stored_ballots():
    return [(ballot.id, ballot.sealed) for ballot in rows_of(Ballot)]


def test_transactions_of_postgresql_link_no_code_to_a_line_or_a_receipt(own_app):
    vote = a_vote(leaders(VOTERS))
    cast(own_app, vote, vote.codes["县级领导"][: VOTERS // 2])
    if database.engine.dialect.name == "sqlite":
        assert_sqlite_keeps_rows_by_their_random_key(own_app)
        return
    database.session.commit()
    assert len(joined_by_transaction("ballot")) == VOTERS // 2
    close(vote)
    run_sweep(vote)
    for table in ("ballot", "sealed_line", "ballot_receipt"):
        assert joined_by_transaction(table) == []
    for table in ("voting_code", "sealed_line", "ballot_receipt"):
        assert len(set(transactions(table))) == 1
    in_storage = select(VotingCode.state).order_by(text("ctid"))
    assert len(set(database.session.scalars(in_storage).all()[: VOTERS // 2])) == 2


def leave_as_they_lay(actor, poll, settings):
    """A seal that writes the lines in the order of casting and takes nothing away."""
    del actor
    tally, _receipts = sealing._open_all(poll, settings)
    sealing._insert(
        SealedLine,
        (
            {"id": f"{number:032x}", "poll_id": poll.id, "unit_id": unit, "mark": mark}
            for number, (unit, mark) in enumerate(tally.lines)
        ),
    )
    poll.sealed_at = clock.now()


def test_the_same_looks_find_every_ballot_where_the_seal_leaves_them_as_they_lay(
    own_app, tmp_path, monkeypatch
):
    ids = count()
    in_order = SimpleNamespace(token_hex=lambda size: f"{next(ids):0{2 * size}x}")
    monkeypatch.setattr(casting, "secrets", in_order)
    monkeypatch.setattr(sealing, "_seal", leave_as_they_lay)
    without_a_sweep(monkeypatch)
    vote = a_vote(leaders(VOTERS))
    ballots = cast(own_app, vote, vote.codes["县级领导"])
    close(vote)
    run_sweep(vote)
    stored = stored_ballots()
    everything = {identifier for identifier, _sealed in stored}
    assert len(everything) == VOTERS
    assert remnants(raw(own_app), stored) == everything
    assert remnants([backed_up(tmp_path / "backup")], stored) == everything
    marks, _numbers = lines_and_receipts(vote.units[Series.SECTIONS][0])
    assert in_step(marks, [mark for _code, _number, mark in ballots]) == 1
    if database.engine.dialect.name == "postgresql":
        assert len(joined_by_transaction("ballot")) == VOTERS


def without_a_sweep(monkeypatch):
    monkeypatch.setattr(sealing, "shuffle_codes", lambda cycle_id: None)
    monkeypatch.setattr(sealing, "scrub", lambda: None)


def test_without_the_sweep_the_files_still_hold_ballots_that_were_deleted(own_app, monkeypatch):
    without_a_sweep(monkeypatch)
    vote = a_vote(leaders(VOTERS))
    cast(own_app, vote, vote.codes["县级领导"])
    stored = stored_ballots()
    close(vote)
    run_sweep(vote)
    assert rows_of(Ballot) == []
    assert remnants(raw(own_app), stored) != set()


def assert_sqlite_keeps_rows_by_their_random_key(app):
    name = app.config["FIVESTEP"].database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(name)) as connection:
        for table in ("voting_code", "ballot", "sealed_line", "ballot_receipt"):
            with pytest.raises(sqlite3.OperationalError, match="rowid"):
                connection.execute(str(select(literal_column("rowid")).select_from(text(table))))


def test_sweeping_again_or_after_a_crash_changes_nothing_that_counts(own_app):
    vote = a_vote(leaders())
    cast(own_app, vote, vote.codes["县级领导"][:3])
    close(vote)
    before = {(row.code_hash, row.typed_hash, row.batch_id, row.state) for row in rows_of(VotingCode)}
    with unit_of_work():
        sealing.shuffle_codes(vote.cycle_id)
    sealing.scrub()
    assert rows_of(Poll)[0].swept_at is None
    run_sweep(vote)
    assert rows_of(Poll)[0].swept_at is not None
    assert {(row.code_hash, row.typed_hash, row.batch_id, row.state) for row in rows_of(VotingCode)} == before


def test_a_ballot_that_comes_while_the_vote_is_closed_is_not_lost_in_the_seal(app):
    vote = a_vote(leaders())
    voter = Voter(app, vote.codes["县级领导"][0])
    ticket = voter.ticket()
    close(vote)
    answer = voter.submit(scores(vote, "90"), ticket)
    assert "评价已经截止" in answer.text
    assert rows_of(Ballot) == []
    database.session.execute(update(Poll).values(sealed_at=None))
    database.session.commit()
    assert voter.submit(scores(vote, "90"), ticket).status_code == 409
