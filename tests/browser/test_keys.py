"""What belongs to one's own key: the mark drawn, the PIN lost and vouched for anew, a deputy who signs."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from fivestep_web.demo.signers import PIN
from tests.browser.steps import SCRIPTS, main_of, row, unfold

pytestmark = pytest.mark.browser

OFFICE, PERSONNEL = "P0007", "P0032"
NEW_PIN = "huan-le-pin-2026"


def check(page: Page) -> None:
    """The page is accessible and fits its screen."""
    found = Axe().run(page).response["violations"]
    assert [(item["id"], item["nodes"][0]["html"]) for item in found] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def test_a_mark_is_drawn_on_the_phone(sign_in):
    page = sign_in("P0011", phone=True)
    page.goto("/account/mark")
    check(page)
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 30)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 40 + 25 * step, box["y"] + (80 if step % 2 else 30), steps=4)
    page.mouse.up()
    page.get_by_role("button", name="保存手写签名").click()
    expect(main_of(page).get_by_alt_text("您的手写签名")).to_be_visible()
    check(page)


@SCRIPTS
def test_a_lost_pin_leads_to_a_new_key_when_two_others_vouch_for_it(sign_in, scripts):
    person, name = ("P0035", "余某甲") if scripts else ("P0074", "石某丙")
    owner = sign_in(person, scripts=scripts, phone=True)
    owner.goto("/account/key")
    owner.get_by_role("link", name=re.compile("忘记 PIN")).click()
    owner.get_by_label("签名 PIN").fill(NEW_PIN)
    owner.get_by_label("再输一遍 PIN").fill(NEW_PIN)
    owner.get_by_role("button", name="申请新的密钥").click()
    expect(main_of(owner)).to_contain_text("等待确认的新密钥")
    if scripts:
        check(owner)
    for other in (OFFICE, PERSONNEL):
        page = sign_in(other, scripts=scripts)
        page.goto("/admin/keys")
        row(page, name).get_by_role("link").first.click()
        page.get_by_label("已当面核对本人").check()
        page.get_by_label("您的签名 PIN").fill(PIN)
        page.get_by_role("button", name="确认", exact=True).click()
        expect(page.get_by_text(re.compile("已确认|已启用")).first).to_be_visible()
    owner.goto("/account/key")
    expect(main_of(owner)).not_to_contain_text("等待确认的新密钥")
    expect(row(owner, "使用中")).to_have_count(1)
    expect(row(owner, "已停用")).to_have_count(1)


@SCRIPTS
def test_a_mandate_is_given_with_the_own_key_and_revoked(sign_in, scripts):
    page = sign_in("P0003" if scripts else "P0052", scripts=scripts, phone=not scripts)
    page.goto("/account/mandates")
    page.get_by_label("代签人").select_option(index=1)
    page.get_by_label("从哪天起").fill("2026-12-09")
    page.get_by_label("到哪天止").fill("2026-12-15")
    page.get_by_label("理由").locator("visible=true").fill("外出学习")
    page.get_by_label("签名 PIN").fill("不是这个口令")
    page.get_by_role("button", name="委托代签").click()
    expect(page.get_by_label("理由").locator("visible=true")).to_have_value("外出学习")
    page.get_by_label("签名 PIN").fill(PIN)
    page.get_by_role("button", name="委托代签").click()
    expect(row(page, "有效")).to_contain_text("外出学习")
    if scripts:
        check(page)
    unfold(page, "撤销")
    page.get_by_label("理由").locator("visible=true").first.fill("已提前返回")
    page.get_by_role("button", name="确认撤销").click()
    expect(row(page, "已撤销")).to_contain_text("已提前返回")
