"""The list of days off as people write it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivestep_web.org.rules import DayOff, ListError, parse_days


def test_a_run_of_days_and_single_days_are_read():
    days = parse_days("2027-10-01至2027-10-03 休 国庆节\n\n2027年10月9日 班\n2027/1/2 放假 元旦 调整\n")
    assert days == [
        DayOff(date(2027, 10, 1), is_workday=False, note="国庆节"),
        DayOff(date(2027, 10, 2), is_workday=False, note="国庆节"),
        DayOff(date(2027, 10, 3), is_workday=False, note="国庆节"),
        DayOff(date(2027, 10, 9), is_workday=True, note=""),
        DayOff(date(2027, 1, 2), is_workday=False, note="元旦 调整"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "清单是空的"),
        ("\n \n", "清单是空的"),
        ("2027-10-01", "第 1 行“2027-10-01”看不懂"),
        ("2027-10-01 休\n明天 休", "第 2 行：明天 不是有效日期"),
        ("2027-02-30 休", "2027-02-30 不是有效日期"),
        ("2027-10-01 歇", "看不懂"),
        ("2027-10-07至2027-10-01 休", "结束日期须不早于开始日期"),
        ("2027-01-01至2027-12-31 休", "一次不超过 31 天"),
        ("2027-10-01 休\n2027-10-01 班", "出现两次"),
        ("2027-10-01 休 " + "长" * 61, "说明最多 60 个字"),
        ("2027-10-01 休\n" * 401, "一次最多录入 400 行"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(text, message):
    with pytest.raises(ListError, match=message):
        parse_days(text)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 30), st.booleans())
def test_every_run_is_read_back(first, length, is_workday):
    kind = "班" if is_workday else "休"
    days = parse_days(f"{first}至{first + timedelta(length)} {kind} 说明")
    assert [item.day for item in days] == [first + timedelta(i) for i in range(length + 1)]
    assert {item.is_workday for item in days} == {is_workday}


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    try:
        days = parse_days(text)
    except ListError as error:
        days = [str(error)]
    assert days
