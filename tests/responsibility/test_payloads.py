"""Every letter and task book of the demo county becomes a faultless Word file (C03, C05, B4, B5, B9)."""

from decimal import Decimal

from sqlalchemy import select

from fivestep_web.core import settings
from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.opened import WordFile
from fivestep_web.documents.opened import text_of as words_of
from fivestep_web.documents.rendering import render
from fivestep_web.extensions import db
from fivestep_web.responsibility.books import requests as books
from fivestep_web.responsibility.letters import payloads
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import LetterState, printed_serial
from tests.factories.responsibility import (
    GoalFactory,
    MilestoneFactory,
    bring_into_force,
    issue,
    letter_of,
    sign,
)

LETTER, BOOK = DocumentKind.RESPONSIBILITY_LETTER, DocumentKind.TASK_BOOK
YEAR = 2026


def faults(request):
    data = render(request.kind, request.payload)
    return [(request.subject, found) for found in violations(request.kind, request.payload, data)]


def test_every_letter_of_the_demo_county_passes_all_checks(demo):
    requests = payloads.letter_requests(YEAR)
    assert len(requests) == db.session.query(Letter).count() > 60
    found = [fault for request in requests for fault in faults(request)]
    assert found == []


def test_every_task_book_of_the_demo_county_passes_all_checks(demo):
    requests = books.task_book_requests(YEAR)
    scopes = [request.payload["scope"] for request in requests]
    assert scopes.count("system") == 1
    assert scopes.count("unit") == len(
        set(db.session.scalars(select(Goal.unit_id).where(Goal.parent_id.is_(None))))
    )
    assert scopes.count("person") == len(set(db.session.scalars(select(Goal.person_id))))
    found = [fault for request in requests for fault in faults(request)]
    assert found == []


def test_no_row_of_the_demo_task_book_has_one_of_the_five_empty(demo):
    (system,) = [item for item in books.task_book_requests(YEAR) if item.subject == "all"]
    named = ("category", "deadline", "responsible_unit", "responsible_person", "leader_in_charge")
    rows = [goal for topic in system.payload["topics"] for goal in topic["goals"]]
    assert rows
    assert all(row[key].strip() not in {"", "—"} for row in rows for key in named)
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))


def test_weights_of_every_demo_letter_total_100(demo):
    for request in payloads.letter_requests(YEAR):
        assert sum(Decimal(goal["weight"]) for goal in request.payload["goals"]) == 100, request.title
        assert request.payload["total_weight"] == "100"


def payload_of(letter):
    return payloads.letter_request(letter.id).payload


def test_parties_and_signature_lines_follow_the_kind(drafted):
    unit, personal = payload_of(letter_of(drafted.secretary)), payload_of(letter_of(drafted.organizer))
    assert unit["issuing_side"]["name"] == "中共本县委组织部"
    assert unit["responsible_side"]["name"] == "城关镇"
    assert unit["responsible_side"]["signatory_position"] == "城关镇党委书记"
    assert personal["issuing_side"]["name"] == "城关镇"
    assert personal["responsible_side"]["name"].startswith("城关镇组织委员 ")
    section = payload_of(letter_of(drafted.head))
    assert section["issuing_side"]["name"].startswith("副部长 ")


def test_a_draft_still_being_weighed_prints_what_its_weights_come_to(drafted):
    letter = letter_of(drafted.head)
    letter.goals[0].weight -= 5
    db.session.flush()
    payload = payload_of(letter)
    assert payload["total_weight"] == "95"
    assert violations(LETTER, payload, render(LETTER, payload)) == []


def test_a_letter_is_a_draft_until_both_signed_and_says_so(drafted):
    letter = letter_of(drafted.head)
    for step in (lambda: issue(letter, drafted.clerk), lambda: sign(letter, drafted.head)):
        assert payload_of(letter)["draft"] is True
        step()
    assert "（草稿）" in text_of(letter)
    assert payload_of(letter)["document_date"] is None
    sign(letter, drafted.leader)
    payload = payload_of(letter)
    assert (payload["draft"], payload["document_date"]) == (False, "2026年1月12日")
    text = text_of(letter)
    assert "（草稿）" not in text
    first, second = letter_of(drafted.head).versions[0].signatures
    for signature in (first, second):
        line = f"电子签署 {signature.position}\n2026-01-12 10:00 校验码 {signature.content_sha256[:16]}"
        assert line in text
    (version,) = letter_of(drafted.head).versions
    assert (
        f"核验编号：{printed_serial(version.serial)}（第1版）\n核验网址：http://127.0.0.1:8000/verify" in text
    )


def text_of(letter):
    file = WordFile.open(render(LETTER, payload_of(letter)))
    return "\n".join(words_of(part) for part in file.text_parts)


def test_the_qr_code_can_be_switched_off(drafted):
    letter = letter_of(drafted.head)
    assert payload_of(letter)["verification"] is None
    issue(letter, drafted.clerk)
    assert payload_of(letter)["verification"]["has_qr"] is True
    settings.put("letter_qr", "no")
    assert payload_of(letter)["verification"]["has_qr"] is False


def test_a_filed_letter_keeps_the_names_of_its_day(drafted):
    letter = letter_of(drafted.head)
    bring_into_force(letter, drafted.clerk, drafted.head, drafted.leader)
    before = payload_of(letter)
    drafted.section.periods[-1].name = "组织一科"
    drafted.head.person.name = "改名后"
    db.session.commit()
    assert payload_of(letter) == before


def test_goals_of_one_name_keep_their_own_phases(drafted):
    for goal in drafted.goals[:2]:
        db.session.get(Goal, goal.id).name = "同名目标"
    db.session.commit()
    issue(letter_of(drafted.head), drafted.clerk)
    payload = payload_of(letter_of(drafted.head))
    assert [entry["goal"] for entry in payload["timetable"]] == ["同名目标", "同名目标"]
    assert [len(entry["phases"]) for entry in payload["timetable"]] == [1, 1]
    assert payload["timetable"][0]["phases"][0]["period"] == "1月5日—3月31日"


def test_a_phase_that_ends_with_the_one_before_names_no_time_that_runs_backwards(drafted):
    MilestoneFactory(goal=drafted.goals[0], sequence=2, name="同日验收")
    issue(letter_of(drafted.head), drafted.clerk)
    phases = payload_of(letter_of(drafted.head))["timetable"][0]["phases"]
    assert [phase["period"] for phase in phases] == ["1月5日—3月31日", "至3月31日"]


def test_void_letters_make_no_document(drafted):
    letter_of(drafted.head).state = LetterState.VOID
    db.session.commit()
    subjects = {request.subject for request in payloads.letter_requests(YEAR)}
    assert f"letter:{letter_of(drafted.head).id}" not in subjects
    assert len(subjects) == 4


def test_a_persons_task_book_holds_goals_and_tasks_of_that_person(drafted):
    extra = GoalFactory(
        topic=drafted.topic, unit=drafted.section, person=drafted.head.person, parent=drafted.goals[1]
    )
    requests = {request.subject: request for request in books.task_book_requests(YEAR)}
    own = requests[f"person:{drafted.head.person_id}"]
    names = {goal["goal"] for topic in own.payload["topics"] for goal in topic["goals"]}
    assert names == {drafted.goals[0].name, drafted.goals[1].name, drafted.tasks[0].name, extra.name}
    assert own.is_draft
    assert own.title.endswith("2026年工作任务书")


def test_a_year_without_goals_has_no_task_book(january, db):
    assert books.task_book_requests(YEAR) == []
