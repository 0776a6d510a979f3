"""The whole chain, one level after the other, on a county that has just been loaded: keys, signatures, proof.

Leader in charge → section head → staff, and department → township → member; then a change order, and both
versions checked by somebody without an account.
"""

import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from fivestep_web.config import PROJECT
from fivestep_web.demo.services import PASSWORD
from tests.browser.conftest import serving
from tests.browser.steps import decide, download, main_of, row
from tests.workbook.loading import DEMO

pytestmark = pytest.mark.browser

PIN = "wo-de-qianming-7"
READY_MS = 60_000
CLERK, MINISTER, LEADER, HEAD, STAFF, COLLEAGUE = "P0007", "P0001", "P0003", "P0015", "P0017", "P0019"
SECRETARY, MEMBER = "P0043", "P0044"
SECTION, OWN, NEXT = "责〔2026〕Z3号", "责〔2026〕K6号", "责〔2026〕K7号"
TOWNSHIP, COMRADE = "责〔2026〕B1号", "责〔2026〕D1号"
CHANGED = "组织科后进村整顿年度任务"

OPEN_FOR_JANUARY = f"""
from datetime import date
from sqlalchemy import update
from fivestep_web import create_app
from fivestep_web.accounts.models import User
from fivestep_web.accounts.passwords import hash_password
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.demo.services import play
from fivestep_web.extensions import db
with create_app().app_context(), unit_of_work():
    play(date(2026, 1, 8))
    stored = hash_password({PASSWORD!r})
    db.session.execute(update(User).values(password_hash=stored, must_change_password=False))
"""


@pytest.fixture(scope="module")
def county():
    """A county in January: its workbook loaded, its letters drafted, nobody with a key; gives its address."""
    with serving(["import", "load", str(DEMO)], ["python", "-c", OPEN_FOR_JANUARY]) as address:
        yield address


@pytest.fixture
def enter(county, sign_in_at):
    """Sign in, and make one's key where one signs."""
    pages = {}

    def open_page(username, *, has_key=True):
        if username not in pages:
            page = pages[username] = sign_in_at(county, username, phone=username in {HEAD, STAFF, MEMBER})
            if has_key:
                page.goto("/account/key")
                page.get_by_label("签名 PIN").fill(PIN)
                page.get_by_label("再输一遍 PIN").fill(PIN)
                page.get_by_role("button", name="建立签名密钥").click()
                expect(main_of(page)).to_contain_text("使用中")
        return pages[username]

    return open_page


def letter(page: Page, number: str) -> Page:
    page.goto("/letters")
    main_of(page).get_by_role("link", name=number, exact=True).first.click()
    return page


def issue(page: Page, number: str) -> None:
    letter(page, number)
    page.get_by_role("button", name="发出", exact=True).click()
    expect(page.get_by_text("责任书已发出").first).to_be_visible()


def sign(page: Page, number: str) -> None:
    page.goto("/letters?mine=1")
    main_of(page).get_by_role("link", name=number, exact=True).first.click()
    page.goto(f"{page.url.partition('?')[0]}/sign")
    page.get_by_label("签名 PIN").fill(PIN)
    page.get_by_role("button", name="确认签署").click()
    expect(page.get_by_text("已签署").first).to_be_visible()


def sign_in_a_row(page: Page, first: str, second: str) -> None:
    """One PIN for the sitting; each letter is shown and signed by itself."""
    page.goto("/letters?mine=1")
    main_of(page).get_by_role("link", name=first, exact=True).first.click()
    page.goto(f"{page.url.partition('?')[0]}/sign")
    page.get_by_label("签名 PIN").fill(PIN)
    page.get_by_label("连续签署").check()
    page.get_by_role("button", name="确认签署").click()
    expect(main_of(page).locator(".paper-number")).to_have_text(second)
    expect(page.get_by_label("签名 PIN")).to_have_count(0)
    page.get_by_role("button", name="确认签署").click()
    expect(page.get_by_text("已签署").first).to_be_visible()


def verdict(county: str, page: Page, expected: str) -> None:
    """What somebody without an account is told of the letter on *page*, at the address its code leads to."""
    address = main_of(page).get_by_role("link", name="核验", exact=True).first.get_attribute("href")
    stranger = page.context.browser.new_context(base_url=county, java_script_enabled=False)
    try:
        public = stranger.new_page()
        public.goto(address)
        expect(public.locator("main")).to_contain_text(expected)
    finally:
        stranger.close()


def test_a_chain_is_signed_from_the_top_down_changed_and_checked(county, enter, tmp_path):
    clerk = enter(CLERK, has_key=False)
    clerk.goto("/letters")
    decide(clerk, "起草并发出")
    expect(main_of(clerk)).to_contain_text("已办完", timeout=READY_MS)
    expect(row(clerk, OWN)).to_contain_text("上级责任书")

    sign(enter(HEAD), SECTION)
    sign(enter(LEADER), SECTION)
    sign(enter(SECRETARY), TOWNSHIP)
    sign(enter(MINISTER), TOWNSHIP)
    for number, staff in ((OWN, STAFF), (NEXT, COLLEAGUE)):
        issue(enter(HEAD), number)
        sign(enter(staff), number)
    sign_in_a_row(enter(HEAD), OWN, NEXT)
    issue(enter(SECRETARY), COMRADE)
    sign(enter(MEMBER), COMRADE)
    sign(enter(SECRETARY), COMRADE)
    for number in (SECTION, OWN, NEXT, TOWNSHIP, COMRADE):
        letter(clerk, number)
        expect(main_of(clerk).locator(".step-item.active")).to_have_text("已生效")
        verdict(county, clerk, "真实有效")

    evidence = download(clerk, main_of(clerk).get_by_role("link", name="下载证据文件"), tmp_path)
    checked = subprocess.run(
        [sys.executable, str(PROJECT / "tools" / "verify_letter.py"), str(evidence)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert TOWNSHIP in checked.stdout

    change(clerk, enter(LEADER), enter(HEAD))
    letter(clerk, SECTION)
    expect(main_of(clerk)).to_contain_text("已由第2版替换")
    verdict(county, clerk, "真实，但已变更")
    main_of(clerk).get_by_role("link", name="查看现行版本").click()
    expect(main_of(clerk)).to_contain_text(CHANGED)
    verdict(county, clerk, "真实有效")


def change(clerk: Page, leader: Page, head: Page) -> None:
    """Ask for another name of a goal, have it approved, and have both sides sign anew."""
    letter(clerk, SECTION)
    main_of(clerk).get_by_role("link", name="申请变更").click()
    clerk.get_by_label("变更理由").fill("上级调整了年度任务名称")
    clerk.locator("details.card").first.locator("summary").click()
    clerk.get_by_label("名称", exact=True).locator("visible=true").first.fill(CHANGED)
    clerk.get_by_role("button", name="提交变更").click()
    expect(main_of(clerk)).to_contain_text("变〔2026〕1号")
    leader.goto(clerk.url)
    decide(leader, "批准")
    expect(main_of(leader)).to_contain_text("待重新签订")
    sign(head, SECTION)
    sign(leader, SECTION)
