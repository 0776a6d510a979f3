import re
from datetime import date

import pytest

from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.ledger.rules import LedgerState
from tests.factories.accounts import user_with_role
from tests.factories.ledger import ProgressEventFactory
from tests.web import get, post

pytestmark = pytest.mark.one_database

S = LedgerState
HEADS = ["工作时间", "任务目标", "工作措施", "完成时限", "责任人", "完成情况"]


def heads(page) -> list[str]:
    return re.findall(r'<th scope="col">([^<]+)</th>', page.text)


@pytest.mark.parametrize("address", ["/ledger", "/ledger/{topic}", "/ledger/entries/{entry}"])
def test_the_six_column_heads_read_exactly_so(county, login, address):
    entry = county.entry()
    page = get(login(county.member), address.format(topic=county.topic.id, entry=entry.id))
    assert page.status_code == 200
    assert heads(page)[:7] == [*HEADS, "信号"]


def test_the_ledger_shows_why_a_signal_is_lit(county, login):
    county.entry(deadline=date(2026, 9, 30))
    assert "完成时限2026-09-30已过" in get(login(county.member), "/ledger").text


def test_htmx_gets_the_rows_alone(county, login):
    county.entry()
    fragment = get(login(county.member), "/ledger", htmx=True).text
    assert fragment.lstrip().startswith('<div id="ledger-rows">')


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("", "台账还没有建立"), ("?keyword=x", "没有符合条件的事项"), ("?as_of=2026-05-01", "这一天还没有建账")],
)
def test_an_empty_ledger_says_why(county, login, query, sentence):
    assert sentence in get(login(county.member), f"/ledger{query}").text


@pytest.mark.parametrize("day", ["2026-02-30", "gestern", "2026-10-10"])
def test_a_day_that_cannot_be_replayed_is_refused(county, login, day):
    assert get(login(county.member), f"/ledger?as_of={day}").status_code == 422


def test_who_has_no_ledger_is_refused_and_strangers_sign_in(county, client, login):
    assert get(client, "/ledger").status_code in {302, 303, 401}
    assert get(login(user_with_role(Role.ADM)), "/ledger").status_code == 403


def test_absent_and_hidden_entries_look_the_same(county, login):
    entry = county.entry()
    organizer = login(user_with_role(Role.ORG))
    pages = [get(organizer, f"/ledger/entries/{number}") for number in (entry.id, 999_999)]
    assert [page.status_code for page in pages] == [404, 404]
    assert get(organizer, "/ledger/999999").status_code == 404


def test_an_entry_opens_the_events_its_figure_comes_from(county, login):
    entry = county.entry(S.IN_PROGRESS)
    ProgressEventFactory(goal=entry.goal, note="走访三个村", evidence="走访记录")
    page = get(login(county.member), f"/ledger/entries/{entry.id}").text
    assert f'href="/ledger/entries/{entry.id}#events"' in page
    assert "走访三个村" in page
    assert "走访记录" in page


def test_an_entry_is_replayed(county, login):
    entry = county.entry(S.IN_PROGRESS)
    ProgressEventFactory(goal=entry.goal, note="走访三个村")
    client = login(county.head)
    earlier = get(client, f"/ledger/entries/{entry.id}?as_of=2026-02-01").text
    assert "走访三个村" not in earlier
    assert f"/ledger/entries/{entry.id}/report" not in earlier
    assert "这一天还没有建账" in get(client, f"/ledger/entries/{entry.id}?as_of=2026-01-01").text


def test_a_figure_is_reported_from_its_own_page(county, login):
    entry = county.entry()
    client = login(county.member)
    assert get(client, f"/ledger/entries/{entry.id}/report").status_code == 200
    answer = post(
        client, f"/ledger/entries/{entry.id}/report", {"happened_on": "2026-10-09", "done": "4", "note": "好"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/ledger/entries/{entry.id}")
    assert db.session.get(LedgerEntry, entry.id).state is S.IN_PROGRESS


def test_htmx_swaps_the_row_for_the_form_and_back(county, login):
    entry = county.entry()
    client = login(county.member)
    row = f'<tr id="entry-{entry.id}"'
    url = f"/ledger/entries/{entry.id}"
    assert get(client, f"{url}/report", htmx=True).text.lstrip().startswith(row)
    assert get(client, url, htmx=True).text.lstrip().startswith(row)
    saved = post(client, f"{url}/report", {"happened_on": "2026-10-09", "done": "4"}, htmx=True)
    assert saved.status_code == 200
    assert saved.text.lstrip().startswith(f'{row} class="saved"')
    assert "4 个" in saved.text
    assert "HX-Trigger" in saved.headers


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"done": ""}, "请填写累计完成数"),
        ({"done": "many"}, 'aria-invalid="true"'),
        ({"done": "4", "happened_on": "2026-12-31"}, "不能晚于今天"),
        ({"done": "10", "completed_on": "2026-10-09"}, "佐证材料"),
    ],
)
def test_a_report_that_cannot_be_keeps_what_was_typed(county, login, fields, sentence, htmx):
    entry = county.entry()
    data = {"happened_on": "2026-10-09", "note": "走访三个村"} | fields
    answer = post(login(county.member), f"/ledger/entries/{entry.id}/report", data, htmx=htmx)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="走访三个村"' in answer.text


def test_not_applicable_needs_no_figure(county, login):
    entry = county.entry()
    fields = {"happened_on": "2026-10-09", "done": "", "is_not_applicable": "y"}
    assert post(login(county.member), f"/ledger/entries/{entry.id}/report", fields).status_code == 303
    assert "不涉及" in get(login(county.member), f"/ledger/entries/{entry.id}", htmx=True).text


def test_a_completion_reported_before_stands_in_the_next_report(county, login):
    entry = county.completed_entry()
    page = get(login(county.member), f"/ledger/entries/{entry.id}/report").text
    assert re.search(r'name="completed_on"[^>]*value="2026-09-10"', page)


def test_reading_is_not_reporting(county, login):
    entry = county.entry()
    other = login(county.office)
    assert get(other, f"/ledger/entries/{entry.id}").status_code == 200
    assert get(other, f"/ledger/entries/{entry.id}/report").status_code == 403
    assert post(other, f"/ledger/entries/{entry.id}/report", {"done": "4"}).status_code == 403


def test_a_closed_entry_takes_no_report(county, login):
    entry = county.entry(S.CLOSED)
    client = login(county.member)
    assert get(client, f"/ledger/entries/{entry.id}/report").status_code == 409
    assert post(client, f"/ledger/entries/{entry.id}/report", {"done": "4"}).status_code == 409


def test_a_write_off_goes_from_hand_to_hand(county, login):
    entry = county.completed_entry()
    url = f"/ledger/entries/{entry.id}"

    def decide(user, key: str, **fields):
        client = login(user)
        page = get(client, url).text
        assert f'action="{url}/{key}"' in page
        revision = re.search(r'name="revision"[^>]*value="(\d+)"', page)[1]
        answer = post(client, f"{url}/{key}", {"revision": revision, **fields})
        assert answer.status_code == 303
        return get(client, url).text

    ticks = dict.fromkeys(("standard_met", "evidence_complete", "figures_agree"), "y")
    decide(county.member, "request", **ticks)
    decide(county.office, "check", note="齐全")
    assert "销号〔2026〕1号" in decide(county.leader, "approve")
    assert "重新挂账" in decide(county.office, "reopen", reason="现场不符")
    assert f'action="{url}/request"' not in get(login(county.office), url).text


@pytest.mark.parametrize(
    ("user", "decision", "status"),
    [
        ("member", ("request", {}), 422),
        ("member", ("approve", {}), 403),
        ("member", ("suspend", {"reason": "缓", "review_on": "2026-12-01"}), 403),
        ("leader", ("suspend", {"reason": "", "review_on": "2026-12-01"}), 422),
        ("leader", ("suspend", {"reason": "缓", "review_on": "2026-10-09"}), 422),
        ("leader", ("cancel", {"reason": "变更"}), 403),
        ("leader", ("resume", {}), 409),
        ("office", ("check", {}), 409),
        ("office", ("reopen", {"reason": "不符"}), 409),
        ("minister", ("cancel", {"reason": "变更单", "revision": "77"}), 409),
        ("minister", ("cancel", {"reason": "变更单", "revision": "many"}), 422),
        ("minister", ("cancel", {"reason": "变更单"}), 303),
    ],
)
def test_each_decision_answers_with_its_status(county, login, user, decision, status):
    key, fields = decision
    entry = county.completed_entry()
    data = {"revision": str(entry.revision)} | fields
    answer = post(login(getattr(county, user)), f"/ledger/entries/{entry.id}/{key}", data)
    assert answer.status_code == status


def test_decisions_are_not_addresses_to_open(county, login):
    entry = county.entry()
    assert get(login(county.minister), f"/ledger/entries/{entry.id}/cancel").status_code == 405


def test_the_ledger_asks_the_database_as_often_for_many_entries_as_for_one(county, login, count_queries):
    client = login(county.office)
    county.entry()
    counts = []
    for more in (0, 30):
        for _index in range(more):
            county.completed_entry()
        for address in ("/ledger", f"/ledger/{county.topic.id}"):
            get(client, address)
            count_queries.statements.clear()
            assert get(client, address).status_code == 200
            counts.append(len(count_queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 25


def test_a_day_looked_back_at_stays_in_the_links(county, login):
    entry = county.entry()
    page = get(login(county.member), "/ledger?as_of=2026-05-01").text
    assert f'href="/ledger/entries/{entry.id}?as_of=2026-05-01"' in page
    assert f'href="/ledger/{county.topic.id}?as_of=2026-05-01"' in page
