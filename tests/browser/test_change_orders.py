"""A signed letter is changed: asked for, approved, signed anew on the phone, both versions read."""

import re

import pytest
from playwright.sync_api import Page, expect

from fivestep_web.demo.signers import PIN
from tests.browser.steps import check, decide, main_of, row, waiting

pytestmark = pytest.mark.browser

CLERK, HEAD, LEADER = "P0007", "P0015", "P0003"
GIVERS, TAKERS = "责〔2026〕D5号", "责〔2026〕D6号"
NUMBER, NAME = "责〔2026〕Z3号", "完成后进村整顿提升年度任务"


def sign(page: Page) -> None:
    """Sign the changed letter that waits."""
    page.goto("/letters?mine=1")
    main_of(page).get_by_role("link", name=NUMBER).click()
    expect(main_of(page)).to_contain_text("与第1版的不同")
    expect(main_of(page).locator("ins").first).to_be_visible()
    main_of(page).get_by_role("link", name="去签署").click()
    page.get_by_label("签名 PIN").fill(PIN)
    page.get_by_role("button", name="确认签署").click()
    expect(page.get_by_text("已签署").first).to_be_visible()


def test_a_signed_letter_is_changed_and_signed_anew(sign_in):
    clerk = sign_in(CLERK)
    clerk.goto("/letters?kind=minister_section_head")
    row(clerk, NUMBER).get_by_role("link").first.click()
    old = clerk.url
    main_of(clerk).get_by_role("link", name="申请变更").click()
    clerk.get_by_label("变更理由").fill("上级调整了年度任务名称")
    clerk.locator("details.card").first.locator("summary").click()
    clerk.get_by_label("名称", exact=True).locator("visible=true").first.fill(NAME)
    check(clerk)
    clerk.get_by_role("button", name="提交变更").click()
    expect(main_of(clerk)).to_contain_text("变〔2026〕1号")
    expect(main_of(clerk)).to_contain_text(NAME)
    leader = sign_in(LEADER, phone=True)
    waiting(leader, "待我批准变更", "办理").first.click()
    check(leader)
    decide(leader, "批准")
    expect(main_of(leader)).to_contain_text("待重新签订")
    head = sign_in(HEAD, phone=True)
    sign(head)
    check(head)
    sign(leader)
    clerk.goto(old)
    expect(main_of(clerk)).to_contain_text("已由第2版替换")
    expect(main_of(clerk).locator(".steps")).to_contain_text("已变更")
    main_of(clerk).get_by_role("link", name="查看现行版本").click()
    expect(main_of(clerk).locator(".step-item.active")).to_have_text("已生效")
    expect(main_of(clerk)).to_contain_text(NAME)
    for version, text in ((1, "已变更"), (2, "已生效")):
        clerk.goto(f"{old}/versions/{version}")
        expect(main_of(clerk).get_by_role("complementary")).to_contain_text(text)
        expect(main_of(clerk).locator(".sign-note")).to_have_count(2)
    main_of(clerk).get_by_role("link", name="与其他版对照").click()
    expect(main_of(clerk).locator("ins").filter(has_text=re.compile("任务"))).to_be_visible()
    check(clerk)


def sign_here(page: Page, number: str, address: str) -> None:
    """Sign one letter without scripts."""
    page.goto(address)
    main_of(page).get_by_role("link", name="去签署").click()
    page.get_by_label("签名 PIN").fill(PIN)
    page.get_by_role("button", name="确认签署").click()
    expect(main_of(page)).to_contain_text(number)
    expect(page.get_by_text("已签署").first).to_be_visible()


def check_at(page: Page, address: str) -> None:
    """Look with scripts at what was worked on without: a page cannot be measured else."""
    page.goto(address)
    check(page)


def test_a_task_goes_to_another_comrade_without_scripts_on_the_phone(sign_in):
    clerk, leader, head, giver, taker = (
        sign_in(name, phone=True, scripts=False) for name in ("P0007", "P0003", "P0049", "P0050", "P0051")
    )
    seen = sign_in("P0007", phone=True)
    clerk.goto("/letters?kind=unit_member")
    row(clerk, GIVERS).get_by_role("link").first.click()
    main_of(clerk).get_by_role("link", name="调整责任人").click()
    clerk.get_by_label("变更理由").fill("任务过多，请同志分担")
    clerk.get_by_role("button", name="提交变更").click()
    expect(main_of(clerk).get_by_role("alert")).to_contain_text("请勾选要调整的任务")
    check_at(seen, clerk.url)
    main_of(clerk).get_by_label("公务员平时考核提质").check()
    clerk.get_by_label("承接人").select_option(index=1)
    clerk.get_by_role("button", name="提交变更").click()
    expect(main_of(clerk)).to_contain_text("调整责任人")
    order = clerk.url
    check_at(seen, order)
    leader.goto(order)
    decide(leader, "批准")
    letters = main_of(leader).locator("dd li a")
    expect(letters).to_have_count(2)
    new, kept = (str(letters.nth(place).get_attribute("href")) for place in (0, 1))
    sign_here(taker, TAKERS, new)
    head.goto(new)
    expect(main_of(head)).to_contain_text("签署 责〔2026〕D5号 后，甲方才能签这一份")
    expect(main_of(head).get_by_role("button", name="确认签署")).to_have_count(0)
    check_at(seen, new)
    sign_here(giver, GIVERS, kept)
    sign_here(head, TAKERS, new)
    sign_here(head, GIVERS, kept)
    clerk.goto(order)
    expect(main_of(clerk).locator(".step-item.active")).to_have_text("已生效")
    check_at(seen, order)
    taker.goto(new)
    expect(main_of(taker)).to_contain_text("公务员平时考核提质")
