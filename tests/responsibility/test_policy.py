"""The two sides, the roles and the reach: who sees which letter and what the page offers."""

import pytest
from sqlalchemy import select

from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.extensions import db
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.letters import queries, signatories
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import LetterState
from tests.factories.accounts import user_with_role
from tests.factories.org import PositionFactory, PostHoldingFactory
from tests.factories.responsibility import DAY, YEAR, acting, issue, letter_of, sign
from tests.responsibility.changes import object_to, take_back


def numbers(user):
    rows = queries.list_letters(acting(user), YEAR, signing_ends=DAY)
    return {row.number.removeprefix("责〔2026〕").removesuffix("号") for row in rows}


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("minister", {"Z1", "B1", "K1", "K2", "D1"}),
        ("clerk", {"Z1", "B1", "K1", "K2", "D1"}),
        ("leader", {"Z1", "K1", "K2"}),
        ("head", {"Z1", "K1", "K2"}),
        ("secretary", {"B1", "D1"}),
        ("organizer", {"D1"}),
    ],
)
def test_each_sees_what_the_matrix_reaches(drafted, who, seen):
    assert numbers(getattr(drafted, who)) == seen


def test_a_member_sees_only_the_own_letter(drafted):
    assert numbers(drafted.members[0]) == {"K1"}
    with pytest.raises(NotFound):
        queries.get_letter(acting(drafted.members[0]), letter_of(drafted.members[1]).id)


def test_roles_held_together_reach_as_far_as_the_widest(drafted):
    both = user_with_role(Role.STF, Role.HRO, unit=drafted.section, title="人事干部")
    assert numbers(both) == {"Z1", "B1", "K1", "K2", "D1"}


def test_a_side_reads_its_letter_whatever_the_role(drafted):
    letter = letter_of(drafted.head)
    bare = Actor(user_id=1, person_id=letter.issuer_id, name="已转岗")
    assert policy.can_read(bare, letter)
    assert queries.get_letter(bare, letter.id).id == letter.id
    assert not policy.can_read(Actor(None, None, "无人"), letter)


def test_the_list_and_the_policy_agree(drafted):
    for user in drafted.users():
        listed = {row.id for row in queries.list_letters(acting(user), YEAR, signing_ends=DAY)}
        allowed = {row.id for row in db.session.query(Letter) if policy.can_read(acting(user), row)}
        assert listed == allowed


def test_what_waits_is_what_may_be_signed(drafted):
    issue(letter_of(drafted.head), drafted.clerk)
    issue(letter_of(drafted.secretary), drafted.clerk)
    sign(letter_of(drafted.secretary), drafted.secretary)
    for user in drafted.users():
        who = acting(user)
        waiting = set(db.session.scalars(queries.select(Letter.id).where(queries.waits_for(who))))
        assert waiting == {row.id for row in db.session.query(Letter) if policy.can_sign(who, row)}
        assert db.session.scalar(select(queries.waiting_count(who))) == len(waiting)


def move_head(department):
    successor = user_with_role(Role.SHD, unit=department.section, title="新科长")
    department.section.periods[-1].head = successor.person


def move_leader(department):
    successor = user_with_role(Role.DEP, title="新副部长", charge=(department.section,))
    department.section.periods[-1].leader = successor.person


def leave_vacant(department):
    department.section.periods[-1].leader = None


def leave_post(user):
    user.person.holdings[0].valid_to = DAY.replace(day=5)


def move_away(user, unit):
    leave_post(user)
    PostHoldingFactory(person=user.person, position=PositionFactory(unit=unit), valid_from=DAY.replace(day=6))


@pytest.mark.parametrize(
    ("move", "stopped"),
    [
        (lambda _department: None, set()),
        (move_head, {"Z1", "K1"}),
        (move_leader, {"Z1"}),
        (leave_vacant, {"Z1"}),
        (lambda department: leave_post(department.leader), {"Z1"}),
        (lambda department: leave_post(department.members[0]), {"K1"}),
        (lambda department: move_away(department.members[0], department.township), {"K1"}),
        (lambda department: leave_post(department.minister), {"B1"}),
    ],
)
def test_what_posts_have_outrun_waits_for_nobody_but_who_voids_it(drafted, move, stopped):
    issue(letter_of(drafted.head), drafted.clerk)
    issue(letter_of(drafted.secretary), drafted.clerk)
    sign(letter_of(drafted.secretary), drafted.secretary)
    lower = letter_of(drafted.members[0])
    lower.exception_reason = "外出学习"
    db.session.commit()
    issue(lower, drafted.clerk)
    move(drafted)
    db.session.commit()
    rows = db.session.query(Letter).all()
    found = {row for row in rows if signatories.why_stopped(row, DAY)}
    assert {row.number.removeprefix("责〔2026〕").removesuffix("号") for row in found} == stopped
    ids = {row.id for row in found}
    assert ids == set(db.session.scalars(queries.select(Letter.id).where(signatories.is_stopped(DAY))))
    assert ids == {row.letter_id for row in queries.list_halted(acting(drafted.clerk))}
    for user in drafted.users():
        who = acting(user)
        waiting = {item.letter_id for item in queries.list_waiting(who)}
        assert waiting == {row.id for row in rows if policy.can_sign(who, row)}
        assert {row.letter_id for row in queries.list_halted(who)} == {
            row.id for row in found if policy.can_void(who, row)
        }


def test_whoever_lost_the_role_has_nothing_waiting(drafted):
    issue(letter_of(drafted.head), drafted.clerk)
    bare = Actor(user_id=1, person_id=drafted.head.person_id, name="已转岗", roles=frozenset({Role.PNL}))
    assert db.session.scalar(select(queries.waiting_count(bare))) == 0
    assert policy.letter_actions(bare, letter_of(drafted.head)) == set()


def test_the_next_to_sign_follows_the_list_and_goes_around(drafted):
    bring = [letter_of(drafted.head)]
    issue(bring[0], drafted.clerk)
    sign(bring[0], drafted.head)
    sign(bring[0], drafted.leader)
    first, second = (letter_of(member) for member in drafted.members)
    for letter, member in ((first, drafted.members[0]), (second, drafted.members[1])):
        issue(letter, drafted.head)
        sign(letter, member)
    head = acting(drafted.head)
    following = queries.find_next_waiting(head, db.session.get(Letter, first.id))
    assert (following.letter_id, following.count) == (second.id, 1)
    around = queries.find_next_waiting(head, db.session.get(Letter, second.id))
    assert around.letter_id == first.id
    sign(first, drafted.head)
    sign(second, drafted.head)
    assert queries.find_next_waiting(head, db.session.get(Letter, second.id)) is None


@pytest.mark.parametrize(
    ("who", "draft_state", "issued_state"),
    [
        ("clerk", {"issue", "void"}, {"void"}),
        ("head", set(), {"sign", "object"}),
        ("leader", set(), set()),
        ("minister", set(), set()),
    ],
)
def test_the_page_offers_exactly_what_the_policy_allows(drafted, who, draft_state, issued_state):
    user = getattr(drafted, who)
    assert policy.letter_actions(acting(user), letter_of(drafted.head)) == draft_state
    issue(letter_of(drafted.head), drafted.clerk)
    assert policy.letter_actions(acting(user), letter_of(drafted.head)) == issued_state


def test_a_closed_letter_offers_nothing_to_anybody(drafted):
    letter = letter_of(drafted.members[0])
    for state in (LetterState.VOID, LetterState.SUPERSEDED, LetterState.ARCHIVED, LetterState.SETTLED):
        letter.state = state
        db.session.flush()
        assert all(policy.letter_actions(acting(user), letter) == set() for user in drafted.users())


def test_lower_letters_and_letters_of_a_goal_are_shown_within_reach_only(drafted):
    upper = letter_of(drafted.head)
    assert {item.number for item in queries.list_lower(acting(drafted.leader), upper)} == {
        "责〔2026〕K1号",
        "责〔2026〕K2号",
    }
    assert queries.list_lower(acting(drafted.members[0]), upper) == [letter_of(drafted.members[0])]
    goal = drafted.tasks[2].id
    assert queries.list_letters_of_goal(acting(drafted.members[0]), goal) == []
    assert len(queries.list_letters_of_goal(acting(drafted.members[1]), goal)) == 1


def test_what_was_objected_to_waits_for_who_may_revise_it_and_then_send_it_out(drafted):
    upper, lower = letter_of(drafted.head), letter_of(drafted.members[0])
    issue(upper, drafted.clerk)
    sign(upper, drafted.head)
    sign(upper, drafted.leader)
    issue(lower, drafted.head)
    assert returned(drafted, policy.can_revise) == set()
    object_to(drafted.members[0], lower, "时限太紧")
    assert returned(drafted, policy.can_revise) == {drafted.clerk.id, drafted.head.id}
    take_back(drafted.head, lower)
    assert returned(drafted, policy.can_issue) == {drafted.clerk.id, drafted.head.id}
    issue(lower, drafted.head)
    assert returned(drafted, policy.can_revise) == set()


def returned(department, is_allowed):
    """Return for whom the first member's letter waits again; those and no others are allowed what follows."""
    letter, found = letter_of(department.members[0]), set()
    for user in department.users():
        rows = queries.list_halted(acting(user))
        assert [row.letter_id for row in rows] == ([letter.id] if is_allowed(acting(user), letter) else [])
        assert all(row.objection == "时限太紧" for row in rows)
        found |= {user.id for _row in rows}
    return found


def test_issuable_counts_agree_with_the_policy(drafted):
    for user in drafted.users():
        who = acting(user)
        allowed = [row for row in db.session.query(Letter) if policy.can_issue(who, row)]
        assert db.session.query(Letter).where(queries.issuable_by(who)).count() == len(allowed)
