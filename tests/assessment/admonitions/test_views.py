"""The pages of admonitions: who is told what, what is logged, and that nobody else sees a trace."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from fivestep_web.assessment.admonitions import opening, services
from fivestep_web.assessment.admonitions.models import Admonition
from fivestep_web.assessment.admonitions.rules import Source, Step
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.extensions import db as database
from tests.assessment.admonitions.cast import (
    EFFECT_ENDS,
    PROPOSAL,
    SECRET,
    TALKED,
    S,
    brought_to,
    held,
    make_cast,
    on,
    opened,
    talk,
    talked_unsigned,
)
from tests.factories.org import person_with_role
from tests.factories.queue import run_queue
from tests.factories.tokens import acting
from tests.web import get, post

pytestmark = pytest.mark.one_database

FULL = ("minister", "executive", "supervisor", "recorder")
STRANGERS = ("other_deputy", "office", "administrator", "organizer")
EVERYWHERE = (
    "/", "/admonitions", "/account", "/topics", "/goals", "/letters", "/schedule", "/ledger", "/documents",
    "/documents/numbers", "/documents/batches?year=2026", "/assessment/2026", "/results/2026",
    "/results/2026/admonitions", "/people", "/templates", "/admin/", "/admin/audit", "/admin/jobs",
    "/admin/people",
)  # fmt: skip


def entries(action):
    database.session.commit()
    query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.sequence)
    return database.session.scalars(query).all()


def shown(client, address):
    """Return an answer without what differs from request to request."""
    answer = get(client, address)
    text = re.sub(r'(csrf_token"[^>]* value=|X-CSRFToken": )"[^"]+"', "", answer.text)
    return answer.status_code, text.replace(answer.headers["X-Request-Id"], "")


def contents(client, case_id):
    return post(client, f"/admonitions/{case_id}/read")


def test_to_everybody_else_no_page_changes_whatever_is_done(cast, login):
    users = {name: getattr(cast, name) for name in (*STRANGERS, "personnel")}
    day = date(2027, 3, 2)
    on(day)
    addresses = (*EVERYWHERE, f"/people/{cast.secretary.person_id}/file")
    before = {}
    for name, user in users.items():
        client = login(user)
        before[name] = {address: shown(client, address) for address in addresses}
    case_id = brought_to(S.LIFTED, cast)
    run_queue()
    contents(login(cast.supervisor), case_id)
    on(day)
    for name, user in users.items():
        client = login(user)
        for address, page in before[name].items():
            if (name, address) == ("personnel", "/admonitions"):
                continue  # the entry: its own test
            assert shown(client, address) == page, (name, address)
        assert shown(client, f"/admonitions/{case_id}") == shown(client, "/admonitions/999999")
        for act in ("read", "receive"):
            assert post(client, f"/admonitions/{case_id}/{act}").status_code == 404


def test_the_log_page_of_the_administrator_has_no_trace_and_the_log_has_all(cast, login):
    brought_to(S.TALKED, cast)
    run_queue()
    page = get(login(cast.administrator), "/admin/audit").text
    for word in ("sha", "马某甲", "沙某甲", "林某甲", "诫勉 1", "文档批次"):
        assert word not in re.sub(r"<select.*?</select>", "", page, flags=re.DOTALL)
    assert len(entries("admonition.moved")) == 4
    assert len(entries("documents.requested")) == 3


@pytest.mark.parametrize("state", [S.CANDIDATE, S.PROPOSED, S.APPROVED])
def test_before_the_notice_the_person_and_the_talker_know_nothing(cast, login, state):
    case_id = brought_to(state, cast)
    for user in (cast.secretary, cast.deputy):
        client = login(user)
        assert get(client, f"/admonitions/{case_id}").status_code == 404
        assert contents(client, case_id).status_code == 404
        assert "没有您可以查看的诫勉事项" in get(client, "/admonitions").text
        assert "内部资料" not in get(client, "/").text


def test_who_may_read_opens_the_contents_and_each_reading_is_logged(cast, login):
    case_id = brought_to(S.TALKED, cast)
    for count, name in enumerate((*FULL, "deputy", "secretary"), 1):
        user = getattr(cast, name)
        client = login(user)
        cover = get(client, f"/admonitions/{case_id}")
        assert cover.status_code == 200
        for text in (SECRET, "等次为较差", "没有异议"):
            assert text not in cover.text, name
        assert len(entries("admonition.read")) == count - 1
        text = contents(client, case_id).text
        assert SECRET in text
        assert [entry.user_id for entry in entries("admonition.read")][-1] == user.id


def test_the_person_reads_notice_and_record_and_nothing_of_the_decision(cast, login):
    case_id = brought_to(S.FOLLOWED_UP, cast)
    text = contents(login(cast.secretary), case_id).text
    for words in ("马某甲同志：", "经县委书记于2026年8月24日批准，决定对你进行诫勉谈话", SECRET, "改正明显"):
        assert words in text
    for words in ("列入依据", "上半年工作严重滞后", "办理过程", "查阅和导出记录", "是否改正", "沙某甲"):
        assert words not in text


def test_the_person_signs_on_the_own_page(cast, login):
    case_id = brought_to(S.NOTIFIED, cast)
    on(date(2026, 8, 26))
    client = login(cast.secretary)
    today = get(client, "/").text
    assert "诫勉〔2026〕1号" in today
    assert "请查看并签收" in today
    assert "将按时参加谈话" in contents(client, case_id).text
    assert post(client, f"/admonitions/{case_id}/receive").status_code == 303
    assert "2026年8月26日" in get(client, f"/admonitions/{case_id}").text
    assert "诫勉" not in get(client, "/").text
    assert "将按时参加谈话" not in contents(client, case_id).text


def test_who_keeps_the_files_sees_the_entry_and_no_contents(cast, login):
    case_id = talked_unsigned(cast)
    client = login(cast.personnel)
    assert "没有诫勉登记" in get(client, "/admonitions").text
    signed = {"person_signed_on": TALKED, "talker_signed_on": TALKED}
    with unit_of_work():
        services.confirm_signatures(acting(cast.supervisor), held(cast.supervisor, case_id), **signed)
    page = get(client, "/admonitions").text
    for words in ("诫勉〔2026〕1号", "马某甲", "2026年8月31日", "2027年2月28日"):
        assert words in page
    assert SECRET not in page
    assert f'href="/admonitions/{case_id}"' not in page
    assert get(client, f"/admonitions/{case_id}").status_code == 404
    assert contents(client, case_id).status_code == 404
    assert "诫勉" not in get(client, f"/people/{cast.secretary.person_id}/file").text


def test_the_talker_sees_only_the_own_talks(cast, login):
    case_id = brought_to(S.NOTIFIED, cast)
    client = login(cast.deputy)
    assert "由您谈话：2026-08-31 09:00" in get(client, "/").text
    assert contents(client, case_id).status_code == 200
    other = login(cast.other_deputy)
    assert get(other, f"/admonitions/{case_id}").status_code == 404
    assert "没有您可以查看的诫勉事项" in get(other, "/admonitions").text


def test_another_who_held_the_talk_takes_the_place_of_the_talker(cast, login):
    case_id = brought_to(S.NOTIFIED, cast)
    on(TALKED, "15:00")
    with unit_of_work():
        record = talk(cast, talker_id=cast.other_deputy.person_id)
        services.record_talk(acting(cast.supervisor), held(cast.supervisor, case_id), record)
    assert get(login(cast.other_deputy), f"/admonitions/{case_id}").status_code == 200
    assert get(login(cast.deputy), f"/admonitions/{case_id}").status_code == 404


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("state", "day", "user", "words"),
    [
        (S.CANDIDATE, date(2026, 8, 17), "recorder", "待提出诫勉建议"),
        (S.PROPOSED, date(2026, 8, 22), "minister", "待审批"),
        (S.APPROVED, date(2026, 8, 24), "supervisor", "待送达通知书"),
        (S.NOTIFIED, TALKED, "supervisor", "待记录谈话"),
        (S.TALKED, TALKED, "supervisor", "待转入整改期"),
        (S.RECTIFYING, EFFECT_ENDS, "supervisor", "已满六个月，待回访评估"),
        (S.FOLLOWED_UP, EFFECT_ENDS, "minister", "待审定回访结论"),
    ],
)
def test_the_today_page_shows_what_waits_to_who_does_it_and_to_nobody_else(login, state, day, user, words):
    cast = make_cast()
    brought_to(state, cast)
    on(day)
    for name in (*FULL, *STRANGERS, "personnel"):
        is_theirs = name == user or (user != "minister" and name in {"supervisor", "recorder"})
        assert (words in get(login(getattr(cast, name)), "/").text) == is_theirs, name


def test_the_follow_up_waits_from_the_day_the_six_months_are_over(cast, login):
    case_id = brought_to(S.RECTIFYING, cast)
    client = login(cast.supervisor)
    on(EFFECT_ENDS - timedelta(days=1))
    assert "待回访评估" not in get(client, "/").text
    assert "2027-02-28满六个月" in get(client, f"/admonitions/{case_id}").text
    on(EFFECT_ENDS)
    assert "待回访评估" in get(client, "/").text


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(cast, login):
    case_id = brought_to(S.PROPOSED, cast)
    on(date(2026, 8, 24))
    form = {"outcome": "decline", "authority": "部长（示例）", "decided_on": "2026-08-24", "opinion": ""}
    answer = post(login(cast.minister), f"/admonitions/{case_id}/decide", form)
    assert answer.status_code == 422
    assert 'id="opinion-error"' in answer.text
    assert "部长（示例）" in answer.text
    answer = post(login(cast.minister), f"/admonitions/{case_id}/decide", form | {"decided_on": "2026-02-30"})
    assert answer.status_code == 422
    assert len(entries("admonition.read")) == 2
    assert database.session.get_one(Admonition, case_id).state is S.PROPOSED


def test_who_sees_a_case_and_may_not_take_the_step_is_refused(cast, login):
    case_id = brought_to(S.PROPOSED, cast)
    on(date(2026, 8, 24))
    form = {"outcome": "approve", "authority": "常务副部长", "decided_on": "2026-08-24"}
    for user in (cast.executive, cast.supervisor):
        assert post(login(user), f"/admonitions/{case_id}/decide", form).status_code == 403
    assert "审批意见" not in contents(login(cast.executive), case_id).text
    assert "审批意见" in contents(login(cast.minister), case_id).text


def test_opening_a_case_leads_to_it(cast, login):
    on(date(2026, 8, 17))
    client = login(cast.supervisor)
    assert "另行列为建议对象" in get(client, "/admonitions").text
    form = {"person_id": cast.secretary.person_id, "source": "basically_competent", "reason": "基本称职"}
    answer = post(client, "/admonitions/new?year=2026", form)
    case = database.session.scalars(select(Admonition)).one()
    assert (answer.status_code, answer.location) == (303, f"/admonitions/{case.id}")
    assert case.post == "马厂乡党委党委书记"
    again = post(client, "/admonitions/new?year=2026", form)
    assert again.status_code == 422
    assert "已有正在办理的诫勉事项" in again.text


def test_a_word_file_is_handed_to_readers_and_each_export_is_logged(cast, login):
    case_id = talked_unsigned(cast)
    run_queue()
    rows = database.session.execute(select(GeneratedDocument.id, GeneratedDocument.is_draft)).all()
    notice, record = (row.id for row in rows)
    assert [row.is_draft for row in rows] == [False, True]
    for count, user in enumerate((cast.supervisor, cast.deputy, cast.secretary), 1):
        client = login(user)
        answer = post(client, f"/admonitions/{case_id}/files/{notice}")
        assert (answer.status_code, answer.mimetype.endswith("wordprocessingml.document")) == (200, True)
        assert len(entries("admonition.exported")) == count
    assert post(client, f"/admonitions/{case_id}/files/{record}").status_code == 404
    assert post(login(cast.minister), f"/admonitions/{case_id}/files/{record}").status_code == 200
    assert post(login(cast.supervisor), f"/admonitions/{case_id}/files/999").status_code == 404
    for user in cast.strangers:
        client = login(user)
        assert post(client, f"/admonitions/{case_id}/files/{notice}").status_code == 404
        assert get(client, f"/documents/{notice}/download").status_code in {403, 404}
    client = login(cast.executive)
    assert contents(client, case_id).text.count(">导出<") == 4
    assert post(client, f"/documents/{notice}/export").status_code == 200
    assert contents(client, case_id).text.count(">导出<") == 5


def test_the_file_of_another_matter_is_not_handed_out_here(cast, login):
    first = brought_to(S.LIFTED, cast)
    brought_to(S.NOTIFIED, cast)
    run_queue()
    other = database.session.scalar(select(func.max(GeneratedDocument.id)))
    assert post(login(cast.supervisor), f"/admonitions/{first}/files/{other}").status_code == 404


def test_the_list_costs_the_same_however_many_there_are(cast, login, count_queries):
    def cost(user):
        client = login(user)
        get(client, "/admonitions")
        count_queries.statements.clear()
        assert get(client, "/admonitions").status_code == 200
        return len(count_queries)

    brought_to(S.TALKED, cast)
    on(TALKED)
    few = {name: cost(getattr(cast, name)) for name in ("supervisor", "minister", "deputy", "personnel")}
    for place in range(6):
        person = person_with_role(Role.STF, title=f"干事{place}")
        database.session.add(
            Admonition(
                year=2026, person_id=person.id, unit_id=person.holdings[0].position.unit_id, post="干事",
                source="other", reason="理由", state=S.CANDIDATE,
            )
        )  # fmt: skip
    database.session.commit()
    on(TALKED)
    assert {name: cost(getattr(cast, name)) for name in few} == few


def test_a_supervisor_who_is_the_subject_sees_the_own_case_only_as_told(cast, login):
    on(date(2026, 8, 17))
    with unit_of_work():
        who = acting(cast.supervisor)
        case_id = opening.open_case(who, 2026, cast.recorder.person_id, Source.OTHER, "理由").id
        on(date(2026, 8, 21))
        services.propose(who, held(cast.supervisor, case_id), services.Proposal(**PROPOSAL))
    client = login(cast.recorder)
    assert get(client, f"/admonitions/{case_id}").status_code == 404
    assert "沙某乙" not in re.sub(
        r"<header.*?</header>", "", get(client, "/admonitions").text, flags=re.DOTALL
    )
    assert f"/admonitions/{case_id}" not in get(client, "/").text
    with unit_of_work():
        on(date(2026, 8, 24))
        facts = {"authority": "县委书记", "decided_on": date(2026, 8, 24), "opinion": ""}
        services.decide(acting(cast.minister), held(cast.minister, case_id), Step.APPROVE, **facts)
    assert get(client, f"/admonitions/{case_id}").status_code == 404


def test_an_unknown_visitor_signs_in_first(cast, client):
    case_id = opened(cast)
    assert get(client, f"/admonitions/{case_id}").status_code == 401
    assert contents(client, case_id).status_code == 401


def test_what_people_wrote_stays_text(cast, login):
    evil = "<img src=x onerror=alert(1)>{{7*7}}"
    case_id = brought_to(S.NOTIFIED, cast)
    on(TALKED, "15:00")
    with unit_of_work():
        texts = dict.fromkeys(("reason", "problems", "explanation", "requirements", "commitment"), evil)
        record = talk(cast, place=evil, **texts)
        services.record_talk(acting(cast.supervisor), held(cast.supervisor, case_id), record)
    page = contents(login(cast.supervisor), case_id).text
    assert "<img src=x" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;{{7*7}}") >= 2 * len(texts)
