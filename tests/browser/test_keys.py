"""What belongs to one's own key: the mark drawn, the PIN lost and vouched for anew, a deputy who signs."""

import re

import pytest
from playwright.sync_api import Page, expect

from fivestep_web.demo.signers import PIN
from tests.browser.conftest import PHONE
from tests.browser.steps import SCRIPTS, check, main_of, row, unfold

pytestmark = pytest.mark.browser

OFFICE, PERSONNEL = "P0007", "P0032"
NEW_PIN = "huan-le-pin-2026"


def draw(page: Page) -> None:
    """Draw a zigzag over three quarters of the pad."""
    box = page.locator("canvas").bounding_box()
    left, top, step = box["x"] + box["width"] / 8, box["y"] + 30, box["width"] * 3 / 32
    page.mouse.move(left, top)
    page.mouse.down()
    for turn in range(1, 9):
        page.mouse.move(left + step * turn, top + (40 if turn % 2 else 0), steps=4)
    page.mouse.up()


def inked_share(page: Page) -> float:
    """Return how far to the right the pad is drawn on, of its width."""
    return float(
        page.locator("canvas").evaluate(
            """canvas => {
                const {width, height} = canvas;
                const copy = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
                copy.drawImage(canvas, 0, 0);
                const {data} = copy.getImageData(0, 0, width, height);
                let last = 0;
                for (let at = 3; at < data.length; at += 4) {
                    if (data[at]) last = Math.max(last, ((at - 3) / 4) % width);
                }
                return last / width;
            }"""
        )
    )


def test_a_mark_is_drawn_on_the_phone(sign_in):
    page = sign_in("P0011", phone=True)
    page.goto("/account/mark")
    check(page)
    page.locator("canvas").scroll_into_view_if_needed()
    draw(page)
    page.get_by_role("button", name="保存手写签名").click()
    expect(main_of(page).get_by_alt_text("您的手写签名")).to_be_visible()
    check(page)


def test_what_was_drawn_outlives_a_turn_of_the_phone_and_a_refused_file(sign_in, tmp_path):
    page = sign_in("P0017", phone=True)
    page.set_viewport_size({"width": 844, "height": 390})
    page.goto("/account/mark")
    page.locator("canvas").scroll_into_view_if_needed()
    draw(page)
    drawn = inked_share(page)
    assert drawn > 0.8
    page.set_viewport_size(PHONE)
    expect(page.locator("canvas")).to_have_js_property(
        "width", round(page.locator("canvas").bounding_box()["width"])
    )
    assert inked_share(page) == pytest.approx(drawn, abs=0.03)
    (tmp_path / "name.png").write_bytes(b"no picture")
    page.get_by_label("图片").set_input_files(tmp_path / "name.png")
    page.get_by_role("button", name="保存手写签名").click()
    expect(page.get_by_text("文件请重新选择")).to_be_visible()
    assert inked_share(page) == pytest.approx(drawn, abs=0.03)
    page.get_by_role("button", name="保存手写签名").click()
    expect(main_of(page).get_by_alt_text("您的手写签名")).to_be_visible()


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
