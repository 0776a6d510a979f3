import json

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.verification import verify
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import PlanYear, Unit, UnitPeriod
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.letters import queries
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Goal, Letter, LetterVersion
from fivestep_web.responsibility.rules import LetterState
from fivestep_web.responsibility.signing import services as signing
from tests.factories.accounts import user_with_role
from tests.factories.keys import open_key
from tests.factories.org import person_with_role
from tests.factories.responsibility import (
    ADDRESS,
    DAY,
    YEAR,
    GoalFactory,
    acting,
    bring_into_force,
    draft,
    issue,
    letter_of,
    sign,
)


def act(service, user, letter, *arguments, **facts):
    with unit_of_work():
        return service(
            acting(user), queries.get_letter(acting(user), letter.id, lock=True), *arguments, **facts
        )


def entries(action, letter):
    rows = db.session.scalars(
        select(AuditEntry.body).where(
            AuditEntry.action == action, AuditEntry.subject == f"letter:{letter.id}"
        )
    )
    kept = {"row", "goal_rows", "signature_row"}
    return [
        {name: value for name, value in json.loads(body)["detail"].items() if name not in kept}
        for body in rows
    ]


def state_of(letter):
    return db.session.get(Letter, letter.id).state


def sha256_of_version(letter):
    return db.session.scalars(
        select(LetterVersion.content_sha256).where(LetterVersion.letter_id == letter.id)
    ).all()[-1]


# Issuing


def test_issuing_fixes_the_text_and_is_logged(drafted):
    issue(letter_of(drafted.head), drafted.clerk)
    letter = letter_of(drafted.head)
    (version,) = letter.versions
    assert letter.state is LetterState.ISSUED
    assert version.content["goals"][0]["weight"] == "33.33"
    assert version.content["responsible"]["position"] == "组织科科长"
    assert entries("letter.issued", letter)[0]["sha256"] == version.content_sha256
    assert version.content["serial"] == version.serial


def test_issuing_uses_the_goals_of_the_moment(drafted):
    goal = db.session.get(Goal, drafted.goals[0].id)
    goal.completion_standard = "30 个后进村全部验收合格"
    db.session.commit()
    issue(letter_of(drafted.head), drafted.clerk)
    (version,) = letter_of(drafted.head).versions
    assert version.content["goals"][0]["standard"] == "30 个后进村全部验收合格"


def test_a_changed_leader_before_issue_is_the_signatory(drafted):
    other = user_with_role(Role.DEP, title="部务委员", charge=(drafted.section,))
    issue(letter_of(drafted.head), drafted.clerk)
    letter = letter_of(drafted.head)
    assert letter.issuer_id == other.person_id
    assert letter.versions[0].content["issuing"]["position"] == "部务委员"


@pytest.mark.parametrize("who", ["minister", "leader", "secretary", "head"])
def test_only_the_office_issues_a_unit_letter(drafted, who):
    with pytest.raises(NotAllowed):
        issue(letter_of(drafted.head), getattr(drafted, who))
    assert state_of(letter_of(drafted.head)) is LetterState.DRAFT


def test_a_letter_is_not_issued_twice(drafted, letter):
    with pytest.raises(Conflict, match="待签订"):
        issue(letter, drafted.clerk)
    assert db.session.query(LetterVersion).count() == 1


def test_goals_go_to_the_new_leader_in_charge_with_the_letter(drafted):
    other = user_with_role(Role.DEP, title="部务委员")
    before = db.session.get(Unit, drafted.section.id).periods[-1]
    before.valid_to = DAY.replace(day=9)
    now = {"leader_id": other.person_id, "valid_from": DAY.replace(day=10)}
    same = {"unit_id": before.unit_id, "name": before.name, "kind": before.kind, "head_id": before.head_id}
    db.session.add(UnitPeriod(**same, **now))
    db.session.commit()
    issue(letter_of(drafted.head), drafted.clerk)
    leaders = [db.session.get(Goal, goal.id).leader_id for goal in (*drafted.goals[:2], drafted.tasks[1])]
    assert leaders == [other.person_id, other.person_id, None]
    assert letter_of(drafted.head).issuer_id == other.person_id


def test_a_closed_step_two_issues_nothing(drafted):
    db.session.get(PlanYear, YEAR).step_two_open = False
    db.session.commit()
    with pytest.raises(Conflict, match="尚未印发"):
        issue(letter_of(drafted.head), drafted.clerk)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"completion_standard": "  "}, "没有完成标准"),
        ({"points": 0}, "权重合计不是 100"),
    ],
)
def test_what_a_letter_lacks_is_named(drafted, change, message):
    for goal in drafted.goals[:2]:
        for name, value in change.items():
            setattr(db.session.get(Goal, goal.id), name, value)
    db.session.commit()
    with pytest.raises(DomainError, match=message):
        issue(letter_of(drafted.head), drafted.clerk)


def test_a_goal_whose_owner_left_goes_into_no_letter(drafted):
    gone = person_with_role(Role.STF, unit=drafted.section, title="原科员", valid_to=DAY.replace(day=1))
    db.session.get(Goal, drafted.goals[0].id).person = gone
    db.session.commit()
    with pytest.raises(DomainError, match="责任人已不在岗"):
        issue(letter_of(drafted.head), drafted.clerk)


def test_a_letter_without_goals_is_not_issued(drafted):
    for goal in drafted.goals[:2]:
        db.session.get(Goal, goal.id).unit = drafted.township
    db.session.commit()
    with pytest.raises(DomainError, match="没有目标"):
        issue(letter_of(drafted.head), drafted.clerk)


@pytest.mark.parametrize(("post", "message"), [("head", "没有负责人"), ("leader", "空缺")])
def test_a_vacant_side_is_named(drafted, post, message):
    setattr(db.session.get(Unit, drafted.section.id).periods[-1], post, None)
    db.session.commit()
    with pytest.raises(DomainError, match=message):
        issue(letter_of(drafted.head), drafted.clerk)


def test_nobody_signs_with_themselves(drafted):
    db.session.get(Unit, drafted.section.id).periods[-1].leader = drafted.head.person
    db.session.commit()
    with pytest.raises(DomainError, match="同一人"):
        issue(letter_of(drafted.head), drafted.clerk)


# The chain


def test_a_lower_letter_waits_for_the_one_above(drafted, letter):
    with pytest.raises(Conflict, match="一级抓一级"):
        issue(letter_of(drafted.members[0]), drafted.head)
    sign(letter, drafted.head)
    with pytest.raises(Conflict, match="责任方已签"):
        issue(letter_of(drafted.members[0]), drafted.head)
    sign(letter, drafted.leader)
    issue(letter_of(drafted.members[0]), drafted.head)
    assert state_of(letter_of(drafted.members[0])) is LetterState.ISSUED


def test_a_lower_letter_carries_only_what_the_upper_covers(drafted, letter):
    sign(letter, drafted.head)
    sign(letter, drafted.leader)
    loose = GoalFactory(topic=drafted.topic, unit=drafted.section, person=drafted.head.person)
    db.session.get(Goal, drafted.tasks[1].id).parent = loose
    db.session.commit()
    with pytest.raises(DomainError, match="不在上级责任书"):
        issue(letter_of(drafted.members[0]), drafted.head)


def test_a_task_below_a_task_is_covered_by_the_unit_goal(drafted, letter):
    sign(letter, drafted.head)
    sign(letter, drafted.leader)
    db.session.get(Goal, drafted.tasks[2].id).parent = db.session.get(Goal, drafted.tasks[1].id)
    db.session.commit()
    issue(letter_of(drafted.members[1]), drafted.head)
    assert state_of(letter_of(drafted.members[1])) is LetterState.ISSUED


def test_the_minister_allows_an_exception_with_a_reason_that_stays(drafted):
    lower = letter_of(drafted.members[0])
    act(letter_services.allow_exception, drafted.minister, lower, " 人员将外出学习 ")
    issue(lower, drafted.head)
    assert db.session.get(Letter, lower.id).exception_reason == "人员将外出学习"
    assert entries("letter.exception_allowed", lower) == [{"reason": "人员将外出学习"}]


def test_a_letter_let_out_early_hangs_under_the_one_that_comes_into_force_at_last(drafted, letter):
    lower = letter_of(drafted.members[0])
    act(letter_services.allow_exception, drafted.minister, lower, "人员将外出学习")
    bring_into_force(lower, drafted.head, drafted.members[0], drafted.head)
    act(letter_services.void, drafted.clerk, letter, "主管领导调整")
    other = user_with_role(Role.DEP, title="部务委员", charge=(drafted.section,))
    draft()
    upper = letter_of(drafted.head)
    assert upper.id != letter.id
    bring_into_force(upper, drafted.clerk, drafted.head, other)
    assert db.session.get(Letter, lower.id).upper_id == upper.id
    assert lower.id in {item.id for item in queries.list_lower(acting(other), upper)}
    assert verify().faults == ()


def test_an_exception_does_not_widen_what_the_upper_covers(drafted):
    lower = letter_of(drafted.members[0])
    act(letter_services.allow_exception, drafted.minister, lower, "急")
    db.session.get(Goal, drafted.tasks[1].id).parent = drafted.goals[2]
    db.session.commit()
    with pytest.raises(DomainError, match="不在上级责任书"):
        issue(lower, drafted.head)


@pytest.mark.parametrize("who", ["clerk", "head"])
def test_nobody_but_the_minister_allows_an_exception(drafted, who):
    with pytest.raises(NotAllowed, match="部长"):
        act(letter_services.allow_exception, getattr(drafted, who), letter_of(drafted.members[0]), "急")


def test_an_exception_needs_a_reason_and_a_draft_that_waits(drafted, letter):
    lower = letter_of(drafted.members[0])
    with pytest.raises(DomainError, match="理由"):
        act(letter_services.allow_exception, drafted.minister, lower, "  ")
    with pytest.raises(Conflict):
        act(letter_services.allow_exception, drafted.minister, letter, "急")
    sign(letter, drafted.head)
    sign(letter, drafted.leader)
    with pytest.raises(Conflict):
        act(letter_services.allow_exception, drafted.minister, lower, "急")


# Objecting, revising, voiding


def test_an_objection_stops_the_chain_and_its_version_stays(drafted, letter):
    act(letter_services.object_to, drafted.head, letter, " 时限太紧 ")
    assert state_of(letter) is LetterState.OBJECTED
    with pytest.raises(Conflict, match="有异议"):
        sign(letter, drafted.head)
    act(letter_services.revise, drafted.clerk, letter)
    db.session.get(Goal, drafted.goals[0].id).completion_standard = "15 个后进村全部验收合格"
    db.session.commit()
    issue(letter, drafted.clerk)
    first, second = letter_of(drafted.head).versions
    assert (first.version, first.objection, second.version, second.objection) == (1, "时限太紧", 2, "")
    assert first.content["goals"][0]["standard"] == "20 个后进村全部验收合格"
    assert second.content["goals"][0]["standard"] == "15 个后进村全部验收合格"
    with pytest.raises(signing.StaleText):
        act(
            letter_services.sign,
            drafted.head,
            letter,
            key=open_key(drafted.head),
            shown_sha256=first.content_sha256,
            address=ADDRESS,
        )
    sign(letter, drafted.head)
    assert entries("letter.objected", letter)[0]["reason"] == "时限太紧"
    assert entries("letter.revised", letter) == [{"version": 2}]


def test_only_the_responsible_side_objects_and_only_before_signing(drafted, letter):
    for who in (drafted.leader, drafted.clerk, drafted.minister):
        with pytest.raises(NotAllowed):
            act(letter_services.object_to, who, letter, "不行")
    with pytest.raises(DomainError, match="理由"):
        act(letter_services.object_to, drafted.head, letter, " \n")
    sign(letter, drafted.head)
    with pytest.raises(Conflict):
        act(letter_services.object_to, drafted.head, letter, "反悔")


def test_only_what_was_objected_to_is_revised_and_by_the_issuing_side(drafted, letter):
    with pytest.raises(Conflict):
        act(letter_services.revise, drafted.clerk, letter)
    act(letter_services.object_to, drafted.head, letter, "时限太紧")
    with pytest.raises(NotAllowed):
        act(letter_services.revise, drafted.head, letter)


def test_voiding_needs_a_reason_and_ends_everything(drafted, letter):
    with pytest.raises(DomainError, match="理由"):
        act(letter_services.void, drafted.clerk, letter, "")
    with pytest.raises(NotAllowed):
        act(letter_services.void, drafted.head, letter, "不想签")
    act(letter_services.void, drafted.clerk, letter, "分管调整")
    assert entries("letter.voided", letter) == [{"reason": "分管调整"}]
    for service, user, more in (
        (letter_services.void, drafted.clerk, ("再来",)),
        (letter_services.revise, drafted.clerk, ()),
        (letter_services.issue, drafted.clerk, ()),
        (letter_services.object_to, drafted.head, ("晚了",)),
    ):
        with pytest.raises(Conflict, match="作废"):
            act(service, user, letter, *more)


def test_what_is_in_force_is_neither_voided_nor_edited(drafted, letter):
    sign(letter, drafted.head)
    sign(letter, drafted.leader)
    with pytest.raises(Conflict):
        act(letter_services.void, drafted.clerk, letter, "想改")
    with pytest.raises(Conflict, match="变更程序"):
        goal_services.check_editable(acting(drafted.clerk), db.session.get(Goal, drafted.goals[0].id))
