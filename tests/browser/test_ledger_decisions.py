"""Write-off by two pairs of eyes, sending back, reopening, suspending: with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import SCRIPTS, decide, main_of, unfold, waiting

pytestmark = pytest.mark.browser

CONDITIONS = ("已达到责任书写明的完成标准", "佐证材料齐全", "进展记录与实际情况一致")


def open_entry(page: Page, goal: str) -> str:
    """Find an entry as its owner would: by its name in the ledger; return its address."""
    page.goto("/ledger")
    page.get_by_label("关键字").fill(goal)
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("link", name=goal, exact=True).first.click()
    expect(page.get_by_role("heading", level=1, name=goal)).to_be_visible()
    return page.url


@pytest.mark.parametrize(
    ("scripts", "owner", "goal"),
    [(True, "P0025", "年轻干部递进培养（干部科）"), (False, "P0029", "干部选任全程纪实（干部监督科）")],
    ids=["scripts", "no-scripts"],
)
def test_an_owner_asks_two_pairs_of_eyes_write_off_and_the_office_reopens(sign_in, scripts, owner, goal):
    page = sign_in(owner, scripts=scripts, phone=not scripts)
    address = open_entry(page, goal)
    unfold(page, "申请销号")
    page.get_by_label(CONDITIONS[0]).check()
    page.get_by_role("button", name="确认申请销号").click()
    expect(main_of(page)).to_contain_text("申请销号前请逐项确认")
    expect(page.get_by_label(CONDITIONS[0])).to_be_checked()
    for condition in CONDITIONS:
        page.get_by_label(condition).check()
    page.get_by_role("button", name="申请销号", exact=True).click()
    expect(main_of(page)).to_contain_text("已申请销号，请等办公室核查")
    expect(page.get_by_role("button", name="确认批准销号")).to_have_count(0)

    leader = sign_in("P0004", scripts=scripts)
    leader.goto(address)
    expect(leader.get_by_role("button", name="确认批准销号")).to_have_count(0)

    clerk = sign_in("P0008", scripts=scripts)
    clerk.goto(address)
    decide(clerk, "核查通过", 核查情况="材料已逐份核对")
    expect(main_of(clerk)).to_contain_text("佐证材料已核查：材料已逐份核对")
    expect(clerk.get_by_role("button", name="确认批准销号")).to_have_count(0)

    waiting(leader, "待我验收", "办理").first.click()
    expect(leader).to_have_url(address)
    decide(leader, "批准销号")
    expect(main_of(leader)).to_contain_text(re.compile("销号〔2026〕[0-9]+号"))

    clerk.goto(address)
    unfold(clerk, "重新挂账")
    clerk.get_by_label("核查发现的问题").fill("   ")
    clerk.get_by_role("button", name="确认重新挂账").click()
    expect(main_of(clerk)).to_contain_text("请写明核查发现的问题")
    clerk.get_by_label("核查发现的问题").fill("抽查缺一份验收单")
    clerk.get_by_role("button", name="重新挂账", exact=True).click()
    expect(main_of(clerk)).to_contain_text("已重新挂账")

    page.goto(address)
    expect(main_of(page)).to_contain_text("抽查缺一份验收单")
    expect(main_of(page)).to_contain_text(re.compile("销号〔2026〕[0-9]+号"))
    expect(page.locator("summary", has_text="申请销号")).to_be_visible()


@pytest.mark.parametrize(
    ("scripts", "phone", "taken", "returned"),
    [
        (True, False, "乡镇领导班子运行评估与优化（马厂乡）", "农村民主管理“五事工作法”推广（马厂乡）"),
        (False, True, "乡镇领导班子运行评估与优化（沙河乡）", "村级活动场所规范使用（沙河乡）"),
    ],
    ids=["scripts", "no-scripts-phone"],
)
def test_a_leader_accepts_one_and_sends_one_back_with_the_reason(sign_in, scripts, phone, taken, returned):
    page = sign_in("P0003", scripts=scripts, phone=phone)
    waiting(page, "待我验收", "办理")
    page.get_by_role("link", name=taken, exact=True).first.click()
    decide(page, "批准销号")
    expect(main_of(page)).to_contain_text(re.compile("销号〔2026〕[0-9]+号"))
    waiting(page, "待我验收", "办理")
    expect(main_of(page).get_by_role("listitem").filter(has_text=taken)).to_have_count(0)
    page.get_by_role("link", name=returned, exact=True).first.click()
    decide(page, "退回", 理由="请补充群众代表签名的验收单")
    expect(main_of(page)).to_contain_text("已退回责任人")
    address = page.url
    owner = sign_in("P0076" if scripts else "P0079", scripts=scripts, phone=not phone)
    owner.goto(address)
    expect(main_of(owner)).to_contain_text("请补充群众代表签名的验收单")
    expect(main_of(owner).locator("summary", has_text="申请销号")).to_be_visible()


@pytest.mark.parametrize(
    ("scripts", "phone", "goal"),
    [(True, True, "组织史资料征编（南桥镇）"), (False, False, "本土人才回引（南桥镇）")],
    ids=["scripts-phone", "no-scripts"],
)
def test_a_leader_suspends_an_entry_until_a_day_and_takes_it_up_again(sign_in, scripts, phone, goal):
    page = sign_in("P0003", scripts=scripts, phone=phone)
    open_entry(page, goal)
    decide(page, "暂缓", 理由="等待上级统一部署", 复核日期="2026-12-01")
    expect(main_of(page)).to_contain_text("复核日期应在今天之后")
    expect(page.get_by_label("理由")).to_have_value("等待上级统一部署")
    expect(page.get_by_label("复核日期")).to_have_value("2026-12-01")
    page.get_by_label("复核日期").fill("2027-01-15")
    page.get_by_role("button", name="暂缓", exact=True).click()
    expect(main_of(page)).to_contain_text(re.compile("等待上级统一部署\\s*（2027年1月15日复核）"))
    expect(main_of(page).locator("summary", has_text="暂缓")).to_have_count(0)
    decide(page, "恢复推进")
    expect(main_of(page)).to_contain_text("已恢复推进")
    expect(main_of(page).locator("summary", has_text="暂缓")).to_be_visible()


@SCRIPTS
def test_a_wrong_report_keeps_what_was_typed(sign_in, scripts):
    page = sign_in("P0046", scripts=scripts, phone=True)
    waiting(page, "待我报", "汇报").nth(0 if scripts else 1).click()
    page.get_by_label("情况", exact=False).first.fill("已走访六个村")
    page.get_by_label(re.compile("累计完成")).first.fill("")
    page.get_by_label("日期").first.fill("2027-01-30")
    page.get_by_role("button", name="汇报", exact=True).click()
    expect(main_of(page)).to_contain_text("请填写累计完成数")
    expect(page.get_by_label("情况", exact=False).first).to_have_value("已走访六个村")
    expect(page.get_by_label("日期").first).to_have_value("2027-01-30")
