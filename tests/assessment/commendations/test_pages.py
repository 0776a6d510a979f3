"""The hub of a year, its list, the forms that refuse at their fields, and who may see what."""

import html
import re
from datetime import date

import pytest
import time_machine

from fivestep_web.assessment.admonitions.rules import AdmonitionState
from fivestep_web.assessment.commendations.waiting import find_lines
from fivestep_web.core.permissions import Role
from tests.assessment.commendations import people
from tests.assessment.commendations.people import ISSUE_DAY, S, bring_to, ids, person_id, row_of
from tests.assessment.commendations.test_services import HEAD, bar
from tests.assessment.cycles.plans import YEAR, actor_of
from tests.factories.accounts import user_with_role
from tests.web import get, post

pytestmark = pytest.mark.one_database

LIST = f"/results/{YEAR}/commendations"


def text_of(client, address, status=200):
    answer = get(client, address)
    assert answer.status_code == status
    return answer.text


def send(client, address, status, **form):
    answer = post(client, address, form)
    assert answer.status_code == status
    return answer.text


def test_the_hub_tells_where_each_part_stands_and_what_comes_next(cast, login):
    client = login(cast.office)
    before = text_of(client, f"/results/{YEAR}/use")
    for words in ("提名和决定", "批准依据和名额", "公示", "表彰文件", "年度总结表彰会议", "推荐到市、省"):
        assert words in before
    assert "列出建议对象" in before
    assert "优先提拔重用参考名单" not in before, "the office does not prepare promotions"
    assert "优先提拔重用参考名单" in text_of(login(cast.hr), f"/results/{YEAR}/use")
    bring_to(cast, S.NOMINATED)
    assert "提名9个，可以安排公示" in text_of(login(cast.office), f"/results/{YEAR}/use")
    assert "结果运用" in text_of(login(cast.minister), f"/assessment/{YEAR}")


@pytest.mark.parametrize("state", [None, S.NOMINATED, S.DECIDED])
def test_each_link_of_the_hub_opens_for_who_is_shown_it(cast, login, state):
    if state is not None:
        bring_to(cast, state)
    for user in (cast.office, cast.hr, cast.minister):
        client = login(user)
        page = text_of(client, f"/results/{YEAR}/use").split("<main")[1]
        for address in {html.unescape(found) for found in re.findall(r'<a [^>]*href="(/[^"]+)"', page)}:
            assert get(client, address).status_code == 200, (user.username, address)


def test_an_empty_list_says_who_fills_it(cast, login):
    assert "还没有表彰对象" in text_of(login(cast.minister), LIST)


def test_the_list_tells_editors_that_somebody_does_not_qualify_and_only_the_entitled_why(cast, login):
    bring_to(cast, S.DECIDED)
    bar(person_id(HEAD))
    for user in (cast.office, cast.hr, cast.minister):
        page = text_of(login(user), LIST)
        assert "不符合条件" in page
        assert "诫勉" not in page.split("<main")[1]


def test_a_barred_person_cannot_be_ticked(cast, login):
    people.draw(cast.hr)
    bar(person_id(HEAD))
    page = text_of(login(cast.hr), LIST)
    assert f'aria-label="选择{HEAD}"' not in page
    assert 'aria-label="选择第1科"' in page


def test_what_is_refused_keeps_the_ticks_and_says_why(cast, login):
    bring_to(cast, S.PUBLICIZING)
    client = login(cast.minister)
    chosen = [str(one) for one in ids(S.PUBLICIZING)][:1]
    page = send(client, f"{LIST}/decide", 422, rows=chosen, note="部务会议")
    assert "公示期未满" in page
    page = send(client, f"{LIST}/decide", 422, rows=chosen, note="")
    assert "请写明由哪次会议研究决定" in page
    assert "请至少选择一个" in send(client, f"{LIST}/decide", 422, note="部务会议")


def test_a_removal_needs_its_reason_and_shows_in_the_history(cast, login):
    people.draw(cast.hr)
    row = row_of("第2科")
    client = login(cast.hr)
    assert "请写明移出的理由" in send(client, f"{LIST}/{row.id}/remove", 422, reason=" ")
    send(client, f"{LIST}/{row.id}/remove", 303, reason="主动放弃")
    assert "主动放弃" in text_of(client, f"{LIST}/{row.id}")
    assert "为什么在名单上" in text_of(client, f"{LIST}/{row.id}")


def test_a_year_that_is_not_planned_has_no_pages(cast, login):
    client = login(cast.hr)
    for part in ("use", "commendations", "meeting", "promotion", "recommendations"):
        text_of(client, f"/results/2031/{part}", 404)


@pytest.mark.parametrize("role", [Role.DEP, Role.SHD, Role.STF, Role.SUP, Role.ADM])
def test_others_see_no_list(cast, login, role):
    text_of(login(user_with_role(role)), LIST, 403)


@pytest.mark.parametrize(("role", "status"), [(Role.OFC, 403), (Role.DEP, 403), (Role.EXD, 200)])
def test_the_reference_list_is_for_leaders_and_personnel(cast, login, role, status):
    text_of(login(user_with_role(role)), f"/results/{YEAR}/promotion", status)


def test_the_today_page_tells_each_what_waits(cast, login):
    def lines(user, day=date(2027, 1, 20)):
        return [line.sentence for line in find_lines(actor_of(user), YEAR, day)]

    people.draw(cast.hr)
    assert lines(cast.office) == ["9个表彰建议对象等您核对、提名。"]
    assert lines(cast.minister) == []
    people.nominate(cast.hr, ids(S.CANDIDATE))
    people.post(cast)
    assert (lines(cast.minister), lines(cast.office)) == ([], [])
    with time_machine.travel(ISSUE_DAY, tick=True):
        assert lines(cast.minister, ISSUE_DAY.date()) == ["9个表彰对象公示期满，等您决定。"]
        people.decide(cast.minister, ids(S.PUBLICIZING))
        assert lines(cast.hr) == ["9个表彰对象已经决定，等您生成表彰文件。"]
        assert "等您生成表彰文件" in text_of(login(cast.hr), "/?year=2026")
    assert lines(user_with_role(Role.STF)) == []
    assert AdmonitionState.APPROVED.label not in "".join(lines(cast.hr))
