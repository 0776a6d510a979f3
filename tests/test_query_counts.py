"""Index pages cost a fixed number of statements, whatever the data holds."""

import pytest
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.extensions import db as database

pytestmark = pytest.mark.one_database

MOST = 26
# these score the year, which alone takes 14, and read who is barred and how many may be excellent
SCORING = {"/results/2026": 28, "/results/2026/commendations/ties": 27, "/results/2026/promotion": 28}
# this looks into every step, reads each kind of work of which something waits, and every kind of hand-over
TODAY = {"/": 43}
# this reads the ledger as the night does, and all that would follow from it
TRYING_OUT = {"/notices/dry-run": 50}
PAGES = {
    "P0007": [
        "/",
        "/topics",
        "/goals",
        "/goals/task-book",
        "/goals/sheet",
        "/goals/ownerless",
        "/goals/many",
        "/duties",
        "/goals/timetable",
        "/goals/coverage",
        "/letters/matrix",
        "/letters",
        "/schedule",
        "/feedback",
        "/feedback/2026/11",
        "/feedback/settings",
        "/extensions",
        "/limits",
        "/limits/steps",
        "/limits/settings",
        "/correctives",
        "/inquiries",
        "/evaluations",
        "/notices",
        "/notices/digest",
        "/notices/dry-run",
        "/wall",
        "/wall/print",
        "/wall/room",
        "/problems",
        "/meetings",
        "/meetings/resolutions",
        "/schedule/plans",
        "/ledger",
        "/assessment/2026",
        "/assessment/2026/cycle",
        "/assessment/2026/publicities",
        "/assessment/2026/objections",
        "/assessment/2026/charts",
        "/results/2026",
        "/results/2026/use",
        "/results/2026/commendations",
        "/results/2026/commendations/ties",
        "/results/2026/meeting",
        "/results/2026/recommendations",
        "/assessment/2026/bulletins",
        "/assessment/2026/daily",
        "/assessment/2026/reviews",
        "/assessment/2026/reviews/3",
        "/assessment/2026/achievements",
        "/assessment/2026/self-reports",
        "/documents",
        "/documents/numbers",
        "/templates",
        "/templates/responsibility_letter",
        "/admin/imports",
        "/admin/calendar/moved",
    ],
    "admin": ["/admin/", "/admin/units", "/admin/people", "/admin/accounts", "/admin/audit", "/admin/tokens"],
    "P0032": ["/people", "/account/tokens", "/results/2026/promotion"],
}


@pytest.mark.parametrize(
    ("username", "address"), [(username, address) for username, pages in PAGES.items() for address in pages]
)
def test_a_page_of_the_whole_county_needs_few_statements(demo, login, count_queries, username, address):
    client = login(database.session.scalars(select(User).where(User.username == username)).one())
    database.session.commit()
    count_queries.statements.clear()
    assert client.get(address).status_code == 200
    assert len(count_queries) <= (SCORING | TODAY | TRYING_OUT).get(address, MOST), count_queries.statements
