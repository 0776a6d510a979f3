"""The office's pages around a vote: codes printed once, coverage without values, reminders, paper, visits."""

import base64
import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import func, select

from fivestep_web.assessment.ballots.models import Ballot, Poll, SurveyVisit, VotingCode
from fivestep_web.assessment.cycles.models import RaterRoster
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.score_settings import Group
from fivestep_web.audit.models import AuditEntry
from fivestep_web.core.permissions import Role
from fivestep_web.extensions import db as database
from tests.assessment.ballots.voting import (
    YEAR,
    Voter,
    a_cycle,
    a_vote,
    close,
    leaders,
    peers,
    survey,
    sweep,
    township_voters,
)
from tests.factories.accounts import user_with_role
from tests.web import get, post

pytestmark = pytest.mark.one_database

BASE = f"/assessment/{YEAR}"


def a_roster(count=9, group=Group.MASS_EVALUATION):
    cycle, _units = a_cycle()
    database.session.add(
        RaterRoster(
            cycle_id=cycle.id, rater_group=group, series=Series.SECTIONS, name="人大代表", code_count=count
        )
    )
    database.session.commit()
    return {"group": group.value, "series": Series.SECTIONS.value}


def scanned(picture):
    image = Image.open(BytesIO(base64.b64decode(picture)))
    (found,) = zxingcpp.read_barcodes(image.convert("L"))
    return found.text


def test_the_print_sheet_holds_every_code_twice_and_is_kept_nowhere(app, login):
    form = a_roster(3)
    client = login(user_with_role(Role.OFC))
    page = post(client, f"{BASE}/codes", form)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.is_streamed
    text = page.text
    typed = re.findall(r'class="slip-typed">([0-9A-Z-]{14})<', text)
    addresses = [scanned(data) for data in re.findall(r"data:image/png;base64,([^\"]+)", text)]
    assert len(set(typed)) == 3
    for short, address in zip(typed, addresses, strict=True):
        base, _slash, code = address.rpartition("/")
        assert base == "http://127.0.0.1:8000/ballot"
        assert len(code) == 26
        assert code.startswith(short.replace("-", ""))
        assert Voter(app, code).scan().status_code == 200
    again = post(client, f"{BASE}/codes", form)
    assert again.status_code == 409
    assert "已全部发出" in again.text
    codes = [address.rpartition("/")[2] for address in addresses]
    database.session.commit()
    for table in database.metadata.sorted_tables:
        rows = [repr(row) for row in database.session.execute(select(table)).all()]
        assert not [row for row in rows for code in codes if code in row or code[:12] in row]


def test_a_batch_is_replaced_with_a_new_sheet_and_counts_are_logged(app, login):
    vote = a_vote(survey(3))
    client = login(user_with_role(Role.OFC))
    batch_id = database.session.scalars(select(Poll)).one().batches[0].id
    page = post(client, f"{BASE}/batches/{batch_id}/replace")
    assert page.text.count("slip-typed") == 3
    assert "/survey" in page.text
    assert Voter(app, vote.codes["群众代表"][0], door="survey").scan().status_code == 404
    database.session.commit()
    entries = database.session.scalars(select(AuditEntry.body)).all()
    assert '"codes":3' in next(body for body in entries if "poll.codes_replaced" in body)


@pytest.mark.parametrize("form", [{"group": "x", "series": "科室"}, {"group": "mass_evaluation"}])
def test_codes_of_a_group_that_is_none_are_not_made(app, login, form):
    a_roster()
    assert post(login(user_with_role(Role.OFC)), f"{BASE}/codes", form).status_code == 400


def test_coverage_shows_returned_of_issued_and_no_value(app, login):
    vote = a_vote(leaders(4), peers(0), township_voters(2))
    for code in vote.codes["县级领导"][:3]:
        Voter(app, code).submit(dict.fromkeys(vote.units[Series.SECTIONS], "87.5"))
    client = login(user_with_role(Role.MIN))
    page = get(client, f"{BASE}/polls")
    assert "收回 3，共发 4" in page.text
    (leading,) = re.findall(r'<a href="(#part-\d)">3/4</a>', page.text)
    assert f'id="{leading[1:]}">领导评价（科室）' in page.text
    assert "75%" in page.text
    assert "87.5" not in page.text
    fragment = get(client, f"{BASE}/polls", htmx=True)
    assert "<html" not in fragment.text
    assert 'id="coverage"' in fragment.text
    assert "发放评价码" not in page.text


def test_coverage_takes_as_many_statements_for_many_rows(app, login, count_queries):
    client = login(user_with_role(Role.OFC))
    counts = []
    vote = a_vote(peers(0), peers(1))
    get(client, f"{BASE}/polls")
    for names in (("甲", "乙", "丙"), ()):
        count_queries.statements.clear()
        assert get(client, f"{BASE}/polls").status_code == 200
        counts.append(len(count_queries))
        for name in names:
            roster = RaterRoster(
                cycle_id=vote.cycle_id,
                rater_group=Group.MASS_EVALUATION,
                series=Series.SECTIONS,
                name=name,
                code_count=2,
            )
            database.session.add(roster)
        database.session.commit()
        post(client, f"{BASE}/codes", {"group": "mass_evaluation", "series": "科室"})
    assert counts[0] == counts[1]


def test_before_the_count_nobody_sees_a_result_and_afterwards_those_entitled_do(app, login):
    vote = a_vote(leaders(3))
    for code in vote.codes["县级领导"]:
        Voter(app, code).submit(dict.fromkeys(vote.units[Series.SECTIONS], "87.5"))
    poll_id = database.session.scalars(select(Poll.id)).one()
    everything = login(user_with_role(*Role))
    for step in (None, close, sweep):
        if step:
            step(vote)
        assert get(everything, f"{BASE}/polls/{poll_id}").status_code == 404
        for path in ("polls", "count"):
            assert "87.5" not in get(everything, f"{BASE}/{path}").text
    office, personnel = user_with_role(Role.OFC), user_with_role(Role.HRO)
    assert "您是第一名计票人" in get(login(office), f"{BASE}/count").text
    assert post(login(office), f"{BASE}/count").status_code == 303
    assert "等待另一名计票人" in get(login(office), f"{BASE}/count").text
    assert "您是第二名计票人" in get(login(personnel), f"{BASE}/count").text
    assert post(login(personnel), f"{BASE}/count").status_code == 303
    sheet = get(login(personnel), f"{BASE}/polls/{poll_id}")
    assert "87.50" in sheet.text
    assert get(login(user_with_role(Role.ADM)), f"{BASE}/polls/{poll_id}").status_code == 403


def test_who_confirmed_one_vote_first_is_asked_to_confirm_the_other(app, login):
    vote = a_vote(leaders(3), survey(3))
    close(vote)
    sweep(vote)
    office, personnel = user_with_role(Role.OFC), user_with_role(Role.HRO)
    polls = database.session.scalars(select(Poll)).all()
    for poll, user in zip(polls, (office, personnel), strict=True):
        poll.first_counter_id = user.person_id
    database.session.commit()
    for user in (office, personnel):
        assert "您是第二名计票人" in get(login(user), f"{BASE}/count").text
        assert post(login(user), f"{BASE}/count").status_code == 303
    assert "等待计票" not in get(login(office), f"{BASE}/count").text


def test_a_reminder_reaches_the_whole_group_on_the_today_page(app, login):
    vote = a_vote(leaders(3))
    Voter(app, vote.codes["县级领导"][0]).submit(dict.fromkeys(vote.units[Series.SECTIONS], "90"))
    deputy, member = user_with_role(Role.DEP), user_with_role(Role.STF)
    page = get(login(deputy), "/").text
    assert "领导评价正在进行" in page
    assert "办公室提醒全组" not in page
    office = login(user_with_role(Role.OFC))
    poll_id = database.session.scalars(select(Poll.id)).one()
    assert post(office, f"{BASE}/polls/{poll_id}/remind").status_code == 303
    assert "已提醒全组1次" in get(office, f"{BASE}/polls").text
    assert "办公室提醒全组" in get(login(deputy), "/").text
    assert "领导评价正在进行" not in get(login(member), "/").text
    close(vote)
    assert "领导评价正在进行" not in get(login(deputy), "/").text
    assert post(login(user_with_role(Role.OFC)), f"{BASE}/polls/{poll_id}/remind").status_code == 409


def test_ballots_taken_away_before_the_seal_are_told_above_the_count(app, login):
    vote = a_vote(leaders(3))
    for code in vote.codes["县级领导"]:
        Voter(app, code).submit(dict.fromkeys(vote.units[Series.SECTIONS], "90"))
    database.session.delete(database.session.scalars(select(Ballot)).first())
    database.session.commit()
    close(vote)
    sweep(vote)
    page = get(login(user_with_role(Role.OFC)), f"{BASE}/count").text
    assert "请先查明原因再计票" in page
    assert "用过的码3个，封存的票2张，有票被删去或加入" in page


def test_paper_ballots_are_registered_entered_and_compared_on_their_pages(app, login):
    vote = a_vote(survey(3))
    units = vote.units[Series.SECTIONS]
    roster_id = database.session.scalars(select(RaterRoster.id)).one()
    office, personnel = user_with_role(Role.OFC), user_with_role(Role.HRO)
    client = login(office)
    wrong = post(client, f"{BASE}/paper", {"roster_id": roster_id, "issued": "", "returned": "2"})
    assert wrong.status_code == 422
    assert "请填写发出份数" in wrong.text
    assert (
        post(client, f"{BASE}/paper", {"roster_id": roster_id, "issued": "3", "returned": "1"}).status_code
        == 303
    )
    address = re.search(rf"{BASE}/paper/\d+", get(client, f"{BASE}/paper").text)[0]
    bad = post(client, address, {"number": "1", f"mark-{units[0]}": "9"})
    assert bad.status_code == 422
    assert "请按键说明填写" in bad.text
    first = {f"mark-{unit}": key for unit, key in zip(units, ("1", "q", "x", ""), strict=True)}
    assert post(client, address, {"number": "1", **first}).status_code == 303
    assert "两遍都录完后对照" in get(client, address).text
    login(personnel)
    assert post(client, address, {"number": "1", **first, f"mark-{units[3]}": "3"}).status_code == 303
    page = get(client, address).text
    assert "不一致的行 1" in page
    assert "空白" in page
    assert post(client, address, {"number": "1", **first}).status_code == 303
    assert "两遍一致，可以计票" in get(client, address).text
    kept = get(client, f"{address}?number=1").text
    assert [re.search(rf'name="mark-{unit}"\s+value="(.*?)"', kept)[1] for unit in units] == [
        "1",
        "q",
        "x",
        "",
    ]


def test_a_mistaken_batch_is_corrected_handed_over_and_withdrawn_on_its_page(app, login):
    vote = a_vote(survey(3))
    unit = vote.units[Series.SECTIONS][0]
    client = login(user_with_role(Role.OFC))
    roster_id = database.session.scalars(select(RaterRoster.id)).one()
    post(client, f"{BASE}/paper", {"roster_id": roster_id, "issued": "3", "returned": "2"})
    address = re.search(rf"{BASE}/paper/\d+/edit", get(client, f"{BASE}/paper").text)[0].removesuffix("/edit")
    post(client, address, {"number": "1", f"mark-{unit}": "1"})
    page = get(client, f"{address}/edit").text
    assert "收回第一遍" in page
    assert "已录的1张作废" in page
    wrong = post(client, f"{address}/edit", {"issued": "0", "returned": "5"})
    assert wrong.status_code == 422
    assert 'value="5"' in wrong.text
    assert post(client, f"{address}/edit", {"issued": "5", "returned": "1"}).status_code == 303
    assert "已录1张" in get(client, address).text
    assert post(client, f"{address}/entries/1/release").status_code == 303
    assert post(client, f"{address}/entries/1/release").status_code == 409
    assert post(client, f"{address}/withdraw").status_code == 303
    assert "还没有登记纸质票" in get(client, f"{BASE}/paper").text


def test_with_several_rosters_one_is_chosen_for_a_batch_of_paper(app, login):
    a_vote(survey(3), leaders(3))
    client = login(user_with_role(Role.OFC))
    page = get(client, f"{BASE}/paper").text
    choices = re.findall(r'<option[^>]*value="(\d*)"', page)
    assert choices[0] == ""
    assert len(choices) == 3
    unchosen = post(client, f"{BASE}/paper", {"roster_id": "", "issued": "3", "returned": "1"})
    assert unchosen.status_code == 422
    assert "请选择评价名单。" in unchosen.text
    chosen = {"roster_id": choices[1], "issued": "3", "returned": "1"}
    assert post(client, f"{BASE}/paper", chosen).status_code == 303


def test_visits_and_discussions_are_kept_and_change_no_score(app, login):
    a_cycle(state=CycleState.VOTING)
    client = login(user_with_role(Role.OFC))
    data = {
        "kind": "discussion", "held_on": "2026-06-01", "place": "城关镇政府", "participants": "村干部",
        "attendance": "15", "findings": "党员教育有成效，盼望多下基层。",
    }  # fmt: skip
    late = post(client, f"{BASE}/visits", data | {"held_on": "2099-01-01"})
    assert late.status_code == 422
    assert "日期不能晚于今天" in late.text
    assert post(client, f"{BASE}/visits", data).status_code == 303
    page = get(login(user_with_role(Role.MIN)), f"{BASE}/visits").text
    assert "党员教育有成效" in page
    assert "登记走访座谈" not in page
    assert database.session.scalar(select(func.count()).select_from(SurveyVisit)) == 1
    assert database.session.scalar(select(func.count()).select_from(VotingCode)) == 0
