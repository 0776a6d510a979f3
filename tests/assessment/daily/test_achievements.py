"""The achievements register and the self-report made from it (R5.2, R6.3)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from fivestep_web.assessment.daily.achievements import queries, services
from fivestep_web.assessment.daily.achievements.models import Achievement, SelfReport
from fivestep_web.assessment.daily.achievements.rules import (
    AchievementKind,
    Fact,
    Level,
    Standing,
    proposed_visible,
    sentence,
)
from fivestep_web.core.errors import Conflict, DomainError, FieldError, NotAllowed, NotFound
from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.factories.accounts import user_with_role
from tests.factories.daily import make_daily, store_issued
from tests.factories.ledger import actor_of
from tests.web import get, post

REGISTER = "/assessment/2026/achievements"
REPORTS = "/assessment/2026/self-reports"
REGISTERS = {Role.SHD, Role.STF, Role.TSC, Role.ORG, Role.OFC}
FACT = Fact(
    AchievementKind.SPEECH, Level.PROVINCE, date(2026, 3, 5), "《责任到人的做法》", "全省组织工作会议"
)


@pytest.fixture
def daily(db):
    return make_daily()


def entry(daily, **changes):
    given_facts = {
        "unit_id": daily.county.unit.id,
        "topic_id": daily.county.topic.id,
        "kind": FACT.kind,
        "level": FACT.level,
        "happened_on": FACT.happened_on,
        "title": FACT.title,
        "giver": FACT.giver,
        "evidence": "会议材料汇编第12页",
    }
    return services.Entry(**(given_facts | changes))


def register(daily, actor=None, **changes):
    with unit_of_work():
        return services.register(actor or actor_of(daily.county.member), 2026, entry(daily, **changes)).id


def hand_in(daily, actor=None, **changes):
    parts = {"visible": "全年走访12个村。", "latent": "建立台账制度。", "revision": 0} | changes
    with unit_of_work():
        services.hand_in(actor or actor_of(daily.county.head), 2026, daily.county.unit.id, **parts)


def test_an_achievement_is_written_out_with_day_level_and_source():
    assert sentence(FACT) == "3月5日，全省组织工作会议典型发言（省级）：《责任到人的做法》"


@given(
    facts=st.lists(
        st.builds(
            Fact,
            st.sampled_from(AchievementKind),
            st.sampled_from(Level),
            st.dates(date(2026, 1, 1), date(2026, 12, 31)),
            st.text(st.characters(categories=["Lo"]), min_size=1, max_size=5),
            st.just("某刊"),
        ),
        max_size=6,
    ),
    seed=st.randoms(),
    standing=st.none() | st.builds(Standing, st.integers(1, 12), st.integers(1, 9), st.integers(0, 9)),
)
def test_the_proposed_text_holds_every_achievement_once_whatever_the_order(facts, seed, standing):
    shuffled = list(facts)
    seed.shuffle(shuffled)
    text = proposed_visible(facts, standing)
    assert text == proposed_visible(shuffled, standing)
    assert len(text.splitlines()) == len(facts) + (standing is not None)


@pytest.mark.parametrize("role", list(Role))
def test_a_unit_registers_its_own_and_the_office_for_all(daily, role):
    own = actor_of(user_with_role(role, unit=daily.county.unit))
    if role in REGISTERS:
        register(daily, own)
    else:
        with pytest.raises(NotAllowed):
            register(daily, own)
    stranger = actor_of(user_with_role(role))
    if role is Role.OFC:
        register(daily, stranger)
    else:
        with pytest.raises(NotAllowed):
            register(daily, stranger)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"happened_on": date(2025, 12, 31)}, "happened_on"),
        ({"happened_on": date(2026, 8, 11)}, "happened_on"),
        ({"title": " "}, "title"),
        ({"giver": " "}, "giver"),
        ({"evidence": " "}, "evidence"),
        ({"topic_id": 0}, "topic_id"),
    ],
)
def test_what_cannot_be_so_is_refused_at_its_field(daily, changes, field):
    with pytest.raises(FieldError) as refusal:
        register(daily, **changes)
    assert refusal.value.field == field
    assert database.session.scalars(select(Achievement)).all() == []


def test_a_withdrawn_achievement_stays_with_its_reason_and_feeds_nothing(daily):
    achievement_id = register(daily)
    other = actor_of(user_with_role(Role.SHD))
    with pytest.raises(NotFound):
        queries.get_achievement(other, 2026, achievement_id)
    with pytest.raises(DomainError, match="理由"), unit_of_work():
        services.withdraw(
            daily.office, queries.get_achievement(daily.office, 2026, achievement_id), reason=" "
        )
    with unit_of_work():
        services.withdraw(
            daily.office, queries.get_achievement(daily.office, 2026, achievement_id), reason="重复登记"
        )
    with pytest.raises(Conflict), unit_of_work():
        services.withdraw(
            daily.office, queries.get_achievement(daily.office, 2026, achievement_id), reason="再来"
        )
    assert queries.standing_achievements(2026, [daily.county.unit.id]) == []
    assert [row.reason for row in queries.list_achievements(daily.office, 2026)] == ["重复登记"]


def test_who_is_limited_to_the_own_unit_sees_its_register_only(daily):
    register(daily)
    assert len(queries.list_achievements(actor_of(daily.county.member), 2026)) == 1
    assert queries.list_achievements(actor_of(user_with_role(Role.SHD)), 2026) == []
    assert len(queries.list_achievements(actor_of(daily.county.leader), 2026)) == 1


def test_only_the_head_hands_the_self_report_in_and_both_parts_are_written(daily):
    for part in ("visible", "latent"):
        with pytest.raises(FieldError, match="没有的写“无”") as refusal:
            hand_in(daily, **{part: " "})
        assert refusal.value.field == part
    for user in (daily.county.member, daily.county.leader, daily.clerk):
        with pytest.raises(NotAllowed):
            hand_in(daily, actor_of(user))
    hand_in(daily)
    assert database.session.scalars(select(SelfReport.visible)).one() == "全年走访12个村。"


def test_a_report_shown_before_a_change_is_not_overwritten(daily):
    hand_in(daily)
    with pytest.raises(Conflict):
        hand_in(daily, visible="另写")
    hand_in(daily, visible="补充", revision=1)
    texts = queries.report_texts(2026)
    assert texts[daily.county.unit.id].visible == "补充"
    assert texts[daily.county.unit.id].latent == "建立台账制度。"


def text(answer):
    return answer.get_data(as_text=True)


def test_the_self_report_is_filled_from_the_register_and_the_issued_months(daily, login):
    register(daily)
    store_issued(2026, {6: {daily.county.unit.code: (4, 3)}})
    page = text(get(login(daily.county.head), f"{REPORTS}/{daily.county.unit.code}"))
    assert "截至6月底到期目标4项，已完成3项。" in page
    assert sentence(FACT) in page


def test_the_pages_register_withdraw_and_report(daily, login):
    client = login(daily.county.head)
    sent = {
        "unit_id": daily.county.unit.id, "topic_id": daily.county.topic.id, "kind": "award", "level": "city",
        "happened_on": "2026-08-11", "title": "先进集体", "giver": "市委组织部", "evidence": "奖牌照片",
    }  # fmt: skip
    answer = post(client, REGISTER, sent)
    assert answer.status_code == 422
    assert "日期不能晚于今天" in text(answer)
    assert "先进集体" in text(answer)
    assert post(client, REGISTER, sent | {"happened_on": "2026-08-01"}).status_code == 303
    page = text(get(client, REGISTER))
    for words in ("先进集体", "市级获奖", "奖牌照片"):
        assert words in page
    row = database.session.scalars(select(Achievement.id)).one()
    assert post(client, f"{REGISTER}/{row}/withdraw", {"reason": ""}).status_code == 422
    assert post(client, f"{REGISTER}/{row}/withdraw", {"reason": "重复"}).status_code == 303
    own = f"{REPORTS}/{daily.county.unit.code}"
    answer = post(client, own, {"visible": "获市先进", "latent": "", "revision": "0"})
    assert answer.status_code == 422
    assert "获市先进" in text(answer)
    assert post(client, own, {"visible": "获市先进", "latent": "无", "revision": "0"}).status_code == 303
    assert post(client, own, {"visible": "改", "latent": "无", "revision": "0"}).status_code == 409
    assert "获市先进" in text(get(login(daily.county.leader), own))
    assert get(login(user_with_role(Role.SHD)), own).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_the_register_and_the_reports_are_for_who_takes_part(daily, login, role):
    client = login(user_with_role(role))
    expected = 403 if role in {Role.ADM, Role.PNL} else 200
    for address in (REGISTER, REPORTS):
        assert get(client, address).status_code == expected
