"""Dates as official documents write them (GB/T 9704 7.3.5)."""

import re
from datetime import date

CHINESE_DATE = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")


def chinese_date(day: date) -> str:
    """Return *day* as `2026年1月5日` (A5: Arabic digits, no leading zeros)."""
    return f"{day.year}年{day.month}月{day.day}日"


def read_chinese_date(text: str) -> date:
    """Return the day that `2026年1月5日` names; raise ValueError for what is no date in that form."""
    match = CHINESE_DATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return date(*map(int, match.groups()))


def is_chinese_date(text: str) -> bool:
    """Tell whether *text* is one real date without leading zeros."""
    try:
        return chinese_date(read_chinese_date(text)) == text
    except ValueError:
        return False
