"""The office drafts and issues in one action, sees who has not signed, reminds them, and they read it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import check, decide, main_of, row

pytestmark = pytest.mark.browser

READY_MS = 30_000
WIDTHS = pytest.mark.parametrize(("scripts", "phone"), [(True, False), (False, True)], ids=["desk", "phone"])


@WIDTHS
def test_the_office_runs_all_letters_and_reads_what_each_still_lacks(sign_in, scripts, phone):
    page = sign_in("P0007", scripts=scripts, phone=phone)
    page.goto("/letters")
    decide(page, "起草并发出")
    expect(page).to_have_url(re.compile("/letters/runs/[0-9]+$"))
    address = page.url
    for _turn in range(60):
        if main_of(page).get_by_text("已办完").count():
            break
        page.wait_for_timeout(500)
        page.goto(address)
    expect(main_of(page)).to_contain_text("已办完", timeout=READY_MS)
    expect(row(page, "责〔2026〕D27号")).to_contain_text(
        "上级责任书 责〔2026〕B14号 责任方已签，生效后才能发出下一级"
    )
    page.goto("/letters")
    main_of(page).get_by_role("link", name=re.compile("上次起草并发出的结果")).click()
    expect(main_of(page)).to_contain_text("还缺什么")


@WIDTHS
def test_who_has_not_signed_is_reminded_once_and_reads_it_on_the_today_page(sign_in, scripts, phone):
    kind, head, member = ("K", "P0029", "P0031") if scripts else ("D", "P0046", "P0048")
    page = sign_in(head, scripts=scripts, phone=phone)
    page.goto("/letters/matrix")
    if scripts:
        check(page)
    button = main_of(page).get_by_role("button", name=re.compile("^提醒本级"))
    expect(button).to_have_count(1)
    button.click()
    expect(page.locator("body")).to_contain_text("已提醒 1 份责任书的签署人")
    expect(main_of(page)).to_contain_text("已提醒1次")
    main_of(page).get_by_role("button", name=re.compile("^提醒本级")).click()
    expect(page.locator("body")).to_contain_text("今天都已经提醒过了")
    reminded = sign_in(member, scripts=scripts, phone=phone)
    reminded.goto("/")
    expect(main_of(reminded)).to_contain_text(
        re.compile(f"责〔2026〕{kind}.*已被提醒 1 次，最近 [0-9]+月[0-9]+日")
    )


@WIDTHS
def test_timetable_and_coverage_open_from_the_step(sign_in, scripts, phone):
    page = sign_in("P0007", scripts=scripts, phone=phone)
    page.goto("/letters")
    page.get_by_role("link", name="时间表", exact=True).click()
    expect(main_of(page)).to_contain_text("本周")
    page.get_by_role("link", name="覆盖", exact=True).click()
    expect(main_of(page)).to_contain_text(re.compile("覆盖率 [0-9.]+%"))
    width = page.evaluate("document.documentElement.scrollWidth") if scripts else page.viewport_size["width"]
    assert width <= page.viewport_size["width"]
