"""What a person does on any page: unfold a button that asks once more, find the work that waits."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


def main_of(page: Page) -> Locator:
    """Return what the page shows between its navigation and its end."""
    return page.get_by_role("main")


def unfold(page: Page, verb: str) -> None:
    """Open the sheet behind a button that asks once more."""
    main_of(page).locator("summary").filter(has_text=re.compile(f"^\\s*{verb}")).first.click()


def decide(page: Page, verb: str, **texts: str) -> None:
    """Open *verb*, fill its fields by their labels and confirm it."""
    unfold(page, verb)
    for label, text in texts.items():
        main_of(page).get_by_label(label).locator("visible=true").fill(text)
    main_of(page).get_by_role("button", name=f"确认{verb}").click()


def waiting(page: Page, heading: str, verb: str) -> Locator:
    """Return the buttons of the work that waits under *heading* of the today page."""
    page.goto("/")
    title = main_of(page).get_by_role("heading", name=re.compile(f"^{heading}"))
    expect(title).to_be_visible()
    return title.locator("xpath=following-sibling::ul[1]").get_by_role("link", name=verb, exact=True)


def check(page: Page) -> None:
    """The page as it stands, loaded to its end, is accessible and fits its screen."""
    page.wait_for_load_state()
    found = Axe().run(page).response["violations"]
    assert [(item["id"], item["nodes"][0]["html"]) for item in found] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def vote_of(page: Page, title: str) -> Locator:
    """Return what stands between the heading of a group's vote and its table."""
    return page.get_by_role("heading", name=title).locator("xpath=following-sibling::div[1]")


def print_slips(page: Page, address: str, title: str) -> Locator:
    """Have the codes of a group's vote issued; return the slips once all of them have come."""
    page.goto(address)
    vote_of(page, title).get_by_role("button", name="发放评价码并打印").click()
    expect(page.get_by_text("评价码只显示这一次")).to_be_visible()
    page.wait_for_load_state()
    return page.get_by_role("listitem")


def typed_on(slips: Locator) -> list[str]:
    """Return what a voter types from each slip."""
    return slips.locator(".slip-typed").all_inner_texts()


def row(page: Page, *texts: str) -> Locator:
    """Return the line of a table that holds all *texts*."""
    found = main_of(page).get_by_role("row")
    for text in texts:
        found = found.filter(has_text=text)
    return found


def download(page: Page, link: Locator, folder: Path) -> Path:
    """Follow a link or button that gives a file; return where it lies, under the name it came with."""
    with page.expect_download() as coming:
        link.click()
    target = folder / coming.value.suggested_filename
    coming.value.save_as(target)
    return target


def play(page: Page, day: str) -> None:
    """Move the rehearsal date."""
    page.goto("/admin/rehearsal")
    page.get_by_label("演练日期").last.fill(day)
    page.get_by_role("button", name=re.compile("保存|调整|更改")).click()
    expect(main_of(page)).to_contain_text("演练日期已调整")
