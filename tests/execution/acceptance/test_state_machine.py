"""Whatever people try in whatever order: a phase moves along domain.md 5.3 and nowhere else."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fivestep_web.core.errors import Refusal
from fivestep_web.execution.acceptance.queries import list_submissions
from fivestep_web.execution.acceptance.rules import Outcome, may_move
from fivestep_web.responsibility.rules import MilestoneState
from tests.execution.acceptance.cast import accept, fresh, hand_in, send_back, under_way

S = MilestoneState
COMMANDS = {
    "hand_in": lambda user, phase, number: hand_in(user, phase, answer="已改", data=b"%d" % number),
    "accept": lambda user, phase, _number: accept(user, phase),
    "send_back": lambda user, phase, _number: send_back(user, phase),
}
LIKELY = st.sampled_from([("member", "hand_in"), ("leader", "send_back"), ("leader", "accept")])
ANY = st.tuples(st.sampled_from(("member", "head", "leader", "office")), st.sampled_from(sorted(COMMANDS)))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(LIKELY, LIKELY, ANY), max_size=8))
def test_no_path_leaves_the_rules_and_none_is_decided_by_who_handed_it_in(county, steps):
    _entry, (phase, _second) = under_way(county)
    state = S.PLANNED
    for number, (person, command) in enumerate(steps):
        try:
            COMMANDS[command](getattr(county, person), phase, number)
        except Refusal:
            assert fresh(phase).state is state
            continue
        after = fresh(phase).state
        # handing in what was not begun begins it on the way
        assert may_move(state, after) or (state, after) == (S.PLANNED, S.SUBMITTED)
        state = after
        assert (phase.submitted_on is not None) == (state in {S.SUBMITTED, S.COMPLETED})
    history = list_submissions(phase.id)
    assert all(item.decided_by_id != item.submitted_by_id for item in history)
    assert all(item.answer for item in history[1:] if item.outcome is Outcome.SENT_BACK)
    assert (state is S.COMPLETED) == any(item.outcome is Outcome.ACCEPTED for item in history)
