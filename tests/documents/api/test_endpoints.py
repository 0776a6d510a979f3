"""The interface: what a token lists and fetches, and everything that is refused."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, update

from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.api import services
from fivestep_web.documents.api.models import ApiToken
from fivestep_web.documents.api.rules import TokenAct
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import Blob
from fivestep_web.extensions import db as database
from tests.documents.sources import letter_wanted, wanted
from tests.factories.accounts import user_with_role
from tests.factories.documents import made
from tests.factories.org import PersonFactory, PlanYearFactory, UnitFactory
from tests.factories.tokens import collected, drawn_up
from tests.web import BASE_URL

pytestmark = pytest.mark.usefixtures("db")

LIST = "/api/v1/documents"
EVERY_KIND = tuple(DocumentKind)


@pytest.fixture(autouse=True)
def plan_year(db):
    return PlanYearFactory(year=2026)


@pytest.fixture
def owner():
    return user_with_role(Role.HRO)


def call(client, address, spelled=None, **arguments):
    database.session.commit()
    headers = {"Authorization": f"Bearer {spelled}"} if spelled else {}
    return client.get(address, headers=headers, base_url=BASE_URL, query_string=arguments or None)


def refused(response, status):
    """Check a problem: its status, its media type, a sentence; return the sentence."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    assert response.json["status"] == status
    assert response.json["detail"].strip()
    assert response.json["request_id"] == response.headers["X-Request-Id"]
    return response.json["detail"]


def test_the_list_tells_what_another_system_needs(client, owner):
    unit, person = UnitFactory(name="干部科"), PersonFactory(name="李某甲")
    letter, _book = made(
        letter_wanted(1, unit_id=unit.id, person_id=person.id), wanted(DocumentKind.TASK_BOOK)
    )
    _token, spelled = collected(owner)
    answer = call(client, LIST, spelled)
    assert answer.status_code == 200
    assert answer.json["next"] is None
    entry, book = answer.json["documents"]
    file = call(client, f"{LIST}/{letter}/file", spelled)
    assert entry["sha256"] == sha256(file.data).hexdigest()
    assert entry["size"] == len(file.data)
    assert entry["file"] == f"{BASE_URL}{LIST}/{letter}/file"
    assert (entry["kind"], entry["kind_name"], entry["year"]) == ("responsibility_letter", "目标责任书", 2026)
    assert (entry["number"], entry["subject"], entry["state"]) == ("责〔2026〕K1号", "letter:1", "ready")
    assert len(entry["serial"]) == 16
    assert entry["unit"] == {"code": unit.code, "name": "干部科"}
    assert entry["person"] == {"code": person.code, "name": "李某甲"}
    assert book["serial"] is book["unit"] is book["person"] is None


def test_pages_follow_each_other_and_hold_each_document_once(client, owner):
    ids = made(*(letter_wanted(number) for number in range(1, 6)))
    _token, spelled = collected(owner)
    seen, address = [], f"{LIST}?limit=2&year=2026"
    while address:
        answer = call(client, address.removeprefix(BASE_URL), spelled).json
        seen += [entry["id"] for entry in answer["documents"]]
        address = answer["next"]
        assert len(seen) <= len(ids)
    assert seen == ids


def test_the_list_is_narrowed_by_its_parameters(client, owner):
    unit, person = UnitFactory(), PersonFactory()
    made(
        letter_wanted(1, unit_id=unit.id, person_id=person.id),
        letter_wanted(2),
        wanted(DocumentKind.TASK_BOOK),
    )
    _token, spelled = collected(owner)
    for arguments, count in (
        ({}, 3),
        ({"kind": "responsibility_letter"}, 2),
        ({"unit": unit.code}, 1),
        ({"person": person.code}, 1),
        ({"unit": "没有"}, 0),
        ({"year": 2025}, 0),
        ({"state": "superseded"}, 0),
        ({"state": "ready"}, 3),
    ):
        assert len(call(client, LIST, spelled, **arguments).json["documents"]) == count, arguments


@pytest.mark.parametrize(
    "arguments",
    [
        {"kinds": "task_book"},
        {"kind": "任务书"},
        {"state": "queued"},
        {"year": "x"},
        {"limit": "0"},
        {"limit": "201"},
        {"after": "-1"},
        {"after": "9" * 30},
        {"limit": "٣"},
        {"unit": ""},
        {"person": " "},
        {"year": ["2026", "2025"]},
    ],
)
def test_what_is_not_understood_is_said_and_not_passed_over(client, owner, arguments):
    _token, spelled = collected(owner)
    assert refused(call(client, LIST, spelled, **arguments), 400)


def test_the_scope_of_a_token_cuts_list_and_files_alike(client, owner):
    own, other = UnitFactory(), UnitFactory()
    PlanYearFactory(year=2027)
    letter, foreign, book = made(
        letter_wanted(1, unit_id=own.id), letter_wanted(2, unit_id=other.id), wanted(DocumentKind.TASK_BOOK)
    )
    for scope, reached in (
        ({"kinds": (DocumentKind.TASK_BOOK,)}, {book}),
        ({"unit_id": own.id}, {letter}),
        ({"year": 2027}, set()),
        ({"year": 2026}, {letter, foreign, book}),
    ):
        _token, spelled = collected(owner, **scope)
        listed = {entry["id"] for entry in call(client, LIST, spelled).json["documents"]}
        assert listed == reached
        for document in (letter, foreign, book):
            status = call(client, f"{LIST}/{document}/file", spelled).status_code
            assert status == (200 if document in reached else 404)


def test_an_act_outside_the_scope_is_refused(client, owner):
    (letter,) = made(letter_wanted(1))
    _token, lists = collected(owner, acts=(TokenAct.LIST,))
    assert "下载文档" in refused(call(client, f"{LIST}/{letter}/file", lists), 403)
    _token, fetches = collected(owner, acts=(TokenAct.FETCH,))
    assert "列出文档" in refused(call(client, LIST, fetches), 403)
    assert call(client, f"{LIST}/{letter}/file", fetches).status_code == 200


def test_nobodys_token_reaches_an_admonition(client):
    requested = wanted(DocumentKind.ADMONITION_LIST, "admonition")
    (secret,) = made(requested)
    minister = user_with_role(Role.MIN, Role.SUP)
    token, spelled = collected(minister)
    with unit_of_work():  # as if someone had written it into the table
        database.session.execute(
            update(ApiToken).where(ApiToken.id == token.id).values(kinds=[kind.value for kind in EVERY_KIND])
        )
    answer = call(client, LIST, spelled)
    assert answer.json == {"documents": [], "next": None}
    missing = refused(call(client, f"{LIST}/{secret}/file", spelled), 404)
    assert missing == refused(call(client, f"{LIST}/{secret + 999}/file", spelled), 404)
    assert "诫勉" not in answer.text


def test_a_token_sees_what_its_owner_may_see_now(client):
    own = UnitFactory()
    head = user_with_role(Role.SHD, unit=own)
    letter, foreign = made(letter_wanted(1, unit_id=own.id), letter_wanted(2, unit_id=UnitFactory().id))
    _token, spelled = collected(head)
    assert [entry["id"] for entry in call(client, LIST, spelled).json["documents"]] == [letter]
    assert call(client, f"{LIST}/{foreign}/file", spelled).status_code == 404
    holding = database.session.merge(head).person.holdings[0]
    holding.valid_to = services.today() - timedelta(days=1)
    database.session.commit()
    assert "负责人" in refused(call(client, LIST, spelled), 403)


def test_a_disabled_owner_a_revoked_and_an_expired_token_are_refused(client, owner):
    token, spelled = collected(owner)
    for change, word in (
        (update(ApiToken).values(expires_on=services.today() - timedelta(days=1)), "过期"),
        (update(ApiToken).values(revoked_at=token.created_at), "停用"),
    ):
        with unit_of_work():
            database.session.execute(change)
        answer = call(client, LIST, spelled)
        assert word in refused(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    _other, serving = collected(owner)
    database.session.merge(owner).is_active = False
    assert "负责人" in refused(call(client, LIST, serving), 401)


def test_no_token_a_wrong_one_and_one_not_collected_are_refused_alike(client, owner):
    token = drawn_up(owner)
    answers = {
        refused(call(client, LIST, given), 401)
        for given in (None, "x", f"fst_{token.prefix}_{'0' * 64}", "fst_00000000_" + "0" * 64)
    }
    assert len(answers) == 1


def test_a_session_is_no_token_and_stays_untouched(client, login, owner):
    signed_in = login(owner)
    answer = call(signed_in, LIST)
    refused(answer, 401)
    assert "Set-Cookie" not in answer.headers


def test_a_token_in_the_address_is_refused_even_beside_a_good_header(client, owner):
    _token, spelled = collected(owner)
    for arguments in (
        {"access_token": spelled},
        {"unit": f"x{spelled}"},
        {"unit": ["K01", spelled]},
        {spelled: "1"},
    ):
        for address in (LIST, f"{LIST}/1/file"):
            for given in (None, spelled):
                sentence = refused(call(client, address, given, **arguments), 400)
                assert "网址" in sentence
                assert spelled not in sentence


def test_the_addresses_given_are_the_published_ones_however_it_was_called(client, owner):
    made(letter_wanted(1), letter_wanted(2))
    _token, spelled = collected(owner)
    headers = {"Authorization": f"Bearer {spelled}"}
    answer = client.get(f"{LIST}?limit=1", headers=headers, base_url="http://localhost:8000").json
    assert answer["next"].startswith(f"{BASE_URL}{LIST}?")
    assert answer["documents"][0]["file"].startswith(f"{BASE_URL}{LIST}/")


def test_only_get_is_answered_and_always_in_json(client, owner):
    _token, spelled = collected(owner)
    headers = {"Authorization": f"Bearer {spelled}"}
    refused(client.post(LIST, headers=headers, base_url=BASE_URL), 405)
    refused(client.get("/api/v1/nothing", headers=headers, base_url=BASE_URL), 404)
    refused(client.get("/api/v1/documents/x/file", headers=headers, base_url=BASE_URL), 404)


def test_an_altered_file_is_not_handed_out(client, owner):
    (letter,) = made(letter_wanted(1))
    _token, spelled = collected(owner)
    database.session.scalars(select(Blob)).one().data = b"PK altered"
    assert "校验值" in refused(call(client, f"{LIST}/{letter}/file", spelled), 409)


def test_a_fetch_is_logged_with_the_tokens_name_and_calls_are_counted(client, owner):
    (letter,) = made(letter_wanted(1))
    token, spelled = collected(owner)
    call(client, LIST, spelled)
    call(client, f"{LIST}/{letter}/file", spelled)
    call(client, f"{LIST}/999/file", spelled)
    entry = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "document.fetched")).one()
    detail = json.loads(entry.body)["detail"]
    assert (entry.user_id, detail["token"], detail["prefix"]) == (owner.id, "人事管理系统", token.prefix)
    row = database.session.scalars(select(ApiToken)).one()
    assert (row.list_count, row.fetch_count, row.last_used_on) == (1, 1, services.today())


def test_a_system_that_repeats_a_wrong_token_is_slowed_down_and_a_good_one_goes_on(client, owner):
    _token, spelled = collected(owner)
    wrong = "fst_00000000_" + "0" * 64
    assert [call(client, LIST, wrong).status_code for _time in range(30)] == [401] * 30
    assert refused(call(client, LIST, wrong), 429)
    assert call(client, LIST, spelled).status_code == 200


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_the_same_however_many_documents_it_holds(client, owner, count_queries, count):
    made(*(letter_wanted(number, unit_id=UnitFactory().id) for number in range(1, count + 1)))
    _token, spelled = collected(owner)
    database.session.commit()
    count_queries.statements.clear()
    answer = call(client, LIST, spelled)
    assert len(answer.json["documents"]) == count
    assert len(count_queries) <= 6, count_queries.statements
