"""Step 3 as people do it: a goal counted back from its deadline, late, noticed, discussed and caught up."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, serving
from tests.browser.steps import check, decide, main_of, play, row
from tests.browser.test_paperwork import READY_MS

pytestmark = pytest.mark.browser

ADMINISTRATOR, OWNER, HEAD, LEADER, OFFICE, MINISTER = "admin", "P0019", "P0015", "P0003", "P0007", "P0001"
GOAL, GOAL_ID = "后进村党组织整顿提升——具体承办", 106
PHASES = (
    ("调研摸底", "5", "2026-03-06", "调研报告"),
    ("集中整顿", "140", "", ""),
    ("验收总结", "20", "", "验收表"),
)


@pytest.fixture
def march():
    """The demo county in the first days of March, before any night came."""
    with serving(["demo"], ["python", "-m", "tests.browser.assessed", "begun"]) as address:
        yield address


def check_both(page: Page) -> None:
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        check(page)


def lay_out(page: Page) -> None:
    """Count three phases back from the deadline, read why, and propose them."""
    page.goto("/goals")
    page.get_by_role("link", name=GOAL, exact=True).first.click()
    main_of(page).get_by_role("link", name="倒排工期", exact=True).click()
    page.get_by_label("按工作日数").check()
    for number, (name, workdays, finish_by, deliverable) in enumerate(PHASES, 1):
        page.get_by_label(f"第{number}阶段名称").fill(name)
        page.get_by_label(f"第{number}阶段工作日数").fill(workdays)
        page.get_by_label(f"第{number}阶段不晚于").fill(finish_by)
        page.get_by_label(f"第{number}阶段成果").fill(deliverable)
    page.get_by_role("button", name="计算").click()
    last = row(page, "3. 验收总结")
    last.get_by_text("为什么").last.click()
    expect(last).to_contain_text("11月28日")
    first = row(page, "1. 调研摸底")
    expect(first).to_contain_text("03-06")
    first.get_by_text("为什么").last.click()
    expect(first).to_contain_text("这一阶段的时限定为3月6日")
    check_both(page)
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("button", name="报批").click()
    expect(main_of(page)).to_contain_text("待批准")


def approve(page: Page) -> None:
    page.goto("/schedule/plans")
    check_both(page)
    page.get_by_role("link", name=GOAL).first.click()
    page.get_by_role("button", name="批准", exact=True).click()
    expect(main_of(page)).to_contain_text("已批准")


def notice_of(page: Page, colour: str) -> None:
    """Open the notice of the goal from the today page."""
    for _try in range(READY_MS // 1000):
        page.goto(f"/notices?year=2026&goal_id={GOAL_ID}")
        found = row(page, GOAL, colour)
        if found.count():
            break
        page.wait_for_timeout(1000)
    found.first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{colour}督办单 · 督办〔2026〕")


def answer(page: Page, colour: str, reason: str) -> None:
    notice_of(page, colour)
    expect(main_of(page)).to_contain_text("调研摸底")
    check_both(page)
    page.get_by_label(reason).fill("村情核查比预计慢，已增派两人。")
    if colour == "黄色":
        page.get_by_label("补进度计划").fill("三月底前逐村完成摸底，每周五报送进度。")
    page.get_by_role("button", name="答复", exact=True).click()
    expect(main_of(page)).to_contain_text("已增派两人")


def consult(head: Page, leader: Page, office: Page) -> None:
    """Raise the problem, call a special consultation on it, minute it and close it."""
    head.goto("/ledger?year=2026&keyword=M0106")
    row(head, GOAL).get_by_role("link", name=GOAL, exact=True).click()
    head.get_by_role("link", name="提出问题").click()
    head.get_by_label("存在的问题").fill("两个村的资料在乡镇，摸底组拿不到")
    head.get_by_role("button", name="提出", exact=True).click()
    expect(main_of(head)).to_contain_text("摸底组拿不到")

    leader.goto("/meetings/new?year=2026")
    check_both(leader)
    leader.get_by_label("事由").fill("摸底资料受阻，需要马上解决")
    leader.get_by_label("召开日期").fill("2026-03-20")
    leader.get_by_text("摸底组拿不到").click()
    leader.get_by_role("button", name="召集", exact=True).click()
    expect(main_of(leader)).to_contain_text("临时会商")
    address = leader.url

    office.goto(f"{address}/edit")
    office.get_by_label("时间").fill("15:00")
    office.get_by_label("地点").fill("二楼会议室")
    office.get_by_role("button", name="保存").click()
    decide(office, "发会议通知")
    decide(office, "开始会议")
    office.get_by_role("link", name="记录结果").first.click()
    form = office.locator("form", has=office.get_by_role("button", name="记录", exact=True))
    form.get_by_label("形成议定事项").check()
    form.get_by_label(re.compile("^议定事项")).fill("由乡镇三月二十五日前送齐资料")
    form.get_by_label("责任单位").select_option(label="组织科")
    form.get_by_label(re.compile("^责任人")).select_option(index=1)
    form.get_by_label(re.compile("^时限")).fill("2026-03-25")
    form.get_by_role("button", name="记录", exact=True).click()
    expect(main_of(office)).to_contain_text("送齐资料")
    check_both(office)
    office.goto(f"{address}/attendance")
    check_both(office)
    office.get_by_role("button", name="保存出席情况").click()
    expect(main_of(office)).to_contain_text("出席情况已保存")
    decide(office, "结束会议")
    expect(main_of(office)).to_contain_text("纪要锁定")


def hand_in(page: Page, folder: Path) -> None:
    """Hand the late phase in with a photograph."""
    photo = folder / "摸底照片.jpg"
    Image.new("RGB", (640, 480), "white").save(photo)
    page.goto("/goals")
    page.get_by_role("link", name=GOAL, exact=True).first.click()
    page.get_by_role("link", name="调研摸底").first.click()
    page.get_by_label("完成情况").fill("三十个村摸底完成，报告已交。")
    page.get_by_label("佐证材料").set_input_files(photo)
    page.get_by_role("button", name="提交验收").click()
    expect(main_of(page)).to_contain_text("等待验收")


def test_a_goal_is_counted_back_late_noticed_discussed_and_caught_up(sign_in_at, march, tmp_path):
    clock, owner, head, leader, office = (
        sign_in_at(march, name) for name in (ADMINISTRATOR, OWNER, HEAD, LEADER, OFFICE)
    )
    lay_out(owner)
    approve(leader)

    play(clock, "2026-03-10")
    answer(head, "黄色", "滞后原因")
    notice_of(leader, "黄色")
    decide(leader, "同意")
    expect(main_of(leader)).to_contain_text("已办结")

    play(clock, "2026-03-20")
    answer(head, "红色", "整改报告")
    minister = sign_in_at(march, MINISTER)
    notice_of(minister, "红色")
    consult(head, leader, office)

    hand_in(owner, tmp_path)
    notice_of(leader, "红色")
    leader.goto("/milestones?year=2026")
    leader.get_by_role("link", name="调研摸底").first.click()
    decide(leader, "验收通过")
    expect(main_of(leader)).to_contain_text("已完成")

    minister.goto("/wall?year=2026&unit_id=")
    expect(minister.locator("svg").first).to_be_visible()
    check_both(minister)
