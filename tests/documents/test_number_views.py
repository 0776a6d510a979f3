"""A document's page and the register: who may, what is typed again, what is shown in words."""

import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from fivestep_web.audit.verification import verify
from fivestep_web.core.permissions import SYSTEM, Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import making, services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.numbers import services as numbering
from fivestep_web.documents.numbers.models import DocumentNumber
from fivestep_web.extensions import db as database
from tests.documents.sources import letter_wanted, unit_copy, wanted
from tests.factories.accounts import user_with_role
from tests.factories.documents import made
from tests.factories.org import UnitFactory
from tests.factories.queue import run_queue
from tests.web import get, post

BOOK, TABLE = DocumentKind.TASK_BOOK, DocumentKind.TIMETABLE
RESULT = DocumentKind.ANNUAL_ASSESSMENT_RESULT
OFFICE = Actor(user_id=None, person_id=None, name="张某甲", roles=frozenset({Role.OFC, Role.MIN}))
NUMBER = "青组发〔2026〕1号"

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("december")]


@pytest.fixture
def office(login):
    return login(user_with_role(Role.OFC, name="张某甲"))


@pytest.fixture
def draft():
    (document_id,) = made(wanted(BOOK, is_draft=True))
    return document_id


@pytest.fixture
def numbered(draft):
    approve(draft)
    run_queue()
    return draft


def approve(document_id, day=date(2026, 12, 1)):
    with unit_of_work():
        numbering.approve(OFFICE, document_id, approved_on=day)


def state_of(document_id):
    database.session.rollback()
    return database.session.get_one(GeneratedDocument, document_id).state


def test_a_draft_is_numbered_issued_and_registered_from_its_page(office, draft):
    page = get(office, f"/documents/{draft}").text
    assert f'action="/documents/{draft}/approve"' in page
    assert 'value="2026-12-09"' in page
    assert f"现在确认将取{NUMBER}" in page
    answer = post(office, f"/documents/{draft}/approve", {"approved_on": "2026-12-01"})
    assert (answer.status_code, answer.location) == (303, f"/documents/{draft}")
    page = get(office, f"/documents/{draft}").text
    assert f"已取号{NUMBER}" in page
    assert f"{NUMBER}：正在编号" in page
    assert 'hx-trigger="load delay:1s"' in page
    assert "正在编号" in get(office, "/documents").text
    run_queue()
    page = get(office, f"/documents/{draft}").text
    assert f"{NUMBER} 关于印发" in page
    assert f'action="/documents/{draft}/issue"' in page
    post(office, f"/documents/{draft}/issue", {"issued_on": "2026-12-03"})
    run_queue()
    page = get(office, f"/documents/{draft}").text
    assert "2026年12月3日" in page
    assert f'action="/documents/{draft}/' not in page
    listed = get(office, "/documents").text
    assert "已印发" in listed
    register = get(office, "/documents/numbers").text
    assert all(text in register for text in (NUMBER, "2026-12-01", "2026-12-03", "已印发", "张某甲"))


def test_the_list_leads_who_may_to_the_next_step_and_nobody_else(office, draft, login):
    assert f'href="/documents/{draft}" aria-label="批准编号' in get(office, "/documents").text
    other = login(user_with_role(Role.HRO))
    assert 'aria-label="批准编号' not in get(other, "/documents").text
    page = get(other, f"/documents/{draft}").text
    assert "approve" not in page
    assert post(other, f"/documents/{draft}/approve", {"approved_on": "2026-12-01"}).status_code == 403
    assert get(other, "/documents/numbers").status_code == 403
    assert database.session.scalars(select(DocumentNumber)).all() == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [("2026-12-10", "成文日期不能晚于今天"), ("2020-01-01", "成文日期不能早于"), ("", "请填写成文日期")],
)
def test_a_refused_date_stays_in_its_field_with_the_reason(office, draft, typed, words):
    answer = post(office, f"/documents/{draft}/approve", {"approved_on": typed})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'name="approved_on" required type="date" value="{typed}"' in answer.text
    assert state_of(draft) is DocumentState.READY


def test_a_refused_reason_and_day_of_issue_stay_too(office, numbered):
    answer = post(office, f"/documents/{numbered}/drop", {"reason": "理" * 201})
    assert answer.status_code == 422
    assert "理" * 201 in answer.text
    answer = post(office, f"/documents/{numbered}/issue", {"issued_on": "2026-11-01"})
    assert answer.status_code == 422
    assert "不能早于成文日期" in answer.text
    assert 'value="2026-11-01"' in answer.text
    assert state_of(numbered) is DocumentState.NUMBERED


def test_what_came_too_late_is_a_conflict_that_says_so(office, numbered):
    assert "已编号" in post(office, f"/documents/{numbered}/approve", {"approved_on": "2026-12-01"}).text
    assert post(office, f"/documents/{numbered}/approve", {"approved_on": "2026-12-01"}).status_code == 409
    assert post(office, f"/documents/{numbered}/stamp").status_code == 409
    post(office, f"/documents/{numbered}/issue", {"issued_on": "2026-12-03"})
    run_queue()
    for step, fields in (("drop", {"reason": "重复"}), ("issue", {"issued_on": "2026-12-03"})):
        answer = post(office, f"/documents/{numbered}/{step}", fields)
        assert answer.status_code == 409
        assert "不再变动" in answer.text


def test_a_date_out_of_order_is_pointed_out_after_the_number_is_taken(office, numbered):
    (table,) = made(wanted(TABLE, is_draft=True))
    post(office, f"/documents/{table}/approve", {"approved_on": "2026-11-20"})
    assert f"成文日期早于上一号（{NUMBER}，2026年12月1日）" in get(office, f"/documents/{table}").text
    assert database.session.scalars(select(DocumentNumber)).all()[1].number == 2


def test_a_dropped_number_stands_in_the_register_with_its_reason_and_who(office, numbered):
    answer = post(office, f"/documents/{numbered}/drop", {"reason": "主送机关有误"})
    assert answer.status_code == 303
    register = get(office, "/documents/numbers").text
    assert "文号作废：主送机关有误（张某甲）" in register
    assert "已作废" in register
    page = get(office, f"/documents/{numbered}").text
    assert "文号已作废" in page
    assert "approve" not in page
    assert "文号已作废" in get(office, "/documents?state=superseded").text


def test_the_download_is_called_by_the_number_once_the_file_carries_it(office, draft):
    approve(draft)
    assert "%E5%8F%B7" not in get(office, f"/documents/{draft}/download").headers["Content-Disposition"]
    run_queue()
    name = get(office, f"/documents/{draft}/download").headers["Content-Disposition"]
    assert "%E9%9D%92%E7%BB%84%E5%8F%91%E3%80%942026%E3%80%951%E5%8F%B7" in name


def test_the_poll_of_a_file_under_way_is_the_fragment_and_then_the_whole_page(office, draft):
    approve(draft)
    waiting = get(office, f"/documents/{draft}", htmx=True)
    assert waiting.text.lstrip().startswith('<section id="document-stage"')
    run_queue()
    done = get(office, f"/documents/{draft}", htmx=True)
    assert done.headers["HX-Redirect"] == f"/documents/{draft}"


def test_a_file_that_was_not_made_is_named_with_its_reason_and_a_button(office, draft, monkeypatch):
    real = making.render
    monkeypatch.setattr(making, "render", lambda *_args: 1 / 0)
    approve(draft)
    run_queue()
    page = get(office, f"/documents/{draft}").text
    assert f"{NUMBER}的文件没有生成" in page
    assert f'action="/documents/{draft}/stamp"' in page
    assert "文件没有生成" in get(office, "/documents/numbers").text
    monkeypatch.setattr(making, "render", real)
    assert post(office, f"/documents/{draft}/stamp").status_code == 303
    run_queue()
    assert state_of(draft) is DocumentState.NUMBERED


def test_who_had_a_result_made_reads_why_another_approves_it(login):
    clerk = user_with_role(Role.OFC)
    mine = Actor(user_id=clerk.id, person_id=clerk.person_id, name="某", roles=frozenset({Role.OFC}))
    with unit_of_work():
        result = wanted(RESULT, is_draft=True)
        services.request_documents(mine, 2026, [result], "考核结果")
    run_queue()
    (document_id,) = database.session.scalars(select(GeneratedDocument.id))
    client = login(clerk)
    page = get(client, f"/documents/{document_id}").text
    assert "由其他有权限的同志批准编号" in page
    assert f"/documents/{document_id}/approve" not in page
    fields = {"approved_on": "2026-12-01"}
    assert post(client, f"/documents/{document_id}/approve", fields).status_code == 403
    minister = login(user_with_role(Role.MIN))
    assert post(minister, f"/documents/{document_id}/approve", fields).status_code == 303


def test_a_result_not_publicized_is_cautioned_about_and_one_that_was_is_not(login):
    client = login(user_with_role(Role.MIN))
    for publicity in (None, wanted(RESULT).payload["publicity"]):
        (document_id,) = made(wanted(RESULT, is_draft=True, publicity=publicity))
        page = get(client, f"/documents/{document_id}").text
        assert ("公示期满、结果确定并重新生成后再编号" in page) is (publicity is None)
        assert f'action="/documents/{document_id}/approve"' in page


def test_a_newer_draft_says_what_it_waits_for(office, numbered):
    (newer,) = made(wanted(BOOK, is_draft=True, reviewed_by="部长"))
    page = get(office, f"/documents/{newer}").text
    assert f"{NUMBER}尚未印发" in page
    assert f"/documents/{newer}/approve" not in page
    assert "本文的其他版本" in page
    assert f'href="/documents/{numbered}"' in page


def test_an_outdated_draft_leads_to_the_newer_version(office, draft):
    with unit_of_work():
        newer = wanted(BOOK, is_draft=True, reviewed_by="部长")
        services.request_documents(SYSTEM, 2026, [newer], "新版")
    page = get(office, f"/documents/{draft}").text
    assert "本文已有更新的第2版" in page
    assert f"/documents/{draft}/approve" not in page
    answer = post(office, f"/documents/{draft}/approve", {"approved_on": "2026-12-01"})
    assert answer.status_code == 409


def test_the_documents_of_the_whole_system_are_found_among_the_copies(office):
    copy, book = made(unit_copy(UnitFactory().id), wanted(BOOK, is_draft=True))
    page = get(office, "/documents?unit_id=0").text
    assert f"/documents/{book}/download" in page
    assert f"/documents/{copy}/download" not in page
    assert '<option value="0" selected>全系统</option>' in page


def test_the_register_shows_what_waits_for_the_next_step_above(office, numbered):
    (table,) = made(wanted(TABLE, is_draft=True))
    page = get(office, "/documents/numbers").text
    assert "待办理 2 件" in page
    assert f'href="/documents/{numbered}" aria-label="印发{NUMBER}' in page
    assert f'href="/documents/{table}" aria-label="批准编号' in page


def test_letters_and_copies_of_units_have_a_page_without_steps(office):
    letter, copy = made(letter_wanted(1), unit_copy(UnitFactory().id))
    for document_id in (letter, copy):
        page = get(office, f"/documents/{document_id}").text
        assert "document-stage" not in page
        assert "approve" not in page
    assert get(office, "/documents/999999").status_code == 404


def test_the_register_of_all_series_is_filtered_by_code_and_year(office):
    result = wanted(RESULT, is_draft=True)
    ids = made(wanted(BOOK, is_draft=True), result, wanted(TABLE, is_draft=True))
    approve(ids[0])
    approve(ids[1])
    approve(ids[2], date(2025, 12, 30))
    everything = get(office, "/documents/numbers").text
    assert NUMBER in everything
    assert "青组通〔2026〕1号" in everything
    assert "青组发〔2025〕1号" not in everything
    bulletins = get(office, "/documents/numbers?code=青组通").text
    assert NUMBER not in bulletins
    assert "青组发〔2025〕1号" in get(office, "/documents/numbers?number_year=2025").text
    assert NUMBER in get(office, "/documents/numbers?number_year=1&code=没有").text


def test_the_register_as_a_workbook_holds_the_same_lines_as_texts(office, numbered):
    post(office, f"/documents/{numbered}/drop", {"reason": "=1+1"})
    answer = get(office, "/documents/numbers/download")
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    (sheet,) = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).sheet_names
    heads, line = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_name(sheet).to_python()
    assert heads[:4] == ["文号", "标题", "文种", "成文日期"]
    assert (line[0], line[3], line[7]) == (NUMBER, "2026-12-01", "已作废")
    assert line[8] == "文号作废：=1+1（张某甲）"


def test_the_register_costs_the_same_whatever_it_holds(office, count_queries):
    def cost():
        database.session.commit()
        count_queries.statements.clear()
        assert get(office, "/documents/numbers").status_code == 200
        return len(count_queries)

    approve(*made(wanted(BOOK, is_draft=True)))
    run_queue()
    cost()  # the first page of a session stores it
    first = cost()
    for document_id in made(
        wanted(TABLE, is_draft=True), wanted(DocumentKind.ANNUAL_WORK_PRIORITIES, is_draft=True)
    )[1:]:
        approve(document_id)
    run_queue()
    assert cost() == first


def test_verifying_finds_a_number_taken_out_of_the_register_and_one_exchanged(numbered):
    assert not [fault for fault in verify().faults if fault.startswith("发文字号")]
    (table,) = made(wanted(TABLE, is_draft=True))
    approve(table)
    run_queue()
    first, second = database.session.scalars(select(DocumentNumber).order_by(DocumentNumber.id))
    first.number, second.number = 7, 2
    database.session.commit()
    faults = [fault for fault in verify().faults if fault.startswith("发文字号")]
    assert faults == [
        f"发文字号：{NUMBER}不在发文登记里",
        f"发文字号：第 {numbered} 号文档登记为青组发〔2026〕7号，文件上不是",
    ]
