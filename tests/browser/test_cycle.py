"""The year's assessment from the first line of its plan to the opened vote."""

import re
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, serving
from tests.browser.steps import check, decide, main_of, row

pytestmark = pytest.mark.browser
CYCLE = "/assessment/2026/cycle"
REPORT_ALL_BUT_ONE = """
from sqlalchemy import select
from fivestep_web import create_app
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit
from tests.factories.daily import hand_in_reports

with create_app().app_context():
    units = db.session.scalars(select(Unit.id).where(Unit.is_assessed).order_by(Unit.code)).all()
    hand_in_reports(2026, units[1:])
"""
COUNTED = {"群众": "200", "人大代表": "20", "政协委员": "15"}


@pytest.fixture
def enter(sign_in_at: SignIn) -> Iterator[SignIn]:
    """Sign in to a demo county of its own: opening a year's cycle freezes it for everybody."""
    with serving(["demo"], ["python", "-c", REPORT_ALL_BUT_ONE]) as address:
        yield partial(sign_in_at, address)


def fill_rosters(page: Page) -> None:
    main_of(page).get_by_role("link", name="填写评价名单").first.click()
    expect(page.get_by_role("heading", level=1, name="建议名单")).to_be_visible()
    check(page)
    for name, count in COUNTED.items():
        for series in ("科室", "乡镇"):
            page.get_by_label(f"{name}的评价码数（{series}）").fill(count)
    page.get_by_role("button", name="加入名单").click()
    expect(main_of(page)).to_contain_text("已加入评价名单")
    check(page)


def change_rules(page: Page) -> None:
    page.goto(f"{CYCLE}/rules")
    page.get_by_label("社会调查权重").fill("15")
    expect(page.locator("#rules-sums")).to_contain_text("还差5%，应为100%")
    check(page)
    page.get_by_label("群众评价权重").fill("35")
    expect(page.locator("#rules-sums")).not_to_contain_text("还差")
    page.get_by_role("button", name="保存").click()
    expect(main_of(page)).to_contain_text("计分规则已保存")


def change_scoring(page: Page) -> None:
    page.goto(f"{CYCLE}/scoring")
    page.get_by_label("超额每个加").fill("0.5")
    page.get_by_label("完成值", exact=True).fill("110")
    expect(page.locator("#scoring-example")).to_contain_text("这样计：15分")
    check(page)
    page.get_by_role("button", name="保存").click()
    expect(main_of(page)).to_contain_text("年度默认计分方式已保存")
    main_of(page).get_by_role("link", name=re.compile("^修改.*的计分方式$")).first.click()
    page.get_by_label("计分方式", exact=True).select_option("人工评定")
    expect(page.locator("#scoring-example")).to_contain_text("由评定人给分")
    check(page)
    page.goto(f"{CYCLE}/units")
    check(page)


def enter_missing(page: Page) -> None:
    expect(main_of(page)).to_contain_text("的自评还没有报送，也没有登记未报送")
    check(page)
    main_of(page).get_by_role("link", name="报送或登记").click()
    main_of(page).get_by_text("登记未报送").first.click()
    page.get_by_label("没有报送的原因").fill("年中机构改革")
    check(page)
    main_of(page).get_by_role("button", name="登记未报送").click()
    expect(main_of(page)).to_contain_text("已登记：年中机构改革")
    check(page)
    page.goto(CYCLE)


def test_a_plan_is_drawn_up_approved_and_its_vote_opened(enter):
    office = enter("P0007")
    office.goto("/assessment/2026")
    office.get_by_role("link", name="考核方案").click()
    office.get_by_role("button", name="制定方案").click()
    expect(main_of(office)).to_contain_text("还差2项")
    check(office)
    fill_rosters(office)
    change_rules(office)
    change_scoring(office)
    office.goto(CYCLE)
    expect(main_of(office)).to_contain_text("条件已具备，等部长办理")
    expect(row(office, "科室", "群众评价")).to_contain_text("63")

    minister = enter("P0001", scripts=False, phone=True)
    minister.goto(CYCLE)
    decide(minister, "批准启动")
    expect(minister.locator(".step-item.active")).to_have_text("已启动")

    office.goto(CYCLE)
    decide(office, "开始自评")
    expect(office.locator(".step-item.active")).to_have_text("自评报送")
    enter_missing(office)
    decide(office, "开始评价", 评价截止时间="2026-12-01T18:00")
    expect(main_of(office)).to_contain_text("截止时间应晚于现在")
    main_of(office).get_by_label("评价截止时间").locator("visible=true").fill("2026-12-30T18:00")
    main_of(office).get_by_role("button", name="确认开始评价").click()
    expect(office.get_by_role("heading", name=re.compile("评价截止时间 2026-12-30 18:00"))).to_be_visible()
    check(office)
    expect(office.get_by_role("link", name="修改计分规则")).to_have_count(0)
    expect(row(office, "第1版")).to_contain_text("现行")
    main_of(office).get_by_text("修改已锁定的规则").click()
    office.get_by_label("修改理由").fill("部务会议决定")
    office.get_by_role("button", name="另立新版本").click()
    office.get_by_label("总分保留小数").fill("1")
    office.get_by_role("button", name="保存").click()
    expect(row(office, "总分保留小数")).to_contain_text("1")
    check(office)

    phone = enter("P0007", phone=True)
    for page in ("", "/rosters", "/rules", "/scoring"):
        phone.goto(f"{CYCLE}{page}")
        check(phone)
