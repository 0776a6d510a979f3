"""What personnel takes from the year: a token for its own system, and one person's materials."""

import json
import re
import time
import urllib.error
import urllib.request
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import check, decide, download, main_of, row

pytestmark = pytest.mark.browser

READY_SECONDS = 60


def draw_up(page: Page, name: str) -> None:
    page.goto("/admin/tokens/new")
    check(page)
    page.get_by_label("名称").fill(name)
    owners = page.get_by_label("负责人").locator("option")
    page.get_by_label("负责人").select_option(owners.filter(has_text="段某甲").inner_text())
    main_of(page).get_by_role("button", name="签发", exact=True).click()
    expect(main_of(page)).to_contain_text("请至少选择一种文档")
    page.get_by_label("目标责任书").check()
    main_of(page).get_by_role("button", name="签发", exact=True).click()
    expect(main_of(page)).to_contain_text(f"已签发“{name}”")
    check(page)


def call(site: str, token: str, path: str) -> bytes:
    request = urllib.request.Request(f"{site}{path}", headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own address
        return answer.read()


def first_letter(site: str, token: str) -> dict:
    """Return the first letter the token lists, once the demo's letters are made."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        listed = json.loads(call(site, token, "/api/v1/documents?kind=responsibility_letter&limit=1"))
        if listed["documents"]:
            return listed["documents"][0]
        assert time.monotonic() < deadline
        time.sleep(1)


@pytest.mark.parametrize("phone", [False, True])
def test_a_token_is_drawn_up_collected_used_and_revoked(site, sign_in, phone):
    name = "档案管理系统" if phone else "人事管理系统"
    draw_up(sign_in("admin", phone=phone), name)

    page = sign_in("P0032", phone=phone)
    page.goto("/account")
    main_of(page).get_by_role("link", name="接口令牌").click()
    row(page, name).get_by_role("button", name="领取").click()
    check(page)
    token = main_of(page).locator("pre").first.inner_text().strip()
    letter = first_letter(site, token)
    assert call(site, token, f"/api/v1/documents/{letter['id']}/file").startswith(b"PK")

    page.get_by_role("link", name="已存好，返回").click()
    expect(row(page, name)).to_contain_text(re.compile(r"列出 \d+ 次，下载 1 份"))
    check(page)
    decide(page, "停用")
    expect(row(page, name)).to_contain_text("已停用")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        call(site, token, "/api/v1/documents")


def ask_for_materials(page: Page) -> None:
    """Find a comrade and ask for the materials."""
    page.goto("/documents")
    main_of(page).get_by_role("link", name="干部使用材料").click()
    page.get_by_label("姓名或工号").fill("P0043")
    main_of(page).get_by_role("button", name="筛选").click()
    main_of(page).get_by_role("link", name="吴某甲").click()
    expect(main_of(page)).to_contain_text("2026年考核结果尚未印发")
    main_of(page).get_by_role("button", name="生成任免使用材料包").click()


@pytest.mark.parametrize("phone", [False, True])
def test_one_persons_materials_are_found_made_and_downloaded(sign_in, phone, tmp_path):
    page = sign_in("P0032", phone=phone)
    page.goto("/people")
    check(page)
    ask_for_materials(page)
    button = main_of(page).get_by_role("button", name="下载").first
    expect(button).to_be_visible(timeout=READY_SECONDS * 1_000)
    check(page)
    file = download(page, button, tmp_path)
    assert file.name == "任免使用材料 吴某甲 2026年.zip"
    names = zipfile.ZipFile(file).namelist()
    assert names[0].startswith("1 实绩考核档案/")
    assert names[-2:] == ["清单.csv", "清单.json"]


def test_materials_come_without_scripts_too(sign_in, tmp_path):
    page = sign_in("P0039", scripts=False)
    ask_for_materials(page)
    again = main_of(page).get_by_role("link", name="刷新")
    for _time in range(READY_SECONDS):
        if not again.count():
            break
        time.sleep(1)
        page.reload()
    file = download(page, main_of(page).get_by_role("button", name="下载").first, tmp_path)
    assert zipfile.ZipFile(file).testzip() is None
