"""Results of the office, personnel and 干部监督: tables, candidates, and who must not see them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import SCRIPTS, check, download, main_of, row

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("username", "scripts", "phone"),
    [("P0007", True, True), ("P0033", False, False)],
    ids=["office-phone", "personnel-no-scripts"],
)
def test_results_lead_to_their_origin_and_to_the_commendable(sign_in, username, scripts, phone):
    page = sign_in(username, scripts=scripts, phone=phone)
    page.get_by_role("link", name="考核").first.click()
    expect(page.get_by_role("heading", name=re.compile("科室（9个单位）"))).to_be_visible()
    page.get_by_role("region", name="年度科室考核结果").get_by_role("link", name="干部科", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("干部科")
    for heading in ("四组评价", "指标完成率", "个人实绩", "怎么算的"):
        expect(page.get_by_role("heading", name=re.compile(heading)).first).to_be_visible()
    page.get_by_role("link", name="返回考核结果").click()
    page.get_by_role("link", name="结果运用").click()
    page.get_by_role("link", name=re.compile("按规则现在列出")).click()
    expect(page.get_by_role("heading", name=re.compile("先进单位（[0-9]+个）"))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("先进个人（[0-9]+名）"))).to_be_visible()
    expect(row(page, "列入依据").first).to_be_visible()


@SCRIPTS
def test_the_supervisors_see_whom_the_thresholds_name_and_the_office_does_not(sign_in, scripts):
    page = sign_in("P0030" if scripts else "P0029", scripts=scripts, phone=scripts)
    page.get_by_role("link", name="考核").first.click()
    expect(page.get_by_role("heading", level=1, name="诫勉建议对象")).to_be_visible()
    expect(row(page, "低于70").first).to_be_visible()
    expect(main_of(page)).to_contain_text("不是诫勉决定")
    office = sign_in("P0008", scripts=scripts)
    office.goto("/assessment/2026")
    expect(office.get_by_role("link", name="诫勉建议对象")).to_have_count(0)
    answer = office.goto("/results/2026/admonitions")
    assert answer is not None
    assert answer.status == 404


@SCRIPTS
def test_charts_stand_beside_their_numbers_and_the_totals_can_be_computed_again(sign_in, scripts, tmp_path):
    page = sign_in("P0007", scripts=scripts, phone=not scripts)
    page.goto("/assessment/2026")
    page.get_by_role("link", name="图表").click()
    expect(page.get_by_role("img", name="科室总分分布")).to_be_visible()
    expect(page.get_by_role("table", name="科室总分分布")).to_be_visible()
    if scripts:
        check(page)
    page.goto("/assessment/2026/units/K05")
    page.get_by_role("link", name="图表").click()
    for name in ("与本类别比较", "近五年总分"):
        expect(page.get_by_role("img", name=name)).to_be_visible()
    if scripts:
        check(page)
    page.get_by_role("link", name="返回为什么是这个分").click()
    made = download(page, page.get_by_role("link", name="下载复算表"), tmp_path)
    assert made.name == "2026年度考核复算表.xlsx"
