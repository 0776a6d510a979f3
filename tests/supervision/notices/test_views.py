"""The pages of supervision notices: statuses, and one way from the notice to its end."""

from dataclasses import replace

import pytest

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from fivestep_web.supervision.notices import page
from fivestep_web.supervision.notices.models import DailyDigest
from fivestep_web.supervision.notices.queries import Filter, NoticeRow
from fivestep_web.supervision.notices.rules import Colour, NoticeState
from tests.factories.accounts import user_with_role
from tests.factories.supervision_notices import make_supervised, notices, play
from tests.supervision.notices.test_services import LATE, make_yellow
from tests.web import get, post

pytestmark = pytest.mark.one_database

ROW = NoticeRow(
    1, 1, Colour.RED, NoticeState.ISSUED, "事项", "组织科", "张某甲", LATE, LATE, level=0, is_over=False
)


@pytest.fixture
def supervised(db):
    play(LATE)
    made = make_supervised()
    make_yellow(made)
    play(LATE)
    return made


@pytest.fixture
def url(supervised):
    return f"/notices/{notices()[0].id}"


def sent(revision, **data):
    return {"revision": str(revision), **data}


def test_the_list_has_a_line_a_notice_and_says_so_when_there_is_none(supervised, login):
    client = login(supervised.county.office)
    shown = get(client, "/notices").text
    assert "1号" in shown
    assert "试算今天的督办" in shown
    assert "没有符合条件的督办单" in get(client, "/notices?colour=red").text
    assert "<html" not in get(client, "/notices?state=issued", htmx=True).text
    assert "试算今天的督办" not in get(login(supervised.county.member), "/notices").text


def test_a_long_list_goes_on_on_the_next_page_with_its_filters():
    rows = [replace(ROW, number=number) for number in range(250, 0, -1)]
    assert [len(page.cut(rows, before)[0]) for before in (None, 151, 51, 1)] == [100, 100, 50, 0]
    assert [page.cut(rows, before)[1] for before in (None, 151, 51)] == [True, True, False]
    wanted = Filter(2026, Colour.RED, NoticeState.ANSWERED, 3, 7, 9, is_overdue=True)
    address = {name: str(value) for name, value in page.address_of(wanted).items()}
    assert page.read_filter(address, 2026) == wanted


def test_from_the_notice_to_its_end(supervised, login, url):
    county = supervised.county
    shown = get(login(county.member), url).text
    for words in ("督办〔2026〕1号", "滞后原因", "补进度计划", "升级到主管领导", "为什么", "未签收", "签收"):
        assert words in shown
    client = login(county.member)
    assert post(client, f"{url}/receipt", htmx=True).text.count("未签收") == 2
    failed = post(client, f"{url}/answer", sent(1, text="会议推迟", plan=""))
    assert failed.status_code == 422
    assert "会议推迟" in failed.text
    assert post(client, f"{url}/answer", sent(1, text="会议推迟", plan="月底补齐")).status_code == 303
    assert post(client, f"{url}/answer", sent(1, text="会议推迟", plan="月底补齐")).status_code == 409
    assert post(client, f"{url}/accept", sent(2)).status_code == 403
    client = login(county.leader)
    assert post(client, f"{url}/return", sent(2, reason="")).status_code == 422
    assert post(client, f"{url}/accept", sent(2)).status_code == 303
    assert notices()[0].state is NoticeState.CLOSED
    shown = get(login(county.head), url).text
    assert "已办结" in shown
    assert "月底补齐" in shown
    assert 'name="plan"' not in shown


def test_the_word_file_is_made_on_asking(supervised, login, url):
    client = login(supervised.county.head)
    assert post(client, f"{url}/paper").status_code == 303
    assert "打开 Word 稿" in get(client, url).text


@pytest.mark.parametrize("role", list(Role))
def test_the_dry_run_is_for_office_minister_and_executive_deputy(supervised, login, role):
    client = login(user_with_role(role))
    wanted = 200 if role in {Role.MIN, Role.EXD, Role.OFC} else 403
    assert get(client, "/notices/dry-run?day=2026-03-20").status_code == wanted


def test_the_own_digest_is_shown_and_marked_as_read(supervised, login):
    client = login(supervised.county.head)
    assert "没有要提醒您的事项" in get(client, "/notices/digest").text
    notice_id = notices()[0].id
    line = {"section": "notices", "text": "督办〔2026〕1号请答复", "notice_id": notice_id, "entry_id": None}
    place = {"notice_id": None, "entry_id": None, "endpoint": "limits.limit_index", "values": {}}
    held = {"section": "hand_overs", "text": "变更审批超时限", **place}
    digest = DailyDigest(person_id=supervised.county.head.person_id, day=LATE, items=[line, held])
    database.session.add(digest)
    database.session.commit()
    shown = get(client, "/notices/digest").text
    assert "督办（1）" in shown
    assert '<a href="/limits">变更审批超时限</a>' in shown
    assert "已阅" in shown
    assert post(client, f"/notices/digest/{digest.id}/read").status_code == 303
    assert get(client, "/notices/digest?day=2026-03-04").text.count("已阅") == 1
