"""A vote from the slips to the count: a voter on a phone without scripts, another with, two counters."""

import re

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.conftest import REFUSED, serving
from tests.browser.steps import check, decide, main_of, print_slips, row, typed_on, vote_of

pytestmark = pytest.mark.browser

CLERK, PERSONNEL = "P0007", "P0033"
OWN, OTHERS = "城关镇", 13
PHONES = ({"width": 360, "height": 740}, {"width": 390, "height": 844})
SWEPT_MS = 60_000

OPEN_THE_VOTE = """
from datetime import timedelta
from sqlalchemy import select
from fivestep_web import create_app
from fivestep_web.accounts.models import User
from fivestep_web.assessment.cycles import queries, services, setup
from fivestep_web.assessment.cycles.presets import Basis, Proposal
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.core import clock
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from tests.assessment.cycles.plans import report_all, rosters
from tests.factories.keys import actor_of

with create_app().app_context():
    office, minister = (
        actor_of(db.session.scalars(select(User).where(User.username == name)).one())
        for name in ("P0007", "P0001")
    )
    with unit_of_work():
        setup.create(office, 2026, name="2026年度实绩考核", cut_off_date=clock.today(), basis=Basis.DEFAULT)
    with unit_of_work():
        cycle = queries.get_cycle(2026, lock=True)
        townships = {name: unit for unit, name in queries.list_units(cycle)[Series.TOWNSHIPS].items()}
        own = townships["城关镇"]
        voters = Proposal(Group.MASS_EVALUATION, Series.TOWNSHIPS, "城关镇组织干事", own, 3)
        setup.add_rosters(office, cycle, [*rosters(cycle), voters])
    report_all()
    for actor, state in (
        (minister, CycleState.OPEN), (office, CycleState.SELF_REPORTING), (office, CycleState.VOTING)
    ):
        with unit_of_work():
            cycle = queries.get_cycle(2026, lock=True)
            services.move(actor, cycle, state, closes_at=clock.now() + timedelta(days=3))
"""


@pytest.fixture(scope="module")
def county():
    """The demo county while its assessment is voted on; gives its address."""
    with serving(["demo"], ["python", "-c", OPEN_THE_VOTE]) as address:
        yield address


@pytest.fixture
def phone(browser: Browser, county: str):
    """Open a phone of one's own, and fail on any console error or policy report."""
    contexts, complaints = [], []

    def note(said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith(REFUSED):
            complaints.append(said.text)

    def open_phone(*, scripts: bool, size: dict) -> Page:
        context = browser.new_context(
            base_url=county, viewport=size, locale="zh-CN", java_script_enabled=scripts, has_touch=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_phone
    for context in contexts:
        context.close()
    assert complaints == []


def issue(page: Page, county: str, title: str, name: str) -> list[str]:
    """Print the codes of a group; return what is typed from the slips of *name*."""
    slips = print_slips(page, f"{county}/assessment/2026/polls", title)
    check(page)
    return typed_on(slips.filter(has_text=name))


def enter(page: Page, code: str) -> None:
    page.goto("/ballot")
    page.get_by_label("评价码").fill(code.lower())
    page.get_by_role("button", name="开始填写").click()


def receipt(page: Page) -> str:
    expect(page.get_by_role("heading", name="已提交")).to_be_visible()
    return page.locator(".tracking").inner_text()


def vote_without_scripts(page: Page, code: str) -> str:
    enter(page, code)
    assert page.url.endswith("/ballot")
    cards = page.locator("fieldset")
    expect(cards).to_have_count(OTHERS)
    expect(cards.filter(has_text=OWN)).to_have_count(0)
    for number in range(OTHERS - 1):
        card = cards.nth(number)
        if number:
            card.get_by_text("自评：显绩和潜绩").click()
            card.get_by_label("看过了").check()
        card.locator(".vote-choice").nth(number % 5).click()
    page.get_by_role("button", name="核对").click()
    expect(main_of(page)).to_contain_text("请先打开自评看过，再评价")
    cards.first.get_by_label("看过了").check()
    page.get_by_role("button", name="核对").click()
    expect(main_of(page)).to_contain_text("还有1个单位没有填")
    page.get_by_role("button", name="返回修改").click()
    expect(page.locator("input[type=radio]:checked")).to_have_count(OTHERS - 1)
    cards.last.locator(".vote-choice").last.click()
    page.get_by_role("button", name="核对").click()
    page.get_by_role("button", name="提交").click()
    return receipt(page)


def vote_with_scripts(page: Page, code: str) -> str:
    enter(page, code)
    expect(page.locator("fieldset").locator("visible=true")).to_have_count(1)
    check(page)
    report = page.locator("details").locator("visible=true")
    page.keyboard.press("1")
    expect(report.get_by_role("heading", name="显绩")).to_be_visible()
    expect(page.locator("[data-count]")).to_have_text(f"0/{OTHERS}")
    check(page)
    for key in "122":
        page.keyboard.press(key)
    expect(page.locator("[data-count]")).to_have_text(f"2/{OTHERS}")
    page.reload()
    expect(page.locator("[data-count]")).to_have_text(f"2/{OTHERS}")
    expect(page.locator(".vote-place").locator("visible=true")).to_have_text(f"3/{OTHERS}")
    page.get_by_role("button", name="上一个").click()
    expect(page.locator("input:checked").locator("visible=true")).to_have_value("good")
    page.get_by_role("button", name="下一个").click()
    page.context.set_offline(True)
    for _unit in range(OTHERS - 2):
        page.keyboard.press("1")
        page.keyboard.press("1")
    expect(page.locator("[data-count]")).to_have_text(f"{OTHERS}/{OTHERS}")
    page.keyboard.press("Enter")
    expect(page.locator("fieldset")).to_have_count(0)
    page.context.set_offline(False)
    page.goto("/ballot")
    expect(page.locator("[data-count]")).to_have_text(f"{OTHERS}/{OTHERS}")
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("heading", name="核对")).to_be_visible()
    check(page)
    page.get_by_role("button", name="提交").click()
    number = receipt(page)
    check(page)
    assert page.evaluate("sessionStorage.length") == 0
    return number


def score_with_the_keyboard(page: Page, code: str) -> None:
    """Type a score: Enter opens the report first, then moves on."""
    enter(page, code)
    check(page)
    place = page.locator(".vote-place").locator("visible=true")
    expect(place).to_have_text(re.compile("^1/"))
    page.get_by_label(re.compile("的分数")).locator("visible=true").fill("92.5")
    page.keyboard.press("Enter")
    expect(page.get_by_label("看过了").locator("visible=true")).to_be_checked()
    expect(place).to_have_text(re.compile("^1/"))
    check(page)
    page.keyboard.press("Enter")
    expect(place).to_have_text(re.compile("^2/"))
    expect(page.locator("[data-count]")).to_have_text(re.compile("^1/"))


def test_a_vote_runs_from_the_slips_to_the_count(county, sign_in_at, phone):
    office = sign_in_at(county, CLERK)
    codes = issue(office, county, "群众评价（乡镇）", f"{OWN}组织干事")
    assert len(codes) == 3
    plain = phone(scripts=False, size=PHONES[1])
    number = vote_without_scripts(plain, codes[0])
    other = phone(scripts=True, size=PHONES[0])
    assert vote_with_scripts(other, codes[1]) != number
    score_with_the_keyboard(
        phone(scripts=True, size=PHONES[0]), issue(office, county, "领导评价（科室）", "部领导")[0]
    )
    enter(other, codes[0])
    assert receipt(other) == number
    enter(other, "0000-0000-0000")
    expect(main_of(other)).to_contain_text("这个码不能使用")
    check(other)
    office.goto(f"{county}/assessment/2026/polls")
    expect(row(office, f"{OWN}组织干事").first).to_contain_text("67%")
    check(office)
    vote_of(office, "群众评价（乡镇）").get_by_role("button", name="提醒全组").click()
    expect(main_of(office)).to_contain_text("已提醒全组1次")
    secretary = sign_in_at(county, "P0043", phone=True)
    expect(main_of(secretary)).to_contain_text("群众评价正在进行")
    office.goto(f"{county}/assessment/2026/cycle")
    decide(office, "截止评价")
    count_by_two(office, sign_in_at(county, PERSONNEL, scripts=False), county)
    plain.goto("/ballot/receipts")
    plain.get_by_label("回执编号").fill(number)
    plain.get_by_role("button", name="查对").click()
    expect(main_of(plain)).to_contain_text("这张票在封存的名单里")


def count_by_two(office: Page, personnel: Page, county: str) -> None:
    address = f"{county}/assessment/2026/count"
    office.goto(address)
    for _try in range(SWEPT_MS // 1000):
        if office.get_by_text("确认计票").count():
            break
        office.wait_for_timeout(1000)
        office.reload()
    check(office)
    decide(office, "确认计票")
    expect(main_of(office)).to_contain_text("您已经确认")
    personnel.goto(address)
    decide(personnel, "确认计票")
    expect(main_of(personnel)).to_contain_text("计票完成")
    row(personnel, "群众评价（乡镇）").get_by_role("link").click()
    expect(main_of(personnel)).to_contain_text("不足发出13张")
    office.goto(personnel.url)
    check(office)
