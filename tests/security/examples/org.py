"""Examples of units, years and the calendar."""

from fivestep_web.core.permissions import Role
from tests.factories.accounts import user_with_role
from tests.factories.org import CalendarDayFactory, PlanYearFactory, UnitFactory
from tests.security.example import READS, Example

UNIT = {"name": "组织科", "kind": "section", "from_day": "2026-01-01", "is_assessed": "y"}


def unit_create():
    return Example(user_with_role(Role.ADM), data=UNIT | {"code": "K99"})


def unit_update():
    unit = UnitFactory()
    return Example(user_with_role(Role.ADM), {"unit_id": unit.id}, UNIT | {"revision": unit.revision})


def calendar_update():
    return Example(user_with_role(Role.OFC), data={"days": "2031-10-01至2031-10-07 休 国庆节"})


def calendar_day_remove():
    CalendarDayFactory()
    return Example(user_with_role(Role.OFC), data={"day": "2027-10-01"})


def year_open_step_two():
    PlanYearFactory(year=2031)
    return Example(user_with_role(Role.MIN), {"year": 2031}, {"reason": "要点已经部务会议研究"})


def year_show():
    PlanYearFactory(year=2031)
    return Example(user_with_role(Role.ADM), {"year": 2031})


UNSAFE = {
    "org.unit_create": unit_create,
    "org.unit_update": unit_update,
    "org.calendar_update": calendar_update,
    "org.calendar_day_remove": calendar_day_remove,
    "org.year_open_step_two": year_open_step_two,
}
PAGES = {
    "org.unit_edit": lambda: Example(user_with_role(Role.ADM), {"unit_id": UnitFactory().id}),
    "org.year_show": year_show,
}
COMMANDS = {
    "db upgrade": READS,  # makes the tables the log lives in
}
