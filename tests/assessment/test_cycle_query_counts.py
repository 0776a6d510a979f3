"""With an assessment in voting or publicizing, pages cost the same for any number of units and people."""

import pytest
import time_machine

from fivestep_web.assessment.cycles.models import CycleUnit
from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from fivestep_web.org.models import UnitKind
from tests.assessment.cycles.plans import NOW, TALLY_DAY, YEAR, bring_to, make_cast
from tests.assessment.publicity.people import file, make_troupe
from tests.factories.accounts import user_with_role
from tests.factories.org import UnitFactory
from tests.web import BASE_URL, get

# confirming compares the result with what was posted, so these pages score the year; each scores it once
MOST = {
    "/": 45,
    f"/assessment/{YEAR}": 26,
    f"/assessment/{YEAR}/cycle": 35,
    f"/assessment/{YEAR}/gate": 42,
}
OTHERS = 25
DAYS = {CycleState.VOTING: NOW, CycleState.PUBLICIZING: TALLY_DAY}
PAGES = (
    "/",
    f"/assessment/{YEAR}",
    f"/assessment/{YEAR}/cycle",
    f"/assessment/{YEAR}/gate",
    f"/assessment/{YEAR}/adjustments",
    f"/assessment/{YEAR}/publicities",
    f"/assessment/{YEAR}/objections",
    f"/assessment/{YEAR}/polls",
)


@pytest.fixture(params=list(DAYS), ids=str)
def running(db, request):
    """A year whose cycle stands in voting or publicizing, on the day it got there."""
    with time_machine.travel(NOW, tick=True):
        troupe = make_troupe(make_cast())
        bring_to(troupe.cast, request.param)
    with time_machine.travel(DAYS[request.param], tick=True):
        yield request.param, troupe


def grow(state, troupe):
    """Add units with people, put them into the cycle, and object where that is possible."""
    cycle = get_cycle(YEAR)
    for number in range(6):
        section = UnitFactory(code=f"K9{number}", name=f"增{number}科")
        township = UnitFactory(code=f"T9{number}", name=f"增{number}镇", kind=UnitKind.TOWNSHIP)
        user_with_role(Role.STF, unit=section)
        for unit, series in ((section, Series.SECTIONS), (township, Series.TOWNSHIPS)):
            database.session.add(CycleUnit(cycle_id=cycle.id, unit_id=unit.id, series=series))
    database.session.commit()
    if state is CycleState.PUBLICIZING:
        for about in ("第1科", "第2科", "第1镇"):
            file(troupe.member, about=about)


@pytest.mark.parametrize("who", ["minister", "office", "deputy"])
def test_pages_cost_the_same_with_more_units_and_people(running, login, count_queries, who):
    state, troupe = running
    client = login(getattr(troupe.cast, who))

    def costs():
        found = {}
        for page in PAGES:
            get(client, page)
            database.session.commit()
            count_queries.statements.clear()
            assert client.get(page, base_url=BASE_URL).status_code == 200
            found[page] = len(count_queries)
        return found

    if state is CycleState.PUBLICIZING:
        file(troupe.member)
    before = costs()
    assert {page: count for page, count in before.items() if count > MOST.get(page, OTHERS)} == {}
    grow(state, troupe)
    assert costs() == before
