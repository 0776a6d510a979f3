"""The achievement file as Word reads the filed entries, corrections marked; the own opinion closes it."""

import pytest
import time_machine

from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.grades.rules import Grade, Stance
from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.rendering import render
from fivestep_web.org.queries import get_person
from fivestep_web.personnel import contents
from fivestep_web.personnel.achievement import achievement_payload
from tests.assessment.cycles.plans import CONFIRM_DAY, YEAR
from tests.assessment.grades import people
from tests.factories.keys import actor_of
from tests.web import get, post

FILE = DocumentKind.ACHIEVEMENT_FILE


@pytest.fixture
def corrected(db):
    """A filed year in which one person's grade was corrected afterwards and signed again."""
    staff = people.graded(state=CycleState.FILED)
    member = staff.members[0]
    with time_machine.travel(CONFIRM_DAY, tick=True):
        people.propose(staff, member, Grade.BASIC, reason="复核查明有一项工作未完成")
        people.decide(staff, member)
        people.give_all(staff)
        people.sign(member, Stance.DISAGREE, "请再核实")
    return staff


def payload_of(staff, user):
    actor, today = actor_of(staff.cast.hr), CONFIRM_DAY.date()
    materials = contents.gather(actor, get_person(user.person_id), [YEAR], today)
    return achievement_payload(actor, materials, today)


def test_a_corrected_year_stands_in_two_lines_the_first_marked(corrected):
    payload = payload_of(corrected, corrected.members[0])
    assert [(row["grade"], row["note"]) for row in payload["annual_results"]] == [
        ("称职", "2027-01-20归档（已更正，见下行）"),
        ("基本称职", "2027-01-20更正：复核查明有一项工作未完成"),
    ]
    assert payload["own_opinion"] == "2026年度：不同意，请再核实（2027年1月20日，本人电子签名）"
    assert violations(FILE, payload, render(FILE, payload)) == []


def test_a_year_that_is_not_corrected_stands_in_one_line(corrected):
    (row,) = payload_of(corrected, corrected.members[1])["annual_results"]
    assert (row["grade"], row["source"]["document"]) == ("称职", "2026年度实绩考核")


def test_personnel_sees_the_entries_and_corrects_what_differs_with_a_reason(corrected, login):
    client, member = login(corrected.cast.hr), corrected.members[1]
    address = f"/people/{member.person_id}/file"
    assert "2026年度实绩考核" in get(client, address).get_data(as_text=True)
    correct = f"/people/{member.person_id}/entries/{YEAR}/correct"
    same = post(client, correct, {"reason": "核对"})
    assert same.status_code == 409
    missing = post(client, correct, {"reason": ""})
    assert (missing.status_code, "请写明理由" in missing.get_data(as_text=True)) == (422, True)
    people.promote(member)
    assert post(client, correct, {"reason": "职务更正"}).status_code == 303
    assert "已更正，以后一条为准" in get(client, address).get_data(as_text=True)
