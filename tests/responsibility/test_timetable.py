"""The timetable page and its Word files (C04, R2.6, R2.7, R6.1)."""

from datetime import date

import pytest
from sqlalchemy import select

from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.rendering import render
from fivestep_web.documents.services import build
from fivestep_web.extensions import db
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.books import requests as books
from fivestep_web.responsibility.books import timetable
from fivestep_web.responsibility.letters import payloads
from fivestep_web.responsibility.models import Goal, Milestone
from tests.factories.queue import queued, run_queue
from tests.factories.responsibility import DAY, YEAR, MilestoneFactory, acting

TABLE = DocumentKind.TIMETABLE


def weeks(user, *, is_near=False, **filters):
    goals = timetable.list_phased_goals(acting(user), YEAR, **filters)
    return timetable.by_week(goals, YEAR, DAY, get_calendar(), is_near=is_near)


def ends(rows):
    return {row.label: [(line.phase.name, line.goal.id) for line in row.lines] for row in rows}


def test_phases_stand_in_the_week_they_end_in(department):
    assert ends(weeks(department.clerk, unit_id=department.section.id)) == {
        "第3周": [],
        "第14周": [("摸底排查", department.goals[0].id)],
        "第49周": [("收尾", department.goals[0].id), ("全程", department.goals[1].id)],
    }


def test_the_near_view_ends_after_eight_weeks(department):
    milestone = db.session.scalars(
        select(Milestone).where(Milestone.goal_id == department.goals[0].id).order_by(Milestone.sequence)
    ).first()
    milestone.due_on = date(2026, 3, 8)
    db.session.commit()
    near = ends(weeks(department.clerk, is_near=True, unit_id=department.section.id))
    assert list(near) == ["第3周", "第10周"]
    milestone.due_on = date(2026, 3, 9)
    db.session.commit()
    near = ends(weeks(department.clerk, is_near=True, unit_id=department.section.id))
    assert list(near) == ["第3周"]


def test_a_person_has_the_own_goals_and_tasks(department):
    rows = weeks(department.clerk, person_id=department.members[0].person_id)
    assert ends(rows)["第49周"] == [("全程", department.tasks[1].id)]


def test_the_present_week_is_marked_with_its_working_days(department):
    (now,) = [row for row in weeks(department.clerk) if row.is_now]
    assert (now.label, now.workdays, now.last_workday) == ("第3周", 5, date(2026, 1, 16))


def test_a_phase_that_ends_on_the_new_years_holiday_stands_in_the_last_week_of_the_old_year(department):
    goal = db.session.get(Goal, department.goals[1].id)
    goal.deadline = date(2027, 1, 1)
    db.session.commit()
    rows = weeks(department.clerk, unit_id=department.section.id)
    assert rows[-1].label == "第53周"
    goal.deadline = date(2027, 1, 4)
    db.session.commit()
    assert weeks(department.clerk, unit_id=department.section.id)[-1].label == "2027年第1周"


def test_a_year_without_published_holidays_is_named(department):
    goal = db.session.get(Goal, department.goals[1].id)
    goal.deadline = date(2039, 1, 4)
    db.session.commit()
    goals = timetable.list_phased_goals(acting(department.clerk), YEAR)
    assert timetable.unknown_years(goals, get_calendar()) == [2039]
    (system,) = [item for item in books.timetable_requests(YEAR) if item.subject == "all"]
    assert system.payload["calendar_note"].startswith("2039年节假日安排未发布")


def test_the_last_week_of_a_year_reaches_into_one_without_published_holidays(department):
    goal = db.session.get(Goal, department.goals[1].id)
    goal.deadline = date(2038, 12, 31)  # a Friday: the week ends on 2 January 2039
    db.session.commit()
    goals = timetable.list_phased_goals(acting(department.clerk), YEAR)
    assert timetable.unknown_years(goals, get_calendar()) == [2038, 2039]


def test_a_unit_sees_its_own_goals_only(department):
    shown = {line.goal.unit_id for row in weeks(department.secretary) for line in row.lines}
    assert shown == {department.township.id}
    choices = timetable.owner_choices(acting(department.secretary), YEAR, None)
    assert {person_id for person_id, _name in choices} == {
        department.secretary.person_id,
        department.organizer.person_id,
    }


def test_every_timetable_of_the_demo_county_passes_all_checks(demo):
    requests = books.timetable_requests(YEAR)
    assert [item.subject for item in requests] == [item.subject for item in books.task_book_requests(YEAR)]
    found = [
        (request.subject, fault)
        for request in requests
        for fault in violations(TABLE, request.payload, render(TABLE, request.payload))
    ]
    assert found == []


def test_no_row_of_the_demo_timetable_has_one_of_the_five_empty(demo):
    (system,) = [item for item in books.timetable_requests(YEAR) if item.subject == "all"]
    named = ("category", "deadline", "responsible_unit", "responsible_person", "leader_in_charge")
    goals = system.payload["goals"]
    assert goals
    assert all(goal[key].strip() not in {"", "—"} for goal in goals for key in named)
    assert all(phase["weeks"] and phase["week_end"] for goal in goals for phase in goal["phases"])


def test_the_word_file_names_the_week_and_its_last_working_day(department):
    requests = {item.subject: item for item in books.timetable_requests(YEAR)}
    goal = requests[f"unit:{department.section.id}"].payload["goals"][0]
    assert goal["phases"][0] == {
        "phase": "摸底排查",
        "completion_mark": "累计完成目标的25%",
        "period": "1月5日—3月31日",
        "weeks": "第2—14周",
        "week_end": "4月3日",
    }


def register():
    rows = db.session.scalars(select(GeneratedDocument).order_by(GeneratedDocument.id))
    return [(row.kind, row.subject, row.version, row.state) for row in rows]


@pytest.fixture
def made(department):
    """Task books and timetables of the year, made."""
    with unit_of_work():
        build(acting(department.clerk), YEAR, books.KINDS)
    run_queue()
    return department


def test_after_a_change_order_the_books_concerned_have_a_new_version_and_the_old_is_void(made):
    before = {row.id: row.blob_sha256 for row in db.session.scalars(select(GeneratedDocument))}
    goal = db.session.get(Goal, made.goals[0].id)
    goal.deadline = date(2026, 10, 30)
    db.session.commit()
    with unit_of_work():
        payloads.remake_books(YEAR, made.section.id, [made.head.person_id], cause="1")
    assert [task for task, _key in queued()] == ["responsibility.remake_books"]
    run_queue()
    subjects = {"all", f"unit:{made.section.id}", f"person:{made.head.person_id}"}
    changed = {(kind, subject, state) for kind, subject, version, state in register() if version == 2}
    assert changed == {(kind, subject, DocumentState.READY) for kind in books.KINDS for subject in subjects}
    void = {
        (kind, subject) for kind, subject, _version, state in register() if state is DocumentState.SUPERSEDED
    }
    assert void == {(kind, subject) for kind, subject, _state in changed}
    db.session.expire_all()
    after = {row.id: row.blob_sha256 for row in db.session.scalars(select(GeneratedDocument))}
    assert all(after[number] == sha256 for number, sha256 in before.items())
    assert all(db.session.get(Blob, sha256) for sha256 in before.values())


def test_remaking_twice_or_without_a_change_makes_nothing_new(made):
    count = len(register())
    for cause in ("1", "2"):
        with unit_of_work():
            payloads.remake_books(YEAR, made.section.id, [made.head.person_id], cause=cause)
        run_queue()
    assert len(register()) == count


def test_books_that_were_never_made_are_not_made_by_a_change(department):
    with unit_of_work():
        payloads.remake_books(YEAR, department.section.id, [department.head.person_id], cause="1")
    run_queue()
    assert register() == []


def test_the_page_shows_this_week_and_keeps_its_filters(login, department):
    MilestoneFactory(goal=department.goals[1], sequence=1, name="现场验收", due_on=date(2026, 1, 14))
    page = login(department.clerk).get(f"/goals/timetable?unit_id={department.section.id}").text
    assert "本周" in page
    assert "第3周 · 01-12—01-18" in page
    assert "5 个工作日，至 01-16" in page
    assert "现场验收" in page
    assert f'<option value="{department.section.id}" selected>' in page
