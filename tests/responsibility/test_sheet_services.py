"""The goal sheet saved by cell and by rows (R2.4)."""

from datetime import date
from decimal import Decimal

import pytest

from fivestep_web.core.errors import Conflict, DomainError, NotAllowed
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.responsibility.goals import assignments, duty_services
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.sheets import paste as sheet_paste
from fivestep_web.responsibility.sheets import queries as sheet_queries
from fivestep_web.responsibility.sheets import services as sheet_services
from fivestep_web.responsibility.sheets.queries import SheetKey
from fivestep_web.responsibility.sheets.services import CellsError, RowEdit, RowsError
from tests.factories.responsibility import YEAR, TopicFactory, acting, draft, issue, letter_of

NEW = {
    "name": "培训党务干部",
    "completion_standard": "培训200人次，考试合格",
    "target": "1,200",
    "measure_unit": "人次",
    "deadline": "10月31日",
    "points": "40",
}


def key(department, user=None):
    return SheetKey(YEAR, department.section.id, user.person_id if user else None)


def sheet(department, user=None):
    return sheet_queries.load_sheet(acting(department.head), key(department, user))


def stored(goal):
    return db.session.get(Goal, goal.id)


def seen_of(department, goal, user=None):
    """Return the fingerprints of a goal's cells as its sheet shows them now."""
    return next(row for row in sheet(department, user).rows if row.id == goal.id).seen


def type_into(department, goal, column, text, *, seen=None, user=None):
    with unit_of_work():
        found = stored(goal)
        if seen is None:
            key = sheet_queries.key_of(found)
            rows = sheet_queries.load_sheet(acting(department.head), key).rows
            seen = next(row for row in rows if row.id == goal.id).seen
        actor = acting(user or department.head)
        sheet_services.save_cells(actor, found, RowEdit(found.id, {column: text}, seen))


def save(department, *edits, user=None):
    with unit_of_work():
        return sheet_services.save_rows(acting(department.head), key(department, user), edits)


def new(department, **cells):
    return RowEdit(None, NEW | {"link": department.topic.code, "person": department.head.person.name} | cells)


def test_a_cell_is_saved_as_it_was_meant(department):
    goal = department.goals[0]
    for column, text in [("deadline", "10月31日"), ("target", "1,200"), ("name", "整顿\n提升")]:
        type_into(department, goal, column, text)
    found = stored(goal)
    assert (found.deadline, found.target, found.name) == (date(2026, 10, 31), 1200, "整顿 提升")


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        ("deadline", "年底", "不是日期"),
        ("deadline", "2027-01-01", "2026 年内"),
        ("completion_standard", "不断加强", "无法对照检查"),
        ("person", "李不在", "不在本单位任职"),
        ("helpers", "李不在", "不在人员名册"),
        ("points", "100.5", "0至100"),
        ("duty", "1", "还没有登记职责"),
    ],
)
def test_a_cell_that_cannot_be_so_says_why(department, column, text, message):
    with pytest.raises(DomainError, match=message):
        type_into(department, department.goals[0], column, text)


def test_a_stale_cell_another_units_and_a_fixed_one_are_refused(department):
    goal = department.goals[0]
    old = seen_of(department, goal)
    type_into(department, goal, "name", "甲")
    with pytest.raises(CellsError, match="已被修改"):
        type_into(department, goal, "name", "乙", seen=old)
    type_into(department, goal, "completion_standard", "摸底10个村，形成清单", seen=old)
    assert stored(goal).name == "甲"
    with pytest.raises(NotAllowed):
        type_into(department, goal, "name", "乙", user=department.secretary)
    draft()
    issue(letter_of(department.head), department.clerk)
    with pytest.raises(Conflict, match="变更程序"):
        type_into(department, goal, "name", "乙")


def test_rows_of_goals_in_a_letter_are_refused_at_their_cells(department):
    goal = department.goals[0]
    edit = RowEdit(goal.id, {"name": "乙", "target": "20"}, seen_of(department, goal))
    draft()
    issue(letter_of(department.head), department.clerk)
    with pytest.raises(RowsError) as caught:
        save(department, edit)
    assert set(caught.value.errors[0]) == {"name"}
    assert "变更程序" in caught.value.errors[0]["name"]
    assert stored(goal).name != "乙"


def weights_drafted(department):
    return [str(item.weight) for item in letter_of(department.head).goals]


def test_drafts_follow_a_weight_typed_into_a_cell_and_rows_typed(department):
    draft()
    assert weights_drafted(department) == ["33.33", "66.67"]
    for goal, weight in zip(department.goals, ("40", "60"), strict=False):
        type_into(department, goal, "points", weight)
    assert weights_drafted(department) == ["40", "60"]
    first, second = department.goals[:2]
    edits = [
        RowEdit(goal.id, {"points": weight}, seen_of(department, goal))
        for goal, weight in ((first, "30"), (second, "70"))
    ]
    save(department, *edits)
    assert weights_drafted(department) == ["30", "70"]


def test_of_two_comrades_of_one_name_the_code_tells_which(department):
    first, second = department.members
    first.person.name = second.person.name = "张某甲"
    db.session.commit()
    with pytest.raises(CellsError, match="有 2 位“张某甲”，请改填工号"):
        type_into(department, department.tasks[0], "person", "张某甲")
    type_into(department, department.tasks[0], "person", second.person.code)
    assert stored(department.tasks[0]).person_id == second.person_id


def test_a_duty_is_given_by_its_number_or_outside_with_a_reason(department):
    head, goal = acting(department.head), department.goals[0]
    with unit_of_work():
        unit = duty_services.get_unit(head, department.section.id)
        duty_id = duty_services.add_duty(head, unit, "党员教育管理").id
    type_into(department, goal, "duty", "1")
    assert stored(goal).duty_id == duty_id
    for text, message in (("职责以外：", "请写明理由"), ("2", "请填职责序号 1 至 1")):
        with pytest.raises(CellsError, match=message):
            type_into(department, goal, "duty", text)
    type_into(department, goal, "duty", "职责以外：县委专项部署")
    assert (stored(goal).duty_id, stored(goal).outside_duties_reason) == (None, "县委专项部署")


def test_the_first_weight_typed_keeps_the_others_as_shown(department):
    assert [row.cells["points"] for row in sheet(department).rows] == ["33.33", "66.67"]
    type_into(department, department.goals[0], "points", "40")
    total = sheet(department).total
    assert [row.cells["points"] for row in sheet(department).rows] == ["40", "66.67"]
    assert (total.total, total.gap, total.is_typed) == (Decimal("106.67"), Decimal("-6.67"), True)
    type_into(department, department.goals[1], "points", "60")
    assert sheet(department).total.is_whole


def test_a_new_row_has_the_weight_typed_and_the_others_keep_theirs(department):
    save(department, new(department, points="20"))
    assert [row.cells["points"] for row in sheet(department).rows] == ["33.33", "66.67", "20"]
    assert sheet(department).total.gap == -20


def test_people_and_helpers_are_named(department):
    goal, member, organizer = department.tasks[1], department.members[1], department.organizer
    type_into(department, goal, "helpers", f"{organizer.person.name}、{member.person.code}")
    assert {row[0] for row in assignments.helpers_of([goal.id])[goal.id]} == {
        member.person_id,
        organizer.person_id,
    }
    type_into(department, goal, "helpers", organizer.person.name)
    assert [row[0] for row in assignments.helpers_of([goal.id])[goal.id]] == [organizer.person_id]
    type_into(department, goal, "person", member.person.name)
    assert stored(goal).person_id == member.person_id


def test_new_rows_and_changes_are_saved_together(department):
    goal = department.goals[0]
    outcome = save(
        department,
        RowEdit(goal.id, {"name": "改后", "target": "20"}, seen_of(department, goal)),
        new(department, helpers=department.organizer.person.name),
    )
    assert (outcome.created, outcome.changed) == (1, 1)
    made = db.session.query(Goal).filter_by(name="培训党务干部").one().id
    assert [row[0] for row in assignments.helpers_of([made])[made]] == [department.organizer.person_id]
    names = [row.cells["name"] for row in sheet(department).rows]
    assert "改后" in names
    assert "培训党务干部" in names


def test_a_draft_follows_all_rows_of_a_block_at_once(department):
    draft()
    goal = department.goals[0]
    save(
        department,
        RowEdit(goal.id, {"points": "30"}, seen_of(department, goal)),
        new(department, points="3.33"),
    )
    db.session.expire_all()
    assert [item.weight for item in letter_of(department.head).goals] == [
        Decimal(30),
        Decimal("66.67"),
        Decimal("3.33"),
    ]


def test_a_new_row_of_a_persons_sheet_is_that_persons_task(department):
    member = department.members[0]
    edit = RowEdit(None, NEW | {"link": department.goals[0].code})
    save(department, edit, user=member)
    found = db.session.query(Goal).filter_by(name="培训党务干部").one()
    assert (found.person_id, found.parent_id) == (member.person_id, department.goals[0].id)


def test_one_error_keeps_everything_out_and_every_error_has_its_cell(department):
    goal = department.goals[0]
    edits = [
        RowEdit(goal.id, {"name": "改后"}, seen_of(department, goal)),
        new(department, deadline="年底", target="许多"),
        new(department, completion_standard="加强"),
        RowEdit(department.goals[1].id, {"name": "过期"}),
        RowEdit(department.goals[2].id, {"name": "别的单位"}),
    ]
    before = db.session.query(Goal).count()
    with pytest.raises(RowsError) as caught:
        save(department, *edits)
    assert {place: set(errors) for place, errors in caught.value.errors.items()} == {
        1: {"deadline", "target"},
        2: {"completion_standard"},
        3: {"name"},
        4: {"name"},
    }
    assert stored(goal).name != "改后"
    assert db.session.query(Goal).count() == before


def test_rows_that_say_what_is_stored_change_nothing_even_when_stale(department):
    rows = sheet(department).rows
    outcome = save(department, *[RowEdit(row.id, row.cells) for row in rows])
    assert (outcome.created, outcome.changed) == (0, 0)


def test_rows_of_a_unit_that_is_not_ones_own_are_not_saved(department):
    goal = department.goals[0]
    edit = RowEdit(goal.id, {"name": "别人的"}, seen_of(department, goal))
    with pytest.raises(RowsError) as caught, unit_of_work():
        sheet_services.save_rows(acting(department.secretary), key(department), [edit])
    assert caught.value.errors == {0: {"name": "这个目标不由您编制"}}
    assert stored(goal).name != "别人的"


def test_a_block_lies_over_rows_from_the_cell_on_and_goes_on_in_new_ones(department):
    shown = sheet(department)
    text = "目标值\t计量单位\n25\t村\n30\t个\n40\t期\n"
    paste = sheet_paste.lay_over(shown, text, "target", department.goals[1].id, {})
    assert [line.edit.goal_id for line in paste.lines] == [department.goals[1].id, None, None]
    assert paste.lines[0].edit.cells == {"target": "25", "measure_unit": "村"}
    with pytest.raises(DomainError, match="起始行"):
        sheet_paste.lay_over(shown, text, "target", department.goals[2].id, {})
    with pytest.raises(DomainError, match="哪一列"):
        sheet_paste.lay_over(shown, text, "nonsense", None, {})


def test_a_block_that_would_move_a_stored_goal_to_another_topic_is_refused_at_that_cell(department):
    goal = department.goals[0]
    other = TopicFactory(lead_unit=department.section, leader=department.leader.person)
    seen = seen_of(department, goal)
    with pytest.raises(RowsError) as caught:
        save(department, RowEdit(goal.id, {"name": "改后", "link": other.code}, seen))
    assert set(caught.value.errors[0]) == {"link"}
    assert department.topic.name in caught.value.errors[0]["link"]
    save(department, RowEdit(goal.id, {"name": "改后", "link": department.topic.code}, seen))
    assert (stored(goal).name, stored(goal).topic_id) == ("改后", department.topic.id)


def test_empty_lines_of_a_block_make_no_rows_and_change_none(department):
    first, second = department.goals[0], department.goals[1]
    text = "\t\n目标值\t计量单位\n25\t村\n \t\n30\t个\n\n40\t期\n"
    paste = sheet_paste.lay_over(sheet(department), text, "target", first.id, {})
    assert [(line.edit.goal_id, line.edit.cells["target"]) for line in paste.lines] == [
        (first.id, "25"),
        (None, "30"),
        (None, "40"),
    ]
    assert second.id not in {line.edit.goal_id for line in paste.lines}
    new_rows = sheet_paste.lay_over(sheet(department), "甲\n\n乙", "name", None, {}).lines
    assert [line.edit.cells for line in new_rows] == [{"name": "甲"}, {"name": "乙"}]


def test_a_block_confirmed_after_a_row_changed_is_refused_at_its_cell(department):
    goal = department.goals[0]
    seen = {goal.id: seen_of(department, goal)}
    type_into(department, goal, "name", "别人改的")
    paste = sheet_paste.lay_over(sheet(department), "新名", "name", goal.id, seen)
    with pytest.raises(RowsError) as caught:
        save(department, *[line.edit for line in paste.lines])
    assert "已被修改" in caught.value.errors[0]["name"]
    assert paste.lines[0].row.cells["name"] == "别人改的"


def test_every_cell_of_a_row_that_cannot_be_so_is_named(department):
    goal = department.goals[0]
    edit = RowEdit(
        goal.id, {"helpers": "李不在", "deadline": "年底", "name": "改后"}, seen_of(department, goal)
    )
    with pytest.raises(CellsError) as caught, unit_of_work():
        sheet_services.save_cells(acting(department.head), stored(goal), edit)
    assert set(caught.value.errors) == {"helpers", "deadline"}
    assert stored(goal).name != "改后"
