"""What belongs into a person's materials for promotion, and what of it is missing (R5.15-R5.17); pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]')
UNIT_ONLY: Final = "档案的显绩、潜绩、月通报、季点评取自本人所在单位的登记，本人的其他实绩由人事据实补充"


@dataclass(frozen=True)
class YearFacts:
    """What there is of a person in a year.

    *commended* None: the decision is not issued; else whether the person is on its list.
    """

    year: int
    letters: int
    unsigned: int
    without_file: int
    has_result: bool
    has_notice: bool
    commended: bool | None


def missing_of(facts: YearFacts) -> list[str]:
    """Return a sentence for each thing that a year's materials lack."""
    year = facts.year
    said = []
    if not facts.letters:
        said.append(f"{year}年没有已生效的责任书")
    if facts.unsigned:
        said.append(f"{year}年有{facts.unsigned}份责任书尚未签订完成，未列入")
    if facts.without_file:
        said.append(f"{year}年有{facts.without_file}份责任书的 Word 文件还没有生成，未列入")
    if not facts.has_result:
        said.append(f"{year}年考核结果尚未印发")
    elif not facts.has_notice:
        said.append(f"{year}年没有生成本人的考核结果通知，个人得分未列入")
    if facts.commended is None:
        said.append(f"{year}年表彰决定尚未印发")
    elif not facts.commended:
        said.append(f"{year}年表彰名单中没有本人")
    return said


def is_named(row: Mapping[str, Any], name: str, posts: Collection[str], *, is_only_bearer: bool) -> bool:
    """Tell whether a name with its post is the person: by name and post, by name where it is unique.

    A namesake's award must not get into the materials of another.
    """
    return bool(row["name"] == name and (is_only_bearer or row["unit_and_position"] in posts))


def effect_ends(first: date | None, last: date | None, today: date) -> date | None:
    """Return the last day of an effect period that holds *today*; None outside it, or without both days.

    *first* and *last* are days of the period.
    """
    return last if first and last and first <= today <= last else None


def period_text(years: Collection[int]) -> str:
    """Return the years of a file as its cover names them: 2025年至2026年, 2024年、2026年."""
    ordered = sorted(years)
    if len(ordered) > 1 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]}年至{ordered[-1]}年"
    return "、".join(f"{year}年" for year in ordered)


def bundle_name(person: str, years: Collection[int]) -> str:
    """Return the name under which the bundle is downloaded."""
    return _UNSAFE.sub("", f"任免使用材料 {person} {period_text(years)}.zip")
