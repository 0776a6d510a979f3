"""Documents made, waited for and taken away, singly and as a zip, by the office, personnel and 干部监督."""

import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import SCRIPTS, download, main_of, row, unfold

pytestmark = pytest.mark.browser

READY_MS = 60_000


def make(page: Page, kind: str) -> None:
    """Ask for documents of one kind, after a try with none ticked."""
    page.goto("/documents")
    unfold(page, "生成")
    ticked = main_of(page).get_by_role("group", name=re.compile("文档种类")).get_by_role("checkbox")
    for box in ticked.all():
        box.uncheck()
    page.get_by_role("button", name="生成2026年文档").click()
    expect(main_of(page)).to_contain_text("请至少选择一种文档")
    page.get_by_role("checkbox", name=kind, exact=True).check()
    page.get_by_role("button", name="生成2026年文档").click()


def narrow(page: Page, kind: str) -> None:
    """List one kind only: the letters of the demo may be made meanwhile and fill the first page."""
    page.get_by_label("种类").select_option(kind)
    page.get_by_role("button", name="筛选").click()


def wait(page: Page, kind: str, *, scripts: bool) -> None:
    """Wait for the documents: the list shows them by itself, and without scripts once reloaded."""
    made = row(page, kind, "已生成").first
    for _try in range(0 if scripts else READY_MS // 500):
        if made.is_visible():
            break
        page.reload()
        page.wait_for_timeout(500)
    expect(made).to_be_visible(timeout=READY_MS)


@pytest.mark.parametrize(
    ("username", "scripts", "kind"),
    [("P0032", True, "年度考核结果"), ("P0040", False, "表彰决定及名单")],
    ids=["personnel-phone", "personnel-no-scripts"],
)
def test_personnel_make_a_document_and_take_it_away(sign_in, tmp_path, username, scripts, kind):
    page = sign_in(username, scripts=scripts, phone=scripts)
    make(page, kind)
    narrow(page, kind)
    wait(page, kind, scripts=scripts)
    line = row(page, kind).filter(has_text="已生成").first
    file = download(page, line.get_by_role("link", name=re.compile("^下载")), tmp_path)
    assert file.suffix == ".docx"
    assert "word/document.xml" in zipfile.ZipFile(file).namelist()
    page.get_by_role("button", name="打包下载所选").click()
    expect(main_of(page)).to_contain_text("没有可打包的文档")
    row(page, kind).get_by_role("checkbox").first.check()
    batch = download(page, page.get_by_role("button", name="打包下载所选"), tmp_path)
    assert [name.rpartition(".")[2] for name in zipfile.ZipFile(batch).namelist()] == ["docx", "csv", "json"]


@SCRIPTS
def test_the_supervisors_export_the_list_of_admonitions(sign_in, tmp_path, scripts):
    page = sign_in("P0029" if scripts else "P0030", scripts=scripts, phone=not scripts)
    page.goto("/documents")
    exports = row(page, "诫勉谈话名单").get_by_role("button", name="导出")
    if not exports.count():
        make(page, "诫勉谈话名单")
        wait(page, "诫勉谈话名单", scripts=scripts)
        page.goto("/documents")
    file = download(page, exports.first, tmp_path)
    assert "word/document.xml" in zipfile.ZipFile(file).namelist()


def test_nobody_else_sees_the_list_of_admonitions(sign_in):
    page = sign_in("P0040")
    page.goto("/documents")
    expect(main_of(page)).not_to_contain_text("诫勉")
