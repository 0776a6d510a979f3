"""Approving under a number, issuing, dropping: what each leaves behind, and what is refused."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock
from fivestep_web.core import settings as instance
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound
from fivestep_web.core.jobs import Outbox
from fivestep_web.core.permissions import SYSTEM, Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import batches, making, queries, services, verification
from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Batch, Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.numbers import services as numbering
from fivestep_web.documents.numbers import stamping
from fivestep_web.documents.numbers.models import DocumentNumber, NumberSeries
from fivestep_web.documents.numbers.rules import SERIES, NumberState
from fivestep_web.extensions import db
from tasks import runner
from tests.documents.sources import source, unit_copy, wanted
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory, UnitFactory
from tests.factories.queue import run_queue

BOOK = DocumentKind.TASK_BOOK
RESULT = DocumentKind.ANNUAL_ASSESSMENT_RESULT
TODAY = date(2026, 12, 9)
MINISTER = Actor(user_id=None, person_id=None, name="林某甲", roles=frozenset({Role.MIN}))
OFFICE = Actor(user_id=None, person_id=None, name="张某甲", roles=frozenset({Role.OFC}))

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def december(db):
    instance.put("rehearsal_date", TODAY.isoformat())
    for name, code in (("decision", "青组发"), ("bulletin", "青组通"), ("report", "青组字")):
        instance.put(f"agency_code_{name}", code)
    return PlanYearFactory(year=2026)


def draft(kind=BOOK, subject="all", actor=SYSTEM, **changes):
    """Have a draft made; return its id."""
    with unit_of_work():
        services.request_documents(actor, 2026, [wanted(kind, subject, is_draft=True, **changes)], "一份草稿")
    run_queue()
    db.session.rollback()
    query = select(GeneratedDocument.id).where(
        GeneratedDocument.kind == kind, GeneratedDocument.subject == subject
    )
    return db.session.scalars(query.order_by(GeneratedDocument.version.desc())).first()


def approve(document_id, day=TODAY, actor=OFFICE):
    with unit_of_work():
        return numbering.approve(actor, document_id, approved_on=day)


def issue(document_id, day=TODAY, actor=OFFICE):
    with unit_of_work():
        numbering.issue(actor, document_id, issued_on=day)


def drop(document_id, reason="重复行文", actor=OFFICE):
    with unit_of_work():
        numbering.drop(actor, document_id, reason=reason)


def found(document_id):
    db.session.rollback()
    return db.session.get_one(GeneratedDocument, document_id)


def data_of(document_id):
    return queries.get_file(OFFICE, document_id).data


def register():
    db.session.rollback()
    rows = db.session.scalars(select(DocumentNumber).order_by(DocumentNumber.id))
    return [(row.text, row.state.value) for row in rows]


def issued(**changes):
    document_id = draft(**changes)
    approve(document_id)
    run_queue()
    issue(document_id)
    run_queue()
    return document_id


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


def test_a_number_dropped_before_its_file_was_made_never_reaches_a_file():
    document_id = draft()
    approve(document_id)
    stamp = stamping.make(db.session.scalars(select(DocumentNumber.id)).one())
    drop(document_id)
    with unit_of_work():
        stamping.publish(stamp)
    run_queue()
    document = found(document_id)
    assert (document.state, document.payload["number"]) == (DocumentState.SUPERSEDED, None)


def test_an_issued_document_is_left_alone_by_every_door():
    document_id = issued()
    document = found(document_id)
    before = document.payload, data_of(document_id), document.blob_sha256, document.ready_at
    for attempt in (approve, issue, drop):
        with pytest.raises(Conflict, match="不再变动"):
            attempt(document_id)
    with pytest.raises(Conflict), unit_of_work():
        numbering.stamp_again(OFFICE, document_id)
    with unit_of_work():
        batch_id = db.session.scalars(select(Batch.id)).first()
        making.publish(batch_id, [making.Made(document_id, b"other", "0" * 64, "")])
        making.give_up([document_id], "失败")
        stamping.give_up(db.session.scalars(select(DocumentNumber.id)).one(), "失败")
    for key in db.session.scalars(select(Outbox.key)).all():
        runner.run(key)
    with pytest.raises(Conflict), unit_of_work():
        batches.retry(OFFICE, batch_id)
    document = found(document_id)
    after = document.payload, data_of(document_id), document.blob_sha256, document.ready_at
    assert after == before
    assert document.state is DocumentState.ISSUED


def test_changed_figures_make_a_draft_beside_the_issued_file_and_the_same_ones_make_nothing():
    document_id = issued()
    before = found(document_id).payload, data_of(document_id)
    with unit_of_work():
        asked = services.request_documents(SYSTEM, 2026, [wanted(BOOK, is_draft=True)], "再要")
    assert (asked.created, asked.existing) == (0, 1)
    changed = draft(reviewed_by="部长", compiled_by="研究室")
    assert changed != document_id
    assert found(changed).state is DocumentState.READY
    assert found(document_id).state is DocumentState.ISSUED
    assert (found(document_id).payload, data_of(document_id)) == before


def test_an_issued_document_stays_current_when_the_layout_changes(monkeypatch):
    document_id = issued()
    monkeypatch.setattr(services, "template_sha256", lambda kind: "f" * 64)
    assert draft() == document_id


def test_the_next_issued_version_takes_the_place_of_the_older_one():
    older = issued()
    before = found(older).payload, data_of(older)
    newer = issued(reviewed_by="部长")
    assert found(newer).state is DocumentState.ISSUED
    assert found(older).state is DocumentState.SUPERSEDED
    assert (found(older).payload, data_of(older)) == before
    assert register() == [("青组发〔2026〕1号", "living"), ("青组发〔2026〕2号", "living")]


def test_a_new_draft_waits_until_the_number_before_it_is_issued_or_dropped():
    numbered = draft()
    approve(numbered)
    run_queue()
    changed = draft(reviewed_by="部长")
    assert found(numbered).state is DocumentState.NUMBERED
    with pytest.raises(Conflict, match="第1版已编为青组发〔2026〕1号、尚未印发"):
        approve(changed)
    drop(numbered)
    assert approve(changed).number == "青组发〔2026〕2号"


def test_facts_that_return_do_not_touch_a_newer_version_with_a_number():
    first = issued()
    second = draft(reviewed_by="部长")
    approve(second)
    run_queue()
    assert draft() == second  # the newest; nothing new was made
    assert [found(item).state for item in (first, second)] == [DocumentState.ISSUED, DocumentState.NUMBERED]


def test_an_outdated_draft_is_not_numbered():
    older = draft()
    with unit_of_work():
        services.request_documents(SYSTEM, 2026, [wanted(BOOK, is_draft=True, reviewed_by="部长")], "新版")
    with pytest.raises(Conflict, match="更新的第2版"):
        approve(older)


def test_a_draft_that_gets_its_number_is_not_replaced_by_the_version_made_meanwhile():
    older = draft()
    with unit_of_work():
        (batch_id,) = services.request_documents(
            SYSTEM, 2026, [wanted(BOOK, is_draft=True, reviewed_by="部长")], "新版"
        ).batch_ids
    newer = db.session.scalars(select(GeneratedDocument.id).where(GeneratedDocument.version == 2)).one()
    made = making.make_waiting([newer])
    db.session.add(
        DocumentNumber(
            agency_code="青组发", year=2026, number=1, document_id=older, approved_on=TODAY,
            taken_at=clock.now(),
        )
    )  # fmt: skip
    db.session.commit()
    with unit_of_work():
        making.publish(batch_id, made)
    assert [found(item).state for item in (older, newer)] == [DocumentState.READY, DocumentState.READY]


def test_a_file_that_cannot_be_made_is_named_with_its_reason_and_made_on_asking_again(monkeypatch):
    document_id = draft()
    real = making.render
    monkeypatch.setattr(making, "render", lambda *_args: 1 / 0)
    approve(document_id)
    run_queue()
    number = db.session.scalars(select(DocumentNumber)).one()
    assert "ZeroDivisionError" in number.failure
    assert found(document_id).state is DocumentState.READY
    monkeypatch.setattr(making, "render", real)
    with unit_of_work():
        numbering.stamp_again(OFFICE, document_id)
    run_queue()
    assert found(document_id).state is DocumentState.NUMBERED
    assert db.session.scalars(select(DocumentNumber.failure)).one() == ""
    with pytest.raises(Conflict, match="无须重试"), unit_of_work():
        numbering.stamp_again(OFFICE, document_id)


def test_work_that_dies_every_time_is_given_up_with_its_reason(monkeypatch):
    document_id = draft()
    approve(document_id)

    def dies(*_args, **_options):
        raise MemoryError

    monkeypatch.setattr(making, "make", dies)
    run_queue()
    assert db.session.scalars(select(DocumentNumber.failure)).one() == "内存不足，已中止。"
    assert found(document_id).state is DocumentState.READY


def test_a_worker_that_dies_between_number_and_file_leaves_a_draft_and_the_rerun_one_file(monkeypatch):
    document_id = draft()
    approve(document_id)
    real = stamping.publish

    def cut_off(stamp):
        real(stamp)
        raise KeyboardInterrupt  # the process ends before the commit

    monkeypatch.setattr(stamping, "publish", cut_off)
    key = db.session.scalars(select(Outbox.key).where(Outbox.key.startswith("stamp-"))).one()
    with pytest.raises(KeyboardInterrupt):
        runner.run(key)
    assert found(document_id).state is DocumentState.READY
    assert register() == [("青组发〔2026〕1号", "living")]
    monkeypatch.setattr(stamping, "publish", real)
    db.session.execute(Outbox.__table__.update().values(lease_until=None))
    db.session.commit()
    runner.run(key)
    runner.run(key)
    assert found(document_id).state is DocumentState.NUMBERED
    assert list(verification.faults()) == []


def test_a_rollback_takes_no_number():
    document_id = draft()

    def fails():
        with unit_of_work():
            numbering.approve(OFFICE, document_id, approved_on=TODAY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert register() == []
    assert approve(document_id).number == "青组发〔2026〕1号"


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.MIN, Role.EXD, Role.OFC}])
def test_nobody_else_numbers_issues_or_drops(role):
    document_id = draft()
    other = Actor(user_id=None, person_id=None, name="某", roles=frozenset({role}))
    for attempt in (approve, issue, drop):
        with pytest.raises((NotAllowed, NotFound)):
            attempt(document_id, actor=other)


def test_the_office_prepares_the_monthly_bulletin_and_the_leaders_issue_it():
    document_id = draft(DocumentKind.MONTHLY_BULLETIN)
    with pytest.raises(NotAllowed, match="月通报"):
        approve(document_id)
    approve(document_id, actor=MINISTER)
    run_queue()
    for attempt in (issue, drop):
        with pytest.raises(NotAllowed):
            attempt(document_id)
    issue(document_id, actor=MINISTER)


def test_nobody_approves_the_result_they_had_made_and_anybody_entitled_a_task_book():
    clerk, other = user_with_role(Role.OFC), user_with_role(Role.OFC)
    mine, colleague = (
        Actor(user_id=user.id, person_id=user.person_id, name="某", roles=frozenset({Role.OFC}))
        for user in (clerk, other)
    )
    result, book = draft(RESULT, actor=mine), draft(BOOK, actor=mine)
    with pytest.raises(NotAllowed, match="由您生成的"):
        approve(result, actor=mine)
    approve(result, actor=colleague)
    approve(book, actor=mine)
    run_queue()
    issue(result, actor=mine)


def test_copies_of_units_and_letters_take_no_number():
    unit = UnitFactory()
    with unit_of_work():
        services.request_documents(SYSTEM, 2026, [unit_copy(unit.id)], "分表")
    run_queue()
    document_id = db.session.scalars(select(GeneratedDocument.id)).one()
    with pytest.raises(Conflict, match="不单独编号"):
        approve(document_id)


def test_every_step_is_logged_with_the_number():
    document_id = issued()
    other = draft(DocumentKind.TIMETABLE)
    approve(other)
    drop(other)
    rows = db.session.execute(
        select(AuditEntry.action, AuditEntry.subject, AuditEntry.body)
        .where(AuditEntry.action.startswith("document."))
        .order_by(AuditEntry.sequence)
    ).all()
    assert [(row.action, row.subject, json.loads(row.body)["detail"]["number"]) for row in rows] == [
        ("document.numbered", f"document:{document_id}", "青组发〔2026〕1号"),
        ("document.issued", f"document:{document_id}", "青组发〔2026〕1号"),
        ("document.numbered", f"document:{other}", "青组发〔2026〕2号"),
        ("document.number_dropped", f"document:{other}", "青组发〔2026〕2号"),
    ]


def test_a_hidden_document_is_as_if_it_were_not_there():
    document_id = draft(DocumentKind.ADMONITION_LIST)
    with pytest.raises(NotFound):
        approve(document_id, actor=MINISTER)
    with pytest.raises(NotFound):
        approve(999_999)


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


def test_the_source_of_a_document_is_asked_for_facts_and_never_for_numbers():
    document_id = issued()
    with source(BOOK, wanted(BOOK, is_draft=True, goal_count=1, reviewed_by="副部长")), unit_of_work():
        assert services.build_all(SYSTEM, 2026, [BOOK]).created == 1
    run_queue()
    assert found(document_id).state is DocumentState.ISSUED
