"""The goal sheet as one form: what two people did to it at the same time (R2.4)."""

from html.parser import HTMLParser

import pytest

from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal
from tests.web import get, post

pytestmark = pytest.mark.one_database


class Fields(HTMLParser):
    """The fields of a page as a browser without scripts sends them: name and value."""

    def __init__(self, text):
        super().__init__()
        self.found, self.open = {}, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "input" and given.get("name", "").startswith(("g", "new.")):
            self.found[given["name"]] = given.get("value", "")
        if tag == "textarea" and given.get("name", "").startswith(("g", "new.")):
            self.open = given["name"]
            self.found[self.open] = ""

    def handle_data(self, data):
        if self.open:
            self.found[self.open] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.open:
            self.found[self.open] = self.found[self.open].removeprefix("\n")
            self.open = None


@pytest.fixture
def shared(login, department):
    """A sheet open in two browsers: gives the fields of each, a way to save, and the sheet's two goals."""
    client = login(department.head)
    place = {"unit_id": str(department.section.id)}

    def save(fields, **changes):
        return post(client, "/goals/sheet", {**place, **fields, **changes})

    page = get(client, f"/goals/sheet?unit_id={department.section.id}").text
    first, second = (goal.id for goal in department.goals[:2])
    return Fields(page).found, save, first, second


def stored(goal_id):
    db.session.expire_all()
    return db.session.get(Goal, goal_id)


def test_a_cell_nobody_touched_never_overwrites_a_colleagues_change(shared):
    fields, save, first, second = shared
    assert save(fields, **{f"g{first}.completion_standard": "同事改后的标准，10个村验收"}).status_code == 303
    assert save(fields, **{f"g{second}.measure_unit": "场次"}).status_code == 303
    assert save(fields, **{f"g{first}.measure_unit": "村次"}).status_code == 303
    assert stored(first).completion_standard == "同事改后的标准，10个村验收"
    assert (stored(first).measure_unit, stored(second).measure_unit) == ("村次", "场次")


def test_a_cell_both_changed_is_refused_and_overwritten_only_once_seen(shared):
    fields, save, first, second = shared
    save(fields, **{f"g{first}.name": "同事的名称", f"g{second}.name": "同事的另一名称"})
    mine = {f"g{first}.name": "我的名称", f"g{second}.measure_unit": "场次"}
    refused = save(fields, **mine)
    assert refused.status_code == 422
    assert stored(first).name == "同事的名称"
    assert stored(second).measure_unit != "场次"
    shown = Fields(refused.text).found
    assert "在您打开之后已被修改" in refused.text
    assert "现存：同事的名称" in refused.text
    assert (shown[f"g{first}.name"], shown[f"g{second}.measure_unit"]) == ("我的名称", "场次")
    assert shown[f"g{second}.name"] == "同事的另一名称"
    assert save(shown).status_code == 303
    assert (stored(first).name, stored(second).measure_unit) == ("我的名称", "场次")
    assert stored(second).name == "同事的另一名称"


def test_a_cell_alone_says_what_it_is_now_and_is_saved_once_more(shared, login, department):
    fields, save, first, _second = shared
    client = login(department.head)
    save(fields, **{f"g{first}.name": "同事的名称"})

    def send(column, value, seen):
        data = {"column": column, "value": value, "seen": seen}
        return post(client, f"/goals/{first}/cell", data, htmx=True)

    assert send("measure_unit", "村次", fields[f"g{first}.measure_unit.seen"]).status_code == 200
    refused = send("name", "我的名称", fields[f"g{first}.name.seen"])
    assert refused.status_code == 422
    assert "现存：同事的名称" in refused.text
    assert stored(first).name == "同事的名称"
    assert send("name", "我的名称", Fields(refused.text).found[f"g{first}.name.seen"]).status_code == 200
    assert stored(first).name == "我的名称"


def test_cells_that_need_each_other_are_saved_together(shared, login, department):
    fields, save, first, _second = shared
    save(fields, **{f"g{first}.deliverable": "", f"g{first}.acceptance": ""})
    fields = Fields(get(login(department.head), f"/goals/sheet?unit_id={department.section.id}").text).found
    client, address = login(department.head), f"/goals/{first}/cell"

    def data(column, value):
        return {"column": column, "value": value, "seen": fields[f"g{first}.{column}.seen"]}

    assert post(client, address, data("deliverable", "实施办法"), htmx=True).status_code == 422
    assert post(client, address, data("acceptance", "印发到各科室"), htmx=True).status_code == 422
    along = {f"g{first}.deliverable": "实施办法"}
    along[f"g{first}.deliverable.seen"] = fields[f"g{first}.deliverable.seen"]
    together = post(client, address, data("acceptance", "印发到各科室") | along, htmx=True)
    assert together.status_code == 200
    assert f'id="cell-{first}-deliverable"' in together.text
    assert (stored(first).deliverable, stored(first).acceptance) == ("实施办法", "印发到各科室")
    wrong = {f"g{first}.deadline": "年底", f"g{first}.deadline.seen": fields[f"g{first}.deadline.seen"]}
    assert post(client, address, data("measure_unit", "份") | wrong, htmx=True).status_code == 200
    assert stored(first).measure_unit == "份"


def test_a_block_of_one_row_is_shown_before_it_covers_what_is_there(shared, login, department):
    _fields, _save, first, _second = shared
    data = {"unit_id": str(department.section.id), "text": "新名", "column": "name", "start": str(first)}
    preview = post(login(department.head), "/goals/sheet/paste", data)
    assert preview.status_code == 200
    assert "还没有保存" in preview.text
    assert stored(first).name != "新名"
