"""Examples of the demo: its rehearsal date, its command."""

from fivestep_web.core import settings
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from tests.factories.accounts import user_with_role
from tests.security.example import Example


def rehearsal_update():
    settings.put("rehearsal_date", "2026-12-09")
    db.session.commit()
    return Example(user_with_role(Role.ADM), data={"day": "2026-06-15"})


UNSAFE = {"demo.rehearsal_update": rehearsal_update}
COMMANDS = {"demo": lambda folder: ["demo"]}
