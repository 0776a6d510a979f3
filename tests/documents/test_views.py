"""The documents page: who sees what, what is refused, one zip, downloads that are checked first."""

import io
import json
import zipfile
from hashlib import sha256
from urllib.parse import quote

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Batch, Blob, DocumentState, GeneratedDocument
from fivestep_web.documents.queries import PAGE
from fivestep_web.extensions import db as database
from tasks import registry
from tests.documents.sources import CHANGED, LETTER, letter_wanted, source, wanted
from tests.factories.accounts import user_with_role
from tests.factories.documents import made
from tests.factories.org import PersonFactory, PlanYearFactory, UnitFactory
from tests.web import get, post

ADMONITION = DocumentKind.ADMONITION_LIST
BOOK = DocumentKind.TASK_BOOK
RESULT = DocumentKind.ANNUAL_ASSESSMENT_RESULT
DECISION = DocumentKind.COMMENDATION_DECISION

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("db")]


@pytest.fixture(autouse=True)
def plan_year(db):
    registry.load()
    return PlanYearFactory(year=2026)


def word_files(data):
    """Return the names of the Word files of a zip."""
    return [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if name.endswith(".docx")]


@pytest.fixture
def office(login):
    return login(user_with_role(Role.OFC))


def test_the_office_sees_letters_with_kind_version_and_state(office):
    (letter,) = made(letter_wanted(1, unit_id=UnitFactory(name="干部科").id))
    page = get(office, "/documents").text
    assert "责〔2026〕K1号 干部科2026年度岗位目标责任书" in page
    assert f"/documents/{letter}/download" in page
    assert "已生成" in page
    fragment = get(office, "/documents", htmx=True)
    assert fragment.status_code == 200
    assert fragment.text.lstrip().startswith('<section id="documents"')


def test_a_download_is_the_checked_file_under_its_chinese_name(office):
    (letter,) = made(letter_wanted(1))
    answer = get(office, f"/documents/{letter}/download")
    assert answer.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    name = quote("责〔2026〕K1号 干部科2026年度岗位目标责任书.docx", safe="")
    assert answer.headers["Content-Disposition"].endswith(f"filename*=UTF-8''{name}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_altered_file_answers_409_and_not_one_byte_of_it(office):
    (letter,) = made(letter_wanted(1))
    blob = database.session.scalars(select(Blob)).one()
    blob.data = b"PK altered"
    database.session.commit()
    answer = get(office, f"/documents/{letter}/download")
    assert answer.status_code == 409
    assert "校验值不符" in answer.text
    assert b"PK altered" not in answer.data


def test_a_document_that_is_not_made_yet_answers_409(office):
    with unit_of_work():
        services.request_documents(SYSTEM, 2026, [letter_wanted(1)], "一批")
    letter = database.session.scalars(select(GeneratedDocument.id)).one()
    assert get(office, f"/documents/{letter}/download").status_code == 409


@pytest.fixture
def spread():
    """One document of each reach: own unit's, another unit's person's, the system's, the restricted."""
    own, other = UnitFactory(name="本科"), UnitFactory(name="别科")
    person = PersonFactory()
    ids = made(
        letter_wanted(1, unit_id=own.id),
        letter_wanted(2, unit_id=other.id, person_id=person.id),
        wanted(BOOK),
        wanted(RESULT),
        wanted(DECISION),
    )
    ids += made(wanted(ADMONITION))
    return own, other, person, ids


REACH = {
    Role.MIN: (True, True, True, True, True),
    Role.EXD: (True, True, True, True, True),
    Role.OFC: (True, True, True, True, True),
    Role.HRO: (True, True, True, True, True),
    Role.SHD: (True, False, True, False, False),
    Role.TSC: (True, False, True, False, False),
    Role.STF: (False, False, True, False, False),
    Role.ORG: (False, False, True, False, False),
    Role.SUP: (False, False, True, False, False),
}


@pytest.mark.parametrize("role", REACH)
def test_each_role_reads_what_its_post_reaches_in_list_zip_and_download(role, spread, login):
    own, _other, _person, ids = spread
    client = login(user_with_role(role, unit=own))
    page = get(client, "/documents").text
    for document, may in zip(ids, REACH[role], strict=False):
        link = f"/documents/{document}/download"
        assert (link in page) is may
        assert get(client, link).status_code == (200 if may else 404)
    chosen = "&".join(f"id={document}" for document in ids)
    packed = get(client, f"/documents/archive?year=2026&chosen=1&{chosen}")
    assert len(word_files(packed.data)) == sum(REACH[role])


def test_a_leader_reads_the_units_in_charge(spread, login):
    _own, other, _person, ids = spread
    client = login(user_with_role(Role.DEP, charge=(other,)))
    assert get(client, f"/documents/{ids[0]}/download").status_code == 404
    assert get(client, f"/documents/{ids[1]}/download").status_code == 200


def test_a_person_reads_the_own_letter(login):
    user = user_with_role(Role.STF)
    (letter,) = made(letter_wanted(1, unit_id=UnitFactory().id, person_id=user.person_id))
    assert get(login(user), f"/documents/{letter}/download").status_code == 200


def test_whoever_reads_no_documents_is_refused(login):
    client = login(user_with_role(Role.PNL))
    assert get(client, "/documents").status_code == 403
    assert get(client, "/documents/1/download").status_code == 403


def test_the_confidential_list_stands_apart_and_only_for_who_may_read_it(login):
    (secret,) = made(wanted(ADMONITION))
    for role, may in ((Role.MIN, True), (Role.SUP, True), (Role.OFC, False), (Role.SHD, False)):
        client = login(user_with_role(role))
        page = get(client, "/documents").text
        assert ("诫勉谈话建议名单" in page) is may
        assert ("诫勉谈话建议名单" in get(client, "/documents", htmx=True).text) is may
        assert (f"/documents/{secret}/export" in page) is may
        assert get(client, f"/documents/{secret}/download").status_code == 404
        assert get(client, f"/documents/archive?year=2026&chosen=1&id={secret}").status_code == 303
        assert post(client, f"/documents/{secret}/export").status_code == (200 if may else 403)


def test_each_export_of_a_confidential_document_is_logged(login):
    (secret,) = made(wanted(ADMONITION))
    user = user_with_role(Role.SUP)
    answer = post(login(user), f"/documents/{secret}/export")
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    entry = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "document.exported")).one()
    assert (entry.user_id, entry.subject) == (user.id, f"document:{secret}")


def test_an_ordinary_document_is_not_exported_and_reading_is_no_post(login):
    (letter,) = made(letter_wanted(1))
    client = login(user_with_role(Role.MIN))
    assert post(client, f"/documents/{letter}/export").status_code == 404
    assert get(client, f"/documents/{letter}/export").status_code == 405
    assert post(client, f"/documents/{letter}/download").status_code == 405


def test_building_starts_a_batch_and_a_second_click_says_that_nothing_is_new(office):
    with source(LETTER, letter_wanted(1), letter_wanted(2)):
        answer = post(office, "/documents/build?year=2026", {"kinds": [LETTER.value]})
        assert (answer.status_code, answer.location) == (303, "/documents?year=2026")
        page = get(office, "/documents").text
        assert "开始生成 2 份" in page
        assert "已完成 0，共 2" in page
        assert 'hx-trigger="load delay:1s"' in page
        post(office, "/documents/build?year=2026", {"kinds": [LETTER.value]})
        assert "没有新的文档" in get(office, "/documents").text
    assert len(database.session.scalars(select(Batch)).all()) == 1


def test_building_without_a_kind_answers_422_with_the_reason(office):
    with source(LETTER, letter_wanted(1)):
        for fields in ({}, {"kinds": ["admonition_list"]}):
            answer = post(office, "/documents/build?year=2026", fields)
            assert answer.status_code == 422
            assert "请改正以下内容后再提交" in answer.text
    assert database.session.scalars(select(Batch)).all() == []


def test_only_who_may_build_sees_the_button_and_gets_through(login):
    with source(LETTER, letter_wanted(1)), source(ADMONITION, wanted(ADMONITION)):
        minister = login(user_with_role(Role.MIN))
        assert "/documents/build" not in get(minister, "/documents").text
        assert post(minister, "/documents/build", {"kinds": [LETTER.value]}).status_code == 403
        office = login(user_with_role(Role.OFC))
        assert ADMONITION.value not in get(office, "/documents").text
        supervisor = login(user_with_role(Role.SUP))
        page = get(supervisor, "/documents").text
        assert f'value="{ADMONITION.value}"' in page
        assert f'name="kinds" type="checkbox" value="{LETTER.value}"' not in page
        assert post(supervisor, "/documents/build", {"kinds": [LETTER.value]}).status_code == 422
        assert post(supervisor, "/documents/build", {"kinds": [ADMONITION.value]}).status_code == 303
        assert "诫勉" not in get(login(user_with_role(Role.OFC)), "/documents").text


def test_the_bar_asks_again_only_while_something_runs(office):
    made(letter_wanted(1), letter_wanted(2))
    shown = database.session.scalars(select(Batch.id)).one()
    answer = get(office, f"/documents/batches?year=2026&shown={shown}", htmx=True)
    done = answer.text
    assert "已全部生成" in done
    assert answer.headers["HX-Trigger"] == "documents-changed"
    assert 'hx-trigger="documents-changed from:body"' in get(office, "/documents").text
    assert "hx-trigger" not in done
    assert "hx-get" not in done
    assert str(shown) not in get(office, "/documents/batches?year=2026", htmx=True).text
    assert get(office, "/documents/batches?year=2026").status_code == 303


def test_a_single_file_the_system_makes_gets_no_bar_unless_it_failed(office):
    with unit_of_work():
        services.request_documents(SYSTEM, 2026, [letter_wanted(1)], "刚签的责任书")
    assert "刚签的责任书" not in get(office, "/documents").text
    broken = letter_wanted(2)
    broken.payload["goals"] = "不是列表"
    made(broken)
    assert "一批文档" in get(office, "/documents").text


def test_failures_are_shown_with_the_reason_and_tried_again_by_who_may_build(office, login):
    broken = letter_wanted(1)
    broken.payload["goals"] = "不是列表"
    made(broken)
    batch = database.session.scalars(select(Batch.id)).one()
    page = get(office, "/documents").text
    assert "资料不完整" in page
    answer = post(office, f"/documents/batches/{batch}/retry", htmx=True)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section id="document-batches"')
    assert "已重新排队" in answer.headers["HX-Trigger"].encode().decode("unicode_escape")
    assert post(office, f"/documents/batches/{batch}/retry").status_code == 409
    assert post(office, "/documents/batches/999/retry").status_code == 404
    supervisor = login(user_with_role(Role.SUP))
    assert post(supervisor, f"/documents/batches/{batch}/retry").status_code == 404
    assert post(login(user_with_role(Role.SHD)), f"/documents/batches/{batch}/retry").status_code == 403


def test_who_may_build_cancels_a_running_batch(office, login):
    with unit_of_work():
        asked = services.request_documents(SYSTEM, 2026, [letter_wanted(1), letter_wanted(2)], "全年责任书")
    address = f"/documents/batches/{asked.batch_ids[0]}/cancel"
    assert "取消生成" in get(office, "/documents").text
    assert post(login(user_with_role(Role.SHD)), address).status_code == 403
    assert post(login(user_with_role(Role.SUP)), address).status_code == 404
    answer = post(login(user_with_role(Role.OFC)), address, htmx=True)
    assert answer.text.lstrip().startswith('<section id="document-batches"')
    assert "全年责任书" not in answer.text
    events = json.loads(answer.headers["HX-Trigger"])
    assert "没有生成的 2 份不再生成" in events["toast"]["message"]
    assert "documents-changed" in events
    again = post(login(user_with_role(Role.OFC)), address)
    assert again.status_code == 409


def test_the_filter_narrows_list_and_zip_alike(office):
    unit = UnitFactory(name="干部科")
    person = PersonFactory(name="欧阳某甲")
    made(letter_wanted(1, unit_id=unit.id, person_id=person.id), letter_wanted(2), wanted(BOOK))
    for query, count in (
        ("", 3),
        ("&kind=responsibility_letter", 2),
        (f"&unit_id={unit.id}", 1),
        ("&person=欧阳", 1),
        ("&person=%25", 0),
        ("&state=ready", 3),
        ("&state=failed", 0),
        ("&kind=nonsense&state=nonsense&unit_id=x", 3),
    ):
        page = get(office, f"/documents?year=2026{query}").text
        assert page.count('name="id"') == count
        answer = get(office, f"/documents/archive?year=2026{query}")
        names = word_files(answer.data) if count else []
        assert (answer.status_code, len(names)) == (200 if count else 303, count)


def test_the_zip_keeps_equal_names_apart_and_leaves_an_altered_file_out(office):
    _first, _second, third = made(*(letter_wanted(n, number="责〔2026〕K7号") for n in (1, 2, 3)))
    document = database.session.get(GeneratedDocument, third)
    database.session.get(Blob, document.blob_sha256).data = b"altered"
    database.session.commit()
    answer = get(office, "/documents/archive?year=2026")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.is_streamed
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    stem = "责〔2026〕K7号 干部科2026年度岗位目标责任书"
    assert packed.namelist() == [f"{stem}.docx", f"{stem}（2）.docx", "清单.csv", "清单.json"]
    assert {member.compress_type for member in packed.infolist()} == {zipfile.ZIP_STORED}
    assert packed.testzip() is None
    listed = json.loads(packed.read("清单.json"))
    assert [row["file"] for row in listed["files"]] == packed.namelist()[:2]
    for row in listed["files"]:
        assert row["sha256"] == sha256(packed.read(row["file"])).hexdigest()
        assert (row["number"], row["year"], len(row["serial"])) == ("责〔2026〕K7号", 2026, 16)
    assert stem in listed["notes"][0]
    assert f"说明,“{stem}" in packed.read("清单.csv").decode("utf-8-sig")


def test_replaced_versions_are_listed_only_when_asked_for(office):
    made(letter_wanted(1))
    made(letter_wanted(1, change_note=CHANGED))
    assert get(office, "/documents").text.count('name="id"') == 1
    assert "已作废" in get(office, "/documents?state=superseded").text


def test_pages_lead_on_and_back_and_cost_the_same_however_many_rows(office, count_queries):
    made(*(letter_wanted(n) for n in range(1, PAGE + 11)))
    first = get(office, "/documents?year=2026").text
    assert first.count('name="id"') == PAGE
    database.session.rollback()
    count_queries.statements.clear()
    get(office, "/documents?year=2026")
    many = len(count_queries)
    edge = min(
        database.session.scalars(
            select(GeneratedDocument.id).order_by(GeneratedDocument.id.desc()).limit(PAGE)
        )
    )
    assert f"before={edge}" in first
    second = get(office, f"/documents?year=2026&before={edge}").text
    assert second.count('name="id"') == 10
    assert f"after={edge - 1}" in second
    back = get(office, f"/documents?year=2026&after={edge - 1}").text
    assert back.count('name="id"') == PAGE
    count_queries.statements.clear()
    get(office, "/documents?year=2026&person=nobody")
    assert len(count_queries) == many


def test_hostile_titles_are_inert_on_the_page(office):
    made(letter_wanted(1, title="<script>alert(1)</script>\"'责任书"))
    page = get(office, "/documents").text
    assert "<script>alert" not in page
    assert "＜script＞" in page


def test_an_instance_without_a_year_says_who_has_to_act(office, plan_year):
    database.session.delete(plan_year)
    database.session.commit()
    page = get(office, "/documents")
    assert page.status_code == 200
    assert "还没有任何年度" in page.text


def test_a_failed_document_has_no_link(office):
    broken = letter_wanted(1)
    broken.payload["goals"] = "不是列表"
    (bad,) = made(broken)
    assert database.session.get(GeneratedDocument, bad).state is DocumentState.FAILED
    assert f"/documents/{bad}/download" not in get(office, "/documents").text
    assert get(office, f"/documents/{bad}/download").status_code == 409
