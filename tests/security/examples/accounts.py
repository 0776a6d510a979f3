"""Examples of the door, of people and of accounts."""

from fivestep_web.accounts.passwords import hash_password
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from tests.factories.accounts import UserFactory, user_with_role
from tests.factories.org import PersonFactory, UnitFactory
from tests.security.example import Example

PASSWORD = "春耕秋收各有其时"
NEW_PASSWORD = "夏种冬藏也有其时"


def administrator():
    return user_with_role(Role.ADM)


def login_create():
    user = user_with_role(Role.SHD, password=PASSWORD)
    return Example(None, data={"username": user.username, "password": PASSWORD})


def logout():
    return Example(user_with_role(Role.SHD))


def password_update():
    user = user_with_role(Role.SHD)
    user.password_hash = hash_password(PASSWORD)
    db.session.commit()
    return Example(user, data={"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})


def person_create():
    fields = {"code": "G9001", "name": "张某甲", "title": "科员", "roles": ["STF"], "from_day": "2026-01-01"}
    return Example(administrator(), data=fields | {"unit_id": UnitFactory().id})


def person_update():
    person = PersonFactory()
    return Example(administrator(), {"person_id": person.id}, {"name": "李某甲", "revision": person.revision})


def account_create():
    return Example(administrator(), {"person_id": PersonFactory().id}, {"username": "newcomer"})


def post_create():
    fields = {"unit_id": UnitFactory().id, "title": "科长", "roles": ["SHD", "PNL"], "from_day": "2026-01-01"}
    return Example(administrator(), {"person_id": PersonFactory().id}, fields)


def _holding():
    return {"holding_id": user_with_role(Role.SHD).person.holdings[0].id}


def post_end():
    return Example(administrator(), _holding(), {"last_day": "2026-01-31"})


def post_roles():
    return Example(administrator(), _holding(), {"roles": ["STF"]})


def password_sheet():
    user = UserFactory(must_change_password=True)
    return Example(administrator(), data={"accounts": [user.id]}, status=200)


def account_disable():
    return Example(administrator(), {"user_id": UserFactory().id})


def account_enable():
    return Example(administrator(), {"user_id": UserFactory(is_active=False).id})


def account_end_sessions():
    return Example(administrator(), {"user_id": UserFactory().id})


UNSAFE = {
    "accounts.login_create": login_create,
    "accounts.logout": logout,
    "accounts.password_update": password_update,
    "people.person_create": person_create,
    "people.person_update": person_update,
    "people.account_create": account_create,
    "people.post_create": post_create,
    "people.post_end": post_end,
    "people.post_roles": post_roles,
    "account_admin.password_sheet": password_sheet,
    "account_admin.account_disable": account_disable,
    "account_admin.account_enable": account_enable,
    "account_admin.account_end_sessions": account_end_sessions,
}
PAGES = {
    "people.person_edit": lambda: Example(administrator(), {"person_id": user_with_role(Role.SHD).person_id}),
}
COMMANDS = {"admin create": lambda folder: ["admin", "create", "first", "--password", PASSWORD]}
