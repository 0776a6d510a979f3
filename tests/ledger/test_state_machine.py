"""Whatever people try in whatever order: the stored states move along the rules and nowhere else."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fivestep_web.core.errors import Refusal
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.ledger import queries, rules
from fivestep_web.ledger import write_off_services as services
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from tests.factories.ledger import County, actor_of

COMMANDS = {
    "request": (services.request_write_off, {"conditions": tuple(services.AcceptanceCondition)}),
    "check": (services.record_check, {"note": ""}),
    "approve": (services.approve_write_off, {}),
    "send_back": (services.send_back, {"reason": "补材料"}),
    "reopen": (services.reopen, {"finding": "不符"}),
    "suspend": (services.suspend, {"reason": "缓", "review_on": date(2026, 12, 1)}),
    "resume": (services.resume, {}),
    "cancel": (services.cancel, {"reason": "变更单"}),
}
PEOPLE = ("minister", "leader", "office", "head", "member")
# The person who usually may stands first for each command, so that long paths are found, not only refusals.
LIKELY = st.sampled_from(
    [
        ("member", "request"),
        ("office", "check"),
        ("leader", "approve"),
        ("leader", "send_back"),
        ("office", "reopen"),
        ("leader", "suspend"),
        ("leader", "resume"),
        ("minister", "cancel"),
    ]
)
ANY = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(sorted(COMMANDS)))


def attempt(county: County, entry_id: int, person: str, command: str) -> bool:
    act, facts = COMMANDS[command]
    try:
        with unit_of_work():
            actor = actor_of(getattr(county, person))
            act(actor, queries.get_entry(actor, entry_id, lock=True), **facts)
    except Refusal:
        return False
    return True


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(LIKELY, LIKELY, ANY), max_size=12))
def test_no_path_leaves_the_rules_and_none_leaves_cancelled(county, steps):
    entry_id = county.completed_entry(LedgerState.IN_PROGRESS).id
    states = [LedgerState.IN_PROGRESS]
    for person, command in steps:
        is_done = attempt(county, entry_id, person, command)
        entry = db.session.get(LedgerEntry, entry_id, populate_existing=True)
        assert entry.changes[-1].state is entry.state
        assert (entry.write_off_number is None) <= (entry.state is not LedgerState.CLOSED)
        if entry.state is not states[-1]:
            assert is_done
            assert rules.find_transition(states[-1], entry.state)
            states.append(entry.state)
    assert LedgerState.CANCELLED not in states[:-1]


def test_a_cancelled_entry_refuses_everybody_everything(county):
    entry_id = county.completed_entry(LedgerState.CANCELLED).id
    for person in PEOPLE:
        for command in COMMANDS:
            assert not attempt(county, entry_id, person, command)
