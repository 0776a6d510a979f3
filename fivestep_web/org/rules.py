"""Reading a list of days off as the office copies it from the State Council's notice; pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_RUN = 31
MAX_LINES = 400
MAX_NOTE = 60
KINDS = {"休": False, "放假": False, "班": True, "上班": True}
ONE_DAY = timedelta(days=1)

_LINE = re.compile(
    r"(?P<first>\S+?)\s*(?:(?:至|到|—|~)\s*(?P<last>\S+?))?\s+(?P<kind>\S+)(?:\s+(?P<note>.*\S))?\s*"
)
_DATE = re.compile(r"(\d{4})(?:-|/|年)(\d{1,2})(?:-|/|月)(\d{1,2})日?")


@dataclass(frozen=True)
class DayOff:
    """A day that differs from Monday to Friday."""

    day: date
    is_workday: bool
    note: str


class ListError(ValueError):
    """The list cannot be used; the message names the line and says how to mend it."""


def parse_days(text: str) -> list[DayOff]:
    """Read lines such as 2027-10-01至2027-10-07 休 国庆节, or 2027-10-09 班.

    Raises ListError naming the first line that cannot be read, and when a day is named twice.
    """
    days: dict[date, DayOff] = {}
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise ListError(f"一次最多录入 {MAX_LINES} 行，请分几次录入")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        for item in _parse_line(line.strip(), number):
            if item.day in days:
                raise ListError(f"第 {number} 行：{item.day} 在清单里出现两次，请删去一处")
            days[item.day] = item
    if not days:
        raise ListError("清单是空的，请每行写一个日期，例如 2027-10-01至2027-10-07 休 国庆节")
    return list(days.values())


def _parse_line(line: str, number: int) -> list[DayOff]:
    match = _LINE.fullmatch(line)
    if match is None or match["kind"] not in KINDS:
        raise ListError(f"第 {number} 行“{line}”看不懂，请写成“日期 休 说明”或“日期至日期 班 说明”")
    first = _parse_date(match["first"], number)
    last = _parse_date(match["last"], number) if match["last"] else first
    if not first <= last < first + LONGEST_RUN * ONE_DAY:
        raise ListError(f"第 {number} 行：结束日期须不早于开始日期，且一次不超过 {LONGEST_RUN} 天")
    note = match["note"] or ""
    if len(note) > MAX_NOTE:
        raise ListError(f"第 {number} 行：说明最多 {MAX_NOTE} 个字")
    return [DayOff(first + i * ONE_DAY, KINDS[match["kind"]], note) for i in range((last - first).days + 1)]


def _parse_date(text: str, number: int) -> date:
    match = _DATE.fullmatch(text)
    try:
        year, month, day = map(int, match.groups() if match else (0, 0, 0))
        return date(year, month, day)
    except ValueError as error:
        raise ListError(f"第 {number} 行：{text} 不是有效日期，请写成 2027-10-01") from error
