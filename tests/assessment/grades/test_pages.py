"""The pages of grades: what each reader sees, what is refused at its field, what a list costs."""

import pytest
import time_machine

from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.grades import standing
from fivestep_web.assessment.grades.rules import BarKind, Grade, GradeState, Stance
from fivestep_web.core.permissions import Role
from tests.assessment.cycles.plans import CONFIRM_DAY, TALLY_DAY, YEAR, move
from tests.assessment.grades import people
from tests.assessment.grades.people import notice_of, sign
from tests.factories.accounts import user_with_role
from tests.factories.keys import PIN, make_key
from tests.web import post

pytestmark = pytest.mark.one_database

GRADES = f"/assessment/{YEAR}/grades"
MOST = 35


@pytest.fixture
def staff(db):
    return people.make_staff(CycleState.PUBLICIZING)


@pytest.fixture
def told(db):
    made = people.graded()
    with time_machine.travel(CONFIRM_DAY, tick=True):
        people.give_all(made)
    return made


def page(client, address=GRADES):
    return client.get(address).get_data(as_text=True)


def test_only_who_prepares_and_decides_reads_the_grades_of_all(staff, login):
    assert login(staff.cast.hr).get(GRADES).status_code == 200
    assert login(staff.cast.minister).get(GRADES).status_code == 200
    for user in (staff.cast.office, staff.members[0], user_with_role(Role.ADM)):
        assert login(user).get(GRADES).status_code == 403


def test_a_year_without_a_plan_says_so(db, login):
    assert "还没有考核方案" in page(login(user_with_role(Role.HRO)))


def test_a_refused_grade_is_told_at_its_field_and_remarks_are_kept(staff, login):
    people.bar(staff, staff.members[0], BarKind.WARNING)
    address = f"{GRADES}/{staff.members[0].person_id}"
    form = {"revision": "0", "grade": "excellent", "remarks": "踏实肯干"}
    answer = post(login(staff.cast.hr), address, form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "不能定为“优秀”" in text
    assert "踏实肯干" in text


def test_an_edit_of_what_another_has_changed_is_refused(staff, login):
    with time_machine.travel(TALLY_DAY, tick=True):
        people.propose(staff, staff.members[0], Grade.BASIC)
    form = {"revision": "0", "grade": "competent", "remarks": ""}
    answer = post(login(staff.cast.hr), f"{GRADES}/{staff.members[0].person_id}", form)
    assert answer.status_code == 409


@pytest.mark.parametrize("step", ["decide", "return", "all"])
def test_the_minister_decides_on_what_was_on_the_page_alone(staff, login, step):
    member = staff.members[0]
    address = f"{GRADES}/decide" if step == "all" else f"{GRADES}/{member.person_id}/{step}"
    with time_machine.travel(TALLY_DAY, tick=True):
        shown = people.propose(staff, member, Grade.COMPETENT).mark
        people.propose(staff, member, Grade.BASIC)
        people.hold_steps(staff)
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(staff.cast, CycleState.CONFIRMED)
    client = login(staff.cast.minister)
    form = {"shown": shown, "reason": "请再核实"}
    assert post(client, address, form).status_code == 409
    assert people.latest(member).state is GradeState.PROPOSED
    now = people.latest(member).mark
    assert f'name="shown" value="{now}"' in page(
        client, GRADES if step == "all" else address.rpartition("/")[0]
    )
    assert post(client, address, form | {"shown": now}).status_code == 303
    assert people.latest(member).state is not GradeState.PROPOSED


def test_an_approval_needs_number_and_day(staff, login):
    answer = post(login(staff.cast.hr), f"{GRADES}/seats", {"civil_servant_number": "青公〔2027〕1号"})
    assert answer.status_code == 422
    assert "批准文号和日期要一起填写" in answer.get_data(as_text=True)


def test_a_bar_that_ends_before_it_begins_is_refused_at_its_field(staff, login):
    form = {
        "person_id": str(staff.members[0].person_id),
        "kind": "leave",
        "starts_on": "2026-05-01",
        "ends_on": "2026-04-01",
        "basis": "请假审批表",
    }
    answer = post(login(staff.cast.hr), f"{GRADES}/bars", form)
    assert answer.status_code == 422
    assert "结束日期不能早于开始日期" in answer.get_data(as_text=True)


def test_the_own_page_shows_the_notice_the_consequences_and_asks_for_a_key(told, login):
    text = page(login(told.members[0]), f"{GRADES}/mine")
    assert "按规定晋升工资档次" in text
    assert "还没有签名密钥" in text
    assert "还没有送达给您" in page(login(user_with_role(Role.STF, name="新某甲")), f"{GRADES}/mine")


def test_a_wrong_pin_is_told_at_its_field_and_signs_nothing(told, login):
    member = told.members[0]
    make_key(member)
    form = {"shown": notice_of(member).sha256, "stance": "agree", "text": "", "pin": "wrong-pin"}
    client = login(member)
    assert post(client, f"{GRADES}/mine", form).status_code == 403
    assert notice_of(member).opinion is None
    assert post(client, f"{GRADES}/mine", {**form, "pin": PIN}).status_code == 303
    assert notice_of(member).opinion.stance is Stance.AGREE


def test_who_disagrees_is_led_to_the_request_for_a_review(told, login):
    member = told.members[0]
    with time_machine.travel(CONFIRM_DAY, tick=True):
        sign(member, Stance.DISAGREE, "有一项工作没有计入")
    assert f"matter=person:{member.person_id}" in page(login(member), f"{GRADES}/mine")


def test_the_own_file_is_the_own_alone(db, login):
    staff = people.graded(state=CycleState.FILED)
    member, other = staff.members[:2]
    client = login(member)
    address = f"/people/{member.person_id}/file"
    assert address in page(client, "/account")
    assert "2026年度实绩考核" in page(client, address)
    assert "本人意见" in page(client, f"{GRADES}/mine")
    assert client.get(f"/people/{other.person_id}/file").status_code == 404


def test_nobody_learns_of_an_admonition_from_the_own_grade(staff, login, monkeypatch):
    hr, member = staff.cast.hr, staff.members[0]
    in_effect = dict.fromkeys((hr.person_id, member.person_id), (None, "诫勉已批准，正在办理"))
    monkeypatch.setattr(standing, "admonished", lambda year, day: in_effect)
    client = login(hr)
    assert "不符合评优条件" in page(client, f"{GRADES}/{member.person_id}")
    assert "不符合评优条件" not in page(client, f"{GRADES}/{hr.person_id}")
    assert "诫勉" not in page(client, f"{GRADES}/{member.person_id}")


def test_a_longer_list_costs_no_more_statements(staff, login, count_queries):
    client = login(staff.cast.hr)
    client.get(GRADES)
    costs = []
    for users in (staff.members[:2], staff.members[2:]):
        with time_machine.travel(TALLY_DAY, tick=True):
            for user in users:
                people.propose(staff, user)
        count_queries.statements.clear()
        assert client.get(GRADES).status_code == 200
        costs.append(len(count_queries))
    assert costs[0] == costs[1] <= MOST
