"""The stored settings of a year as the rules' settings."""

from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel

from fivestep_web.assessment.score_settings import Group, Settings
from fivestep_web.assessment.settings_store import (
    AMOUNT_NAMES,
    COUNT_NAMES,
    TRIM_NAMES,
    WEIGHT_NAMES,
    read_settings,
)
from fivestep_web.core.errors import DomainError
from fivestep_web.workbook.settings import FIELDS


@pytest.fixture(autouse=True)
def language():
    app = Flask("settings")
    Babel(app, default_locale="zh_CN")
    with app.test_request_context():
        yield


def test_nothing_stored_means_every_default():
    assert read_settings({}, 2026) == Settings()
    assert read_settings({}, 2026).rule_version == Settings().rule_version


def test_every_setting_the_workbook_stores_is_read():
    known = {*WEIGHT_NAMES.values(), *TRIM_NAMES.values(), *AMOUNT_NAMES, *COUNT_NAMES}
    assert set(FIELDS.values()) <= known


def test_stored_texts_become_exact_figures():
    stored = {
        "social_weight": "0.25", "mass_weight": "0.25", "leader_weight": "0.3", "peer_weight": "0.2",
        "evaluation_share": "0.7", "completion_share": "0.2", "daily_share": "0.1",
        "trims_leaders": "否", "trims_peers": "是", "min_valid_lines": "4", "decimals": "1",
        "late_rate_per_workday": "0.01", "late_cut_cap": "0.5", "completion_cap": "120",
        "admonition_total_below": "65", "admonition_satisfaction_below": "0.7",
    }  # fmt: skip
    settings = read_settings(stored, 2026)
    assert settings.weights[Group.SOCIAL_SURVEY] == Decimal("0.25")
    assert settings.trimmed_groups == {Group.PEER_EVALUATION}
    assert (settings.min_valid_lines, settings.decimals, settings.completion_cap) == (4, 1, 120)
    assert settings.admonition_total_below == 65
    assert settings.admonition_satisfaction_below == Decimal("0.7")
    assert settings.daily_share == Decimal("0.1")


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ({"peer_weight": "0.3"}, "之和为110%，应为100%"),
        ({"evaluation_share": "0.9"}, "评价占比、完成情况占比、日常考核占比之和为90%"),
        ({"late_cut_cap": "两成"}, "有一项不是数字"),
        ({"decimals": "二"}, "有一项不是数字"),
    ],
)
def test_what_contradicts_itself_is_one_sentence_with_a_remedy(stored, reason):
    with pytest.raises(DomainError) as refusal:
        read_settings(stored, 2026)
    assert reason in refusal.value.message
    assert refusal.value.message.startswith("2026年度的考核设置有误：")
    assert refusal.value.message.endswith("请改正“设置”表后重新导入。")
