"""What daily assessment says of the unit a person belonged to: sections 四 and 五 of the achievement file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fivestep_web.assessment.daily.achievements.queries import find_self_report, standing_achievements
from fivestep_web.assessment.daily.achievements.rules import AchievementKind
from fivestep_web.assessment.daily.papers import issued_payloads
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.org.models import PostHolding, Unit
from fivestep_web.org.queries import unit_names_on

ASSESSMENT_CLASS: Final = "考核鉴定类"
AWARD_CLASS: Final = "表彰奖励类"


@dataclass(frozen=True)
class UnitYear:
    """The unit of the post held last in a year, up to today, under its name of that day."""

    year: int
    unit: Unit
    name: str


def unit_years(holdings: Sequence[PostHolding], years: Sequence[int], today: date) -> list[UnitYear]:
    """Return the unit of each year; a year without a post has none."""
    found = []
    for year in years:
        day = min(date(year, 12, 31), today)
        held = next((item for item in holdings if item.is_held_on(day)), None)
        if held is not None:
            unit = held.position.unit
            found.append(UnitYear(year, unit, unit_names_on(day).get(unit.id, unit.name)))
    return found


def _entry(when: str, content: str, document: str, archive_class: str) -> dict[str, Any]:
    return {
        "when": when,
        "content": content,
        "source": {"document": document, "archive_class": archive_class},
    }


def visible(years: Sequence[UnitYear]) -> Iterator[dict[str, Any]]:
    """Yield what the register holds of the units, each with its evidence (R6.3)."""
    for item in years:
        for row in standing_achievements(item.year, [item.unit.id]):
            what = f"{item.name}：{row.giver}{row.kind.label}（{row.level.label}级），{row.title}"
            archive_class = AWARD_CLASS if row.kind is AchievementKind.AWARD else ASSESSMENT_CLASS
            yield _entry(chinese_date(row.happened_on), what, row.evidence, archive_class)


def latent(years: Sequence[UnitYear]) -> Iterator[dict[str, Any]]:
    """Yield the latent part of the units' self-reports (R5.2)."""
    for item in years:
        report = find_self_report(item.year, item.unit.id)
        if report is not None:
            yield _entry(
                f"{item.year}年", f"{item.name}：{report.latent}", "单位显绩潜绩自评", ASSESSMENT_CLASS
            )


def records(years: Sequence[UnitYear]) -> Iterator[dict[str, Any]]:
    """Yield what the issued bulletins and reviews say of the units, month by month, then by quarter."""
    for item in years:
        for payload in issued_payloads(DocumentKind.MONTHLY_BULLETIN, item.year):
            yield from _month(item, payload)
        for payload in issued_payloads(DocumentKind.QUARTERLY_REVIEW, item.year):
            yield from _quarter(item, payload)


def _month(item: UnitYear, payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    rows = (row for block in payload["blocks"] for row in block["rows"])
    own = next((row for row in rows if row["unit_code"] == item.unit.code), None)
    if own is not None and own["due"]:
        content = f"{own['unit']}到期目标{own['due']}项，已完成{own['done']}项，完成率{own['rate']}"
        yield _entry(f"{item.year}年{payload['month']}月", content, payload["number"], ASSESSMENT_CLASS)


def _quarter(item: UnitYear, payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    own = next((unit for unit in payload["units"] if unit["unit"] == item.name), None)
    for remark in own["remarks"] if own else ():
        said = f"肯定：{remark['affirmed']}；不足：{remark['shortcomings']}"
        content = f"第{payload['quarter']}季度点评，{item.name}，{remark['leader']}{said}"
        yield _entry(f"{item.year}年", content, payload["number"], ASSESSMENT_CLASS)
