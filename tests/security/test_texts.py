"""What people type stays text, wherever it is shown (trust.md W6)."""

from datetime import date
from html.parser import HTMLParser

import pytest

from fivestep_web.core.permissions import Role
from tests.factories.accounts import user_with_role
from tests.factories.org import CalendarDayFactory, PlanYearFactory, UnitFactory
from tests.web import get, post

EVIL = """<img src=x onerror=alert(1) hx-get=/x>"'></textarea></script><script>alert(1)</script>{{"e"*9}}"""


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page):
        super().__init__()
        self.attributes, self.inline, self.texts, self._tag = [], [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._tag = tag
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.texts += [value for _name, value in attrs if value]

    def handle_data(self, data):
        self.texts.append(data)
        if self._tag == "script" and data.strip():
            self.inline.append(data)


def check(page):
    seen = Seen(page)
    assert any("onerror=alert(1)" in text for text in seen.texts), "the text is not on this page"
    assert not any(name.startswith("on") for _tag, name, _value in seen.attributes)
    assert not any(name.startswith("hx-") and value == "/x" for _tag, name, value in seen.attributes)
    assert not any(tag == "img" for tag, _name, _value in seen.attributes)
    assert seen.inline == []
    assert "eeeeeeeee" not in "".join(text for text in seen.texts if "onerror" in text)


@pytest.fixture
def admin(login, db):
    unit = UnitFactory(name=EVIL, code="<b>" + "x" * 20)
    return login(
        user_with_role(Role.ADM, Role.OFC, Role.MIN, unit=unit, name=EVIL, title=EVIL, username=EVIL[:60])
    )


PAGES = (
    *("/account", "/admin/", "/admin/units", "/admin/units/new", "/admin/people", "/admin/people/new"),
    *(
        "/admin/roles",
        "/admin/accounts",
        "/admin/years",
        "/admin/calendar?calendar_year=2031",
        "/admin/audit",
    ),
)


@pytest.mark.parametrize("path", PAGES)
def test_names_titles_notes_and_reasons_are_inert(admin, path):
    PlanYearFactory(year=2026, step_two_reason=EVIL)
    CalendarDayFactory(day=date(2031, 10, 1), note=EVIL[:60])
    check(get(admin, path).text)


def test_what_is_typed_comes_back_as_text(admin):
    unit = {"code": EVIL[:40], "name": EVIL, "kind": "section", "from_day": EVIL}
    check(post(admin, "/admin/units", unit).text)
    check(post(admin, "/admin/people", {"code": "x", "name": EVIL, "title": EVIL}).text)
    check(post(admin, "/admin/calendar", {"days": EVIL}).text)
    check(get(admin, f"/admin/audit?subject={EVIL[:60]}").text)
    check(get(admin, "/admin/people?keyword=%3Cimg src=x onerror=alert(1)>").text)


def test_the_door_gives_back_text(client, db):
    check(post(client, "/login", {"username": EVIL[:60], "password": "x", "next": EVIL}).text)
    check(get(client, "/login?next=/<img src=x onerror=alert(1)>").text)
