"""An admonition in effect keeps its person off the commendations, and only few are told why (R5.16, N9)."""

from datetime import date

import pytest
from sqlalchemy import select

from fivestep_web.accounts.models import User
from fivestep_web.assessment.admonitions import opening, queries, requests
from fivestep_web.assessment.admonitions.models import Admonition, AdmonitionNotice, AdmonitionTalk
from fivestep_web.assessment.admonitions.rules import Source, effect_until
from fivestep_web.assessment.candidates import CandidateKind
from fivestep_web.assessment.commendations.paper import requests as commendation_payloads
from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.scoring import score_year
from fivestep_web.assessment.standings import commendation_proposals
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.checks import violations
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.rendering import render
from fivestep_web.extensions import db as database
from fivestep_web.org.models import Person, PostRole
from tests.assessment.admonitions.cast import TALKED, YEAR, S, appointment, make_cast, on, talk
from tests.assessment.county import county, load
from tests.factories.accounts import user_with_role
from tests.factories.org import PlanYearFactory
from tests.factories.tokens import acting
from tests.web import get, post

HIGH, LOW = (92, 93, 94, 95, 96), (40, 50, 54, 58, 60)


@pytest.fixture
def town(db):
    """Three excellent sections and one below the threshold; the first head has a case."""
    cast = make_cast()
    sheets = county(4, marks=HIGH)
    for row in sheets["评价"][1:]:
        if row[2] == "K04":
            row[3] = LOW[int(row[1][1:])]
    sheets["人员"][2][1] = "赵某甲"
    load(sheets)
    on(date(2026, 9, 1))
    return cast


def person(code):
    return database.session.scalars(select(Person).where(Person.code == code)).one()


def account_with(code, role):
    """Return the account of a person of the county, who holds *role* besides."""
    subject = person(code)
    subject.holdings[0].roles.append(PostRole(role=role))
    account = database.session.scalars(select(User).where(User.person_id == subject.id)).one()
    account.must_change_password = False
    database.session.commit()
    return account


def admonish(cast, code="HK01", state=S.RECTIFYING, talked_on=TALKED, year=YEAR):
    """Store a case as far as *state* without going all its way."""
    subject = person(code)
    case = Admonition(
        year=year, person_id=subject.id, unit_id=subject.holdings[0].position.unit_id, post="科长",
        source=Source.OTHER, reason="上半年工作滞后", state=state, steps=[],
    )  # fmt: skip
    when = vars(appointment(cast))
    case.notice = AdmonitionNotice(
        **when | {"talk_on": talked_on}, number_year=talked_on.year, number=1, noticed_on=talked_on,
        talker_post="副部长",
    )  # fmt: skip
    if state in {S.TALKED, S.RECTIFYING, S.FOLLOWED_UP, S.LIFTED, S.FURTHER_ACTION}:
        facts = vars(talk(cast)) | {"talked_on": talked_on}
        case.talk = AdmonitionTalk(
            **facts, talker_post="副部长", recorder_post="科员", effect_until=effect_until(talked_on),
            person_signed_on=talked_on, talker_signed_on=talked_on,
        )  # fmt: skip
    database.session.add(case)
    database.session.commit()
    return case.id


def listed(**kinds):
    rows = commendation_proposals(score_year(YEAR), queries.barred(YEAR, kinds.pop("day", date(2026, 9, 1))))
    return [row for row in rows if row.kind is CandidateKind.ADVANCED_PERSON]


def names(payload):
    return [row["name"] for row in payload["persons"]]


def test_who_is_barred_takes_no_seat_and_is_not_in_the_document(town):
    before = [row.person for row in listed()]
    assert "赵某甲" in before
    admonish(town)
    rows = listed()
    assert [row.person for row in rows if row.is_barred] == ["赵某甲"]
    assert "赵某甲" not in [row.person for row in rows if not row.is_barred]
    payload = commendation_payloads(YEAR)[0].payload
    assert "赵某甲" not in names(payload)
    assert "诫勉" not in str(payload)
    assert "不符合" not in str(payload)
    assert (
        violations(
            DocumentKind.COMMENDATION_DECISION, payload, render(DocumentKind.COMMENDATION_DECISION, payload)
        )
        == []
    )


@pytest.mark.parametrize("state", [S.CANDIDATE, S.PROPOSED, S.DECLINED, S.DOWNGRADED])
def test_nobody_is_barred_without_an_approval(town, state):
    admonish(town, state=state)
    assert not any(row.is_barred for row in listed())


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (S.APPROVED, "诫勉已批准，正在办理"),
        (S.NOTIFIED, "诫勉已批准，正在办理"),
        (S.RECTIFYING, "诫勉影响期内（2026-08-31至2027-02-28）"),
        (S.LIFTED, "诫勉影响期内（2026-08-31至2027-02-28）"),
    ],
)
def test_the_editors_see_that_and_only_those_entitled_why(town, login, state, reason):
    admonish(town, state=state)
    seen = {}
    for role in (Role.MIN, Role.EXD, Role.OFC, Role.HRO):
        page = get(login(user_with_role(role)), "/results/2026").text
        assert "不符合条件" in page
        assert "赵某甲" in page
        seen[role] = reason in page
        if not seen[role]:
            assert "影响期" not in page
            assert "办理" not in page.replace("诫勉办理", "")
    has_entry = state in {S.RECTIFYING, S.LIFTED}
    assert seen == {Role.MIN: True, Role.EXD: True, Role.OFC: False, Role.HRO: has_entry}


def test_nobody_is_told_the_own_bar_on_the_list(town, login):
    account = account_with("HK01", Role.EXD)
    admonish(town, state=S.APPROVED)
    page = get(login(account), "/results/2026").text
    assert "不符合条件" in page
    assert "诫勉已批准" not in page


def test_the_bar_ends_after_the_effect_for_other_years_only(town):
    PlanYearFactory(year=2025)
    admonish(town, talked_on=date(2025, 8, 31), year=2025, state=S.LIFTED)
    assert not any(row.is_barred for row in listed(day=date(2026, 9, 1)))
    assert any(row.is_barred for row in listed(day=date(2026, 2, 28)))
    assert queries.barred(2025, date(2026, 9, 1))


def test_no_reader_without_a_bar_sees_a_heading_for_it(town, login):
    assert "不符合条件" not in get(login(user_with_role(Role.OFC)), "/results/2026").text
    admonish(town, code="HK04")
    assert "不符合条件" not in get(login(user_with_role(Role.OFC)), "/results/2026").text


def test_a_trigger_is_taken_up_with_its_rule_and_leaves_the_list_of_triggers(town, login):
    client = login(town.supervisor)
    page = get(client, "/results/2026/admonitions").text
    assert "第K04科科长" in page
    assert "列为建议对象" in page
    assert "列为建议对象</button>" not in get(login(town.minister), "/results/2026/admonitions").text
    form = {"year": YEAR, "person_id": person("HK04").id}
    assert post(login(town.supervisor), "/admonitions/candidates", form).status_code == 303
    case = database.session.scalars(select(Admonition)).one()
    assert (case.state, case.source) == (S.CANDIDATE, Source.RESULTS)
    assert case.reason == "年度总分53.20分，低于60.00分（实绩考核较差）"
    assert "第K04科科长" not in get(login(town.supervisor), "/results/2026/admonitions").text
    with pytest.raises(Conflict, match="没有触发"), unit_of_work():
        opening.take_up(acting(town.supervisor), YEAR, person("HK01").id)


def test_no_trigger_is_told_before_the_results_of_a_cycle_are_confirmed(town, login):
    cycle = AssessmentCycle(
        year=YEAR, name="2026年度实绩考核", cut_off_date=date(2026, 12, 31), state=CycleState.PUBLICIZING
    )
    database.session.add(cycle)
    database.session.commit()
    page = get(login(town.supervisor), "/results/2026/admonitions").text
    assert "考核结果确定以后才列出建议对象" in page
    assert "第K04科科长" not in page
    assert requests.list_payloads(YEAR) == []
    with pytest.raises(Conflict, match="还没有确定"), unit_of_work():
        opening.take_up(acting(town.supervisor), YEAR, person("HK04").id)
    cycle.state = CycleState.CONFIRMED
    database.session.commit()
    with unit_of_work():
        opening.take_up(acting(town.supervisor), YEAR, person("HK04").id)
    assert "第K04科科长" in str(requests.list_payloads(YEAR)[0].payload["candidates"])


def test_the_supervisor_who_is_named_by_a_trigger_is_not_shown_it(town, login):
    account = account_with("HK04", Role.SUP)
    assert "低于60.00分" not in get(login(account), "/results/2026/admonitions").text


def test_the_list_shows_each_decision_and_keeps_who_was_not_approved(town):
    with unit_of_work():
        case = opening.take_up(acting(town.supervisor), YEAR, person("HK04").id)
        other = opening.open_case(
            acting(town.supervisor), YEAR, person("HK02").id, Source.BASICALLY_COMPETENT, "2026年度基本称职"
        )
        case.state, other.state = S.DECLINED, S.DOWNGRADED
    (request,) = requests.list_payloads(YEAR)
    rows = request.payload["candidates"]
    assert [(row["unit_and_position"], row["proposed_way"], row["approval_opinion"]) for row in rows] == [
        ("第K04科科长", "诫勉谈话", "不予诫勉"),
        ("第K02科科长", "提醒谈话", "改为提醒谈话"),
    ]
    assert rows[0]["trigger"].startswith("年度总分")
    assert rows[1]["trigger"] == "年度考核基本称职：2026年度基本称职"
    kind = DocumentKind.ADMONITION_LIST
    assert violations(kind, request.payload, render(kind, request.payload)) == []


@pytest.mark.parametrize(
    ("state", "opinion"),
    [(S.CANDIDATE, "待批准"), (S.PROPOSED, "待批准"), (S.APPROVED, "同意"), (S.LIFTED, "同意")],
)
def test_the_list_names_the_state_of_the_decision(town, state, opinion):
    with unit_of_work():
        opening.take_up(acting(town.supervisor), YEAR, person("HK04").id).state = state
    assert requests.list_payloads(YEAR)[0].payload["candidates"][0]["approval_opinion"] == opinion
