"""The office changes a template: downloads, mends what the check finds, looks, puts it to use, goes back."""

import re
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, expect

from fivestep_web.documents.opened import shown_text
from tests.browser.conftest import PHONE, WIDE
from tests.browser.steps import SCRIPTS, check, decide, download, main_of, row
from tests.browser.test_paperwork import make

pytestmark = pytest.mark.browser

RESULTS = "年度考核结果"
ADDRESS = "/templates/annual_assessment_result"
WAIT_MS = 150_000  # a fresh county first makes its letters


def look(page: Page) -> None:
    """Look for barriers on the page as it stands, wide and on the phone."""
    before = page.viewport_size
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        check(page)
    page.set_viewport_size(before)  # type: ignore[arg-type]


def reworded(source: Path, target: Path, words: str) -> Path:
    """Write the template with other words at the end of its last paragraph of text."""
    document = Document(str(source))
    paragraph = next(each for each in document.paragraphs if each.text.startswith("一、"))
    paragraph.runs[-1].text += words
    document.save(str(target))
    return target


def send(page: Page, file: Path, note: str) -> None:
    page.get_by_label("改好的模板").set_input_files(file)
    if note:
        page.get_by_label("改了什么").fill(note)
    page.get_by_role("button", name="上传并检查").click()


def made(page: Page, folder: Path) -> str:
    """Have the results' document made and return its text."""
    make(page, RESULTS)
    waiting = row(page, RESULTS).filter(has_text=re.compile("排队中|生成中"))
    for _try in range(WAIT_MS // 1000):
        page.goto("/documents?kind=annual_assessment_result")
        if not waiting.count():
            break
        page.wait_for_timeout(1000)
    line = row(page, RESULTS).filter(has_text="已生成").first
    file = download(page, line.get_by_role("link", name=re.compile("^下载")), folder)
    return shown_text(file.read_bytes())


@SCRIPTS
def test_the_office_changes_a_template_and_goes_back(sign_in, tmp_path, scripts):
    page = sign_in("P0007", scripts=scripts)
    words = "（新）" if scripts else "（另）"
    page.goto("/documents")
    page.get_by_role("link", name="文书模板").click()
    main_of(page).get_by_role("link", name=RESULTS).click()
    shipped = download(page, page.get_by_role("link", name="下载现用的模板"), tmp_path)
    assert shipped.name == "年度考核结果模板（随系统）.docx"

    send(page, reworded(shipped, tmp_path / "错.docx", "{{ titel }}"), "标题加一个字")
    expect(row(page, "没有字段“titel”")).to_contain_text("是不是“title”")
    expect(page.get_by_label("改了什么")).to_have_value("标题加一个字")
    if scripts:
        look(page)

    send(page, reworded(shipped, tmp_path / "对.docx", words), "")
    expect(main_of(page)).to_contain_text("等待启用")
    expect(main_of(page)).to_contain_text("版式符合公文格式标准")
    if scripts:
        look(page)
    preview = download(page, page.get_by_role("link", name="印发件样例"), tmp_path)
    assert words in shown_text(preview.read_bytes())
    decide(page, "启用", 说明="部务会同意")
    expect(page.get_by_text("今后用这一版模板生成")).to_be_visible()
    expect(row(page, "现在用的")).to_contain_text("标题加一个字")
    assert words in made(page, tmp_path)

    page.goto(ADDRESS)
    page.get_by_role("link", name="随系统的模板").click()
    decide(page, "恢复", 说明="还是原来的好")
    expect(row(page, "现在用的")).to_contain_text("随系统的模板")
    assert words not in made(page, tmp_path)


def test_the_pages_of_templates_have_no_barriers(sign_in):
    page = sign_in("admin")
    for address in ("/templates", ADDRESS, f"{ADDRESS}/0", f"{ADDRESS}/fields"):
        page.goto(address)
        look(page)
