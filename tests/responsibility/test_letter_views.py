"""Letters: the list, the text that is signed, signing and the other acts."""

import json
import re
from datetime import date

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit
from fivestep_web.responsibility.models import Goal, Letter, Signature
from fivestep_web.responsibility.rules import LetterState
from tests.factories.accounts import user_with_role
from tests.factories.keys import PIN, make_key
from tests.factories.org import person_with_role
from tests.factories.responsibility import (
    YEAR,
    GoalFactory,
    bring_into_force,
    draft,
    issue,
    letter_of,
    sign,
)
from tests.responsibility.test_signing import give
from tests.web import BASE_URL, HTMX, get, post

pytestmark = pytest.mark.one_database

DAY_BEFORE = date(2026, 1, 11)


def shown_sha256(page):
    return re.search(r'name="shown_sha256"[^>]*value="([0-9a-f]{64})"', page.text).group(1)


def state_of(letter):
    db.session.expire_all()
    return db.session.get(Letter, letter.id).state


# Lists


def test_the_list_shows_letters_and_its_fragment_only_the_rows(login, drafted):
    client = login(drafted.clerk)
    page, fragment = get(client, "/letters"), get(client, "/letters", htmx=True)
    assert (page.status_code, fragment.status_code) == (200, 200)
    assert "责〔2026〕Z1号" in page.text
    assert "<html" in page.text
    assert fragment.text.lstrip().startswith('<div id="letter-rows"')


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=section_head_staff", 2),
        ("state=draft", 5),
        ("state=in_force", 0),
        ("mine=1", 0),
        ("late=1", 0),
        ("kind=nonsense&state=' OR 1=1", 5),
        ("unit_id=abc", 5),
    ],
)
def test_filters_stand_in_the_address(login, drafted, query, count):
    page = get(login(drafted.clerk), f"/letters?{query}")
    assert page.status_code == 200
    assert page.text.count('<th scope="row">') == count


def test_late_letters_are_marked_after_the_window(login, drafted, monkeypatch):
    monkeypatch.setattr("fivestep_web.org.queries.WorkCalendar.last_workday_of_month", lambda *_: DAY_BEFORE)
    page = get(login(drafted.clerk), "/letters?late=1")
    assert page.text.count('badge bg-red-lt">迟签1天<') == 5


def test_a_list_of_sixty_letters_costs_as_many_queries_as_one_of_five(login, drafted, count_queries):
    client = login(drafted.clerk)
    get(client, "/letters")
    count_queries.statements.clear()
    get(client, "/letters")
    few = len(count_queries)
    for number in range(55):
        person = person_with_role(Role.STF, unit=drafted.section, title=f"第{number}岗")
        GoalFactory(topic=drafted.topic, unit=drafted.section, person=person, parent=drafted.goals[0])
    draft()
    count_queries.statements.clear()
    page = get(client, "/letters")
    assert page.text.count('<th scope="row">') == 60
    assert len(count_queries) == few
    for address in ("/goals", "/goals/task-book", f"/letters/{letter_of(drafted.head).id}"):
        count_queries.statements.clear()
        assert get(client, address).status_code == 200
        assert len(count_queries) < 30, address


# One letter


def test_a_letter_shows_the_whole_text_that_is_signed(login, drafted, letter):
    page = get(login(drafted.head), f"/letters/{letter.id}")
    content = letter_of(drafted.head).versions[0].content
    for goal in content["goals"]:
        assert all(
            goal[key] in page.text for key in ("name", "standard", "weight", "owner", "target", "topic")
        )
        assert goal["code"] in page.text
    assert content["opening"] in page.text
    for clause in content["clauses"]:
        assert all(text in page.text for text in (clause["heading"], *clause["paragraphs"]))
    for phase in content["schedule"]:
        assert phase["phase"] in page.text
        assert phase["mark"] in page.text
    assert shown_sha256(page) == letter_of(drafted.head).versions[0].content_sha256


def without_changing(page):
    """Return a page without its tokens, the number of its request and its own address."""
    return re.sub(r"[0-9a-f]{8,}|[\w.-]{60,}|/letters/\d+", "", page.text)


def test_hidden_and_absent_letters_look_the_same(login, drafted, letter):
    client = login(drafted.secretary)
    hidden, absent = get(client, f"/letters/{letter.id}"), get(client, "/letters/999999")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert without_changing(hidden) == without_changing(absent)
    assert post(client, f"/letters/{letter.id}/sign", {"pin": "x"}).status_code == 404


def test_a_letter_without_account_to_sign_says_so(login, drafted, letter):
    drafted.head.is_active = False
    db.session.commit()
    assert "签不了字" in get(login(drafted.clerk), f"/letters/{letter.id}").text


def test_what_is_typed_in_is_inert(login, drafted):
    goal = db.session.get(Goal, drafted.goals[0].id)
    goal.name = '<script>alert(1)</script><b hx-get="/x">'
    db.session.commit()
    issue(letter_of(drafted.head), drafted.clerk)
    for address in (f"/letters/{letter_of(drafted.head).id}", "/goals", f"/goals/{goal.id}"):
        page = get(login(drafted.clerk), address)
        assert "<script>alert(1)" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text


# Signing


def test_signing_without_scripts_comes_back_to_the_letter(login, drafted, letter):
    client = login(drafted.head)
    page = get(client, f"/letters/{letter.id}")
    answer = post(client, f"/letters/{letter.id}/sign", {"pin": PIN, "shown_sha256": shown_sha256(page)})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/letters/{letter.id}")
    assert state_of(letter) is LetterState.ACCEPTED
    assert "已签署" in get(client, f"/letters/{letter.id}").text


def test_signing_with_htmx_swaps_the_letter_and_says_so(login, drafted, letter):
    client = login(drafted.head)
    shown = shown_sha256(get(client, f"/letters/{letter.id}"))
    answer = post(client, f"/letters/{letter.id}/sign", {"pin": PIN, "shown_sha256": shown}, htmx=True)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith(f'<div id="letter-{letter.id}"')
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["message"] == "已签署"
    assert 'id="sign"' not in answer.text


def test_after_signing_the_next_one_is_offered_with_the_number_left(login, drafted, letter):
    sign(letter, drafted.head)
    sign(letter, drafted.leader)
    first, second = (letter_of(member) for member in drafted.members)
    for item, member in ((first, drafted.members[0]), (second, drafted.members[1])):
        issue(item, drafted.head)
        sign(item, member)
    client = login(drafted.head)
    shown = shown_sha256(get(client, f"/letters/{first.id}"))
    answer = post(client, f"/letters/{first.id}/sign", {"pin": PIN, "shown_sha256": shown}, htmx=True)
    assert "下一份（余1份）" in answer.text
    assert f'href="/letters/{second.id}"' in answer.text


@pytest.mark.parametrize("htmx", [False, True])
def test_a_wrong_pin_signs_nothing_and_is_logged(login, drafted, letter, htmx):
    client = login(drafted.head)
    shown = shown_sha256(get(client, f"/letters/{letter.id}"))
    answer = post(client, f"/letters/{letter.id}/sign", {"pin": "错", "shown_sha256": shown}, htmx=htmx)
    assert answer.status_code == 403
    assert "PIN 不对" in answer.text
    assert state_of(letter) is LetterState.ISSUED
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == f"letter:{letter.id}")
    ).all()
    assert "letter.signature_refused" in actions


def test_a_form_without_pin_is_422_with_the_letter(login, drafted, letter):
    client = login(drafted.head)
    answer = post(client, f"/letters/{letter.id}/sign", {"shown_sha256": "0" * 64}, htmx=True)
    assert answer.status_code == 422
    assert "请输入签名 PIN" in answer.text


def test_changed_text_is_409_and_the_difference_is_shown(login, drafted, letter):
    client = login(drafted.head)
    shown = shown_sha256(get(client, f"/letters/{letter.id}"))
    post(client, f"/letters/{letter.id}/object", {"reason": "标准过高"})
    office = login(drafted.clerk)
    post(office, f"/letters/{letter.id}/revise")
    db.session.get(Goal, drafted.goals[0].id).completion_standard = "15 个后进村全部验收合格"
    db.session.commit()
    post(office, f"/letters/{letter.id}/issue")
    client = login(drafted.head)
    answer = post(client, f"/letters/{letter.id}/sign", {"pin": PIN, "shown_sha256": shown})
    assert answer.status_code == 409
    assert "（删去：）</span>20" in answer.text
    assert "（新增：）</span>15" in answer.text
    assert db.session.query(Signature).count() == 0
    assert shown_sha256(answer) != shown


def test_out_of_turn_is_refused_with_a_toast_for_htmx(login, drafted, letter):
    client = login(drafted.leader)
    data = {"pin": PIN, "shown_sha256": "0" * 64}
    answer = post(client, f"/letters/{letter.id}/sign", data, htmx=True)
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#toasts"


def test_signing_again_is_409(login, drafted, letter):
    sign(letter, drafted.head)
    sign(letter, drafted.leader)
    client = login(drafted.head)
    data = {"pin": PIN, "shown_sha256": "0" * 64}
    assert post(client, f"/letters/{letter.id}/sign", data).status_code == 409


def test_the_sign_address_shows_the_letter_with_its_sheet_open(login, drafted, letter):
    closed = get(login(drafted.head), f"/letters/{letter.id}").text
    opened = get(login(drafted.head), f"/letters/{letter.id}/sign").text
    assert "<details open>" in opened
    assert "<details open>" not in closed
    assert "20 个后进村全部验收合格" in opened


# Other acts


def test_a_deputy_reads_whom_he_signs_for_beside_the_pin_and_reminds_nobody(login, drafted, letter):
    give(drafted.head, drafted.clerk)
    make_key(drafted.clerk)
    page = get(login(drafted.clerk), f"/letters/{letter.id}").text
    panel = page.split('<div class="sign-sheet-panel">')[1].split("</form>")[0]
    assert f"您代{drafted.head.person.name}签署" in panel.split('type="password"')[0]
    assert page.count("您代") == 1
    assert f"提醒{drafted.head.person.name}签署" not in page


def test_the_office_drafts_and_issues_from_the_list(login, department):
    client = login(department.clerk)
    answer = post(client, f"/letters/draft?year={YEAR}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/letters?year={YEAR}&state=draft")
    answer = post(client, f"/letters/runs?year={YEAR}")
    assert answer.status_code == 303
    assert "正在起草" in get(client, answer.headers["Location"]).text


def test_objecting_without_a_reason_keeps_the_page_and_opens_the_form(login, drafted, letter):
    client = login(drafted.head)
    answer = post(client, f"/letters/{letter.id}/object", {"reason": ""})
    assert answer.status_code == 422
    assert "请写明理由" in answer.text
    assert '<details class="confirm" open>' in answer.text
    long = post(client, f"/letters/{letter.id}/object", {"reason": "长" * 2001})
    assert long.status_code == 422
    assert "长" * 2001 in long.text
    assert state_of(letter) is LetterState.ISSUED


def test_the_office_finds_an_objection_on_its_today_page_until_the_letter_is_out_again(
    login, drafted, letter
):
    reason = "时限太紧，" * 10
    post(login(drafted.head), f"/letters/{letter.id}/object", {"reason": reason})
    client = login(drafted.clerk)
    page = get(client, "/").text
    assert f'href="/letters/{letter.id}"' in page
    assert f"异议：{reason[:30]}…" in page
    assert reason not in page
    assert letter.number not in get(login(drafted.leader), "/").text
    client = login(drafted.clerk)
    post(client, f"/letters/{letter.id}/revise")
    assert "已退回起草，待重新发出" in get(client, "/").text
    post(client, f"/letters/{letter.id}/issue")
    assert letter.number not in get(client, "/").text


@pytest.mark.parametrize("is_changed", [False, True])
def test_after_an_objection_the_goals_are_at_hand_and_an_unchanged_text_is_called_so(
    login, drafted, letter, is_changed
):
    post(login(drafted.head), f"/letters/{letter.id}/object", {"reason": "指标过高"})
    client = login(drafted.clerk)
    post(client, f"/letters/{letter.id}/revise")
    page = get(client, f"/letters/{letter.id}").text
    assert "对第1版的异议：指标过高" in page
    assert f'href="/goals/sheet?unit_id={drafted.section.id}"' in page
    assert get(client, f"/goals/sheet?unit_id={drafted.section.id}").status_code == 200
    assert "修改目标" not in get(login(drafted.minister), f"/letters/{letter.id}").text
    if is_changed:
        db.session.get(Goal, drafted.goals[0].id).completion_standard = "18 个后进村全部验收合格"
        db.session.commit()
    post(login(drafted.clerk), f"/letters/{letter.id}/issue")
    page = get(login(drafted.head), f"/letters/{letter.id}").text
    said = "甲方没有改动文字，重新发出。对第1版的异议：指标过高"
    assert (said in page, "与第1版的不同" in page) == (not is_changed, is_changed)


def test_where_the_leader_in_charge_changed_nobody_is_asked_and_the_office_draws_it_up_anew(
    login, drafted, letter
):
    sign(letter, drafted.head)
    page = get(login(drafted.leader), f"/letters/{letter.id}").text
    assert "确认签署" in page
    assert "请办公室作废后" not in page
    successor = user_with_role(Role.DEP, title="新副部长", charge=(drafted.section,))
    db.session.get(Unit, drafted.section.id).periods[-1].leader = successor.person
    db.session.commit()
    client = login(drafted.leader)
    page = get(client, f"/letters/{letter.id}").text
    assert "确认签署" not in page
    assert "请办公室作废后按现任职务重新起草" in page
    assert letter.number not in get(client, "/").text
    client = login(drafted.clerk)
    assert "签署人的职务已有变动" in get(client, "/").text
    page = get(client, f"/letters/{letter.id}").text
    assert f"提醒{drafted.leader.person.name}签署" not in page
    assert "轮到甲方" not in page
    assert post(client, f"/letters/{letter.id}/remind").status_code == 409


def test_objecting_revising_voiding_and_the_exception_by_their_buttons(login, drafted, letter):
    assert post(login(drafted.head), f"/letters/{letter.id}/object", {"reason": "过高"}).status_code == 303
    client = login(drafted.clerk)
    assert "异议：过高" in get(client, f"/letters/{letter.id}").text
    assert post(client, f"/letters/{letter.id}/revise").status_code == 303
    assert post(client, f"/letters/{letter.id}/void", {"reason": "重新分工"}).status_code == 303
    assert state_of(letter) is LetterState.VOID
    assert post(client, f"/letters/{letter.id}/void", {"reason": "再来"}).status_code == 409
    lower = letter_of(drafted.members[0])
    answer = post(login(drafted.minister), f"/letters/{lower.id}/exception", {"reason": "外出学习"})
    assert answer.status_code == 303
    assert "部长批准先行发出：外出学习" in get(login(drafted.head), f"/letters/{lower.id}").text


@pytest.mark.parametrize("action", ["sign", "issue", "object", "revise", "void", "exception"])
def test_acts_are_posted_and_need_a_role(login, drafted, letter, action):
    address = f"/letters/{letter.id}/{action}"
    if action != "sign":
        assert get(login(drafted.clerk), address).status_code == 405
    panel = user_with_role(Role.PNL, unit=drafted.section, title="评定员")
    assert post(login(panel), address, {"reason": "x"}).status_code == 403


def test_each_page_holds_each_id_once(login, drafted, letter):
    for user, shown in ((drafted.minister, letter_of(drafted.members[0])), (drafted.head, letter)):
        ids = re.findall(r' id="([^"]+)"', get(login(user), f"/letters/{shown.id}").text)
        assert "main" in ids
        assert len(ids) == len(set(ids))


def test_nobody_signed_in_sees_nothing(client, drafted):
    for address in ("/letters", "/goals", "/goals/task-book", f"/letters/{letter_of(drafted.head).id}"):
        assert get(client, address).status_code == 401


def test_the_letter_in_force_is_shown_with_both_signatures(login, drafted):
    bring_into_force(letter_of(drafted.head), drafted.clerk, drafted.head, drafted.leader)
    page = get(login(drafted.members[0]), f"/letters/{letter_of(drafted.members[0]).id}")
    assert "上级：责〔2026〕Z1号" in re.sub(r"\s*<[^>]+>\s*", "", page.text)
    assert f'href="/letters/{letter_of(drafted.head).id}"' not in page.text
    text = get(login(drafted.leader), f"/letters/{letter_of(drafted.head).id}").text
    assert text.count("电子签署") == 2


def test_a_forged_page_of_htmx_headers_changes_nothing(login, drafted):
    client = login(drafted.clerk)
    history = HTMX | {"HX-History-Restore-Request": "true"}
    page = client.get("/letters", base_url=BASE_URL, headers=history)
    assert "<html" in page.text
