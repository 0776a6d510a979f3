"""Examples of saved views: kept, renamed, moved, removed."""

from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.saved import services
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory
from tests.factories.tokens import acting
from tests.security.example import Example


def _views(name="乙"):
    owner = user_with_role(Role.OFC)
    with unit_of_work():
        for each in ("甲", name):
            view_id = services.save(acting(owner), each, {"kind": "task_book"}).id
    return Example(owner, {"view_id": view_id}, stranger=user_with_role(Role.OFC))


def view_rename():
    example = _views()
    example.data = {"name": "丙"}
    return example


def view_create():
    PlanYearFactory(year=2026)
    return Example(user_with_role(Role.OFC), data={"name": "任务书", "kind": "task_book"})


UNSAFE = {
    "saved_views.view_create": view_create,
    "saved_views.view_rename": view_rename,
    "saved_views.view_up": _views,
    "saved_views.view_remove": _views,
}
