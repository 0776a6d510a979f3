"""The import page: one upload, checked, previewed and loaded by the queue; only its owner sees inside."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import clock, jobs
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org.models import PostHolding, PostRole
from fivestep_web.responsibility.letters import drafting
from fivestep_web.responsibility.models import Goal, Letter
from fivestep_web.responsibility.rules import LetterState
from fivestep_web.workbook import upload_services
from fivestep_web.workbook.models import UploadState, WorkbookUpload
from fivestep_web.workbook.reading import read_workbook
from tests.factories.accounts import user_with_role
from tests.factories.queue import queued, run_queue
from tests.workbook.builders import sheets, write
from tests.workbook.loading import dump, load, put, touched

ALL = (Role.OFC, Role.ADM)


@pytest.fixture(autouse=True)
def without_csrf(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", None)


@pytest.fixture
def owner(app):
    return user_with_role(*ALL, name="何某甲")


class Browser:
    """A client whose requests follow what the test itself stored, in the same database transaction."""

    def __init__(self, client):
        self._client = client

    def get(self, address, **options):
        database.session.commit()
        return self._client.get(address, **options)

    def post(self, address, **options):
        database.session.commit()
        return self._client.post(address, **options)


@pytest.fixture
def browser(owner, login):
    return Browser(login(owner))


def work():
    """Do what is queued; return how many attempts that took."""
    database.session.commit()
    return run_queue()


def upload(browser, tmp_path, data, name="年度工作簿.xlsx"):
    """Upload sheets of rows; return the answer and the upload."""
    content = data if isinstance(data, bytes) else write(tmp_path / "up.xlsx", data).read_bytes()
    answer = browser.post("/admin/imports", data={"file": (BytesIO(content), name)})
    return answer, database.session.scalars(select(WorkbookUpload).order_by(WorkbookUpload.id.desc())).first()


def page(browser, upload_id):
    return browser.get(f"/admin/imports/{upload_id}").text


def stored(upload_id):
    database.session.expire_all()
    return database.session.get_one(WorkbookUpload, upload_id)


def test_the_empty_page_asks_for_a_file_and_offers_the_template(browser, tmp_path):
    text = browser.get("/admin/imports").text
    assert 'enctype="multipart/form-data"' in text
    assert "还没有导入过" in text
    answer = browser.get("/admin/imports/template")
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    (tmp_path / "t.xlsx").write_bytes(answer.data)
    assert read_workbook(tmp_path / "t.xlsx").sheets[0].name == "单位"


def test_a_faultless_file_is_previewed_then_loaded_by_the_queue(browser, tmp_path):
    answer, kept = upload(browser, tmp_path, sheets())
    assert (answer.status_code, answer.location) == (303, f"/admin/imports/{kept.id}")
    text = page(browser, kept.id)
    assert "没有发现问题" in text
    assert "新增 整顿" in text
    assert database.session.query(Goal).count() == 0
    assert browser.post(f"/admin/imports/{kept.id}/load").status_code == 303
    assert "排队等候" in page(browser, kept.id)
    assert work() == 1
    assert database.session.query(Goal).count() == 3
    done = stored(kept.id)
    assert (done.state, done.data, done.stage) == (UploadState.LOADED, None, upload_services.STAGES)
    assert "全部导入" in page(browser, kept.id)
    loaded = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "workbook.loaded")).one()
    assert loaded.user_id == done.user_id


def test_a_preview_of_what_is_loaded_already_offers_no_import(browser, tmp_path):
    load(sheets())
    _answer, kept = upload(browser, tmp_path, sheets())
    text = page(browser, kept.id)
    assert "没有变化，不用导入" in text
    assert f"/admin/imports/{kept.id}/load" not in text


def test_uploading_and_looking_change_only_the_upload_and_the_log(browser, tmp_path):
    load(sheets())
    before = dump()
    upload(browser, tmp_path, put(sheets(), "目标", "I2", 31))
    changed = set(touched(before)) - {"instance_setting", "web_session"}
    assert changed == {"workbook_upload", "audit_entry"}


def test_errors_stand_by_sheet_with_their_cells_and_the_marked_workbook_holds_them(browser, tmp_path):
    data = put(put(sheets(), "目标", "I2", "45%"), "人员", "F4", "科长")
    _answer, kept = upload(browser, tmp_path, data)
    assert (kept.state, kept.problem_count) == (UploadState.FAULTY, 2)
    text = page(browser, kept.id)
    assert "“目标”表" in text
    assert "<b>I2<" in text
    assert "<b>F4<" in text
    answer = browser.get(f"/admin/imports/{kept.id}/marked")
    (tmp_path / "marked.xlsx").write_bytes(answer.data)
    notes = read_workbook(tmp_path / "marked.xlsx").sheets[-1]
    assert [row.cells[1].text for row in notes.rows[1:]] == ["F4", "I2"]


def test_a_faulty_file_is_not_loaded_whatever_is_posted(browser, tmp_path):
    _answer, kept = upload(browser, tmp_path, put(sheets(), "目标", "I2", "45%"))
    assert browser.post(f"/admin/imports/{kept.id}/load").status_code == 409
    assert queued() == []


def test_a_kept_file_is_checked_again_without_a_second_upload(browser, tmp_path):
    data = {"进展": sheets()["进展"], "设置": sheets()["设置"]}
    _answer, kept = upload(browser, tmp_path, data)
    assert stored(kept.id).problem_count == 3
    load({name: rows for name, rows in sheets().items() if name != "进展"})
    assert browser.post(f"/admin/imports/{kept.id}/check").status_code == 303
    assert (stored(kept.id).state, stored(kept.id).problem_count) == (UploadState.CHECKED, 0)


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "文件是空的"), (b"MZ" + b"\0" * 90, "不是 .xlsx"), (b"PK\x03\x04" + b"\0" * 90, "不完整或已损坏")],
)
def test_what_is_no_workbook_is_told_at_the_field_and_not_kept(browser, tmp_path, data, words):
    answer, kept = upload(browser, tmp_path, data)
    assert answer.status_code == 422
    assert words in answer.text
    assert kept is None


def test_a_packed_bomb_is_told_at_the_field(browser, tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "<Types/>")
        bomb.writestr("xl/workbook.xml", b" " * 30_000_000)
    answer, kept = upload(browser, tmp_path, (tmp_path / "bomb.xlsx").read_bytes())
    assert (answer.status_code, kept) == (422, None)
    assert "压缩比超过 100 倍" in answer.text


def test_no_file_is_told_at_the_field(browser):
    answer = browser.post("/admin/imports", data={})
    assert answer.status_code == 422
    assert "请先选择文件" in answer.text


def test_asking_twice_loads_once(browser, tmp_path):
    _answer, kept = upload(browser, tmp_path, sheets())
    for _click in range(2):
        browser.post(f"/admin/imports/{kept.id}/load")
    assert len(queued()) == 1
    assert work() == 1
    assert browser.post(f"/admin/imports/{kept.id}/load").status_code == 303
    assert queued() == []


def test_another_ones_upload_is_listed_but_closed(browser, tmp_path, login):
    _answer, kept = upload(browser, tmp_path, sheets(), name="评价汇总.xlsx")
    other = Browser(login(user_with_role(Role.ADM)))
    text = other.get("/admin/imports").text
    assert "评价汇总.xlsx" in text
    assert "何某甲" in text
    for verb, address in (("get", ""), ("get", "/marked"), ("post", "/check"), ("post", "/load")):
        assert getattr(other, verb)(f"/admin/imports/{kept.id}{address}").status_code == 404


def test_who_may_not_import_gets_no_page(login):
    assert login(user_with_role(Role.SHD)).get("/admin/imports").status_code == 403


def test_the_office_is_told_at_once_that_people_are_not_its_own(login, tmp_path):
    load(sheets())
    browser = Browser(login(user_with_role(Role.OFC)))
    _answer, kept = upload(browser, tmp_path, put(sheets(), "人员", "B4", "李某乙"))
    assert kept.state is UploadState.FAULTY
    assert "请由系统管理员导入" in page(browser, kept.id)


def test_rights_lost_while_it_waited_stop_the_load(browser, owner, tmp_path):
    _answer, kept = upload(browser, tmp_path, sheets())
    browser.post(f"/admin/imports/{kept.id}/load")
    post = database.session.scalars(select(PostHolding).where(PostHolding.person_id == owner.person_id)).one()
    post.roles = [PostRole(role=Role.STF)]
    database.session.commit()
    before = dump()
    work()
    assert set(touched(before)) == {"outbox", "workbook_upload"}
    assert stored(kept.id).state is UploadState.FAILED
    assert "您的岗位没有这项权限" in page(browser, kept.id)


def test_a_disabled_account_loads_nothing(browser, owner, tmp_path):
    _answer, kept = upload(browser, tmp_path, sheets())
    browser.post(f"/admin/imports/{kept.id}/load")
    owner.is_active = False
    database.session.commit()
    work()
    assert database.session.query(Goal).count() == 0
    assert "已停用" in stored(kept.id).failure


def test_what_was_signed_while_it_waited_is_listed_and_nothing_is_loaded(browser, tmp_path):
    load(sheets())
    _answer, kept = upload(browser, tmp_path, put(sheets(), "目标", "I2", 31))
    browser.post(f"/admin/imports/{kept.id}/load")
    database.session.query(Letter).update({Letter.state: LetterState.IN_FORCE})
    database.session.commit()
    work()
    failed = stored(kept.id)
    assert (failed.state, failed.problems[0]["cell"]) == (UploadState.FAILED, "I2")
    assert "已写入责任书" in page(browser, kept.id)


def test_what_became_wrong_while_it_waited_is_listed(browser, tmp_path):
    load({name: rows for name, rows in sheets().items() if name != "里程碑"})
    _answer, kept = upload(browser, tmp_path, {"里程碑": sheets()["里程碑"], "设置": sheets()["设置"]})
    browser.post(f"/admin/imports/{kept.id}/load")
    database.session.query(Goal).filter_by(code="M1").update({Goal.deadline: sheets()["里程碑"][1][3]})
    database.session.commit()
    work()
    assert stored(kept.id).state is UploadState.FAULTY
    assert [problem["cell"] for problem in stored(kept.id).problems] == ["D3"]


def test_a_failure_is_tried_again_then_told_and_may_be_repeated(browser, tmp_path, monkeypatch):
    _answer, kept = upload(browser, tmp_path, sheets())
    with monkeypatch.context() as broken:
        broken.setattr(drafting, "draft_letters", lambda actor, year: 1 / 0)
        browser.post(f"/admin/imports/{kept.id}/load")
        assert work() > 1
    assert database.session.query(Goal).count() == 0
    text = page(browser, kept.id)
    assert "ZeroDivisionError" in text
    assert "重试" in text
    browser.post(f"/admin/imports/{kept.id}/load")
    assert work() == 1
    assert stored(kept.id).state is UploadState.LOADED


def test_an_attempt_that_was_replaced_publishes_nothing(browser, tmp_path, monkeypatch):
    _answer, kept = upload(browser, tmp_path, sheets())
    browser.post(f"/admin/imports/{kept.id}/load")
    read = upload_services.read_bytes

    def lose_the_claim(data):
        with unit_of_work():
            database.session.query(jobs.Outbox).update({jobs.Outbox.gen: jobs.Outbox.gen + 1})
        return read(data)

    monkeypatch.setattr(upload_services, "read_bytes", lose_the_claim)
    from tasks import runner

    key = queued()[0][1]
    database.session.commit()
    runner.run(key)
    assert database.session.query(Goal).count() == 0
    assert stored(kept.id).state is UploadState.QUEUED


def test_the_bar_asks_for_itself_while_it_runs_and_then_loads_the_page_anew(browser, tmp_path):
    _answer, kept = upload(browser, tmp_path, sheets())
    browser.post(f"/admin/imports/{kept.id}/load")
    answer = browser.get(f"/admin/imports/{kept.id}", headers={"HX-Request": "true"})
    assert 'hx-trigger="load delay:2s"' in answer.text
    assert "<html" not in answer.text
    work()
    answer = browser.get(f"/admin/imports/{kept.id}", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"/admin/imports/{kept.id}"
    assert "hx-trigger" not in page(browser, kept.id)


def test_files_nobody_loads_are_forgotten_after_thirty_days(browser, tmp_path):
    _answer, old = upload(browser, tmp_path, sheets())
    _answer, new = upload(browser, tmp_path, sheets())
    stored(old.id).created_at -= timedelta(days=31)
    database.session.commit()
    with unit_of_work():
        jobs.enqueue("workbook.remove_old_uploads", "2026-12-01", key="clock-uploads-2026-12-01")
    work()
    assert (stored(old.id).data, stored(new.id).data is None) == (None, False)
    assert browser.post(f"/admin/imports/{old.id}/load").status_code == 409
    assert browser.post(f"/admin/imports/{old.id}/check").status_code == 404
    assert stored(old.id).created_at < clock.system_now() - upload_services.KEEP


def test_the_page_needs_the_same_few_statements_however_long_its_history(browser, tmp_path, count_queries):
    upload(browser, tmp_path, sheets())
    count_queries.statements.clear()
    browser.get("/admin/imports")
    few = len(count_queries)
    for _turn in range(4):
        upload(browser, tmp_path, sheets())
    count_queries.statements.clear()
    browser.get("/admin/imports")
    assert len(count_queries) <= few


def test_a_file_name_is_shown_as_text(browser, tmp_path):
    _answer, kept = upload(browser, tmp_path, sheets(), name="<img src=x>\u202e甲.xlsx")
    text = page(browser, kept.id)
    assert "<img" not in text
    assert "&lt;img src=x&gt;□甲.xlsx" in text
