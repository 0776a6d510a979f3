"""An objection to publicized results, from its filing to the outcome, by two handlers."""

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, serving
from tests.browser.steps import check, decide, main_of, row

pytestmark = pytest.mark.browser

FACTS = "社会调查收回的份数与我科发出的不符"


@pytest.fixture
def enter(sign_in_at: SignIn) -> Iterator[SignIn]:
    """Sign in to a demo county whose results of 2026 were posted on 5 January 2027."""
    with serving(["demo"], ["python", "-m", "tests.browser.assessed", "publicized"]) as address:
        yield partial(sign_in_at, address)


def open_from_today(page: Page, verb: str) -> None:
    page.goto("/")
    main_of(page).get_by_role("link", name=verb, exact=True).first.click()


def test_an_objection_is_filed_received_and_answered_by_three_people(enter):
    member = enter("P0012", phone=True)
    open_from_today(member, "查看")
    expect(main_of(member)).to_contain_text("到2027年1月12日为止")
    check(member)
    row(member, "组织科").get_by_role("link", name="提出异议").click()
    check(member)
    member.get_by_label("联系方式").fill("内线8012")
    member.get_by_label("事实和理由").fill(FACTS)
    member.get_by_role("button", name="提交异议").click()
    expect(member.locator(".step-item.active")).to_have_text("待受理")

    receiver = enter("P0029")
    open_from_today(receiver, "受理")
    expect(main_of(receiver)).to_contain_text(FACTS)
    check(receiver)
    decide(receiver, "受理")
    expect(main_of(receiver)).to_contain_text("须由另一名办理人答复")
    expect(receiver.get_by_role("button", name="答复", exact=True)).to_have_count(0)

    handler = enter("P0003")
    open_from_today(handler, "答复")
    expect(main_of(handler)).to_contain_text("余30天")
    check(handler)
    handler.get_by_label("成立", exact=True).check()
    handler.get_by_label("书面答复").fill("经核查，少计2份，结果将重新审核。")
    handler.get_by_label("认定理由").fill("封存的票与计票表不一致")
    handler.get_by_role("button", name="答复", exact=True).click()
    expect(handler.locator(".step-item.active")).to_have_text("成立")
    check(handler)

    member.reload()
    expect(main_of(member)).to_contain_text("少计2份")
    check(member)
    office = enter("P0007")
    office.goto("/assessment/2026/gate")
    expect(row(office, "公示已经安排")).to_contain_text("未办好")
    check(office)
    office.get_by_role("link", name="安排公示").click()
    check(office)
    office.get_by_role("button", name="保存").click()
    expect(office.locator(".step-item.active")).to_have_text("待公示")
    check(office)
    for page in ("publicities", "objections", "publicities/excellent/edit"):
        office.goto(f"/assessment/2026/{page}")
        check(office)
