"""Examples of many letters at once: a run, reminders, the pages that count them."""

from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.letters import runs as letter_runs
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Letter
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import YEAR, acting, letter_of, make_department
from tests.security.example import Example


def run_all():
    return Example(make_department().clerk, {"year": YEAR}, {"kind": ""})


def remind():
    department = make_department()
    with unit_of_work():
        drafting.draft_letters(SYSTEM, YEAR)
    letter = letter_of(department.head)
    with unit_of_work():
        letter_services.issue(SYSTEM, db.session.get(Letter, letter.id))
    return Example(department.clerk, {"year": YEAR}, {"kind": letter.kind.value, "stage": "responsible"})


def run_page():
    department = make_department()
    with unit_of_work():
        run_id = letter_runs.start(acting(department.clerk, clock.today()), YEAR).id
    return Example(department.clerk, {"run_id": run_id}, stranger=user_with_role(Role.SHD))


UNSAFE = {"letter_runs.run_create": run_all, "matrix.matrix_remind": remind}
PAGES = {"letter_runs.run_show": run_page}
