"""Examples of the evidence file of a letter."""

from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import draft, issue, letter_of, make_department, sign
from tests.security.example import Example


def evidence_download():
    department, today = make_department(), clock.today()
    draft()
    issue(letter_of(department.head), department.clerk, today)
    for user in (department.head, department.leader):
        sign(letter_of(department.head), user, today)
    values = {"letter_id": letter_of(department.head).id, "version": 1}
    return Example(department.head, values, stranger=user_with_role(Role.STF))


PAGES = {"evidence.evidence_download": evidence_download}
