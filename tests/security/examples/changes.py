"""Examples of change orders and of the versions of a letter."""

from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility.changes import services as change_services
from fivestep_web.responsibility.changes.services import Proposal
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.rules import ChangeKind
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import (
    Department,
    acting,
    draft,
    issue,
    letter_of,
    make_department,
    sign,
)
from tests.security.example import Example


def in_force() -> tuple[Department, Letter]:
    """Return the department and its section's letter, in force since today."""
    department = make_department()
    today = clock.today()
    draft()
    letter = letter_of(department.head)
    issue(letter, department.clerk, today)
    sign(letter, department.head, today)
    sign(letter, department.leader, today)
    return department, letter_of(department.head)


def asked():
    """Return the department, its letter and an order that waits for the leader."""
    department, letter = in_force()
    today = clock.today()
    changes = {department.goals[0].id: {"measures": "每周调度一次"}}
    with unit_of_work():
        order = change_services.propose(
            acting(department.clerk, today),
            db.session.get(Letter, letter.id),
            Proposal(ChangeKind.AMEND, "分工调整", today, changes),
        )
    return department, letter, order


def create():
    department, letter = in_force()
    data = {
        "reason": "分工调整",
        "effective_on": clock.today().isoformat(),
        f"goal-{department.goals[0].id}-measures": "每周调度一次",
    }
    stranger = user_with_role(Role.SHD)
    return Example(department.clerk, {"letter_id": letter.id}, data, stranger=stranger)


def update():
    department, _letter, order = asked()
    data = {
        "reason": "分工再调整",
        "effective_on": clock.today().isoformat(),
        "revision": str(order.revision),
        f"goal-{department.goals[0].id}-measures": "每月调度一次",
    }
    return Example(department.clerk, {"order_id": order.id}, data, stranger=user_with_role(Role.SHD))


def decide(**data):
    def build():
        department, _letter, order = asked()
        return Example(department.leader, {"order_id": order.id}, data, stranger=user_with_role(Role.DEP))

    return build


def withdraw():
    department, _letter, order = asked()
    return Example(department.clerk, {"order_id": order.id}, stranger=user_with_role(Role.SHD))


def order_page():
    department, _letter, order = asked()
    return Example(department.clerk, {"order_id": order.id}, stranger=user_with_role(Role.SHD))


def letter_page():
    department, letter = in_force()
    return Example(department.clerk, {"letter_id": letter.id}, stranger=user_with_role(Role.SHD))


def version_page():
    department, letter = in_force()
    values = {"letter_id": letter.id, "version": 1}
    return Example(department.head, values, stranger=user_with_role(Role.STF))


UNSAFE = {
    "changes.change_create": create,
    "changes.change_update": update,
    "changes.change_approve": decide(),
    "changes.change_refuse": decide(reason="理由不充分"),
    "changes.change_withdraw": withdraw,
}
PAGES = {
    "changes.change_new": letter_page,
    "changes.change_show": order_page,
    "changes.change_edit": order_page,
    "versions.version_show": version_page,
    "versions.version_compare": letter_page,
}
