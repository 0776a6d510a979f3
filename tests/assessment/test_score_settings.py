"""Settings of a year: defaults, contradictions, fingerprint (domain 7.1)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from fivestep_web.assessment.score_settings import Group, Settings, SettingsError

SETTINGS = Settings()


def test_the_defaults_are_those_of_the_account():
    assert [SETTINGS.weights[group] for group in Group] == [
        Decimal("0.2"), Decimal("0.3"), Decimal("0.3"), Decimal("0.2"),
    ]  # fmt: skip
    assert (SETTINGS.evaluation_share, SETTINGS.completion_share, SETTINGS.daily_share) == (1, 0, 0)
    assert (SETTINGS.min_valid_lines, SETTINGS.decimals, SETTINGS.completion_cap) == (3, 2, 100)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": {group: Decimal("0.3") for group in Group}}, "之和为120%，应为100%"),
        ({"weights": {Group.SOCIAL_SURVEY: Decimal(1)}}, "缺少群众评价、领导评价、科室互评的权重"),
        (
            {
                "weights": {
                    Group.SOCIAL_SURVEY: Decimal("-0.2"),
                    Group.MASS_EVALUATION: Decimal("0.6"),
                    Group.LEADER_EVALUATION: Decimal("0.3"),
                    Group.PEER_EVALUATION: Decimal("0.3"),
                }
            },
            "不能小于0%",
        ),
        ({"completion_share": Decimal("0.1")}, "占比、日常考核占比之和为110%，应为100%"),
        ({"late_rate_per_workday": Decimal(2)}, "逾期每工作日扣比例为200%"),
        ({"late_cut_cap": Decimal("-0.1")}, "逾期扣减上限为-10%"),
        ({"min_valid_lines": 2}, "单组最少有效票为2，至少应为3"),
        ({"completion_cap": Decimal(-1)}, "完成分上限为-1，不能小于0"),
        ({"decimals": -1}, "保留小数为-1，不能小于0"),
    ],
)
def test_settings_that_contradict_themselves_are_refused_with_the_figures(change, message):
    with pytest.raises(SettingsError) as refusal:
        replace(SETTINGS, **change)
    assert message in str(refusal.value)


def test_the_rule_version_depends_on_the_values_and_not_on_how_they_are_written():
    same = replace(
        SETTINGS,
        weights={
            Group.PEER_EVALUATION: Decimal("0.2"),
            Group.LEADER_EVALUATION: Decimal("0.300"),
            Group.MASS_EVALUATION: Decimal("0.30"),
            Group.SOCIAL_SURVEY: Decimal("0.2"),
        },
    )
    assert same.rule_version == SETTINGS.rule_version
    assert len(SETTINGS.rule_version) == 12


@pytest.mark.parametrize(
    "change",
    [
        {"trimmed_groups": frozenset()},
        {"decimals": 3},
        {"late_cut_cap": Decimal("0.3")},
        {"evaluation_share": Decimal("0.9"), "daily_share": Decimal("0.1")},
    ],
)
def test_every_change_of_a_rule_changes_its_version(change):
    assert replace(SETTINGS, **change).rule_version != SETTINGS.rule_version


def test_groups_and_options_have_their_chinese_names():
    assert [group.label for group in Group] == ["社会调查", "群众评价", "领导评价", "科室互评"]
