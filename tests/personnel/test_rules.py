"""Materials for promotion: what is missing, whose award it is, and when an admonition has effect."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.personnel.rules import (
    YearFacts,
    bundle_name,
    effect_ends,
    is_named,
    missing_of,
    period_text,
)

WHOLE = YearFacts(
    2026, letters=1, unsigned=0, without_file=0, has_result=True, has_notice=True, commended=True
)


def test_nothing_is_missing_where_all_is_there():
    assert missing_of(WHOLE) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"letters": 0}, "2026年没有已生效的责任书"),
        ({"unsigned": 2}, "2026年有2份责任书尚未签订完成，未列入"),
        ({"without_file": 1}, "2026年有1份责任书的 Word 文件还没有生成，未列入"),
        ({"has_result": False, "has_notice": False}, "2026年考核结果尚未印发"),
        ({"has_notice": False}, "2026年没有生成本人的考核结果通知，个人得分未列入"),
        ({"commended": None}, "2026年表彰决定尚未印发"),
        ({"commended": False}, "2026年表彰名单中没有本人"),
    ],
)
def test_each_gap_has_its_sentence(changes, sentence):
    facts = YearFacts(**{**WHOLE.__dict__, **changes})
    assert missing_of(facts) == [sentence]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400), st.integers(-500, 900))
def test_an_admonition_has_effect_from_its_first_to_its_last_day(start, length, offset):
    end, today = start + timedelta(days=length), start + timedelta(days=offset)
    found = effect_ends(start, end, today)
    assert found == (end if 0 <= offset <= length else None)


@pytest.mark.parametrize("known", [{"last": None}, {"first": None}])
def test_a_period_without_both_days_has_no_effect(known):
    days = {"first": date(2026, 12, 28), "last": date(2027, 6, 28)} | known
    assert effect_ends(**days, today=date(2026, 12, 31)) is None


def test_an_award_goes_to_the_person_and_to_no_namesake():
    row = {"name": "张某甲", "unit_and_position": "组织科科长"}
    assert is_named(row, "张某甲", {"组织科科长"}, is_only_bearer=False)
    assert is_named(row, "张某甲", {"干部科干部"}, is_only_bearer=True)
    assert not is_named(row, "张某甲", {"干部科干部"}, is_only_bearer=False)
    assert not is_named(row, "李某甲", {"组织科科长"}, is_only_bearer=True)


@pytest.mark.parametrize(
    ("years", "text"),
    [([2026], "2026年"), ([2026, 2025], "2025年至2026年"), ([2024, 2026], "2024年、2026年")],
)
def test_years_are_named_as_a_span_only_where_none_is_left_out(years, text):
    assert period_text(years) == text


def test_the_name_of_a_bundle_has_nothing_that_a_file_name_may_not_have():
    assert bundle_name('张/某:"甲', [2026]) == "任免使用材料 张某甲 2026年.zip"
