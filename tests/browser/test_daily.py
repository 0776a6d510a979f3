"""Daily assessment as people do it: the bulletin of a month from draft to issue."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE
from tests.browser.steps import check, decide, main_of, row
from tests.browser.test_numbers import reload_until
from tests.browser.test_paperwork import READY_MS

pytestmark = pytest.mark.browser

CLERK, LEADER, ORGANIZER = "P0007", "P0002", "P0048"


def check_both(page: Page, *, scripts: bool = True) -> None:
    """The page is accessible and fits, wide and on the phone; without scripts nothing can look at it."""
    for size in (PHONE, WIDE) if scripts else ():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        check(page)


def wait_for_draft(page: Page) -> None:
    """Open the Word file that was asked for, once it is made."""
    approve = main_of(page).locator("summary").filter(has_text=re.compile("^\\s*批准编号"))
    for _try in range(READY_MS // 500):
        if approve.count():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(approve).to_be_visible()


def write(page: Page, *, scripts: bool) -> None:
    """Write the clerk's parts, after a unit that is not in the bulletin."""
    page.get_by_role("link", name="修改文字").click()
    page.get_by_label("完成较好的单位").fill("财务科：好")
    page.get_by_label("下月工作要求").fill("滞后单位要报送整改计划。")
    page.get_by_role("button", name="保存").click()
    expect(main_of(page)).to_contain_text("“财务科”不是本期通报里的单位")
    expect(page.get_by_label("下月工作要求")).to_have_value("滞后单位要报送整改计划。")
    check_both(page, scripts=scripts)
    page.get_by_label("完成较好的单位").fill("公务员科：到期2项，全部按期完成，资料齐全")
    page.get_by_role("button", name="保存").click()
    expect(main_of(page)).to_contain_text("资料齐全")


def number_and_issue(page: Page, *, scripts: bool) -> None:
    """Approve the draft on the open page under a number, and issue it."""
    wait_for_draft(page)
    decide(page, "批准编号")
    if not scripts:
        reload_until(page, "印发")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(re.compile("青组通〔2026〕\\d+号"), timeout=READY_MS)
    decide(page, "印发")


@pytest.mark.parametrize(("scripts", "month"), [(True, 11), (False, 10)], ids=["scripts", "no-scripts"])
def test_a_months_bulletin_is_written_returned_reviewed_numbered_and_issued(sign_in, scripts, month):
    address = f"/assessment/2026/bulletins/{month}"
    clerk = sign_in(CLERK, scripts=scripts)
    clerk.get_by_role("link", name="考核").first.click()
    clerk.get_by_role("link", name="月通报", exact=True).click()
    check_both(clerk, scripts=scripts)
    clerk.get_by_role("link", name=f"{month}月", exact=True).click()
    expect(main_of(clerk)).to_contain_text("次月第5个工作日")
    check_both(clerk, scripts=scripts)
    write(clerk, scripts=scripts)
    decide(clerk, "送审")
    expect(main_of(clerk)).to_contain_text("已送审")

    leader = sign_in(LEADER, scripts=scripts, phone=not scripts)
    leader.goto(address)
    decide(leader, "退回", 理由="补写重点课题的下步打算")
    expect(main_of(leader)).to_contain_text("已退回办公室修改")

    clerk.goto(address)
    expect(main_of(clerk)).to_contain_text("补写重点课题的下步打算")
    clerk.get_by_role("link", name="修改文字").click()
    clerk.get_by_label(re.compile("^年轻干部递进培养（选填）")).fill("第二期培训班已结业，下步抓好跟踪培养")
    clerk.get_by_role("button", name="保存").click()
    decide(clerk, "送审")

    leader.goto(address)
    decide(leader, "审核通过")
    expect(main_of(leader)).to_contain_text("已审核，可以批准编号")
    leader.get_by_role("link", name="去编号、印发").click()
    number_and_issue(leader, scripts=scripts)
    for _try in range(READY_MS // 500):
        leader.goto("/assessment/2026/bulletins")
        if row(leader, f"{month}月", "已印发").count():
            break
        leader.wait_for_timeout(500)
    expect(row(leader, f"{month}月", "已印发")).to_contain_text("青组通〔2026〕")

    organizer = sign_in(ORGANIZER, scripts=scripts, phone=True)
    organizer.goto("/documents?kind=monthly_bulletin")
    expect(main_of(organizer)).to_contain_text(f"关于2026年{month}月份课题工作目标完成情况的通报")


def test_points_entered_by_the_office_count_once_a_leader_approves_them(sign_in):
    clerk = sign_in(CLERK)
    clerk.goto("/assessment/2026/daily")
    check_both(clerk)
    clerk.get_by_role("link", name="登记加减分").click()
    clerk.get_by_label("月份").select_option("10")
    clerk.get_by_label("单位").select_option(label="干部科")
    clerk.get_by_label("加分", exact=True).check()
    clerk.get_by_label(re.compile("^分值")).fill("200")
    clerk.get_by_label(re.compile("^事由")).fill("经验做法在全县推广")
    clerk.get_by_label(re.compile("^依据")).fill("青组发〔2026〕3号")
    clerk.get_by_role("button", name="登记").click()
    expect(main_of(clerk)).to_contain_text("分值应大于0、不超过100")
    expect(clerk.get_by_label(re.compile("^事由"))).to_have_value("经验做法在全县推广")
    check_both(clerk)
    clerk.get_by_label(re.compile("^分值")).fill("2")
    clerk.get_by_role("button", name="登记").click()
    expect(row(clerk, "经验做法在全县推广")).to_contain_text("待批准")
    expect(clerk.get_by_role("button", name="确认批准")).to_have_count(0)

    leader = sign_in(LEADER, phone=True)
    leader.goto("/assessment/2026/daily")
    decide(leader, "批准")
    expect(main_of(leader)).to_contain_text("已批准，计入当月得分")
    check_both(leader)


HEAD, IN_CHARGE = "P0015", "P0003"  # of 组织科


def test_a_unit_reports_its_leader_remarks_and_no_unit_may_be_skipped(sign_in):
    head = sign_in(HEAD, phone=True)
    head.get_by_role("link", name="考核").first.click()
    head.get_by_role("link", name="第三季度", exact=True).click()
    head.get_by_role("link", name="组织科", exact=True).click()
    report = head.get_by_label(re.compile("^本季度工作目标完成情况"))
    expect(report).to_have_value(re.compile("^截至季末到期目标"))
    report.fill("到期目标按计划推进，走访村党组织12个")
    head.get_by_role("button", name="报送").click()
    expect(main_of(head)).to_contain_text("已报送")
    check_both(head)

    leader = sign_in(IN_CHARGE)
    leader.goto("/assessment/2026/reviews/3/units/K03")
    expect(main_of(leader)).to_contain_text("走访村党组织12个")
    leader.get_by_label(re.compile("^肯定成绩")).fill("任务分解细，责任到人")
    leader.get_by_label(re.compile("^指出不足")).fill("  ")
    leader.get_by_role("button", name="保存点评").click()
    expect(main_of(leader)).to_contain_text("请填写指出的不足，没有的写“无”")
    expect(leader.get_by_label(re.compile("^肯定成绩"))).to_have_value("任务分解细，责任到人")
    check_both(leader)
    leader.get_by_label(re.compile("^指出不足")).fill("无")
    leader.get_by_role("button", name="保存点评").click()
    expect(main_of(leader)).to_contain_text("点评已保存")

    clerk = sign_in(CLERK)
    clerk.goto("/assessment/2026/reviews/3")
    clerk.get_by_role("link", name="填写点评会情况").click()
    for label, text in (
        ("点评会日期", "2026-10-16"),
        ("地点", "三楼会议室"),
        ("主持", "常务副部长"),
        ("参加领导", "部长"),
    ):
        clerk.get_by_label(re.compile(f"^{label}")).fill(text)
    check_both(clerk)
    clerk.get_by_role("button", name="保存").click()
    decide(clerk, "送审")
    refusal = clerk.get_by_role("alert")
    expect(refusal).to_contain_text("办公室、")
    expect(refusal).to_contain_text("还没有点评，逐一点评以后才能送审")
    expect(refusal).not_to_contain_text("、组织科、")
    check_both(clerk)


def test_an_achievement_is_registered_and_stands_in_the_units_self_report(sign_in):
    head = sign_in(HEAD)
    head.goto("/assessment/2026/achievements")
    head.get_by_role("link", name="登记成果").click()
    head.get_by_label("课题").select_option(index=1)
    head.get_by_label("层级").select_option(label="省")
    head.get_by_label("日期").fill("2026-12-31")
    for label, text in (
        ("题目、事由", "《责任到人的做法》"),
        ("会议、刊物", "全省组织工作会议"),
        ("佐证材料", "汇编第12页"),
    ):
        head.get_by_label(re.compile(f"^{label}")).fill(text)
    head.get_by_role("button", name="登记", exact=True).click()
    expect(main_of(head)).to_contain_text("日期不能晚于今天")
    check_both(head)
    head.get_by_label("日期").fill("2026-11-20")
    head.get_by_role("button", name="登记", exact=True).click()
    expect(row(head, "《责任到人的做法》")).to_contain_text("省级典型发言")

    head.get_by_role("link", name="显绩潜绩自评", exact=True).click()
    head.get_by_role("link", name="组织科", exact=True).click()
    visible = head.get_by_label(re.compile("^显绩"))
    expect(visible).to_have_value(
        re.compile("11月20日，全省组织工作会议典型发言（省级）：《责任到人的做法》。")
    )
    head.get_by_label(re.compile("^潜绩")).fill("健全村级台账制度")
    check_both(head)
    head.get_by_role("button", name="报送", exact=True).click()
    expect(main_of(head)).to_contain_text("自评已报送")
    reader = sign_in(IN_CHARGE, scripts=False, phone=True)
    reader.goto("/assessment/2026/self-reports/K03")
    expect(main_of(reader)).to_contain_text("健全村级台账制度")
