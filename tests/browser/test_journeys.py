"""One journey per step, with scripts and without, as the people who do the work."""

import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from fivestep_web.demo.signers import PIN
from tests.browser.steps import SCRIPTS, check, waiting

pytestmark = pytest.mark.browser

READY_MS = 60_000


def open_first(page: Page, verb: str) -> None:
    page.goto("/")
    page.locator(".worklist").get_by_role("link", name=verb, exact=True).first.click()


@pytest.mark.parametrize(
    ("username", "scripts", "phone", "side"),
    [
        ("P0001", True, False, "甲方"),
        ("P0015", False, False, "甲方"),
        ("P0048", True, True, "乙方"),
        ("P0066", False, True, "乙方"),
    ],
    ids=["minister", "section-head-no-scripts", "organizer-phone", "organizer-phone-no-scripts"],
)
def test_a_letter_that_waits_is_signed(sign_in, username, scripts, phone, side):
    page = sign_in(username, scripts=scripts, phone=phone)
    open_first(page, "签署")
    page.get_by_label("签名 PIN").fill("不是这个 PIN")
    page.get_by_role("button", name="确认签署").click()
    expect(page.get_by_text("PIN 不对").first).to_be_visible()
    page.get_by_label("签名 PIN").fill(PIN)
    page.get_by_role("button", name="确认签署").click()
    expect(page.get_by_text("已签署").first).to_be_visible()
    expect(page.locator("#main")).to_contain_text(re.compile(f"{side}.*校验码", re.DOTALL))
    expect(page.get_by_label("签名 PIN")).to_have_count(0)


@SCRIPTS
def test_a_township_organizer_reports_on_the_phone(sign_in, scripts):
    page = sign_in("P0045" if scripts else "P0077", scripts=scripts, phone=True)
    open_first(page, "汇报")
    page.get_by_label(re.compile("累计完成")).first.fill("7.5")
    page.get_by_label(re.compile("情况")).first.fill("入户核实完成")
    page.get_by_role("button", name="汇报", exact=True).click()
    expect(page.locator("#main")).to_contain_text("7.5")
    expect(page.locator("#main")).to_contain_text("入户核实完成")


def test_a_write_off_passes_two_pairs_of_eyes(sign_in):
    clerk = sign_in("P0008")
    waiting(clerk, "待我验收", "办理").first.click()
    address = clerk.url
    clerk.locator("summary", has_text="核查通过").click()
    clerk.get_by_role("button", name="确认核查通过").click()
    expect(clerk.locator("#main")).to_contain_text("佐证材料已核查")
    leader = sign_in(leader_of(clerk), scripts=False)
    leader.goto(address)
    leader.locator("summary", has_text="批准销号").click()
    leader.get_by_role("button", name="确认批准销号").click()
    expect(leader.locator("#main")).to_contain_text(re.compile("销号〔2026〕[0-9]+号"))


def leader_of(page: Page) -> str:
    """Return the account in charge of the unit whose entry is shown."""
    shown = page.locator("#main").inner_text()
    charges = {"P0002": ("办公室", "研究室"), "P0004": ("干部科", "干部监督科"), "P0006": ("人才工作科",)}
    charges["P0005"] = ("公务员科", "干部档案信息中心")
    units = {unit: leader for leader, held in charges.items() for unit in held}
    return next((leader for unit, leader in units.items() if unit in shown), "P0003")


def test_results_open_down_to_the_steps_of_a_goal(sign_in):
    page = sign_in("P0001")
    page.goto("/assessment/2026")
    page.get_by_role("region", name="年度科室考核结果").get_by_role("link", name="办公室", exact=True).click()
    expect(page.locator("#main")).to_contain_text("91.20")
    expect(page.locator("#main")).to_contain_text("89.2037")


def test_documents_are_made_with_a_bar_that_survives_a_reload_and_come_as_one_zip(sign_in, tmp_path):
    page = sign_in("P0007")
    page.goto("/documents")
    page.locator("summary", has_text="生成").click()
    page.get_by_role("button", name="生成2026年文档").click()
    expect(page.locator("#main progress").first).to_be_visible()
    page.reload()
    expect(page.locator("#main progress").first).to_be_visible()
    expect(page.get_by_text("已全部生成").first).to_be_visible(timeout=READY_MS)
    page.goto("/documents?kind=task_book")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="打包下载全部（99）").click()
    target = tmp_path / "all.zip"
    waiting.value.save_as(target)
    *names, table, listing = zipfile.ZipFile(target).namelist()
    assert len(names) == 99
    assert any("2026年组织工作任务书" in name for name in names)
    assert all(name.endswith(".docx") for name in names)
    assert (table, listing) == ("清单.csv", "清单.json")


PAGES = {
    "P0001": [
        "/",
        "/topics",
        "/goals",
        "/letters",
        "/schedule",
        "/ledger",
        "/assessment/2026",
        "/results/2026",
    ],
    "P0007": ["/documents", "/admin/imports", "/goals/task-book", "/ledger/1", "/letters/14", "/account"],
    "P0029": ["/", "/results/2026/admonitions", "/documents"],
    "admin": [
        "/admin",
        "/admin/units",
        "/admin/people",
        "/admin/accounts",
        "/admin/audit",
        "/admin/rehearsal",
    ],
}


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("username", PAGES)
def test_pages_are_accessible_and_fit_their_screen(sign_in, username, phone):
    page = sign_in(username, phone=phone)
    for address in PAGES[username]:
        answer = page.goto(address)
        assert answer is not None, address
        assert answer.status == 200, address
        check(page)
