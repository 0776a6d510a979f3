"""A draft gets its number, goes out and stands in the register; another number is dropped with its reason."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE
from tests.browser.steps import decide, download, main_of, row, unfold
from tests.browser.test_paperwork import READY_MS, make

pytestmark = pytest.mark.browser

OFFICE = "P0007"


def check(page: Page) -> None:
    """Look for barriers on the page as it stands, wide and on the phone."""
    before = page.viewport_size
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found = Axe().run(page).response["violations"]
        assert found == [], [(item["id"], item["nodes"][0]["html"]) for item in found]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    page.set_viewport_size(before)  # type: ignore[arg-type]


def open_draft(page: Page, name: str, kind: str) -> None:
    """Have the drafts of a kind made and open the system's own."""
    make(page, name)
    step = page.get_by_role("link", name=re.compile("^批准编号"))
    for _try in range(READY_MS // 500):
        page.goto(f"/documents?kind={kind}&unit_id=0")
        if step.count():
            break
        page.wait_for_timeout(500)
    step.first.click()


def reload_until(page: Page, verb: str) -> None:
    """Wait for the button of the next step by the page's link 刷新, as without scripts."""
    button = main_of(page).locator("summary").filter(has_text=re.compile(f"^\\s*{verb}"))
    for _try in range(READY_MS // 500):
        if button.count():
            return
        page.get_by_role("link", name="刷新").click()
        page.wait_for_timeout(500)
    expect(button).to_be_visible()


def test_a_draft_is_approved_under_a_number_issued_and_registered(sign_in, tmp_path):
    page = sign_in(OFFICE)
    open_draft(page, "时间表", "timetable")
    check(page)
    decide(page, "批准编号", 成文日期="2026-12-31")
    expect(main_of(page)).to_contain_text("成文日期不能晚于今天")
    expect(page.get_by_label("成文日期")).to_have_value("2026-12-31")
    check(page)
    page.get_by_label("成文日期").fill("2026-12-01")
    page.get_by_role("button", name="批准编号").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(re.compile("青组发〔2026〕\\d+号 关于印发"), timeout=READY_MS)
    number = re.match("青组发〔2026〕\\d+号", heading.inner_text().strip())
    assert number is not None
    decide(page, "印发", 印发日期="2026-12-02")
    expect(main_of(page).locator("[aria-current=step]")).to_have_text("已印发", timeout=READY_MS)
    check(page)
    file = download(page, page.get_by_role("link", name="下载"), tmp_path)
    assert file.name.startswith(f"{number[0]} 关于印发")
    page.goto("/documents/numbers")
    line = row(page, number[0], "已印发")
    expect(line).to_contain_text("2026-12-01")
    expect(line).to_contain_text("2026-12-02")
    check(page)
    book = download(page, page.get_by_role("link", name=re.compile("下载登记簿")), tmp_path)
    assert book.name == "2026年发文登记.xlsx"


def test_a_number_is_dropped_on_the_phone_without_scripts_and_kept_with_its_reason(sign_in):
    page = sign_in(OFFICE, scripts=False, phone=True)
    open_draft(page, "任务书", "task_book")
    decide(page, "批准编号")
    expect(main_of(page)).to_contain_text("已取号青组发〔2026〕")
    reload_until(page, "印发")
    unfold(page, "作废文号")
    page.get_by_label("作废理由").fill("主送机关有误")
    page.get_by_role("button", name="确认作废文号").click()
    expect(main_of(page)).to_contain_text("文号已作废")
    page.goto("/documents/numbers")
    expect(row(page, "文号作废：主送机关有误")).to_contain_text("已作废")
