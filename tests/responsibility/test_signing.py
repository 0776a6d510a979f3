"""Signing: in turn, once, by the right person or deputy, over the shown text, by the own key (S1-S3, S8)."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.rules import canonical
from fivestep_web.audit.verification import verify
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.keys import images, marks, rules
from fivestep_web.keys.models import MarkSource
from fivestep_web.org.models import Person, PostRole, Unit
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.letters import queries
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Letter, Mandate, Signature
from fivestep_web.responsibility.rules import Capacity, LetterState, SigningStep
from fivestep_web.responsibility.signing import mandates
from fivestep_web.responsibility.signing import services as signing
from tests.factories.accounts import user_with_role
from tests.factories.keys import PIN, open_key
from tests.factories.responsibility import (
    ADDRESS,
    DAY,
    acting,
    issue,
    letter_of,
    sign,
)
from tests.security.examples.keys import picture
from tests.web import post

OTHER_SHA256 = "0" * 64


def state_of(letter):
    db.session.expire_all()
    return db.session.get(Letter, letter.id).state


def sign_shown(user, letter, shown, key=None):
    opened = key or open_key(user)
    with unit_of_work():
        stored = queries.get_letter(acting(user), letter.id, lock=True)
        return letter_services.sign(acting(user), stored, key=opened, shown_sha256=shown, address=ADDRESS)


def give(principal, deputy, *, valid_from=DAY, valid_to=DAY, reason="外出学习"):
    opened = open_key(principal)
    with unit_of_work():
        return mandates.give(
            acting(principal),
            opened,
            deputy_id=deputy.person_id,
            valid_from=valid_from,
            valid_to=valid_to,
            reason=reason,
        )


def test_both_sides_sign_in_order_and_the_letter_comes_into_force_once(drafted, letter):
    sign(letter, drafted.head)
    assert state_of(letter) is LetterState.ACCEPTED
    sign(letter, drafted.leader)
    stored = letter_of(drafted.head)
    first, second = stored.versions[0].signatures
    assert (first.step, second.step) == (SigningStep.RESPONSIBLE, SigningStep.ISSUING)
    assert (first.position, second.position) == ("组织科科长", "副部长")
    assert stored.state is LetterState.IN_FORCE
    assert stored.in_force_at == second.signed_at
    steps = db.session.scalars(
        select(AuditEntry.body).where(AuditEntry.action == "letter.signed").order_by(AuditEntry.sequence)
    )
    assert [json.loads(body)["detail"]["step"] for body in steps] == ["responsible", "issuing"]
    keys = db.session.scalars(select(Outbox.key)).all()
    assert sorted(keys) == [f"file-letter-{letter.id}-v1", f"open-entries-{letter.id}-v1"]
    assert verify().faults == ()


def test_what_is_signed_binds_text_version_code_chain_post_key_and_time(drafted, letter):
    bring_into_force_all(drafted, letter)
    lower = letter_of(drafted.members[0])
    issue(lower, drafted.head)
    sign(lower, drafted.members[0])
    sign(lower, drafted.head)
    upper, lower = letter_of(drafted.head), letter_of(drafted.members[0])
    version = lower.versions[0]
    first, second = version.signatures
    for signature in (first, second):
        said = json.loads(signature.signed_bytes)
        assert said == json.loads(canonical(signing.statement(lower, version, signature)))
        assert said["format"] == "fivestep-signature-1"
        assert said["algorithm"] == "ed25519"
        assert said["content_sha256"] == version.content_sha256
        assert said["upper_sha256"] == upper.versions[0].content_sha256
        assert said["serial"] == version.serial
        assert said["confirmation"] == "pin"
        assert rules.is_valid(
            signature.algorithm, signature.public_key, signature.signed_bytes.encode(), signature.value
        )
    assert json.loads(first.signed_bytes)["previous_sha256"] is None
    previous = signing.sha256_of_text(first.signed_bytes + first.value)
    assert json.loads(second.signed_bytes)["previous_sha256"] == previous
    assert first.public_key != second.public_key


def bring_into_force_all(drafted, letter):
    sign(letter, drafted.head)
    sign(letter, drafted.leader)


def test_the_issuing_side_does_not_sign_first(drafted, letter):
    with pytest.raises(Conflict, match="现在轮到乙方"):
        sign(letter, drafted.leader)
    assert db.session.query(Signature).count() == 0


def test_nobody_signs_twice(drafted, letter):
    sign(letter, drafted.head)
    with pytest.raises(Conflict, match="已经签署过这一版"):
        sign(letter, drafted.head)
    sign(letter, drafted.leader)
    with pytest.raises(Conflict, match="已生效"):
        sign(letter, drafted.leader)
    assert db.session.query(Signature).count() == 2


@pytest.mark.parametrize("who", ["minister", "clerk", "secretary"])
def test_nobody_signs_for_another(drafted, letter, who):
    with pytest.raises(NotAllowed):
        sign(letter, getattr(drafted, who))


def test_nobody_signs_with_the_key_of_another(drafted, letter):
    with pytest.raises(Conflict):
        sign_shown(
            drafted.head,
            letter,
            letter_services.current_version(letter).content_sha256,
            open_key(drafted.leader),
        )
    assert db.session.query(Signature).count() == 0


def test_a_draft_is_not_signed(drafted):
    with pytest.raises(Conflict, match="起草"):
        sign_shown(drafted.head, letter_of(drafted.head), OTHER_SHA256)


def test_unseen_text_is_never_signed(drafted, letter):
    with pytest.raises(signing.StaleText):
        sign_shown(drafted.head, letter, OTHER_SHA256)
    assert state_of(letter) is LetterState.ISSUED
    assert db.session.query(Signature).count() == 0


def test_whoever_left_the_post_does_not_sign(drafted, letter):
    open_key(drafted.head)
    post = db.session.get(Person, drafted.head.person_id).holdings[0]
    post.valid_to = DAY.replace(day=5)
    db.session.commit()
    with pytest.raises(NotAllowed):
        sign(letter, drafted.head)


def test_a_changed_post_before_the_last_signature_stops_the_letter(drafted, letter):
    sign(letter, drafted.head)
    successor = user_with_role(Role.SHD, unit=drafted.section, title="新科长")
    db.session.get(Unit, drafted.section.id).periods[-1].head = successor.person
    db.session.commit()
    with pytest.raises(Conflict, match="职务已有变动"):
        sign(letter, drafted.leader)
    assert state_of(letter) is LetterState.ACCEPTED


def test_a_new_minister_does_not_inherit_an_issued_letter(drafted):
    letter = letter_of(drafted.secretary)
    issue(letter, drafted.clerk)
    sign(letter, drafted.secretary)
    open_key(drafted.minister)
    held = db.session.get(Person, drafted.minister.person_id).holdings[0]
    held.valid_to = DAY.replace(day=5)
    db.session.commit()
    successor = user_with_role(Role.MIN, title="新部长")
    for user in (drafted.minister, successor):
        with pytest.raises((NotAllowed, Conflict)):
            sign(letter, user)
    assert state_of(letter) is LetterState.ACCEPTED


def test_the_mark_of_the_moment_is_bound_and_a_later_one_changes_nothing(drafted, letter):
    def set_mark(source):
        with unit_of_work():
            marks.set_mark(acting(drafted.head), images.clean_mark(picture()), source)

    set_mark(MarkSource.PAD)
    sign(letter, drafted.head)
    (signature,) = letter_of(drafted.head).versions[0].signatures
    assert signature.mark_sha256 == marks.find_mark(drafted.head.person_id).blob_sha256
    assert signature.mark_sha256 in signature.signed_bytes
    with unit_of_work():
        marks.remove_mark(acting(drafted.head))
    assert verify().faults == ()


# Deputies


def test_a_deputy_signs_as_deputy_with_the_own_key(drafted, letter):
    give(drafted.head, drafted.members[0])
    assert [item.letter_id for item in queries.list_waiting(acting(drafted.members[0]))] == [letter.id]
    sign(letter, drafted.members[0])
    (signature,) = letter_of(drafted.head).versions[0].signatures
    said = json.loads(signature.signed_bytes)
    assert (signature.capacity, signature.person_id) == (Capacity.DEPUTY, drafted.members[0].person_id)
    assert (said["capacity"], said["principal"]) == ("deputy", drafted.head.person_id)
    assert signature.position == "组织科副科长"
    assert said["mandate"] == signing.sha256_of_text(db.session.query(Mandate).one().signed_bytes)
    sign(letter, drafted.leader)
    assert state_of(letter) is LetterState.IN_FORCE
    assert verify().faults == ()


def test_without_a_standing_mandate_nobody_stands_for_another(drafted, letter):
    deputy = drafted.members[0]
    give(drafted.head, deputy, valid_from=DAY + timedelta(days=1), valid_to=DAY + timedelta(days=9))
    mandate = give(drafted.head, deputy)
    with unit_of_work():
        stored = mandates.get_own(acting(drafted.head), mandate.id, lock=True)
        mandates.revoke(acting(drafted.head), stored, "已经回来")
    with pytest.raises(NotFound):
        queries.get_letter(acting(deputy), letter.id)
    with pytest.raises(NotAllowed):
        sign(letter, deputy)
    assert queries.list_waiting(acting(deputy)) == []


def test_a_deputy_signs_one_side_only_and_does_not_object(drafted, letter):
    deputy = drafted.members[0]
    give(drafted.head, deputy)
    give(drafted.leader, drafted.head)
    assert not policy.can_object(acting(deputy), letter)
    sign(letter, deputy)
    with pytest.raises((NotAllowed, Conflict)):
        sign(letter, drafted.head)
    assert state_of(letter) is LetterState.ACCEPTED


def test_one_deputy_of_both_sides_signs_for_one_of_them_alone(drafted, letter):
    deputy = drafted.members[0]
    give(drafted.head, deputy)
    give(drafted.leader, deputy)
    sign(letter, deputy)
    assert not policy.can_sign(acting(deputy), letter)
    assert queries.list_waiting(acting(deputy)) == []
    with pytest.raises(Conflict, match="已经签署过"):
        sign(letter, deputy)
    sign(letter, drafted.leader)
    assert state_of(letter) is LetterState.IN_FORCE


def lose_account(user):
    user.is_active = False


def lose_role(user):
    db.session.get(Person, user.person_id).holdings[0].roles = [PostRole(role=Role.PNL)]


@pytest.mark.parametrize("lose", [lose_account, lose_role])
def test_a_mandate_does_not_outlast_its_principal_s_account_or_role(drafted, letter, lose):
    deputy = drafted.members[0]
    give(drafted.head, deputy)
    open_key(deputy)
    assert policy.can_sign(acting(deputy), letter)
    lose(drafted.head)
    db.session.commit()
    with pytest.raises(NotAllowed):
        sign(letter, deputy)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"valid_to": DAY - timedelta(days=1)}, "早于开始"),
        ({"valid_from": DAY - timedelta(days=9), "valid_to": DAY - timedelta(days=1)}, "已经过去"),
        ({"valid_to": DAY + timedelta(days=367)}, "最长一年"),
        ({"reason": " "}, "理由"),
    ],
)
def test_a_mandate_that_will_not_do_is_refused_with_the_way_out(drafted, facts, why):
    with pytest.raises(DomainError, match=why):
        give(drafted.head, drafted.members[0], **facts)
    assert db.session.query(Mandate).count() == 0


def test_on_the_page_a_mandate_is_refused_at_its_field_and_what_was_typed_stays(login, drafted):
    open_key(drafted.head)
    data = {
        "deputy_id": str(drafted.members[0].person_id),
        "valid_from": DAY.isoformat(),
        "valid_to": (DAY - timedelta(days=1)).isoformat(),
        "reason": "外出学习",
        "pin": PIN,
    }
    answer = post(login(drafted.head), "/account/mandates", data)
    assert answer.status_code == 422
    assert 'id="valid_to-error">结束日期早于开始日期' in answer.text
    assert "外出学习" in answer.text


def test_a_mandate_may_hold_for_a_whole_leap_year(drafted):
    until = DAY + timedelta(days=366)
    assert give(drafted.head, drafted.members[0], valid_to=until).valid_to == until


def test_nobody_mandates_oneself_or_who_cannot_sign(drafted):
    clerk = user_with_role(Role.ADM)
    for deputy, why in ((drafted.head, "不能委托自己"), (clerk, "岗位不签署责任书")):
        with pytest.raises(DomainError, match=why):
            give(drafted.head, deputy)
    offered = {person_id for person_id, _name in mandates.list_deputies(acting(drafted.head))}
    assert drafted.members[0].person_id in offered
    assert drafted.head.person_id not in offered
    key = open_key(drafted.head)
    facts = {"deputy_id": drafted.head.person_id, "valid_from": DAY, "valid_to": DAY, "reason": "外出"}
    with pytest.raises(NotAllowed), unit_of_work():
        mandates.give(acting(clerk), key, **facts)


def test_a_mandate_is_revoked_once_and_by_its_principal(drafted):
    mandate = give(drafted.head, drafted.members[0])
    with pytest.raises(NotFound):
        mandates.get_own(acting(drafted.members[0]), mandate.id)
    with pytest.raises(DomainError, match="撤销的理由"), unit_of_work():
        mandates.revoke(acting(drafted.head), mandates.get_own(acting(drafted.head), mandate.id), " ")
    with unit_of_work():
        mandates.revoke(acting(drafted.head), mandates.get_own(acting(drafted.head), mandate.id), "回来")
    with pytest.raises(Conflict, match="已经撤销"), unit_of_work():
        mandates.revoke(acting(drafted.head), mandates.get_own(acting(drafted.head), mandate.id), "回来")
