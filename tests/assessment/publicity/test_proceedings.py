"""Evidence as files, appeals and their outcome, and whom an open objection holds (N8)."""

import io
import zipfile
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from fivestep_web.assessment.cycles.queries import get_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.publicity import appeals, attachments, queries
from fivestep_web.assessment.publicity.appeals import Appeal, Outcome
from fivestep_web.assessment.publicity.filing import list_matters
from fivestep_web.assessment.publicity.models import AppealOutcome, ObjectionAppeal, ObjectionFile
from fivestep_web.assessment.publicity.rules import ObjectionKind, ObjectionState, PublicityState
from fivestep_web.audit.verification import verify
from fivestep_web.core import clock, plain_files
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.packages import UnsafeFile
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.assessment.cycles.plans import (
    CONFIRM_DAY,
    YEAR,
    actor_of,
    bring_to,
    move,
    schedule_results,
    state,
)
from tests.assessment.publicity.people import answer, file, make_troupe, receive, received, results, stored
from tests.factories.accounts import user_with_role
from tests.web import get, post

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
DISMISSED, UPHELD = ObjectionState.DISMISSED, ObjectionState.UPHELD
REVIEW = {"kind": ObjectionKind.REVIEW, "about": "丁某甲"}
pytestmark = pytest.mark.usefixtures("posting_day")


def package(main, *more):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in ("[Content_Types].xml", main, *more):
            archive.writestr(name, "<x/>")
    return data.getvalue()


WORD = package("word/document.xml", "word/media/image1.png", "word/theme/theme1.xml")
EXCEL = package("xl/workbook.xml", "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.JPG", b"\xff\xd8\xff\xe0"),
        ("a.png", PNG),
        ("a.pdf", b"%PDF-1.7"),
        ("a.docx", WORD),
        ("a.xlsx", EXCEL),
    ],
)
def test_photos_pdf_word_and_excel_are_taken(name, data):
    plain_files.check(name, data)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.png", b"", "空的"),
        ("a.png", b"<html>", "扩展名不符"),
        ("a.pdf", PNG, "扩展名不符"),
        ("a.exe", b"MZ", "只收照片"),
        ("a.svg", b"<svg/>", "只收照片"),
        ("a.docx", EXCEL, "真正的 Word"),
        ("a.xlsx", WORD, "真正的 Excel"),
        ("a.docx", package("word/document.xml", "word/vbaProject.bin"), "宏"),
        ("a.docx", package("word/document.xml", "word/embeddings/oleObject1.bin"), "嵌入"),
        ("a.docx", package("word/document.xml", "../evil.xml"), "部件名称不正常"),
        ("a.docx", WORD[:-30], "损坏"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧格式"),
        ("a.pdf", b"%PDF-" + b"0" * (20 * 1024 * 1024), "超过 20 MB"),
    ],
)
def test_what_is_something_else_or_dangerous_or_too_large_is_refused(name, data, why):
    with pytest.raises(UnsafeFile, match=why):
        plain_files.check(name, data)


def add(user, objection_id, name="照片.png", data=PNG):
    with unit_of_work():
        objection = queries.get_objection(actor_of(user), YEAR, objection_id, lock=True)
        return attachments.add(actor_of(user), objection, name, data).id


def test_evidence_is_read_by_the_objector_and_the_two_handlers_alone(troupe, login):
    objection_id = file(troupe.member)
    file_id = add(troupe.member, objection_id, r"C:\照片\现场.png")
    page = f"/assessment/{YEAR}/objections/{objection_id}"
    address = f"{page}/files/{file_id}"
    assert get(login(troupe.handler), address).status_code == 404
    receive(troupe.receiver, objection_id)
    for user in (troupe.member, troupe.receiver, troupe.handler):
        found = get(login(user), address)
        assert (found.status_code, found.data) == (200, PNG)
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        assert found.headers["Content-Disposition"].startswith("attachment;")
        assert "%E7%8E%B0%E5%9C%BA.png" in found.headers["Content-Disposition"]
        assert found.mimetype == "application/octet-stream"
    counter = troupe.cast.hr
    for user in (counter, troupe.cast.minister, user_with_role(Role.STF), user_with_role(Role.ADM)):
        assert get(login(user), address).status_code in {403, 404}
    shown = get(login(counter), page).text
    assert "材料只有办理人和异议人能看" in shown
    assert "现场.png" not in shown


def test_evidence_is_added_by_the_parties_until_the_answer(troupe, login):
    objection_id = received(troupe)
    add(troupe.receiver, objection_id)
    with pytest.raises(NotAllowed, match="异议人或受理人"):
        add(troupe.handler, objection_id)
    page = f"/assessment/{YEAR}/objections/{objection_id}"
    client = login(troupe.member)
    bad = {"file": (io.BytesIO(b"MZ"), "a.exe")}
    refused = post(client, f"{page}/files", bad)
    assert (refused.status_code, "只收照片" in refused.text) == (422, True)
    answer(troupe.handler, objection_id)
    with pytest.raises(NotAllowed, match="在答复以前"):
        add(troupe.member, objection_id)


def test_an_objection_has_at_most_ten_files(troupe):
    objection_id = file(troupe.member)
    for number in range(attachments.MOST):
        add(troupe.member, objection_id, f"{number}.png")
    with pytest.raises(Conflict, match="最多10份"):
        add(troupe.member, objection_id)


def test_an_altered_file_is_not_sent(troupe, login):
    objection_id = file(troupe.member)
    file_id = add(troupe.member, objection_id)
    database.session.execute(text("UPDATE blob SET data = :data"), {"data": b"x"})
    database.session.commit()
    page = f"/assessment/{YEAR}/objections/{objection_id}/files/{file_id}"
    assert get(login(troupe.member), page).status_code == 409


@pytest.fixture
def dismissed(troupe):
    """A review of the member that was dismissed on the day of confirmation, 20 January 2027."""
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(troupe.cast, CycleState.CONFIRMED)
        objection_id = received(troupe, **REVIEW)
        answer(troupe.handler, objection_id)
    with time_machine.travel(CONFIRM_DAY + timedelta(days=30), tick=True):
        yield objection_id


def appeal(user, objection_id, day=date(2027, 2, 4)):
    with unit_of_work():
        objection = queries.get_objection(actor_of(user), YEAR, objection_id, lock=True)
        appeals.appeal(actor_of(user), objection, Appeal("县公务员局", day, "复核没有核对计票表"))


def conclude(user, objection_id, outcome=UPHELD, day=date(2027, 2, 10)):
    with unit_of_work():
        objection = queries.get_objection(actor_of(user), YEAR, objection_id, lock=True)
        told = Outcome(outcome, "县公务员局", day, "复核结论不当，责令更正")
        appeals.conclude(actor_of(user), objection, told)


def test_an_appeal_is_made_within_fifteen_days_of_the_answer_and_once(troupe, dismissed):
    for day, why in (
        (date(2027, 2, 5), "已经过期"),
        (date(2027, 1, 19), "不能早于"),
        (date(2027, 3, 1), "今天"),
    ):
        with pytest.raises(FieldError, match=why):
            appeal(troupe.member, dismissed, day)
    for user in (troupe.handler, troupe.receiver):
        with pytest.raises(NotAllowed, match="由本人提出"):
            appeal(user, dismissed)
    appeal(troupe.member, dismissed)
    with pytest.raises(Conflict, match="还没有申诉的"):
        appeal(troupe.member, dismissed)


def test_the_appeal_of_who_asked_on_paper_is_entered_by_the_receiver(troupe):
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(troupe.cast, CycleState.CONFIRMED)
        objection_id = file(troupe.receiver, **REVIEW, objector="丁某甲")
        answer(troupe.handler, objection_id)
        appeal(troupe.receiver, objection_id, CONFIRM_DAY.date())
    assert stored(objection_id).appeal.entered_by_id == troupe.receiver.person_id


def test_only_a_dismissed_review_is_appealed_against(troupe):
    objection_id = received(troupe)
    answer(troupe.handler, objection_id)
    with pytest.raises(Conflict):
        appeal(troupe.member, objection_id, date(2027, 1, 5))


def test_what_the_organ_decided_is_kept_and_the_latest_counts(troupe, dismissed):
    with pytest.raises(Conflict, match="还没有申诉"):
        conclude(troupe.receiver, dismissed)
    appeal(troupe.member, dismissed)
    with pytest.raises(NotAllowed):
        conclude(troupe.member, dismissed)
    with pytest.raises(FieldError, match="决定日期"):
        conclude(troupe.receiver, dismissed, day=date(2027, 2, 3))
    conclude(troupe.receiver, dismissed)
    (found,) = queries.upheld_reviews(YEAR)
    assert (found.person_id, found.decided_on) == (troupe.member.person_id, date(2027, 2, 10))
    assert found.text == "复核结论不当，责令更正"
    conclude(troupe.cast.office, dismissed, DISMISSED)
    assert queries.upheld_reviews(YEAR) == []
    assert len(stored(dismissed).appeal.outcomes) == 2
    assert state() is CycleState.CONFIRMED


def test_files_answers_appeals_and_outcomes_can_never_be_changed(troupe, dismissed):
    appeal(troupe.member, dismissed)
    conclude(troupe.receiver, dismissed)
    other = file(troupe.receiver, ObjectionKind.REVIEW, "丁某甲", objector="丁某甲")
    add(troupe.receiver, other)
    assert not [fault for fault in verify().faults if "异议" in fault]
    for table in ("objection_answer", "objection_file", "objection_appeal", "appeal_outcome"):
        for change in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608
            with pytest.raises(DatabaseError, match="append-only"):
                database.session.execute(text(change))
            database.session.rollback()
    counts = [
        database.session.query(table).count() for table in (ObjectionFile, ObjectionAppeal, AppealOutcome)
    ]
    assert counts == [1, 1, 1]


def test_an_appeal_and_its_outcome_are_entered_on_the_page(troupe, dismissed, login):
    page = f"/assessment/{YEAR}/objections/{dismissed}"
    typed = {"addressee": "县公务员局", "appealed_on": "2027-02-04", "grounds": "没有核对计票表"}
    client = login(troupe.member)
    assert "2027年2月4日前提出申诉" in get(client, page).text
    late = post(client, f"{page}/appeal", typed | {"appealed_on": "2027-02-09"})
    assert (late.status_code, "已经过期" in late.text, "没有核对计票表" in late.text) == (422, True, True)
    assert post(client, f"{page}/appeal", typed).location == page
    decision = {"outcome": "dismissed", "organ": "县公务员局", "decided_on": "2027-02-10", "text": "维持"}
    client = login(troupe.receiver)
    assert post(client, f"{page}/appeal/outcome", decision | {"organ": ""}).status_code == 422
    assert post(client, f"{page}/appeal/outcome", decision).location == page
    assert "不成立 · 县公务员局" in get(login(troupe.member), page).text


def test_a_review_holds_that_person_alone(troupe):
    with time_machine.travel(CONFIRM_DAY, tick=True):
        move(troupe.cast, CycleState.CONFIRMED)
        objection_id = received(troupe, **REVIEW)
        assert queries.held_people(YEAR) == {troupe.member.person_id}
        move(troupe.cast, CycleState.FILED)
        answer(troupe.handler, objection_id, UPHELD)
    assert queries.held_people(YEAR) == frozenset()
    (found,) = queries.upheld_reviews(YEAR)
    assert (found.person_id, found.decided_on) == (troupe.member.person_id, CONFIRM_DAY.date())
    assert found.text == "经核查，计票无误。"
    assert state() is CycleState.FILED


@pytest.mark.parametrize("about", ["第3科", "考核结果"])
def test_one_about_a_unit_or_the_whole_list_keeps_results_from_being_confirmed(troupe, about):
    objection_id = received(troupe, about=about)
    found = stored(objection_id)
    assert found.person_id is None
    assert (found.unit_id is None) == (about == "考核结果")
    with time_machine.travel(CONFIRM_DAY, tick=True):
        with pytest.raises(Conflict, match=f"关于{about}的公示异议还没有答复"):
            move(troupe.cast, CycleState.CONFIRMED)
        answer(troupe.handler, objection_id)
        move(troupe.cast, CycleState.CONFIRMED)


def test_the_count_as_a_whole_is_anybodys_matter_and_keeps_results_from_being_posted(cast):
    troupe = make_troupe(cast)
    bring_to(cast, CycleState.REVIEWED)
    offered = {matter.key for matter in list_matters(actor_of(troupe.member), get_cycle(YEAR), clock.today())}
    assert "count" in offered
    objection_id = received(troupe, kind=ObjectionKind.COUNT, about="全部单位")
    schedule_results(cast)
    with pytest.raises(Conflict, match="关于全部单位的计票异议还没有答复"):
        move(cast, CycleState.PUBLICIZING)
    answer(troupe.handler, objection_id)
    move(cast, CycleState.PUBLICIZING)
    assert results().state is PublicityState.RUNNING
