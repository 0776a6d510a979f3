"""Each person gets one notice of the year: HR's draft first, the person's own once the bulletin is out."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import delete, select

from fivestep_web.assessment.models import RatingTally
from fivestep_web.assessment.notices import notice_payloads
from fivestep_web.assessment.payloads import result_payloads
from fivestep_web.assessment.publicity.models import Objection, ObjectionAnswer
from fivestep_web.assessment.publicity.rules import ObjectionKind, ObjectionState
from fivestep_web.core import settings as instance
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import queries, services
from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.payload_checks import check_payload
from fivestep_web.documents.rendering import render
from fivestep_web.documents.requests import gather
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Person
from tests.assessment.county import county, goal, load
from tests.documents import numbering
from tests.factories.accounts import user_with_role
from tests.factories.queue import run_queue
from tests.factories.tokens import acting

NOTICE = DocumentKind.PERSONAL_RESULT_NOTICE
RESULT = DocumentKind.ANNUAL_ASSESSMENT_RESULT


@pytest.fixture
def town(db):
    """Two sections, one member with two tasks of which one is done; the other member has none."""
    sheets = county(2)
    sheets["目标"] += [
        goal("R1", "K01", parent="MK01", person="SK01"),
        goal("R2", "K01", parent="MK01", person="SK01"),
    ]
    sheets["进展"] += [["R1", dt.date(2026, 6, 30), 10, dt.date(2026, 6, 30)]]
    sheets["进展"] += [["R2", dt.date(2026, 6, 30), 4, None]]
    load(sheets)


@pytest.fixture
def issued(town):
    """Have the bulletin issued on 9 December; return its payload."""
    instance.put("rehearsal_date", numbering.TODAY.isoformat())
    numbering.give_agency_codes()
    database.session.commit()
    with unit_of_work():
        services.build(acting(user_with_role(Role.HRO)), 2026, [RESULT])
    run_queue()
    document_id = database.session.scalars(select(GeneratedDocument.id)).one()
    numbering.approve(document_id)
    run_queue()
    numbering.issue(document_id)
    run_queue()
    return queries.find_issued(2026, RESULT)


def notices():
    """Return the requests by the code of their person."""
    codes = {row.id: row.code for row in database.session.execute(select(Person.id, Person.code))}
    return {codes[request.person_id]: request for request in notice_payloads(2026)}


def object_about(code):
    """Store a request for review of the person's result, received and waiting for its answer."""
    person_id = database.session.scalars(select(Person.id).where(Person.code == code)).one()
    objection = Objection(
        year=2026,
        kind=ObjectionKind.REVIEW,
        state=ObjectionState.RECEIVED,
        person_id=person_id,
        about=code,
        objector=code,
        contact="内线8012",
        facts="漏计一项",
        filed_on=dt.date(2026, 12, 10),
        entered_by_id=person_id,
        received_by_id=person_id,
    )
    database.session.add(objection)
    database.session.commit()
    return objection


def test_who_asked_for_a_review_has_no_notice_until_the_answer_and_then_one_that_says_so(town):
    objection = object_about("SK01")
    assert list(notices()) == ["HK01", "HK02"]
    objection.state = ObjectionState.UPHELD
    told = ObjectionAnswer(
        objection=objection,
        outcome=ObjectionState.UPHELD,
        answer="补计一项",
        reason="漏计",
        answered_on=dt.date(2026, 12, 20),
        answered_at=dt.datetime(2026, 12, 20, tzinfo=dt.UTC),
        person_id=objection.person_id,
    )
    database.session.add(told)
    database.session.commit()
    found = notices()
    note = "复核改正：以2026年12月20日的复核结论为准。"
    assert [code for code, request in found.items() if note in request.payload["figure_note"]] == ["SK01"]
    assert check_payload(NOTICE, found["SK01"].payload)["draft"] is True


def test_everyone_with_a_figure_has_a_draft_that_passes_every_check(town):
    found = notices()
    assert list(found) == ["HK01", "HK02", "SK01"]
    for request in found.values():
        assert (request.kind, request.subject, request.is_draft) == (
            NOTICE,
            f"person:{request.person_id}",
            True,
        )
        assert request.unit_id is not None
        assert check_payload(NOTICE, request.payload)["draft"] is True
        assert violations(NOTICE, request.payload, render(NOTICE, request.payload)) == []
    assert list(gather(NOTICE, 2026)) == list(found.values())


def test_a_member_is_told_of_the_own_tasks_and_a_head_of_the_units_goals(town):
    found = notices()
    member, head = found["SK01"].payload, found["HK01"].payload
    assert member["title"] == "李某甲同志2026年度考核结果通知"
    assert (member["recipient"], member["unit_and_position"]) == ("李某甲", "第K01科科员")
    assert [(row["goal"], row["completion"]) for row in member["goals"]] == [
        ("目标R1", "已完成"),
        ("目标R2", "完成4篇，目标10篇"),
    ]
    assert (member["completed_count"], head["completed_count"]) == (1, 1)
    assert [row["goal"] for row in head["goals"]] == ["目标MK01"]
    assert "本人完成得分×50%" in member["figure_note"]
    assert "＋单位完成得分×50%" in head["figure_note"]
    assert member["grade"] is None


def test_the_figure_is_half_the_units_total_and_half_the_own_completion(town):
    payload = notices()["SK01"].payload
    assert (payload["total_score"], payload["rank"], payload["unit_count"]) == ("88.00", "1", 2)
    assert (payload["own_score"], payload["personal_score"]) == ("66.00", "77.00"), "late is cut"


def test_before_the_bulletin_is_issued_no_day_to_object_is_named(town):
    payload = notices()["SK01"].payload
    assert (payload["document_date"], payload["objection_end_date"]) == (None, None)


@pytest.mark.usefixtures("db")
def test_before_there_are_ratings_there_is_none():
    sheets = county(1)
    sheets["评价"] = sheets["评价"][:1]
    load(sheets)
    assert notice_payloads(2026) == []


def test_once_the_bulletin_is_issued_the_notices_are_dated_by_it_and_final(issued):
    assert issued["letterhead"]["printing_date"] == "2026年12月9日"
    for request in notices().values():
        assert not request.is_draft
        assert request.payload["document_date"] == "2026年12月9日"
        assert request.payload["objection_end_date"] == "2027年1月8日"
        assert check_payload(NOTICE, request.payload)["issued"] is True
        assert violations(NOTICE, request.payload, render(NOTICE, request.payload)) == []


def test_the_units_result_stays_that_of_the_issued_bulletin(issued):
    before = notices()["SK01"].payload
    database.session.execute(delete(RatingTally).where(RatingTally.score == Decimal(80)))
    assert result_payloads(2026)[0].payload["series"] != issued["series"]
    assert notices()["SK01"].payload == before


def test_the_person_reads_the_notice_once_the_bulletin_is_issued(issued):
    officer = acting(user_with_role(Role.HRO))
    with unit_of_work():
        assert services.build(officer, 2026, [NOTICE]).created == 3
    run_queue()
    made = database.session.scalars(select(GeneratedDocument).where(GeneratedDocument.kind == NOTICE)).all()
    assert {document.state for document in made} == {DocumentState.READY}
    assert all(queries.get_file(officer, document.id).data for document in made)
    with unit_of_work():
        assert services.build(officer, 2026, [NOTICE]).created == 0
    wanted, colleague = queries.Filter(2026, kind=NOTICE), acting(user_with_role(Role.SHD))
    for document in made:
        reader = replace(colleague, person_id=document.person_id)
        assert [row.id for row in queries.list_documents(reader, wanted)] == [document.id]
