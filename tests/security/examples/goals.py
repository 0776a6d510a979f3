"""Examples of goals made, changed, given to many, handed over, deleted; of the goal sheet and of duties."""

from datetime import date

from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.org.models import PostHolding
from fivestep_web.responsibility.goals import assignments, duty_services
from fivestep_web.responsibility.goals.bulk_views import stamp_of
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.rules import AssignmentRole
from fivestep_web.responsibility.sheets.rules import fingerprint
from tests.factories.accounts import user_with_role
from tests.factories.responsibility import Department, acting, make_department
from tests.security.example import Example

FIELDS = {
    "name": "整顿后进村",
    "completion_standard": "20个后进村全部验收合格",
    "target": "20",
    "measure_unit": "个",
    "starts_on": "2026-01-05",
    "deadline": "2026-10-31",
    "points": "10",
}


def goal_create():
    department = make_department()
    data = FIELDS | {
        "unit_id": department.section.id,
        "topic_id": department.topic.id,
        "person_id": department.head.person_id,
    }
    return Example(department.head, {}, data)


def goal_delete():
    department = make_department()
    task = department.tasks[0]
    data = {"revision": db.session.get(Goal, task.id).revision}
    return Example(department.head, {"goal_id": task.id}, data, stranger=user_with_role(Role.TSC))


def many_create():
    department = make_department()
    data = FIELDS | {"parent_id": str(department.goals[0].id)}
    receivers = [str(member.person_id) for member in department.members]
    confirmed = stamp_of([*data.items(), *(("receiver", receiver) for receiver in receivers)])
    return Example(department.head, {}, data | {"receiver": receivers, "confirmed": confirmed})


def lead_update():
    department = make_department()
    data = {"person_id": department.members[0].person_id}
    values = {"goal_id": department.goals[0].id}
    return Example(department.head, values, data, stranger=user_with_role(Role.TSC))


def helper_add():
    department = make_department()
    data = {"person_id": department.organizer.person_id, "role": "assist"}
    values = {"goal_id": department.goals[0].id}
    return Example(department.head, values, data, stranger=user_with_role(Role.TSC))


def helper_end():
    department = make_department()
    goal = department.goals[0]
    with unit_of_work():
        added = assignments.add_helper(
            acting(department.head),
            db.session.get(Goal, goal.id),
            department.organizer.person_id,
            AssignmentRole.READ,
        )
    values = {"goal_id": goal.id, "assignment_id": added.id}
    return Example(department.head, values, stranger=user_with_role(Role.TSC))


def leave(department: Department) -> Goal:
    """Let the first member leave; return the task nobody carries now."""
    member = department.members[0].person_id
    holding = db.session.query(PostHolding).filter_by(person_id=member).one()
    holding.valid_to = date(2026, 1, 11)
    db.session.commit()
    return department.tasks[1]


def ownerless_update():
    department = make_department()
    task = leave(department)
    return Example(department.head, {}, {"goal_id": task.id, "person_id": department.members[1].person_id})


def cell_update():
    department = make_department()
    goal = department.goals[0]
    data = {"column": "deadline", "value": "10月31日", "seen": fingerprint(goal.deadline.isoformat())}
    return Example(department.head, {"goal_id": goal.id}, data, stranger=user_with_role(Role.TSC))


def sheet_update():
    department = make_department()
    cells = {f"new.{key}": value for key, value in FIELDS.items()}
    cells |= {"new.link": department.topic.code, "new.person": department.head.person.name}
    return Example(department.head, {}, cells | {"unit_id": department.section.id})


def sheet_paste():
    department = make_department()
    data = {"unit_id": department.section.id, "column": "name", "text": "摸底排查", "confirmed": "1"}
    return Example(department.head, {}, data | {"start": department.goals[0].id})


def duty_add():
    department = make_department()
    values = {"unit_id": department.section.id}
    return Example(department.head, values, {"text": "党员教育管理"}, stranger=user_with_role(Role.TSC))


def of_duty(**data: str):
    """Return an example of the head changing a duty of the section."""

    def build() -> Example:
        department = make_department()
        with unit_of_work():
            unit = duty_services.get_unit(acting(department.head), department.section.id)
            duty = duty_services.add_duty(acting(department.head), unit, "党员教育管理")
        values = {"duty_id": duty.id}
        return Example(department.head, values, data, stranger=user_with_role(Role.TSC))

    return build


UNSAFE = {
    "goals.goal_create": goal_create,
    "goals.goal_delete": goal_delete,
    "goal_bulk.many_create": many_create,
    "goal_roles.lead_update": lead_update,
    "goal_roles.helper_add": helper_add,
    "goal_roles.helper_end": helper_end,
    "goal_roles.ownerless_update": ownerless_update,
    "sheets.cell_update": cell_update,
    "sheets.sheet_update": sheet_update,
    "sheets.sheet_paste_update": sheet_paste,
    "duties.duty_add": duty_add,
    "duties.duty_update": of_duty(text="党员教育管理和发展党员"),
    "duties.duty_end": of_duty(),
}
