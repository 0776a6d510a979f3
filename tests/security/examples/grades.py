"""Examples of annual grades: proposed, decided, told, heard, corrected."""

import time_machine

from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.grades.rules import BarKind
from fivestep_web.core import settings as instance
from fivestep_web.extensions import db as database
from tests.assessment.cycles.plans import CONFIRM_DAY, TALLY_DAY, YEAR, move
from tests.assessment.grades import people
from tests.factories.keys import PIN, make_key
from tests.security.example import Example

YEAR_ONLY = {"year": YEAR}


def _about(user):
    return {**YEAR_ONLY, "person_id": user.person_id}


def _prepared():
    return people.make_staff(CycleState.PUBLICIZING)


def grade_propose():
    staff = _prepared()
    form = {"revision": "0", "grade": "competent", "remarks": "踏实肯干"}
    return Example(staff.cast.hr, _about(staff.members[0]), form)


def _proposed():
    """Have a proposal that nothing keeps from its decision."""
    staff = _prepared()
    with time_machine.travel(TALLY_DAY, tick=True):
        people.propose(staff, staff.members[0])
        people.hold_steps(staff)
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(staff.cast, CycleState.CONFIRMED)
    return staff


def _shown(staff):
    return {"shown": people.latest(staff.members[0]).mark}


def grade_decide():
    staff = _proposed()
    return Example(staff.cast.minister, _about(staff.members[0]), _shown(staff))


def grade_return():
    staff = _proposed()
    form = {**_shown(staff), "reason": "请再核实"}
    return Example(staff.cast.minister, _about(staff.members[0]), form)


def step_update():
    return Example(_prepared().cast.hr, YEAR_ONLY, {"report_on": "2026-01-20", "report_note": "全体"})


def seat_update():
    form = {"civil_servant_number": "青公〔2026〕1号", "civil_servant_on": "2026-01-04"}
    return Example(_prepared().cast.hr, YEAR_ONLY, form)


def bar_create():
    staff = _prepared()
    form = {
        "person_id": str(staff.members[0].person_id),
        "kind": "leave",
        "starts_on": "2026-02-01",
        "basis": "请假审批表",
    }
    return Example(staff.cast.hr, YEAR_ONLY, form)


def _barred():
    staff = _prepared()
    return staff, people.bar(staff, staff.members[0], BarKind.INVESTIGATION)


def bar_end():
    staff, bar_id = _barred()
    return Example(staff.cast.hr, {**YEAR_ONLY, "bar_id": bar_id}, {"ends_on": "2026-11-01"})


def bar_withdraw():
    staff, bar_id = _barred()
    return Example(staff.cast.hr, {**YEAR_ONLY, "bar_id": bar_id}, {"reason": "登记错人"})


def _decided():
    staff = _proposed()
    with time_machine.travel(CONFIRM_DAY, tick=True):
        people.decide(staff, staff.members[0])
    return staff


def _given():
    staff = _decided()
    with time_machine.travel(CONFIRM_DAY, tick=True):
        people.give_all(staff)
    return staff


def _play():
    """Let the product believe that it is the day results are confirmed."""
    instance.put("rehearsal_date", f"{CONFIRM_DAY:%Y-%m-%d}")
    database.session.commit()


def grade_decide_all():
    staff = _proposed()
    return Example(staff.cast.minister, YEAR_ONLY, _shown(staff))


def notice_give_all():
    staff = _decided()
    _play()
    return Example(staff.cast.hr, YEAR_ONLY, {"given_on": "2027-01-20"})


def notice_give():
    staff = _decided()
    _play()
    return Example(staff.cast.hr, _about(staff.members[0]), {"given_on": "2027-01-20"})


def opinion_record():
    staff = _given()
    _play()
    form = {"stance": "refused", "text": "", "dated_on": "2027-01-20", "witness": "监某甲"}
    return Example(staff.cast.hr, _about(staff.members[0]), form)


def opinion_sign():
    staff = _given()
    member = staff.members[0]
    make_key(member)
    form = {"shown": people.notice_of(member).sha256, "stance": "agree", "text": "", "pin": PIN}
    return Example(member, YEAR_ONLY, form)


def entry_correct():
    staff = people.graded(state=CycleState.FILED)
    people.promote(staff.members[0])
    return Example(staff.cast.hr, _about(staff.members[0]), {"reason": "职务更正"})


UNSAFE = {
    "grades.grade_propose": grade_propose,
    "grades.grade_decide": grade_decide,
    "grades.grade_decide_all": grade_decide_all,
    "grades.grade_return": grade_return,
    "grades.step_update": step_update,
    "grades.seat_update": seat_update,
    "grades.bar_create": bar_create,
    "grades.bar_end": bar_end,
    "grades.bar_withdraw": bar_withdraw,
    "grades.notice_give_all": notice_give_all,
    "grades.notice_give": notice_give,
    "grades.opinion_record": opinion_record,
    "grades.opinion_sign": opinion_sign,
    "personnel.entry_correct": entry_correct,
}


def grade_show():
    staff = _given()
    return Example(staff.cast.hr, _about(staff.members[0]))


PAGES = {
    "grades.grade_index": lambda: Example(_given().cast.hr, YEAR_ONLY),
    "grades.grade_show": grade_show,
    "grades.step_edit": lambda: Example(_prepared().cast.hr, YEAR_ONLY),
    "grades.seat_edit": lambda: Example(_prepared().cast.hr, YEAR_ONLY),
    "grades.bar_index": lambda: Example(_barred()[0].cast.hr, YEAR_ONLY),
    "grades.own_show": lambda: Example(_given().members[0], YEAR_ONLY),
}
