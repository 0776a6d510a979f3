"""A year's assessment as its people run it: from the plan to the files, every step on its own page."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, serving
from tests.browser.slips import Slip
from tests.browser.steps import check, decide, main_of, play, print_slips, row, typed_on

pytestmark = pytest.mark.browser

OFFICE, PERSONNEL, MINISTER, ADMINISTRATOR = "P0007", "P0032", "P0001", "admin"
HEAD = "P0015"  # of 组织科
YEAR = "/assessment/2026"
CYCLE = f"{YEAR}/cycle"
SERIES = ("科室", "乡镇")
COUNTED = {"群众": "6", "人大代表": "4", "政协委员": "3"}
GROUPS = {"社会调查": "0.20", "群众评价": "0.30", "领导评价": "0.30", "科室互评": "0.20"}
POINTS = {"satisfied": 100, "basically_satisfied": 80, "dissatisfied": 0}
POINTS |= {"excellent": 100, "good": 80, "fair": 60, "poor": 0}
OPTIONS = {"社会调查": ["satisfied", "basically_satisfied", "satisfied", "dissatisfied"]}
OPTIONS["群众评价"] = ["excellent", "good", "excellent", "fair", "good", "poor"]
ADJUSTED = {"办公室": "2", "干部监督科": "-1.5"}  # the additions and deductions of the demo county
TRIMMED = ("领导评价", "科室互评")
SWEPT_TRIES = 60
TERMS = {
    "公示依据": "《年度实绩考核办法》",
    "受理部门": "干部监督科",
    "受理地址": "县委大楼305室",
    "受理电话": "0000-12380",
}


@pytest.fixture
def county() -> Iterator[str]:
    """A demo county of one's own: its year is assessed and its rehearsal date moves."""
    with serving(["demo"]) as address:
        yield address


@pytest.fixture
def enter(sign_in_at: SignIn, county: str) -> SignIn:
    return partial(sign_in_at, county)


def stands_at(page: Page, state: str) -> None:
    expect(page.locator(".step-item.active")).to_have_text(state)


def draw_up(office: Page) -> None:
    office.goto(CYCLE)
    office.get_by_role("button", name="制定方案").click()
    main_of(office).get_by_role("link", name="填写评价名单").first.click()
    for name, count in COUNTED.items():
        for series in SERIES:
            office.get_by_label(f"{name}的评价码数（{series}）").fill(count)
    office.get_by_role("button", name="加入名单").click()
    expect(main_of(office)).to_contain_text("已加入评价名单")


def report_and_note_the_missing(head: Page, office: Page) -> None:
    """One unit hands in its self-report; the office notes of the others that none came."""
    head.goto(f"{YEAR}/self-reports/K03")
    head.get_by_label("显绩").fill("后进村整顿12个，全部验收")
    head.get_by_label("潜绩").fill("建立村级后备干部库")
    head.get_by_role("button", name="报送").click()
    expect(main_of(head)).to_contain_text("报送")
    office.goto(CYCLE)
    missing = main_of(office).get_by_role("link", name="报送或登记")
    addresses = [link.get_attribute("href") for link in missing.all()]
    assert len(addresses) == 22
    for address in addresses:
        office.goto(address)
        office.get_by_text("登记未报送").first.click()
        office.get_by_label("没有报送的原因").fill("负责人病休")
        office.get_by_role("button", name="登记未报送").click()
        expect(main_of(office)).to_contain_text("已登记未报送")


def mark_of(group: str, voter: int, unit: str) -> str:
    """Return what a voter gives a unit: different from unit to unit and from voter to voter."""
    place = voter + sum(map(ord, unit))
    if group in OPTIONS:
        return OPTIONS[group][place % len(OPTIONS[group])]
    return f"{60 + place * 7 % 40}.{place % 10}"


def vote(office: Page, county: str) -> dict[str, dict[str, list[str]]]:
    """Let every slip be handed in; return the marks by unit and group."""
    given: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    numbers = set()
    for series in SERIES:
        for group in GROUPS:
            door = "survey" if group == "社会调查" else "ballot"
            slips = print_slips(office, f"{YEAR}/polls", f"{group}（{series}）")
            for voter, typed in enumerate(typed_on(slips)):
                marks, number = Slip(county, door, typed).cast(partial(mark_of, group, voter))
                numbers.add(number)
                for unit, mark in marks.items():
                    given[unit][group].append(mark)
    assert len(numbers) == 2 * (6 + 35 + 6) + 9 + 14
    return given


def total_of(unit: str, groups: dict[str, list[str]]) -> str:
    """Compute a unit's total from the single marks, as domain.md 7.3 and 7.4 say, without the product."""
    total = Decimal(ADJUSTED.get(unit, 0))
    for group, weight in GROUPS.items():
        scores = sorted(Decimal(POINTS.get(mark, mark)) for mark in groups[group])
        if group in TRIMMED:
            scores = scores[1:-1]
        total += Decimal(weight) * sum(scores) / len(scores)
    return str(total.quantize(Decimal("0.01"), ROUND_HALF_UP))


def count(office: Page, personnel: Page) -> None:
    office.goto(f"{YEAR}/count")
    for _try in range(SWEPT_TRIES):
        if office.get_by_text("确认计票").count():
            break
        office.wait_for_timeout(1000)
        office.reload()
    for page in (office, personnel):
        page.goto(f"{YEAR}/count")
        decide(page, "确认计票")
    expect(main_of(personnel)).to_contain_text("计票完成")


def publicize(office: Page, minister: Page) -> None:
    office.goto(f"{YEAR}/gate")
    check(office)
    office.get_by_role("link", name="安排公示").first.click()
    for label, text in TERMS.items():
        office.get_by_label(label).fill(text)
    office.get_by_role("button", name="保存").click()
    expect(office.locator(".step-item.active")).to_have_text("待公示")
    minister.goto(CYCLE)
    decide(minister, "开始公示")
    stands_at(minister, "公示中")


def test_a_year_is_assessed_from_the_plan_to_the_files(enter, county, tmp_path):
    clock, office, minister, personnel = (
        enter(name) for name in (ADMINISTRATOR, OFFICE, MINISTER, PERSONNEL)
    )
    draw_up(office)
    minister.goto(CYCLE)
    decide(minister, "批准启动")
    stands_at(minister, "已启动")
    office.goto(CYCLE)
    decide(office, "开始自评")
    report_and_note_the_missing(enter(HEAD, phone=True), office)
    office.goto(CYCLE)
    decide(office, "开始评价", 评价截止时间="2026-12-30T18:00")
    stands_at(office, "评价进行中")
    given = vote(office, county)
    play(clock, "2027-01-04")
    office.goto(CYCLE)
    decide(office, "截止评价")
    count(office, personnel)
    for page in (office, personnel):
        page.goto(CYCLE)
        decide(page, "确认汇总")
    stands_at(personnel, "已汇总")
    office.goto(YEAR)
    assert len(given) == 9 + 14
    for unit, groups in given.items():
        expect(row(office, unit).first).to_contain_text(total_of(unit, groups))
    office.goto(CYCLE)
    decide(office, "登记审核", 意见="部务会议审核同意")
    publicize(office, minister)
    play(clock, "2027-01-12")
    minister.goto(CYCLE)
    decide(minister, "确定结果")
    stands_at(minister, "结果确定")
    personnel.goto(CYCLE)
    decide(personnel, "归档")
    stands_at(personnel, "已归档")
    check(personnel)
    expect(main_of(personnel)).to_contain_text("本年度考核已归档")
