"""Examples of many letters at once: a run, reminders, the pages that count them."""

from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.responsibility import letter_runs
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import YEAR, acting, make_department
from tests.security.example import Example


def run_all():
    return Example(make_department().clerk, {"year": YEAR}, {"kind": ""})


def run_page():
    department = make_department()
    with unit_of_work():
        run_id = letter_runs.start(acting(department.clerk, clock.today()), YEAR).id
    return Example(department.clerk, {"run_id": run_id}, stranger=user_with_role(Role.SHD))


UNSAFE = {"letter_runs.run_create": run_all}
PAGES = {"letter_runs.run_show": run_page}
