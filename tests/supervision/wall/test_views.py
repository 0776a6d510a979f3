from datetime import date

import pypdfium2
import pytest

from fivestep_web.core.permissions import Role
from fivestep_web.documents.pdf import office
from tests.factories.accounts import user_with_role
from tests.web import get

pytestmark = pytest.mark.one_database

PAGES = ["/wall", "/wall/print", "/wall/room"]


def test_the_chart_shows_the_goal_as_bars_and_as_a_table(county, login):
    goal = county.entry().goal
    page = get(login(county.member), "/wall").text
    assert page.count(f'href="/goals/{goal.id}"') == 2
    assert "主管领导" in page
    assert county.leader.person.name in page
    assert "全程 01-04至09-30" in page
    assert "逾期" in page


MARK = "2027年节假日安排未发布"


@pytest.mark.parametrize(("address", "count"), [("/wall", 2), ("/wall/print?paper=A4", 1), ("/wall/room", 1)])
def test_dates_in_a_year_without_a_published_calendar_are_marked(county, login, address, count):
    county.goal(deadline=date(2026, 12, 31))
    client = login(county.member)
    assert MARK not in get(client, address).text
    county.goal(deadline=date(2027, 1, 20))
    assert get(client, address).text.count(MARK) == count


@pytest.mark.parametrize("address", PAGES)
def test_who_has_no_ledger_has_no_chart(county, client, login, address):
    assert get(client, address).status_code in {302, 303, 401}
    assert get(login(user_with_role(Role.ADM)), address).status_code == 403


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/wall", "挂图无从画起"),
        ("/wall?unit=999999", "挂图无从画起"),
        ("/wall/print", "没有可打印的页"),
        ("/wall/room", "没有可画的目标"),
    ],
)
def test_an_empty_chart_says_why(county, login, address, sentence):
    assert sentence in get(login(county.member), address).text


def test_filters_that_leave_nothing_offer_to_be_cleared(county, login):
    county.entry()
    assert "没有符合条件的目标" in get(login(county.member), "/wall?unit=999999").text


@pytest.mark.parametrize(
    ("query", "style", "count"),
    [
        ("", "wall-a3.css", 1),
        ("?paper=A0", "wall-a0.css", 1),
        ("?paper=A1&tiles=A4", "wall-a4.css", 9),
        ("?paper=A3&tiles=A4", "wall-a3.css", 1),
        ("?paper=B5", "wall-a3.css", 1),
    ],
)
def test_each_size_has_its_own_address_and_stylesheet(county, login, query, style, count):
    county.entry()
    page = get(login(county.member), f"/wall/print{query}").text
    assert style in page
    assert page.count('class="wall-sheet"') == count


def test_the_filters_go_along_to_paper_file_and_room(county, login):
    county.entry()
    unit = county.unit.id
    page = get(login(county.member), f"/wall?unit={unit}&range=q3").text
    kept = f"year=2026&amp;range=q3&amp;unit={unit}"
    for address in (f"/wall/print?paper=A3&amp;{kept}", f"/wall/room?{kept}"):
        assert sorted(address.split("?")[1].split("&amp;")) in [
            sorted(found.split('"')[0].split("&amp;"))
            for found in page.split(address.split("?")[0] + "?")[1:]
        ]


def test_the_room_turns_its_pages_and_begins_again(county, login):
    for _number in range(30):
        county.goal()
    client = login(county.member)
    first = get(client, "/wall/room").text
    assert "第1页，共2页" in first
    assert '<meta http-equiv="refresh" content="60;url=/wall/room?page=2' in first
    second = get(client, "/wall/room?page=2", htmx=True).text
    assert second.lstrip().startswith('<div id="wall-screen"')
    assert 'hx-get="/wall/room?page=1' in second
    assert "数据时间 2026-10-09" in second
    assert "第1页，共2页" in get(client, "/wall/room?page=99").text


def test_without_libreoffice_no_file_is_offered_and_the_address_says_so(county, login, monkeypatch):
    monkeypatch.setattr(office, "find_program", lambda: None)
    county.entry()
    client = login(county.member)
    assert "/wall/pdf" not in get(client, "/wall/print").text
    assert get(client, "/wall/pdf").status_code == 303
    assert "没有安装 LibreOffice" in get(client, "/wall").text


@pytest.mark.office
def test_the_file_is_the_chart_on_its_paper(county, login):
    county.entry(name="后进村整顿")
    county.goal(deadline=date(2027, 1, 20))
    answer = get(login(county.member), "/wall/pdf?paper=A3")
    assert answer.mimetype == "application/pdf"
    pages = pypdfium2.PdfDocument(answer.data)
    assert len(pages) == 1
    assert [round(side * 25.4 / 72) for side in pages[0].get_size()] == [420, 297]
    words = pages[0].get_textpage().get_text_bounded().replace("\r\n", "")
    assert "挂图作战图" in words
    assert "后进村整顿" in words
    assert MARK in words
