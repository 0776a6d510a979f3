"""One comrade of each role (domain.md section 6) signs in, sees what waits, and does it: scripts on and off.

Outside evaluators have no account. Signing and the organizers' reports are in test_journeys, what the leaders
in charge accept and send back is in test_ledger_decisions.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import SCRIPTS, decide, main_of, unfold, waiting

pytestmark = pytest.mark.browser


def open_worry(page: Page) -> None:
    """Open the first red or yellow entry of the today page."""
    page.goto("/")
    expect(main_of(page).get_by_role("heading", name=re.compile("^红黄项"))).to_be_visible()
    main_of(page).get_by_role("table", name="红黄项").get_by_role("link").first.click()
    expect(main_of(page).get_by_role("heading", name="进展记录")).to_be_visible()


def test_the_minister_suspends_a_worrying_entry_and_takes_it_up_again(sign_in):
    for scripts in (True, False):
        page = sign_in("P0001", scripts=scripts, phone=scripts)
        open_worry(page)
        decide(page, "暂缓", 理由="部务会议议定暂缓", 复核日期="2026-12-20")
        expect(main_of(page)).to_contain_text("部务会议议定暂缓")
        decide(page, "恢复推进")
        expect(main_of(page)).to_contain_text("已恢复推进")


@SCRIPTS
def test_the_executive_deputy_writes_off_what_was_checked(sign_in, scripts):
    page = sign_in("P0002", scripts=scripts, phone=not scripts)
    waiting(page, "待我验收", "办理").first.click()
    decide(page, "批准销号")
    expect(main_of(page)).to_contain_text(re.compile("销号〔2026〕[0-9]+号"))


@SCRIPTS
def test_an_office_clerk_checks_what_was_asked_for(sign_in, scripts):
    page = sign_in("P0007", scripts=scripts, phone=scripts)
    waiting(page, "待我验收", "办理").last.click()
    decide(page, "核查通过", 核查情况="与原件一致")
    expect(main_of(page)).to_contain_text("佐证材料已核查：与原件一致")


@pytest.mark.parametrize(
    ("username", "scripts", "phone"),
    [
        ("P0025", True, False),
        ("P0015", False, True),
        ("P0014", True, True),
        ("P0024", False, False),
        ("P0064", True, True),
        ("P0064", False, False),
        ("P0039", True, False),
        ("P0029", True, True),
        ("P0030", False, False),
    ],
    ids=lambda value: value if isinstance(value, str) else ("yes" if value else "no"),
)
def test_an_owner_reports_what_is_due_this_month(sign_in, username, scripts, phone):
    page = sign_in(username, scripts=scripts, phone=phone)
    due = waiting(page, "待我报", "汇报")
    count = due.count()
    due.first.click()
    page.get_by_label(re.compile("累计完成")).first.fill("60")
    page.get_by_label(re.compile("情况")).first.fill("按计划推进，已核实")
    page.get_by_role("button", name="汇报", exact=True).click()
    expect(main_of(page)).to_contain_text("按计划推进，已核实")
    page.goto("/")
    expect(main_of(page).get_by_role("link", name="汇报", exact=True)).to_have_count(min(count - 1, 8))


@SCRIPTS
def test_a_panel_member_reads_the_topics_and_the_worrying_entry(sign_in, scripts):
    page = sign_in("P0004", scripts=scripts, phone=not scripts)
    open_worry(page)
    unfold(page, "暂缓")
    page.get_by_role("link", name="课题").first.click()
    page.get_by_role("link", name="干部选任全程纪实").first.click()
    expect(page.get_by_role("heading", name="难点")).to_be_visible()


@pytest.mark.parametrize(
    ("username", "verb", "heading"),
    [("admin", "去管理", "管理"), ("P0033", "查看台账", "台账")],
    ids=["administrator", "personnel"],
)
@SCRIPTS
def test_who_has_nothing_to_do_is_told_so_and_led_on(sign_in, scripts, username, verb, heading):
    page = sign_in(username, scripts=scripts, phone=scripts)
    expect(main_of(page)).to_contain_text("今天没有等您办理的事")
    links = main_of(page).get_by_role("link")
    expect(links).to_have_count(1)
    links.first.click()
    expect(page.get_by_role("heading", level=1, name=re.compile(heading))).to_be_visible()
