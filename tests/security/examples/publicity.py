"""Examples of publicities and objections: prepared, posted, filed, received, answered."""

import time_machine

from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.grades.rules import Grade
from fivestep_web.assessment.publicity import services
from fivestep_web.assessment.publicity.appeals import Appeal, appeal
from fivestep_web.assessment.publicity.attachments import add
from fivestep_web.assessment.publicity.queries import get_objection
from fivestep_web.assessment.publicity.rules import ObjectionKind, Subject
from fivestep_web.config import PROJECT
from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from tests.assessment.cycles.plans import TALLY_DAY, TERMS, YEAR, actor_of, begin, bring_to, make_cast
from tests.assessment.grades.people import make_staff, propose
from tests.assessment.publicity.people import Troupe, answer, make_troupe, matter_of, received, results
from tests.assessment.publicity.people import file as file_objection
from tests.factories.accounts import user_with_role
from tests.security.example import Example

PNG = b"\x89PNG\r\n\x1a\n"
YEAR_ONLY = {"year": YEAR}
TYPED = {
    "workdays": "5",
    "basis": TERMS.basis,
    "receiver": TERMS.receiver,
    "address": TERMS.address,
    "telephone": TERMS.telephone,
}


def _counted():
    """Have a counted year: what the third section's member may object to is its count."""
    cast = make_cast()
    troupe = make_troupe(cast)
    bring_to(cast, CycleState.REVIEWED)
    return troupe


def _filed():
    troupe = _counted()
    return troupe, file_objection(troupe.member, ObjectionKind.COUNT)


def _received():
    troupe = _counted()
    return troupe, received(troupe, kind=ObjectionKind.COUNT)


def publicity_schedule():
    cast = make_cast()
    begin(cast)
    return Example(cast.office, {**YEAR_ONLY, "subject": "results"}, TYPED)


def publicity_post():
    staff = make_staff(CycleState.REVIEWED)
    with time_machine.travel(TALLY_DAY, tick=True):
        propose(staff, staff.members[0], Grade.EXCELLENT)
    with unit_of_work():
        cycle = get_cycle(YEAR, lock=True)
        made = services.schedule(actor_of(staff.cast.hr), cycle, Subject.EXCELLENT, TERMS)
        publicity_id = made.id
    return Example(staff.cast.minister, {**YEAR_ONLY, "publicity_id": publicity_id})


def objection_file():
    troupe = _counted()
    form = {
        "matter": matter_of(troupe.member, ObjectionKind.COUNT, "第3科"),
        "facts": "得分与计票不符",
        "contact": "内线8012",
    }
    return Example(troupe.member, YEAR_ONLY, form)


def objection_receive():
    troupe, objection_id = _filed()
    return Example(troupe.receiver, {**YEAR_ONLY, "objection_id": objection_id})


def objection_answer():
    troupe, objection_id = _received()
    form = {"revision": "2", "outcome": "dismissed", "answer": "计票无误", "reason": "计票表一致"}
    return Example(troupe.handler, {**YEAR_ONLY, "objection_id": objection_id}, form)


def file_add():
    troupe, objection_id = _filed()
    values = {**YEAR_ONLY, "objection_id": objection_id}
    return Example(
        troupe.member,
        values,
        {"file": (str(PROJECT / "docs/images/ledger.png"), "照片.png")},
        stranger=user_with_role(Role.SHD),
    )


def _dismissed() -> tuple[Troupe, int]:
    """Return a dismissed review of the member's."""
    troupe = make_troupe(make_cast())
    bring_to(troupe.cast, CycleState.CONFIRMED)
    objection_id = received(troupe, kind=ObjectionKind.REVIEW, about="丁某甲")
    answer(troupe.handler, objection_id)
    return troupe, objection_id


def appeal_file():
    troupe, objection_id = _dismissed()
    form = {"addressee": "县公务员局", "appealed_on": clock.today().isoformat(), "grounds": "没有核对"}
    values = {**YEAR_ONLY, "objection_id": objection_id}
    return Example(troupe.member, values, form, stranger=user_with_role(Role.SHD))


def appeal_conclude():
    troupe, objection_id = _dismissed()
    today = clock.today()
    with unit_of_work():
        actor = actor_of(troupe.member)
        objection = get_objection(actor, YEAR, objection_id, lock=True)
        appeal(actor, objection, Appeal("县公务员局", today, "没有核对"))
    form = {"outcome": "upheld", "organ": "县公务员局", "decided_on": today.isoformat(), "text": "更正"}
    return Example(troupe.receiver, {**YEAR_ONLY, "objection_id": objection_id}, form)


def file_download():
    troupe, objection_id = _filed()
    with unit_of_work():
        actor = actor_of(troupe.member)
        file_id = add(actor, get_objection(actor, YEAR, objection_id, lock=True), "照片.png", PNG).id
    values = {**YEAR_ONLY, "objection_id": objection_id, "file_id": file_id}
    return Example(troupe.member, values, stranger=user_with_role(Role.SHD))


def deadline_update():
    form = {"ask": "30", "decide": "20", "appeal": "15", "remind": "5"}
    return Example(make_cast().minister, YEAR_ONLY, form)


UNSAFE = {
    "publicity.publicity_schedule": publicity_schedule,
    "publicity.publicity_post": publicity_post,
    "objections.objection_file": objection_file,
    "objections.objection_receive": objection_receive,
    "objections.objection_answer": objection_answer,
    "objections.file_add": file_add,
    "objections.appeal_file": appeal_file,
    "objections.appeal_conclude": appeal_conclude,
    "objections.deadline_update": deadline_update,
}


def publicity_show():
    cast = make_cast()
    bring_to(cast, CycleState.PUBLICIZING)
    return Example(user_with_role(Role.STF), {**YEAR_ONLY, "publicity_id": results().id})


def publicity_edit():
    cast = make_cast()
    begin(cast)
    return Example(cast.hr, {**YEAR_ONLY, "subject": "excellent"})


def objection_show():
    troupe, objection_id = _filed()
    values = {**YEAR_ONLY, "objection_id": objection_id}
    return Example(troupe.member, values, stranger=user_with_role(Role.SHD))


PAGES = {
    "publicity.gate_show": lambda: Example(_counted().cast.office, YEAR_ONLY),
    "publicity.publicity_index": lambda: Example(_counted().member, YEAR_ONLY),
    "publicity.publicity_show": publicity_show,
    "publicity.publicity_edit": publicity_edit,
    "objections.objection_index": lambda: Example(_filed()[0].member, YEAR_ONLY),
    "objections.objection_new": lambda: Example(_counted().member, YEAR_ONLY),
    "objections.objection_show": objection_show,
    "objections.file_download": file_download,
    "objections.deadline_edit": lambda: Example(make_cast().minister, YEAR_ONLY),
}
