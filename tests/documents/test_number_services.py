"""Approving under a number, issuing, dropping: what each leaves behind, and what is refused (B2)."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core import settings as instance
from fivestep_web.core.errors import DomainError
from fivestep_web.documents import verification
from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.numbers.models import DocumentNumber, NumberSeries
from fivestep_web.documents.numbers.rules import SERIES, NumberState
from fivestep_web.extensions import db
from tests.documents.numbering import (
    BOOK,
    MINISTER,
    RESULT,
    approve,
    data_of,
    draft,
    drop,
    found,
    issue,
    register,
)
from tests.documents.sources import wanted
from tests.factories.queue import run_queue

pytestmark = pytest.mark.usefixtures("december")


def test_a_number_is_taken_at_once_and_shown_when_its_file_is_there():
    document_id = draft()
    before = data_of(document_id)
    approved = approve(document_id, date(2026, 12, 1))
    assert (approved.number, approved.warning) == ("青组发〔2026〕1号", "")
    waiting = found(document_id)
    assert (waiting.state, waiting.is_draft, waiting.payload["number"]) == (DocumentState.READY, True, None)
    assert "青组发" not in waiting.download_name
    assert data_of(document_id) == before
    run_queue()
    document = found(document_id)
    assert (document.state, document.is_draft) == (DocumentState.NUMBERED, False)
    assert document.download_name.startswith("青组发〔2026〕1号 关于印发")
    assert document.payload["document_date"] == "2026年12月1日"
    assert violations(BOOK, document.payload, data_of(document_id)) == []
    assert list(verification.faults()) == []


def test_issuing_fills_the_imprint_and_leaves_every_figure_as_it_was():
    document_id = draft()
    drafted = found(document_id).payload
    approve(document_id, date(2026, 12, 1))
    run_queue()
    issue(document_id, date(2026, 12, 3))
    run_queue()
    document = found(document_id)
    assert (document.state, document.payload["issued"]) == (DocumentState.ISSUED, True)
    assert document.payload["letterhead"]["printing_date"] == "2026年12月3日"
    assert violations(BOOK, document.payload, data_of(document_id)) == []
    stamped = {"number", "document_date", "draft", "issued", "letterhead"}
    same = {name for name in drafted if drafted[name] == document.payload[name]}
    assert drafted.keys() - same <= stamped
    assert list(verification.faults()) == []


@pytest.mark.parametrize("kind", SERIES)
def test_each_kind_that_goes_out_is_numbered_and_issued_in_its_series_and_passes_every_check(kind):
    document_id = draft(kind)
    number = approve(document_id, actor=MINISTER).number
    assert number.startswith({"decision": "青组发", "bulletin": "青组通", "report": "青组字"}[
        SERIES[kind].value.removeprefix("agency_code_")])  # fmt: skip
    run_queue()
    assert violations(kind, found(document_id).payload, data_of(document_id)) == []
    issue(document_id, actor=MINISTER)
    run_queue()
    document = found(document_id)
    assert document.state is DocumentState.ISSUED
    assert violations(kind, document.payload, data_of(document_id)) == []


def test_each_code_and_year_counts_for_itself():
    texts = [
        approve(draft(BOOK)).number,
        approve(draft(RESULT), actor=MINISTER).number,
        approve(draft(DocumentKind.TIMETABLE), date(2025, 12, 30)).number,
        approve(draft(DocumentKind.COMMENDATION_DECISION), actor=MINISTER).number,
    ]
    assert texts == ["青组发〔2026〕1号", "青组通〔2026〕1号", "青组发〔2025〕1号", "青组发〔2026〕2号"]


def test_a_date_before_that_of_the_number_before_is_pointed_out_and_not_refused():
    approve(draft(BOOK), date(2026, 12, 5))
    assert approve(draft(DocumentKind.TIMETABLE), date(2026, 12, 5)).warning == ""
    warning = approve(draft(DocumentKind.COMMENDATION_DECISION), date(2026, 12, 4), MINISTER).warning
    assert "成文日期早于上一号（青组发〔2026〕2号，2026年12月5日）" in warning


@pytest.mark.parametrize(
    ("day", "words"), [(date(2026, 12, 10), "不能晚于今天"), (date(2024, 12, 31), "不能早于2025年")]
)
def test_a_date_that_cannot_be_takes_no_number(day, words):
    document_id = draft()
    with pytest.raises(DomainError, match=words):
        approve(document_id, day)
    assert register() == []
    assert approve(document_id).number == "青组发〔2026〕1号"


@pytest.mark.parametrize(
    ("day", "words"), [(date(2026, 12, 10), "不能晚于今天"), (date(2026, 11, 30), "不能早于成文日期")]
)
def test_the_day_of_issue_lies_between_approval_and_today(day, words):
    document_id = draft()
    approve(document_id, date(2026, 12, 1))
    run_queue()
    with pytest.raises(DomainError, match=words):
        issue(document_id, day)
    assert found(document_id).state is DocumentState.NUMBERED


def test_a_dropped_number_keeps_its_reason_and_the_next_draft_takes_the_next_one():
    document_id = draft()
    approve(document_id)
    run_queue()
    with pytest.raises(DomainError, match="理由"):
        drop(document_id, "  ")
    drop(document_id, "主送机关有误")
    number = db.session.scalars(select(DocumentNumber)).one()
    assert (number.state, number.reason) == (NumberState.DROPPED, "主送机关有误")
    assert found(document_id).state is DocumentState.SUPERSEDED
    again = draft()
    assert again != document_id
    assert found(again).version == 2
    assert approve(again).number == "青组发〔2026〕2号"
    assert register() == [("青组发〔2026〕1号", "dropped"), ("青组发〔2026〕2号", "living")]


COURSES = st.lists(
    st.tuples(
        st.sampled_from(["发", "通"]),
        st.sampled_from([2025, 2026]),
        st.sampled_from(["take", "drop", "fail"]),
    ),
    max_size=12,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(course=COURSES)
def test_whatever_is_taken_dropped_or_refused_the_numbers_run_from_one_without_gap(course):
    for table in (DocumentNumber, GeneratedDocument, NumberSeries):
        db.session.execute(table.__table__.delete())
    db.session.commit()
    expected = {}
    for place, (code, year, act) in enumerate(course):
        instance.put("agency_code_decision", code)
        document_id = _plain_draft(place)
        if act == "fail":
            with pytest.raises(DomainError):
                approve(document_id, date(2026, 12, 10))
            continue
        taken = approve(document_id, date(year, 6, 1)).number
        expected[code, year] = expected.get((code, year), 0) + 1
        assert taken == f"{code}〔{year}〕{expected[code, year]}号"
        if act == "drop":
            drop(document_id)
    for (code, year), last in expected.items():
        rows = select(DocumentNumber.number).where(
            DocumentNumber.agency_code == code, DocumentNumber.year == year
        )
        assert sorted(db.session.scalars(rows)) == list(range(1, last + 1))


def _plain_draft(place):
    """Store a finished draft without making its file: only its number is of interest."""
    db.session.merge(Blob(sha256="a" * 64, size=1, data=b"x"))
    document = GeneratedDocument(
        year=2026, kind=BOOK, subject=f"course:{place}", version=1, title="通知", file_name="x.docx",
        download_name="x.docx", payload=wanted(BOOK, is_draft=True).payload, content_sha256="b" * 64,
        template_sha256="c" * 64, blob_sha256="a" * 64, state=DocumentState.READY, requested_at=clock.now(),
    )  # fmt: skip
    db.session.add(document)
    db.session.commit()
    return document.id
