"""The pages of materials: who opens them, what they say before asking, and no hint of an admonition."""

import io
import re
import zipfile
from datetime import date

import pytest
from sqlalchemy import select

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from fivestep_web.personnel.models import MaterialBundle
from tests.factories.accounts import user_with_role
from tests.factories.org import PersonFactory
from tests.factories.queue import run_queue
from tests.personnel.conftest import admonish
from tests.web import get, post

pytestmark = pytest.mark.one_database

TOKEN = re.compile(r'(csrf_token"|csrf-token"|X-CSRFToken)[^>]*')


def bare(page):
    """Return a page without what differs each time it is shown."""
    return TOKEN.sub("", page)


def test_the_page_tells_what_there_is_and_what_is_missing_before_asking(department, officer, login):
    page = get(login(officer), f"/people/{department.head.person_id}/file").text
    assert "2026年考核结果尚未印发" in page
    assert "2026年表彰决定尚未印发" in page
    assert "责〔2026〕Z" in page
    assert "取自本人所在单位的登记" in page
    assert "诫勉" not in page


def test_an_admonition_changes_nothing_for_who_is_not_entitled(department, officer, login):
    address = f"/people/{department.head.person_id}/file"
    before = bare(get(login(officer), address).text)
    admonish(department.head.person)
    assert bare(get(login(officer), address).text) == before
    assert "影响期至2027年6月28日" in get(login(department.minister), address).text


def test_asking_making_and_downloading_on_one_page(department, officer, login):
    client, address = login(officer), f"/people/{department.head.person_id}/file"
    post(client, f"/people/{department.head.person_id}/bundles", {"years": ["2026"]})
    waiting = get(client, address, htmx=True).text
    assert 'hx-trigger="load delay:1s"' in waiting
    assert waiting.lstrip().startswith('<div id="material-bundles"')
    run_queue()
    ready = get(client, address, htmx=True).text
    assert "hx-trigger" not in ready
    bundle_id = database.session.scalars(select(MaterialBundle.id)).one()
    answer = post(client, f"/people/bundles/{bundle_id}/download")
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    assert answer.headers["Content-Disposition"].startswith("attachment")
    other = login(department.minister)
    assert f"/people/bundles/{bundle_id}" not in get(other, address).text
    assert post(other, f"/people/bundles/{bundle_id}/download").status_code == 404


def test_no_year_is_refused_in_the_form(department, officer, login):
    answer = post(login(officer), f"/people/{department.head.person_id}/bundles", {})
    assert answer.status_code == 422
    assert "请至少选择一个年度" in answer.text


def test_people_are_found_by_name_and_unit(department, officer, login):
    PersonFactory(name="欧阳某甲")
    client = login(officer)
    assert "欧阳某甲" in get(client, "/people?keyword=欧阳").text
    page = get(client, f"/people?unit_id={department.section.id}").text
    assert department.head.person.name in page
    assert "欧阳某甲" not in page


@pytest.mark.parametrize(
    ("until", "is_held"), [(None, True), (date(2027, 1, 31), True), (date(2027, 1, 14), False)]
)
def test_a_post_is_shown_until_its_last_day(department, officer, login, until, is_held):
    head = department.head.person
    database.session.merge(head).holdings[0].valid_to = until
    database.session.commit()
    client = login(officer)
    shown = get(client, f"/people?keyword={head.code}").text
    assert ("没有任职" in shown) is not is_held
    of_unit = get(client, f"/people?unit_id={department.section.id}").text
    assert (f"/people/{head.id}/file" in of_unit) is is_held


@pytest.mark.parametrize("role", [Role.OFC, Role.SUP, Role.SHD, Role.STF, Role.ADM])
def test_whoever_exports_no_files_of_others_opens_no_page(department, login, role):
    client = login(user_with_role(role))
    assert get(client, "/people").status_code == 403
    hidden = 403 if role is Role.ADM else 404  # the others have a file of their own at such an address
    assert get(client, f"/people/{department.head.person_id}/file").status_code == hidden


def test_a_person_who_is_not_there_is_not_found(department, officer, login):
    assert get(login(officer), "/people/99999/file").status_code == 404


def test_the_page_costs_the_same_for_who_has_much_and_who_has_little(
    department, officer, login, count_queries
):
    client = login(officer)
    costs = []
    for user in (department.members[0], department.head, department.head):
        database.session.commit()
        count_queries.statements.clear()
        assert get(client, f"/people/{user.person_id}/file").status_code == 200
        costs.append(len(count_queries))
    assert costs[2] <= costs[0]
    assert max(costs) <= 25
