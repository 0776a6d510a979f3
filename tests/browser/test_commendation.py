"""A commendation from the lists of the rules to the issued document, and on to the city."""

import re
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, serving
from tests.browser.steps import check, decide, main_of, row, unfold
from tests.browser.test_numbers import reload_until
from tests.browser.test_paperwork import READY_MS

pytestmark = pytest.mark.browser

OFFICE, PERSONNEL, MINISTER, DEPUTY = "P0007", "P0032", "P0001", "P0002"
TERMS = {
    "公示依据": "《年度组织工作表彰方案》",
    "受理部门": "干部监督科",
    "受理地址": "县委大楼305室",
    "受理电话": "0000-12380",
}
RECOMMENDED = {
    "推荐的荣誉": "2026年度全市组织工作先进个人",
    "主送机关": "中共青河市委组织部",
    "推荐依据": "《关于推荐2026年度全市组织工作先进个人的通知》",
    "研究情况": "1月28日部务会议研究确定推荐名单",
    "公示方式": "县委组织部公示栏",
    "签发人": "林某甲",
    "联系人": "谭某甲",
    "联系电话": "0000-12380",
}
DEEDS = "该同志年初承担的目标逐项分解到周，按节点推进，全部按期完成并通过验收。"


@pytest.fixture
def enter(sign_in_at: SignIn) -> Iterator[SignIn]:
    """Sign in to a demo county whose results of 2026 were confirmed on 20 January 2027."""
    with serving(["demo"], ["python", "-m", "tests.browser.assessed", "confirmed"]) as address:
        yield partial(sign_in_at, address)


def open_part(page: Page, part: str) -> None:
    """Open a part of the work from the hub of the year."""
    page.goto("/results/2026/use")
    check(page)
    row(page, part).get_by_role("link", name=part, exact=True).click()


def press(page: Page, name: str) -> None:
    main_of(page).get_by_role("button", name=name, exact=True).click()


def fill(page: Page, texts: dict[str, str]) -> None:
    for label, text in texts.items():
        page.get_by_label(label).first.fill(text)


def nominate(page: Page) -> None:
    """Draw up the candidates and nominate the units and the first two persons."""
    open_part(page, "提名和决定")
    check(page)
    press(page, "列出建议对象")
    expect(main_of(page)).to_contain_text("按考核结果列出")
    check(page)
    press(page, "提名所选")
    expect(main_of(page)).to_contain_text("请至少选择一个表彰对象")
    units = row(page, "年度总分").filter(has_not_text="负责")
    for line in [units.first, row(page, "个人实绩").nth(0), row(page, "个人实绩").nth(1)]:
        line.get_by_role("checkbox").check()
    press(page, "提名所选")
    expect(main_of(page)).to_contain_text("已提名（3）")


def number_and_issue(page: Page, kind: str, title: str) -> None:
    """Take the number for the newest draft of a kind and issue it, on 29 January 2027."""
    link = page.get_by_role("link", name=re.compile("^批准编号"))
    for _try in range(READY_MS // 500):
        page.goto(f"/documents?year=2026&kind={kind}")
        if link.count():
            break
        page.wait_for_timeout(500)
    link.first.click()
    expect(main_of(page)).to_contain_text(title)
    decide(page, "批准编号", 成文日期="2027-01-29")
    reload_until(page, "印发")
    decide(page, "印发", 印发日期="2027-01-29")
    expect(main_of(page).locator("[aria-current=step]")).to_have_text("已印发", timeout=READY_MS)


def test_the_best_are_nominated_publicized_decided_issued_and_recommended_to_the_city(enter):
    personnel = enter(PERSONNEL)
    nominate(personnel)

    office = enter(OFFICE, phone=True)
    open_part(office, "提名和决定")
    check(office)
    office.get_by_role("link", name="安排公示").click()
    fill(office, TERMS)
    press(office, "保存")
    minister = enter(MINISTER)
    open_part(minister, "公示")
    decide(minister, "开始公示")
    expect(row(minister, "先进个人")).to_have_count(2)

    admin = enter("admin")
    admin.goto("/admin/rehearsal")
    admin.get_by_label("演练日期").fill("2027-01-29")
    press(admin, "保存")
    deputy = enter(DEPUTY, scripts=False)
    deputy.goto("/?year=2026")
    row_of_today = main_of(deputy).get_by_text("3个表彰对象公示期满，等您决定。")
    expect(row_of_today).to_be_visible()
    deputy.get_by_role("link", name="去决定").click()
    check_without_scripts(deputy)
    deputy.get_by_label("决定依据").fill("1月28日部务会议研究决定")
    press(deputy, "决定表彰所选")
    expect(main_of(deputy)).to_contain_text("已决定（3）")

    open_part(personnel, "提名和决定")
    press(personnel, "生成表彰文件")
    number_and_issue(office, "commendation_decision", "予以通报表扬的通报")
    recommend(personnel)
    number_and_issue(office, "recommendation_list", "候选对象的请示")
    open_part(personnel, "推荐到市、省")
    expect(row(personnel, "全市组织工作先进个人")).to_contain_text("已上报")
    open_part(personnel, "提名和决定")
    expect(main_of(personnel)).to_contain_text("已推荐到市（1）")
    expect(main_of(personnel)).to_contain_text("已印发（2）")
    check(personnel)


def check_without_scripts(page: Page) -> None:
    """A page without scripts offers the same: every row to be decided on has its box, ticked."""
    boxes = main_of(page).get_by_role("checkbox")
    expect(boxes).to_have_count(3)
    for box in boxes.all():
        expect(box).to_be_checked()


def recommend(page: Page) -> None:
    """Draw up the recommendation of one person with deeds and an opinion, and have its document made."""
    open_part(page, "推荐到市、省")
    check(page)
    page.get_by_role("link", name="拟定推荐名单").click()
    main_of(page).get_by_role("checkbox").first.check()
    fill(page, RECOMMENDED)
    check(page)
    press(page, "拟定")
    expect(main_of(page)).to_contain_text("事迹未填")
    row(page, "事迹未填").get_by_role("rowheader").get_by_role("link").click()
    page.get_by_label("男", exact=True).check()
    fill(page, {"出生年月": "1985.06", "政治面貌": "中共党员", "主要事迹": "承担目标全部按期完成"})
    page.get_by_label("简要事迹").fill("好" * 301)
    press(page, "保存")
    expect(main_of(page)).to_contain_text("现有301字")
    check(page)
    page.get_by_label("简要事迹").fill(DEEDS)
    press(page, "保存")
    unfold(page, "登记意见")
    fill(page, {"征求意见单位": "县纪委监委机关", "回复日期": "2027-01-28"})
    main_of(page).get_by_label("意见", exact=True).fill("同意推荐")
    press(page, "登记")
    expect(row(page, "县纪委监委机关")).to_contain_text("同意推荐")
    check(page)
    press(page, "生成推荐文件")
