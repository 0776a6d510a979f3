"""Examples of a person's materials: looked at, asked for, downloaded."""

from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.personnel import services
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory, person_with_role
from tests.factories.queue import run_queue
from tests.factories.tokens import acting
from tests.security.example import Example


def _subject():
    PlanYearFactory(year=2026)
    return user_with_role(Role.HRO), person_with_role(Role.SHD)


def person_file():
    officer, person = _subject()
    return Example(officer, {"person_id": person.id})


def bundle_create():
    officer, person = _subject()
    return Example(officer, {"person_id": person.id}, {"years": ["2026"]})


def bundle_download():
    officer, person = _subject()
    with unit_of_work():
        bundle_id = services.request_bundle(acting(officer), person, [2026]).id
    run_queue()
    db.session.commit()
    return Example(officer, {"bundle_id": bundle_id}, status=200, stranger=user_with_role(Role.HRO))


UNSAFE = {"personnel.bundle_create": bundle_create, "personnel.bundle_download": bundle_download}
PAGES = {"personnel.person_file": person_file}
