"""The annual workbook: a fault is shown, changes are previewed, the load is watched, its figures appear."""

import re
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import serving
from tests.browser.steps import SCRIPTS, main_of, row
from tests.workbook.builders import write
from tests.workbook.loading import demo_sheets, put

pytestmark = pytest.mark.browser

READY_MS = 60_000


@pytest.fixture(scope="module")
def county():
    """A demo county of its own: elsewhere signed goals are changed, and a workbook may not take that back."""
    with serving(["demo"]) as address:
        yield address


@pytest.fixture
def sign_in(sign_in_at, county):
    return partial(sign_in_at, county)


def send(page: Page, path) -> None:
    page.goto("/admin/imports")
    page.get_by_label("年度工作簿").set_input_files(path)
    page.get_by_role("button", name="检查", exact=True).click()


def load(page: Page, *, scripts: bool) -> None:
    """Load what was previewed and wait for it: by the bar, without scripts by its link 刷新."""
    page.get_by_role("button", name="导入", exact=True).click()
    bar, done = page.get_by_role("progressbar"), page.get_by_text(re.compile("全部导入"))
    expect(bar.or_(done).first).to_be_visible()
    for _try in range(0 if scripts else READY_MS // 500):
        if done.count():
            break
        expect(main_of(page)).to_contain_text(re.compile("已完成 [0-9]，共 3"))
        page.get_by_role("link", name="刷新", exact=True).click()
        page.wait_for_timeout(500)
    expect(done).to_be_visible(timeout=READY_MS)


def rating_row(data, unit: str) -> int:
    return next(n for n, line in enumerate(data["评价"], 1) if line[0] == "社会调查" and line[2] == unit)


@SCRIPTS
def test_the_office_mends_a_fault_previews_and_loads_new_scores_and_settings(sign_in, tmp_path, scripts):
    unit, name, least = ("X14", "清泉乡", 4) if scripts else ("X13", "沙河乡", 5)
    page = sign_in("P0007", scripts=scripts, phone=not scripts)
    page.goto("/assessment/2026")
    before = row(page, name).first.inner_text()
    data = demo_sheets()
    line = rating_row(data, unit)
    data["设置"].append(["单组最少有效票", least])
    faulty = write(tmp_path / "有错的.xlsx", put(data, "评价", f"D{line}", 180))
    send(page, faulty)
    expect(main_of(page)).to_contain_text("没有写入任何数据")
    expect(main_of(page)).to_contain_text(f"D{line}")
    expect(page.get_by_role("button", name="导入", exact=True)).to_have_count(0)
    with page.expect_download() as marked:
        page.get_by_role("link", name="下载标出问题的工作簿").click()
    assert marked.value.suggested_filename == "有错的（已标出问题）.xlsx"

    send(page, write(tmp_path / "改好的.xlsx", put(data, "评价", f"D{line}", 0)))
    expect(main_of(page)).to_contain_text("没有发现问题")
    preview = row(page, "评价").first
    expect(preview).to_contain_text(re.compile("[1-9]"))
    expect(main_of(page)).to_contain_text("单组最少有效票")
    load(page, scripts=scripts)
    page.goto("/assessment/2026")
    assert row(page, name).first.inner_text() != before
    page.goto("/admin/imports")
    expect(row(page, "改好的.xlsx").first).to_contain_text("已导入")

    minister = sign_in("P0001", scripts=scripts, phone=scripts)
    minister.goto("/admin/years/2026")
    expect(row(minister, "单组最少有效票")).to_contain_text(re.compile(f"{least}\\b.*导入", re.DOTALL))


@SCRIPTS
def test_the_administrator_may_not_load_a_score_beside_a_telephone_number(sign_in, tmp_path, scripts):
    who, phone = ("P0083", "13800000083") if scripts else ("P0084", "13800000084")
    page = sign_in("admin", scripts=scripts, phone=scripts)
    data = demo_sheets()
    at = next(n for n, line in enumerate(data["人员"], 1) if line[0] == who)
    put(data, "人员", f"H{at}", phone)
    line = rating_row(data, "X12")
    send(page, write(tmp_path / "越权.xlsx", put(data, "评价", f"D{line}", 1)))
    expect(main_of(page)).to_contain_text("由办公室导入，系统管理员不能改动目标和评价")
    expect(page.get_by_role("button", name="导入", exact=True)).to_have_count(0)
