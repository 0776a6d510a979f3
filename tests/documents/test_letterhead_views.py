"""管理 → 发文机关和代字: what is typed stands in the head and the number of what is made later."""

import json

import pytest
from sqlalchemy import select

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core import settings
from fivestep_web.core.permissions import Role
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.numbers.letterheads import letterhead
from fivestep_web.extensions import db as database
from tests.factories.accounts import user_with_role
from tests.security.examples.numbers import LETTERHEAD
from tests.web import get, post

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("db")]


@pytest.fixture
def administrator(login):
    return login(user_with_role(Role.ADM))


def test_the_page_shows_what_is_set_and_what_is_saved_stands_in_later_heads(administrator):
    assert 'value="组发"' in get(administrator, "/admin/letterhead").text
    answer = post(administrator, "/admin/letterhead", LETTERHEAD)
    assert (answer.status_code, answer.location) == (303, "/admin/")
    head = letterhead(DocumentKind.MONTHLY_BULLETIN, 2026)
    assert head["agency_mark"] == "中共青禾县委组织部文件"
    assert head["number_blank"] == "青组通〔2026〕  号"
    entry = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "setting.changed")).one()
    assert json.loads(entry.body)["detail"]["changed"]["agency_code_report"] == ["组字", "青组字"]


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("agency_code_decision", "QZF", "只能用汉字"),
        ("agency_code_bulletin", "青组通〔2026〕", "只能用汉字"),
        ("agency_code_report", " ", "请填写发文代字"),
        ("county", "", "请填写县"),
        ("county", "县" * 21, "不超过 20 字"),
    ],
)
def test_what_cannot_stand_in_a_number_is_refused_and_kept_in_its_field(administrator, name, typed, words):
    answer = post(administrator, "/admin/letterhead", LETTERHEAD | {name: typed})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{typed.strip()}"' in answer.text
    assert settings.get("county") == "本县"


def test_nobody_but_the_administrator_changes_it(login):
    client = login(user_with_role(Role.OFC))
    assert get(client, "/admin/letterhead").status_code == 403
    assert post(client, "/admin/letterhead", LETTERHEAD).status_code == 403
