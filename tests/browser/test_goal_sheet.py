"""The goal sheet as people use it: keys through the cells, a pasted block, no scripts, a phone."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.steps import check, main_of

pytestmark = pytest.mark.browser

NEW_AND_ONE = 2

BLOCK = '{name}一\t{link}\t"培训200人次\n考试合格"\t1,200\t人次\n{name}二\t{link}\t印发实施办法\t45%\t%\n'


def open_sheet(page: Page) -> None:
    """Open the sheet of a comrade of the township whose letters are still drafts."""
    page.goto("/goals/sheet")
    form = main_of(page).get_by_role("search")
    form.locator("select[name=unit_id]").select_option(label="清泉乡")
    form.get_by_role("button").click()
    page.wait_for_url("**/goals/sheet?unit_id=*")
    people = form.locator("select[name=person_id]")
    for person_id in [option.get_attribute("value") for option in people.locator("option").all()[1:]]:
        people.select_option(person_id)
        form.get_by_role("button").click()
        page.wait_for_url(f"**/goals/sheet?*person_id={person_id}")
        if cells(page, "deadline").count() > NEW_AND_ONE:
            return
    pytest.fail("no sheet to edit")


def cells(page: Page, column: str):
    return main_of(page).locator(f"[data-column={column}]")


def test_keys_move_type_and_restore_and_each_cell_is_saved_as_it_is_left(sign_in):
    page = sign_in("P0007")
    open_sheet(page)
    name = cells(page, "name").first
    before = name.input_value()
    name.focus()
    page.keyboard.press("ArrowDown")
    expect(cells(page, "name").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.type("打错了")
    page.keyboard.press("Escape")
    expect(name).to_have_value(before)
    page.keyboard.press("F2")
    page.keyboard.type("（改）")
    page.keyboard.press("Enter")
    expect(cells(page, "name").nth(1)).to_be_focused()
    deadline = cells(page, "deadline").first
    deadline.fill("11月20日")
    page.keyboard.press("Tab")
    expect(cells(page, "deadline").first).to_have_value("2026-11-20")
    page.reload()
    expect(cells(page, "name").first).to_have_value(f"{before}（改）")
    expect(cells(page, "deadline").first).to_have_value("2026-11-20")


def test_the_total_runs_and_an_error_keeps_what_was_typed_at_its_cell(sign_in):
    page = sign_in("P0007")
    open_sheet(page)
    total = page.locator("#sheet-total")
    weight = cells(page, "points").first
    weight.fill("99")
    page.keyboard.press("Tab")
    expect(total).to_contain_text("多出")
    cells(page, "points").first.fill("许多")
    page.keyboard.press("Tab")
    expect(main_of(page).get_by_text("不是数字")).to_be_visible()
    expect(cells(page, "points").first).to_have_value("许多")
    expect(cells(page, "points").first).not_to_be_focused()
    cells(page, "points").first.fill("1")
    page.keyboard.press("Tab")
    expect(main_of(page).get_by_text("不是数字")).to_have_count(0)
    expect(total).to_contain_text("还差")


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def test_a_block_from_a_spreadsheet_is_shown_then_saved_whole(sign_in):
    page = sign_in("P0007")
    open_sheet(page)
    rows = cells(page, "name").count()
    link = main_of(page).locator("#sheet-links option").first.get_attribute("value")
    page.locator("#new-name").focus()
    paste(page, BLOCK.format(name="粘贴任务", link=link))
    preview = page.locator("#sheet-preview")
    expect(preview).to_contain_text("请填写完成时限")
    expect(cells(page, "name")).to_have_count(rows)
    dated = [
        line + "\t\t\t\t\t\t2026/3/31\t5"
        for line in ("甲\t{0}\t完成20项\t20\t项", "乙\t{0}\t完成30项\t30\t项")
    ]
    page.locator("#new-name").focus()
    paste(page, "\n".join(dated).format(link))
    expect(preview).to_contain_text("还没有保存")
    preview.get_by_role("button", name="保存这 2 行").click()
    expect(main_of(page).get_by_text("已粘贴：新增 2 行")).to_be_visible()
    expect(cells(page, "name")).to_have_count(rows + 2)


def test_without_scripts_the_sheet_is_one_form(sign_in):
    page = sign_in("P0007", scripts=False)
    open_sheet(page)
    cells(page, "measure_unit").first.fill("项次")
    cells(page, "deadline").nth(1).fill("年底")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(main_of(page).get_by_text("有 1 处需要改正")).to_be_visible()
    expect(cells(page, "deadline").nth(1)).to_have_value("年底")
    expect(cells(page, "measure_unit").first).to_have_value("项次")
    cells(page, "deadline").nth(1).fill("2026-12-23")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(main_of(page).get_by_text(re.compile("已保存：新增 0 行，修改 2 行"))).to_be_visible()


def test_a_cell_a_colleague_changed_says_so_and_is_saved_by_enter_once_seen(sign_in):
    mine, others = sign_in("P0007"), sign_in("P0007")
    for page in (mine, others):
        open_sheet(page)
    for column, text in (("name", "同事改的名称"), ("measure_unit", "件次")):
        cells(others, column).first.fill(text)
        with others.expect_response("**/cell"):
            others.keyboard.press("Tab")
    cells(mine, "deadline").first.fill("2026-12-22")
    mine.keyboard.press("Tab")
    cells(mine, "name").first.fill("我改的名称")
    mine.keyboard.press("Tab")
    expect(main_of(mine).get_by_text("现存：同事改的名称")).to_be_visible()
    expect(cells(mine, "name").first).to_have_value("我改的名称")
    cells(mine, "name").first.focus()
    mine.keyboard.press("Enter")
    expect(main_of(mine).get_by_text("现存：")).to_have_count(0)
    mine.reload()
    expect(cells(mine, "name").first).to_have_value("我改的名称")
    expect(cells(mine, "measure_unit").first).to_have_value("件次")
    expect(cells(mine, "deadline").first).to_have_value("2026-12-22")


def test_a_deliverable_and_its_conditions_are_saved_with_the_second_of_them(sign_in):
    page = sign_in("P0007")
    open_sheet(page)
    for column, text in (("deliverable", "实施办法"), ("acceptance", "印发到各乡镇")):
        cells(page, column).first.fill(text)
        with page.expect_response("**/cell"):
            page.keyboard.press("Tab")
    expect(main_of(page).locator("[aria-invalid=true]")).to_have_count(0)
    page.reload()
    expect(cells(page, "deliverable").first).to_have_value("实施办法")
    expect(cells(page, "acceptance").first).to_have_value("印发到各乡镇")


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_the_sheet_is_accessible_and_fits(sign_in, phone):
    page = sign_in("P0007", phone=phone)
    open_sheet(page)
    check(page)


def hold_one_save(page: Page) -> list[Route]:
    """Keep the next cell on its way until the route in the list is let go."""
    held = list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/cell", hold, times=1)
    return held


def test_what_is_typed_while_the_same_cell_is_being_saved_is_saved_too(sign_in):
    page = sign_in("P0007")
    open_sheet(page)
    held = hold_one_save(page)
    name = cells(page, "name").first
    before = name.input_value()
    name.focus()
    page.keyboard.press("F2")
    page.keyboard.type("（一）")
    with page.expect_request("**/cell"):
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("F2")
    page.keyboard.type("（二）")
    with page.expect_response("**/cell"):
        held[0].continue_()
    expect(main_of(page).locator("[data-saved] [data-column=name]")).to_be_focused()
    with page.expect_response("**/cell"):
        page.keyboard.press("Tab")
    page.reload()
    expect(cells(page, "name").first).to_have_value(f"{before}（一）（二）")


def test_what_is_typed_in_a_cell_while_it_is_saved_with_another_is_saved_too(sign_in):
    page = sign_in("P0007")
    open_sheet(page)
    deliverable, acceptance = cells(page, "deliverable").nth(1), cells(page, "acceptance").nth(1)
    deliverable.fill("实施办法")
    with page.expect_response("**/cell"):
        page.keyboard.press("Tab")
    expect(deliverable).to_have_attribute("aria-invalid", "true")
    held = hold_one_save(page)
    acceptance.fill("印发到各乡镇")
    with page.expect_request("**/cell"):
        page.keyboard.press("Tab")
    deliverable.focus()
    page.keyboard.press("F2")
    page.keyboard.type("（试行）")
    with page.expect_response("**/cell"):
        held[0].continue_()
    expect(main_of(page).locator("[data-saved] [data-column=deliverable]")).to_be_focused()
    with page.expect_response("**/cell"):
        page.keyboard.press("Tab")
    page.reload()
    expect(cells(page, "deliverable").nth(1)).to_have_value("实施办法（试行）")
    expect(cells(page, "acceptance").nth(1)).to_have_value("印发到各乡镇")
