"""A person's grade from the proposal to the achievement file, and its correction afterwards."""

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, serving
from tests.browser.steps import check, decide, main_of, play, row

pytestmark = pytest.mark.browser

MINISTER, PERSONNEL, MEMBER, ADMINISTRATOR = "P0001", "P0032", "P0012", "admin"
PIN = "qinghe-pin-2026"
GRADES = "/assessment/2026/grades"


@pytest.fixture
def enter(sign_in_at: SignIn) -> Iterator[SignIn]:
    """Sign in to a demo county whose results are publicized and five of whose people are graded."""
    with serving(["demo"], ["python", "-m", "tests.browser.assessed", "graded"]) as address:
        yield partial(sign_in_at, address)


def propose_excellent(page: Page) -> str:
    """Propose the one person who is not, and have the list arranged; return the name."""
    page.goto(GRADES)
    check(page)
    name = row(page, "未拟定").get_by_role("link").inner_text()
    page.get_by_role("link", name=name, exact=True).click()
    check(page)
    page.get_by_role("button", name="提交部长").click()
    expect(main_of(page)).to_contain_text("请选择拟定等次")
    page.get_by_label("优秀", exact=True).check()
    page.get_by_role("button", name="提交部长").click()
    expect(row(page, name)).to_contain_text("已拟定")
    page.get_by_role("link", name="安排优秀等次公示").click()
    for label, text in {
        "公示依据": "《公务员考核规定》",
        "受理部门": "干部监督科",
        "受理地址": "振兴路1号305室",
        "受理电话": "0000-12380",
    }.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="保存").click()
    return name


def post(page: Page) -> None:
    page.goto("/assessment/2026/publicities")
    row(page, "优秀等次").get_by_role("link").first.click()
    decide(page, "开始公示")
    expect(page.locator(".step-item.active")).to_have_text("公示中")


def hear_on_paper(page: Page) -> None:
    """Record the opinions of those who signed on paper, one after the other."""
    page.goto(GRADES)
    while waiting := row(page, "已送达，待签意见").get_by_role("link").all():
        waiting[0].click()
        main_of(page).get_by_text("登记纸质意见或拒签").click()
        page.get_by_label("同意", exact=True).check()
        page.get_by_label("见证人").fill("监某甲")
        page.get_by_role("button", name="登记", exact=True).click()
        expect(main_of(page)).to_contain_text("本人意见已登记")
        page.goto(GRADES)


def sign(page: Page) -> None:
    page.goto("/")
    main_of(page).get_by_role("link", name="去签署").click()
    expect(main_of(page)).to_contain_text("优秀")
    check(page)
    page.get_by_label("同意", exact=True).check()
    page.get_by_label("签名 PIN").fill("000000-wrong")
    page.get_by_role("button", name="签署意见").click()
    expect(main_of(page)).to_contain_text("PIN 不对")
    page.get_by_label("签名 PIN").fill(PIN)
    page.get_by_role("button", name="签署意见").click()
    expect(main_of(page)).to_contain_text("本人电子签名")
    check(page)


def test_a_grade_is_proposed_publicized_decided_told_signed_filed_and_corrected(enter):
    hr, minister = enter(PERSONNEL), enter(MINISTER)
    name = propose_excellent(hr)
    post(minister)
    minister.goto(GRADES)
    expect(main_of(minister)).to_contain_text("考核结果确定以后才能确定等次")
    play(enter(ADMINISTRATOR), "2027-01-13")
    minister.goto("/assessment/2026/cycle")
    decide(minister, "确定结果")
    minister.goto("/")
    main_of(minister).get_by_role("link", name="去确定").click()
    decide(minister, "确定等次")
    expect(main_of(minister)).to_contain_text("已确定5人的等次")
    check(minister)

    hr.goto(GRADES)
    decide(hr, "送达通知")
    expect(main_of(hr)).to_contain_text("已送达5份通知")
    member = enter(MEMBER, phone=True)
    sign(member)
    hear_on_paper(hr)
    check(hr)
    hr.goto("/assessment/2026/cycle")
    decide(hr, "归档")
    expect(hr.locator(".step-item.active")).to_have_text("已归档")
    member.get_by_role("link", name="我的实绩考核档案").click()
    expect(main_of(member)).to_contain_text("优秀")
    check(member)

    hr.goto(GRADES)
    hr.get_by_role("link", name=name, exact=True).click()
    main_of(hr).get_by_text("更正等次").click()
    hr.get_by_label("称职", exact=True).check()
    hr.get_by_label("更正理由").fill("复核查明有一项工作未完成")
    hr.get_by_role("button", name="提交部长").click()
    minister.goto(GRADES)
    decide(minister, "确定等次")
    member.reload()
    expect(main_of(member)).to_contain_text("已更正，以后一条为准")
    expect(main_of(member)).to_contain_text("复核查明有一项工作未完成")
    check(member)
    for page in ("/steps", "/seats", "/bars"):
        hr.goto(f"{GRADES}{page}")
        check(hr)
    phone = enter(PERSONNEL, phone=True)
    for page in ("", "/bars", "/steps"):
        phone.goto(f"{GRADES}{page}")
        check(phone)
    phone.goto(GRADES)
    phone.get_by_role("link", name=name, exact=True).click()
    check(phone)
    main_of(phone).get_by_role("link", name="实绩考核档案").click()
    expect(main_of(phone)).to_contain_text("更正理由")
    check(phone)
