"""Examples of goals and letters: drafted, issued, signed, objected to, revised, voided."""

from collections.abc import Callable

from fivestep_web.core import clock
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.responsibility.letters import queries
from fivestep_web.responsibility.letters import services as letter_services
from fivestep_web.responsibility.models import Letter
from fivestep_web.responsibility.signing import mandates
from tests.factories.accounts import user_with_role
from tests.factories.keys import PIN, make_key, open_key
from tests.factories.responsibility import (
    YEAR,
    Department,
    acting,
    draft,
    letter_of,
    make_department,
)
from tests.security.example import Example

REASON = {"reason": "分工调整"}


def drafted() -> Department:
    department = make_department()
    draft()
    return department


def issued() -> tuple[Department, Letter]:
    """Return the department and its section's letter, waiting for the head."""
    department = drafted()
    _act(letter_services.issue, department.clerk, department.head)
    return department, letter_of(department.head)


def _act(service, user, responsible, *arguments, **facts):
    today = clock.today()
    with unit_of_work():
        letter = queries.get_letter(acting(user, today), letter_of(responsible).id)
        return service(acting(user, today), letter, *arguments, **facts)


def draft_all():
    return Example(make_department().clerk, {"year": YEAR})


def of_draft(who: str, side: str, stranger: Role | None = None, **data: str) -> Callable[[], Example]:
    """Return an example of *who* acting on the draft whose responsible side is *side*."""

    def build() -> Example:
        department = drafted()
        user = department.members[0] if side == "member" else getattr(department, side)
        hidden = user_with_role(stranger) if stranger else None
        return Example(getattr(department, who), {"letter_id": letter_of(user).id}, data, stranger=hidden)

    return build


def sign():
    department, letter = issued()
    make_key(department.head)
    shown = letter_services.current_version(letter).content_sha256
    data = {"pin": PIN, "shown_sha256": shown}
    return Example(department.head, {"letter_id": letter.id}, data, stranger=user_with_role(Role.TSC))


def sitting_begin():
    department, _letter = issued()
    make_key(department.head)
    return Example(department.head, data={"pin": PIN})


def mandate_create():
    department = drafted()
    make_key(department.head)
    today = clock.today().isoformat()
    data = {"deputy_id": str(department.members[0].person_id), "valid_from": today, "valid_to": today}
    return Example(department.head, data=data | REASON | {"pin": PIN})


def mandate_revoke():
    department = drafted()
    opened = open_key(department.head)
    today = clock.today()
    with unit_of_work():
        mandate = mandates.give(
            acting(department.head, today),
            opened,
            deputy_id=department.members[0].person_id,
            valid_from=today,
            valid_to=today,
            reason="外出学习",
        )
    stranger = user_with_role(Role.STF)
    return Example(department.head, {"mandate_id": mandate.id}, REASON, stranger=stranger)


def object_to():
    department, letter = issued()
    return Example(department.head, {"letter_id": letter.id}, REASON, stranger=user_with_role(Role.STF))


def remind():
    department, letter = issued()
    return Example(department.clerk, {"letter_id": letter.id}, stranger=user_with_role(Role.SHD))


def revise():
    department, letter = issued()
    _act(letter_services.object_to, department.head, department.head, "标准过高")
    return Example(department.clerk, {"letter_id": letter.id}, stranger=user_with_role(Role.SHD))


def goal_update():
    department = make_department()
    goal = department.goals[0]
    data = {
        "name": "整顿后进村",
        "completion_standard": goal.completion_standard,
        "target": "25",
        "measure_unit": "个",
        "deadline": "2026-10-31",
        "points": "10",
        "revision": str(goal.revision),
    }
    return Example(department.head, {"goal_id": goal.id}, data, stranger=user_with_role(Role.TSC))


def goal_page():
    department = make_department()
    return Example(department.head, {"goal_id": department.goals[0].id}, stranger=user_with_role(Role.TSC))


def letter_page():
    department, letter = issued()
    return Example(department.head, {"letter_id": letter.id}, stranger=user_with_role(Role.STF))


def topic_page():
    department = make_department()
    return Example(department.head, {"topic_id": department.topic.id})


UNLOGGED = {
    "signing.sitting_end": "nothing runs without its cookie; test_sittings.py shows the entry",
}
UNSAFE = {
    "goals.goal_update": goal_update,
    "letters.letter_draft": draft_all,
    "letters.letter_issue": of_draft("clerk", "head", Role.SHD),
    "letters.letter_remind": remind,
    "letters.letter_void": of_draft("clerk", "head", Role.SHD, **REASON),
    "letters.letter_exception": of_draft("minister", "member", **REASON),
    "signing.letter_sign": sign,
    "signing.sitting_begin": sitting_begin,
    "mandates.mandate_create": mandate_create,
    "mandates.mandate_revoke": mandate_revoke,
    "letters.letter_object": object_to,
    "letters.letter_revise": revise,
}
PAGES = {
    "goals.goal_show": goal_page,
    "goals.goal_edit": goal_page,
    "letters.letter_show": letter_page,
    "signing.letter_sign_form": letter_page,
    "topics.topic_show": topic_page,
}
