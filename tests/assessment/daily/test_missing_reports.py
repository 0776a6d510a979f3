"""No vote opens before each unit's self-report is in or entered as missing; then none changes (5.6, R5.2)."""

import re

import pytest
from sqlalchemy import delete, select

from fivestep_web.assessment.cycles import facts, queries, rules
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.daily.achievements import services
from fivestep_web.assessment.daily.achievements.models import MissingReport, SelfReport
from fivestep_web.assessment.daily.achievements.queries import list_missing_reports
from fivestep_web.core.errors import Conflict, FieldError, NotAllowed
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Unit
from tests.assessment.cycles.plans import CYCLE, YEAR, bring_to, make_cast, move, state
from tests.factories.accounts import user_with_role
from tests.factories.keys import actor_of
from tests.web import get, post

REPORTS = f"/assessment/{YEAR}/self-reports"


@pytest.fixture
def cast(db):
    """A cycle in self-reporting in which the first section and the first township gave no report."""
    cast = make_cast()
    bring_to(cast, CycleState.SELF_REPORTING)
    silent = select(Unit.id).where(Unit.code.in_(["K01", "T01"]))
    database.session.execute(delete(SelfReport).where(SelfReport.unit_id.in_(silent)))
    database.session.commit()
    return cast


def unit_id(code):
    return database.session.scalars(select(Unit.id).where(Unit.code == code)).one()


def enter_missing(cast, code, reason="年中机构改革", by=None):
    with unit_of_work():
        services.enter_missing(actor_of(by or cast.office), YEAR, unit_id(code), reason=reason)


def hand_in(head, code, revision=0):
    with unit_of_work():
        services.hand_in(
            actor_of(head),
            YEAR,
            unit_id(code),
            visible="建成阵地12个。",
            latent="打基础。",
            revision=revision,
        )


def head_of(code):
    unit = database.session.get_one(Unit, unit_id(code))
    return user_with_role(Role.SHD, unit=unit)


def unmet():
    cycle = queries.get_cycle(YEAR)
    return facts.gaps(cycle, rules.find_move(cycle.state, CycleState.VOTING))


def test_a_vote_waits_for_each_unit_and_each_line_leads_to_its_cure(cast, login):
    assert [(item.sentence, item.values) for item in unmet()] == [
        ("第1科的自评还没有报送，也没有登记未报送。", {"code": "K01"}),
        ("第1镇的自评还没有报送，也没有登记未报送。", {"code": "T01"}),
    ]
    with pytest.raises(Conflict, match="第1科的自评还没有报送"):
        move(cast, CycleState.VOTING)
    client = login(cast.office)
    page = get(client, CYCLE).text
    assert "还差2项" in page
    for code in ("K01", "T01"):
        assert f'href="{REPORTS}/{code}"' in page
        assert "登记未报送" in get(client, f"{REPORTS}/{code}").text
        answer = post(client, f"{REPORTS}/{code}/missing", {"reason": "年中机构改革"})
        assert answer.status_code == 303
    assert "已登记：年中机构改革" in get(client, REPORTS).text
    assert unmet() == []
    move(cast, CycleState.VOTING)
    assert state() is CycleState.VOTING


def test_the_office_alone_enters_a_missing_report_and_says_why(cast, login):
    with pytest.raises(NotAllowed):
        enter_missing(cast, "K01", by=cast.hr)
    with pytest.raises(FieldError, match="请写明"):
        enter_missing(cast, "K01", reason=" ")
    with pytest.raises(Conflict, match="已经报送"):
        enter_missing(cast, "K02")
    assert post(login(cast.office), f"{REPORTS}/K01/missing", {"reason": ""}).status_code == 422
    assert "登记未报送</" not in get(login(cast.hr), f"{REPORTS}/K01").text
    assert list_missing_reports(YEAR) == {}


def test_a_reason_can_be_mended_and_falls_away_when_the_report_comes(cast):
    enter_missing(cast, "K01")
    enter_missing(cast, "K01", reason="负责人病休")
    assert database.session.scalars(select(MissingReport.reason)).all() == ["负责人病休"]
    hand_in(head_of("K01"), "K01")
    assert list_missing_reports(YEAR) == {}
    assert [item.values["code"] for item in unmet()] == ["T01"]


def test_once_the_vote_has_begun_every_voter_reads_the_same(cast, login):
    enter_missing(cast, "K01")
    enter_missing(cast, "T01")
    head = head_of("K02")
    assert re.search(r'name="visible"', get(login(head), f"{REPORTS}/K02").text)
    move(cast, CycleState.VOTING)
    with pytest.raises(Conflict, match="评价已经开始"):
        hand_in(head, "K02", revision=1)
    with pytest.raises(Conflict, match="评价已经开始"):
        enter_missing(cast, "K01", reason="改口")
    page = get(login(head), f"{REPORTS}/K02").text
    assert "全年目标按期完成。" in page
    assert 'name="visible"' not in page


def test_the_head_of_a_unit_without_a_report_is_told_today_until_it_is_in(cast, login):
    told = "本单位还没有报送"
    head = head_of("K01")
    page = get(login(head), "/").text
    assert told in page
    assert f'href="{REPORTS}/K01"' in page
    assert told not in get(login(head_of("K02")), "/").text
    assert told not in get(login(cast.office), "/").text
    hand_in(head, "K01")
    assert told not in get(login(head), "/").text
    enter_missing(cast, "T01")
    other = head_of("T01")
    assert told in get(login(other), "/").text
    move(cast, CycleState.VOTING)
    assert told not in get(login(other), "/").text
