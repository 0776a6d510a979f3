"""Examples of votes and of what the office does around them."""

from sqlalchemy import select

from fivestep_web.assessment.ballots import counting, paper
from fivestep_web.assessment.ballots.models import PaperBatch, Poll
from fivestep_web.assessment.cycles.models import RaterRoster
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from tests.assessment.ballots.voting import YEAR, a_cycle, a_vote, close, leaders, officer, sweep
from tests.factories.accounts import user_with_role
from tests.security.example import Example

_BALLOT = "a ballot leaves no entry: the log knows openings, seals and counts only (trust.md B5)"
UNLOGGED = {
    f"{door}.{view}": _BALLOT
    for door in ("survey", "ballot")
    for view in ("slip_enter", "ballot_review", "ballot_submit")
}


def _office(status=303, *, role=Role.OFC, data=None, **values):
    return Example(user_with_role(role), {"year": YEAR, **values}, data or {}, status)


def codes_issue():
    cycle, _units = a_cycle()
    roster = {"rater_group": Group.LEADER_EVALUATION, "series": Series.SECTIONS}
    db.session.add(RaterRoster(cycle_id=cycle.id, name="县级领导", code_count=3, **roster))
    db.session.commit()
    return _office(200, data={"group": Group.LEADER_EVALUATION.value, "series": Series.SECTIONS.value})


def _poll():
    a_vote(leaders(3))
    return db.session.scalars(select(Poll)).one()


def codes_replace():
    return _office(200, batch_id=_poll().batches[0].id)


def poll_remind():
    return _office(poll_id=_poll().id)


def _swept():
    vote = a_vote(leaders(3))
    close(vote)
    sweep(vote)
    return vote


def count_confirm():
    _swept()
    return _office(role=Role.HRO)


def count_take_back():
    vote = _swept()
    with unit_of_work():
        counting.confirm(vote.actor, vote.cycle)
    return _office(role=Role.HRO)


def _paper():
    vote = a_vote(leaders(3))
    roster_id = db.session.scalars(select(RaterRoster.id)).one()
    with unit_of_work():
        batch = paper.open_batch(vote.actor, vote.cycle, roster_id, issued=3, returned=2)
    return batch.id, vote.units[Series.SECTIONS][0]


def paper_create():
    a_vote(leaders(3))
    roster_id = db.session.scalars(select(RaterRoster.id)).one()
    return _office(role=Role.HRO, data={"roster_id": roster_id, "issued": "3", "returned": "2"})


def paper_enter():
    batch_id, unit_id = _paper()
    return _office(batch_id=batch_id, data={"number": "1", f"mark-{unit_id}": "90"})


def paper_update():
    batch_id, _unit = _paper()
    return _office(batch_id=batch_id, data={"issued": "4", "returned": "3"})


def paper_release():
    batch_id, unit_id = _paper()
    with unit_of_work():
        batch = db.session.get_one(PaperBatch, batch_id)
        paper.enter(officer(Role.HRO), batch, 1, {unit_id: "90"})
    return _office(batch_id=batch_id, entry=1)


def paper_withdraw():
    batch_id, _unit = _paper()
    return _office(batch_id=batch_id)


def visit_create():
    a_cycle(state=CycleState.OPEN)
    data = {
        "kind": "visit", "held_on": "2026-06-01", "place": "城关镇", "participants": "党员代表",
        "attendance": "12", "findings": "对服务态度满意。",
    }  # fmt: skip
    return _office(data=data)


def poll_show():
    vote = _swept()
    for actor in (vote.actor, officer(Role.HRO)):
        with unit_of_work():
            counting.confirm(actor, vote.cycle)
    return _office(role=Role.MIN, poll_id=db.session.scalars(select(Poll.id)).one())


def _page(make, **example):
    make()
    return _office(**example)


UNSAFE = {
    "polls.codes_issue": codes_issue,
    "polls.codes_replace": codes_replace,
    "polls.poll_remind": poll_remind,
    "polls.count_confirm": count_confirm,
    "polls.count_take_back": count_take_back,
    "paper.paper_create": paper_create,
    "paper.paper_enter": paper_enter,
    "paper.paper_update": paper_update,
    "paper.paper_release": paper_release,
    "paper.paper_withdraw": paper_withdraw,
    "paper.visit_create": visit_create,
}
PAGES = {
    "polls.poll_index": lambda: _page(_poll),
    "polls.count_show": lambda: _page(_swept, role=Role.EXD),
    "polls.poll_show": poll_show,
    "paper.paper_index": lambda: _page(_paper, role=Role.HRO),
    "paper.paper_show": lambda: _office(batch_id=_paper()[0]),
    "paper.paper_edit": lambda: _office(batch_id=_paper()[0]),
    "paper.visit_index": lambda: _page(a_cycle),
}
