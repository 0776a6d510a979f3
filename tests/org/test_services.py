"""Units and posts over time, days off, the opening of step two."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from fivestep_web.accounts import people_services
from fivestep_web.accounts.queries import get_actor
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.verification import verify
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, DomainError, NotAllowed, NotFound
from fivestep_web.core.permissions import Actor, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.org import people_services as org_people
from fivestep_web.org import queries, services
from fivestep_web.org.models import UnitKind
from fivestep_web.org.rules import DayOff
from fivestep_web.org.services import UnitFacts
from tests.factories.accounts import user_with_role
from tests.factories.org import (
    CalendarDayFactory,
    PersonFactory,
    PlanYearFactory,
    UnitFactory,
    person_with_role,
)

TODAY = date(2026, 6, 30)
ADMIN = Actor(user_id=1, person_id=None, name="管理员", roles=frozenset({Role.ADM}))
CLERK = Actor(user_id=2, person_id=None, name="文书", roles=frozenset({Role.OFC}))
MINISTER = Actor(user_id=3, person_id=None, name="部长", roles=frozenset({Role.MIN}))
FACTS = UnitFacts("城关乡", UnitKind.TOWNSHIP)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def actions():
    return database.session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)).all()


def create(facts=FACTS, *, code="T01", valid_from=date(2020, 1, 1), actor=ADMIN):
    with unit_of_work():
        return services.create_unit(actor, code, facts, valid_from=valid_from)


def change(unit_id, facts, from_day, *, actor=ADMIN, revision=None, parent_id=None, is_assessed=False):
    with unit_of_work():
        unit = queries.get_unit(unit_id, lock=True)
        services.change_unit(
            actor,
            unit,
            facts,
            from_day=from_day,
            parent_id=parent_id,
            is_assessed=is_assessed,
            revision=unit.revision if revision is None else revision,
        )


def periods(unit_id):
    return [(p.name, p.valid_from, p.valid_to) for p in queries.get_unit(unit_id).periods]


def test_a_renamed_unit_keeps_its_old_name_for_the_days_before(db):
    unit = create()
    change(unit.id, UnitFacts("城关镇", UnitKind.TOWNSHIP), date(2026, 5, 1))
    assert periods(unit.id) == [
        ("城关乡", date(2020, 1, 1), date(2026, 4, 30)),
        ("城关镇", date(2026, 5, 1), None),
    ]
    assert queries.unit_names_on(date(2019, 12, 31)) == {}
    assert queries.unit_names_on(date(2026, 4, 30)) == {unit.id: "城关乡"}
    assert queries.unit_names_on(date(2026, 5, 1)) == {unit.id: "城关镇"}
    assert actions() == ["unit.created", "unit.changed"]
    assert verify().faults == ()


def test_a_change_on_the_day_the_period_began_edits_it(db):
    unit = create(valid_from=TODAY)
    change(unit.id, UnitFacts("城关镇", UnitKind.TOWNSHIP), TODAY)
    assert periods(unit.id) == [("城关镇", TODAY, None)]


def test_a_new_head_and_leader_hold_from_their_day(db):
    unit, head, leader = create(), PersonFactory(), person_with_role(Role.DEP)
    facts = UnitFacts("城关乡", UnitKind.TOWNSHIP, head.id, leader.id)
    change(unit.id, facts, date(2026, 3, 1))
    before, now = queries.get_unit(unit.id).periods
    assert (before.head_id, now.head_id, now.leader_id) == (None, head.id, leader.id)


def test_nothing_changed_writes_nothing(db):
    unit = create()
    change(unit.id, FACTS, TODAY)
    assert actions() == ["unit.created"]
    assert len(periods(unit.id)) == 1


def test_only_the_own_facts_changed_keeps_the_period(db):
    unit = create()
    change(unit.id, FACTS, TODAY, is_assessed=True)
    assert len(periods(unit.id)) == 1
    assert queries.get_unit(unit.id).is_assessed


@pytest.mark.parametrize(
    ("facts", "day", "message"),
    [
        (UnitFacts("城关镇", UnitKind.TOWNSHIP), date(2019, 12, 31), "不能早于"),
        (UnitFacts("城关镇", UnitKind.TOWNSHIP), TODAY + timedelta(1), "不能晚于今天"),
        (UnitFacts("组织科", UnitKind.TOWNSHIP), TODAY, "已有名为"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(db, facts, day, message):
    unit = create()
    create(UnitFacts("组织科", UnitKind.SECTION), code="K01")
    with pytest.raises(DomainError, match=message):
        change(unit.id, facts, day)
    assert periods(unit.id) == [("城关乡", date(2020, 1, 1), None)]


def test_two_people_changing_one_unit_do_not_overwrite_each_other(db):
    unit = create()
    seen = unit.revision
    change(unit.id, UnitFacts("城关镇", UnitKind.TOWNSHIP), TODAY, revision=seen)
    with pytest.raises(Conflict, match="刚被别人改过"):
        change(unit.id, UnitFacts("河口镇", UnitKind.TOWNSHIP), TODAY, revision=seen)


def test_a_unit_is_not_its_own_superior(db):
    upper = create()
    lower = create(UnitFacts("第一支部", UnitKind.PRIMARY_PARTY_ORGANIZATION), code="P01")
    change(lower.id, UnitFacts("第一支部", UnitKind.PRIMARY_PARTY_ORGANIZATION), TODAY, parent_id=upper.id)
    with pytest.raises(DomainError, match="上级单位"):
        change(upper.id, FACTS, TODAY, parent_id=lower.id)


def test_a_code_or_name_is_given_once(db):
    create()
    with pytest.raises(DomainError, match="单位编码"):
        create(UnitFacts("河口镇", UnitKind.TOWNSHIP))
    with pytest.raises(DomainError, match="已有名为"):
        create(code="T02")


@pytest.mark.parametrize("actor", [CLERK, MINISTER])
def test_only_the_administrator_manages_the_organization(db, actor):
    with pytest.raises(NotAllowed):
        create(actor=actor)
    with pytest.raises(NotAllowed):
        org_people.create_person(actor, code="G1", name="张某甲")
    assert actions() == []


def appoint(person_id, unit_id, title="科长", roles=(Role.SHD,), from_day=date(2026, 1, 1)):
    with unit_of_work():
        person, unit = queries.get_person(person_id), queries.get_unit(unit_id)
        return org_people.appoint(ADMIN, person, unit, title, roles=roles, from_day=from_day)


def test_roles_begin_and_end_with_the_post(db):
    keeper = user_with_role(Role.ADM)
    user = user_with_role(Role.STF, valid_to=date(2025, 12, 31))
    unit = UnitFactory()
    holding = appoint(user.person_id, unit.id)
    with unit_of_work():
        people_services.end_holding(ADMIN, queries.get_holding(holding.id), date(2026, 3, 31))
    assert get_actor(user, date(2025, 12, 31)).roles == {Role.STF}
    assert get_actor(user, date(2026, 3, 31)).roles == {Role.SHD}
    assert get_actor(user, date(2026, 4, 1)).roles == frozenset()
    assert actions() == ["post.appointed", "post.ended"]
    assert get_actor(keeper, TODAY).roles == {Role.ADM}


def test_a_post_of_the_same_title_is_made_once(db):
    unit = UnitFactory()
    first = appoint(PersonFactory().id, unit.id)
    second = appoint(PersonFactory().id, unit.id)
    assert first.position_id == second.position_id


def test_nobody_holds_one_post_twice_at_a_time(db):
    person, unit = PersonFactory(), UnitFactory()
    appoint(person.id, unit.id)
    with pytest.raises(Conflict, match="仍任科长"):
        appoint(person.id, unit.id)


def test_a_post_without_a_role_is_refused(db):
    person, unit = PersonFactory(), UnitFactory()
    with pytest.raises(DomainError, match="至少选择一个角色"):
        appoint(person.id, unit.id, roles=())


def test_ending_twice_or_before_the_beginning_is_refused(db):
    user_with_role(Role.ADM)
    holding = appoint(PersonFactory().id, UnitFactory().id)
    with pytest.raises(DomainError, match="不能早于"), unit_of_work():
        people_services.end_holding(ADMIN, queries.get_holding(holding.id), date(2025, 12, 31))
    with unit_of_work():
        people_services.end_holding(ADMIN, queries.get_holding(holding.id), TODAY)
    with pytest.raises(Conflict, match="已于"), unit_of_work():
        people_services.end_holding(ADMIN, queries.get_holding(holding.id), TODAY)


def test_other_roles_hold_from_their_day_and_the_old_ones_until_then(db):
    user_with_role(Role.ADM)
    user = user_with_role(Role.SHD, valid_from=date(2026, 1, 1))
    holding = user.person.holdings[0].id
    with unit_of_work():
        people_services.change_roles(ADMIN, queries.get_holding(holding), (Role.SHD, Role.PNL), TODAY)
    assert get_actor(user, TODAY - timedelta(1)).roles == {Role.SHD}
    assert get_actor(user, TODAY).roles == {Role.SHD, Role.PNL}


def test_the_last_administrator_stays(db):
    only = user_with_role(Role.ADM, Role.OFC)
    holding = only.person.holdings[0].id
    with pytest.raises(Conflict, match="最后一位管理员"), unit_of_work():
        people_services.end_holding(ADMIN, queries.get_holding(holding), TODAY)
    with pytest.raises(Conflict, match="最后一位管理员"), unit_of_work():
        people_services.change_roles(ADMIN, queries.get_holding(holding), (Role.OFC,), TODAY)
    assert get_actor(only, TODAY).roles == {Role.ADM, Role.OFC}
    second = user_with_role(Role.ADM)
    with unit_of_work():
        people_services.change_roles(ADMIN, queries.get_holding(holding), (Role.OFC,), TODAY)
    assert get_actor(only, TODAY).roles == {Role.OFC}
    assert get_actor(second, TODAY).roles == {Role.ADM}


def test_an_administrator_without_a_working_account_does_not_count(db):
    only = user_with_role(Role.ADM)
    user_with_role(Role.ADM).is_active = False
    database.session.commit()
    with pytest.raises(Conflict, match="最后一位管理员"), unit_of_work():
        people_services.end_holding(ADMIN, queries.get_holding(only.person.holdings[0].id), TODAY)


def enter(*days, actor=CLERK):
    with unit_of_work():
        return services.enter_days(actor, days)


def test_the_office_enters_days_and_every_process_sees_them(app, db):
    new_year = date(2031, 1, 1)
    assert queries.get_calendar().is_workday(new_year)
    assert not queries.get_calendar().is_known(2031)
    assert enter(DayOff(new_year, is_workday=False, note="元旦")) == 1
    with app.app_context():
        calendar = queries.get_calendar()
    assert not calendar.is_workday(new_year)
    assert not calendar.is_known(2031)
    assert actions() == ["calendar.entered"]


def test_a_year_is_published_once_its_national_day_is_named(app, db):
    enter(DayOff(date(2031, 6, 3), is_workday=False, note="抗洪"))
    with app.app_context():
        assert not queries.get_calendar().is_known(2031)
    enter(DayOff(date(2031, 10, 1), is_workday=False, note="国庆节"))
    with app.app_context():
        assert queries.get_calendar().is_known(2031)


def test_swapping_two_days_is_seen_though_their_number_stays(app, db):
    days = date(2031, 2, 3), date(2031, 2, 4)
    CalendarDayFactory(day=days[0], is_workday=False)
    CalendarDayFactory(day=days[1], is_workday=True)
    with app.app_context():
        assert [queries.get_calendar().is_workday(day) for day in days] == [False, True]
    enter(DayOff(days[0], is_workday=True, note=""), DayOff(days[1], is_workday=False, note=""))
    with app.app_context():
        assert [queries.get_calendar().is_workday(day) for day in days] == [True, False]


def test_the_calendar_is_built_once_while_nothing_was_entered(app, db):
    with app.app_context():
        first = queries.get_calendar()
    with app.app_context():
        assert queries.get_calendar() is first


def test_entering_the_same_again_changes_nothing(db):
    day = DayOff(date(2031, 1, 1), is_workday=False, note="元旦")
    enter(day)
    assert enter(day) == 0
    assert actions() == ["calendar.entered"]


def test_a_day_is_forgotten_again(db):
    enter(DayOff(date(2031, 1, 1), is_workday=False, note="元旦"))
    with unit_of_work():
        services.remove_day(CLERK, date(2031, 1, 1))
    with pytest.raises(NotFound), unit_of_work():
        services.remove_day(CLERK, date(2031, 1, 1))
    assert actions() == ["calendar.entered", "calendar.removed"]


@pytest.mark.parametrize("role", [Role.MIN, Role.SHD, Role.ORG])
def test_only_the_office_and_the_administrator_touch_the_calendar(db, role):
    actor = Actor(1, None, "某甲", roles=frozenset({role}))
    with pytest.raises(NotAllowed):
        enter(DayOff(TODAY, is_workday=False, note=""), actor=actor)


def test_the_minister_alone_opens_step_two_once(db):
    PlanYearFactory(year=2026)

    def open_as(actor):
        with unit_of_work():
            services.open_step_two(actor, queries.get_plan_year(2026, lock=True), "要点已经部务会议研究")

    with pytest.raises(NotAllowed):
        open_as(ADMIN)
    open_as(MINISTER)
    assert queries.get_plan_year(2026).step_two_reason == "要点已经部务会议研究"
    with pytest.raises(Conflict):
        open_as(MINISTER)
    assert actions() == ["year.step_two_opened"]
