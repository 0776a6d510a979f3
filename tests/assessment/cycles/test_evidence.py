"""Frozen rules that were altered behind the product's back are found by verifying."""

import pytest
from sqlalchemy import delete, select, update

from fivestep_web.assessment.cycles import queries, versions
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleRules, CycleUnit, RaterRoster
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.audit.verification import verify
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.assessment.cycles.plans import YEAR, actor_of, begin, bring_to

CONTENT = "考核规则：2026年度考核第1版规则（规则、参评单位或评价名单）在批准后被改动"


def found():
    database.session.commit()
    return list(verify().faults)


def test_rules_as_they_were_approved_are_sound(cast):
    begin(cast)
    assert found() == []


def test_two_versions_are_sound(cast):
    bring_to(cast, CycleState.OPEN)
    with unit_of_work():
        cycle = queries.get_cycle(YEAR, lock=True)
        draft = versions.begin_change(actor_of(cast.hr), cycle, "调整小数位数")
        draft.settings = {**draft.settings, "decimals": "1"}
        versions.approve_change(actor_of(cast.minister), cycle)
    assert found() == []


def lowered_weight():
    rules = database.session.scalars(select(CycleRules)).one()
    return update(CycleRules).values(settings={**rules.settings, "decimals": "0"})


@pytest.mark.parametrize(
    "alter",
    [
        lowered_weight,
        lambda: update(RaterRoster).values(code_count=RaterRoster.code_count + 1),
        lambda: delete(CycleUnit).where(CycleUnit.series == "乡镇"),
    ],
)
def test_altered_rules_units_or_rosters_are_found(cast, alter):
    bring_to(cast, CycleState.OPEN)
    database.session.execute(alter())
    assert found() == [CONTENT]


def test_an_approval_nobody_gave_is_found(cast):
    bring_to(cast, CycleState.OPEN)
    cycle = queries.get_cycle(YEAR)
    rules = queries.get_version(cycle, 1)
    rules.settings = {**rules.settings, "decimals": "0"}
    rules.sha256 = versions.content_hash(cycle, rules)
    assert found() == ["考核规则：2026年度考核第1版规则的批准与日志不符"]


def test_a_version_taken_away_is_found(cast):
    bring_to(cast, CycleState.OPEN)
    database.session.execute(delete(CycleRules))
    assert found() == ["考核规则：2026年度考核第1版规则已批准，现在不存在"]
    assert database.session.scalar(select(AssessmentCycle.rule_version)) == 1
