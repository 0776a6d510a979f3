"""The life of a cycle: which ways there are, and that each leads on."""

from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.assessment.cycles.rules import MOVES, CycleState, Mover, find_move, moves_from

STATES = list(CycleState)
# domain.md 5.6, written down once more
TABLE = {
    ("configuring", "open", "minister"),
    ("open", "self_reporting", "office"),
    ("self_reporting", "voting", "office"),
    ("voting", "voting_closed", "office"),
    ("voting_closed", "tallied", "counters"),
    ("voting_closed", "voting", "office"),
    ("tallied", "reviewed", "office"),
    ("reviewed", "publicizing", "minister"),
    ("publicizing", "confirmed", "minister"),
    ("publicizing", "reviewed", "minister"),
    ("confirmed", "filed", "hr"),
}


def test_the_ways_are_those_of_the_state_machine():
    assert {(move.origin.value, move.target.value, move.mover.value) for move in MOVES} == TABLE
    assert {mover for move in MOVES for mover in [move.mover]} == set(Mover)


@given(st.sampled_from(STATES), st.sampled_from(STATES))
def test_a_way_is_found_exactly_where_the_table_has_one(origin, target):
    move = find_move(origin, target)
    assert (move is not None) == any((origin, target) == (a, b) for a, b, _mover in TABLE)
    if move is not None:
        assert move in moves_from(origin)
        assert move.is_backward == (STATES.index(target) < STATES.index(origin))


@given(st.lists(st.integers(0, 5), max_size=60))
def test_no_path_leaves_the_filed_cycle_and_every_other_state_leads_on(choices):
    state, visited = CycleState.CONFIGURING, [CycleState.CONFIGURING]
    for choice in choices:
        ways = moves_from(state)
        if not ways:
            assert state is CycleState.FILED
            break
        state = ways[choice % len(ways)].target
        visited.append(state)
    assert visited.count(CycleState.CONFIGURING) == 1
    assert visited.count(CycleState.OPEN) <= 1
    assert visited.count(CycleState.TALLIED) <= 1


@given(st.sampled_from(STATES))
def test_the_first_way_of_every_state_leads_to_filing(state):
    steps = 0
    while ways := moves_from(state):
        assert not ways[0].is_backward
        state, steps = ways[0].target, steps + 1
    assert state is CycleState.FILED
    assert steps < len(STATES)
