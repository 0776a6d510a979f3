"""What the bulletin of the year's results (C09) says of the ballots and of the daily assessment."""

from fractions import Fraction
from typing import Any

from fivestep_web.assessment.ballots.counting import vote_count
from fivestep_web.assessment.ballots.models import Poll
from fivestep_web.assessment.ballots.queries import latest_polls
from fivestep_web.assessment.cycles.queries import KINDS, find_cycle
from fivestep_web.assessment.cycles.rules import Series
from fivestep_web.assessment.daily.points.page import month_cell
from fivestep_web.assessment.daily.reviews.models import UnitRemark
from fivestep_web.assessment.daily.reviews.queries import remarks_of_year
from fivestep_web.assessment.group_results import Validity, check_validity
from fivestep_web.assessment.result_table import NONE, figure, rate
from fivestep_web.assessment.score_settings import Group
from fivestep_web.assessment.scores import UnitScore, YearScore

QUARTERS = (1, 2, 3, 4)
MEAN_PLACES = 2


def validity_rows(score: YearScore) -> list[dict[str, str]]:
    """Return how the ballots of each group came in (R5.10): a row for each vote held here, by series.

    Imported lines are checked already and tell no ballots issued: of them only the number is known.
    """
    cycle = find_cycle(score.year)
    polls = {} if cycle is None else latest_polls(cycle.id)
    rows = []
    for group in Group:
        voted = [series for series in Series if _is_counted(polls.get((group, series)))]
        rows += [_voted(polls[group, series], score) for series in voted]
        others = [unit for unit in score.units if KINDS.get(unit.kind) not in voted]
        if not voted or any(unit.groups[group].ballots for unit in others):
            rows.append(_imported(group, others))
    return rows


def _is_counted(poll: Poll | None) -> bool:
    return poll is not None and poll.counted_at is not None


def _voted(poll: Poll, score: YearScore) -> dict[str, str]:
    count = vote_count(poll)
    issued = count.issued or 0
    blank = poll.blank + poll.paper.get("blank", 0)
    notes = [f"第{poll.round}次评价"] if poll.round > 1 else []
    if poll.validity is not Validity.VALID:
        notes.append(check_validity(count, score.settings)[1] or "")
    elif blank:
        notes.append(f"无效票中空白{blank}张")
    return {
        "category": f"{poll.rater_group.label}（{poll.series}）",
        "issued_count": str(issued),
        "returned_count": str(count.returned),
        "invalid_count": str(count.returned - count.valid),
        "valid_count": str(count.valid),
        "valid_rate": rate(Fraction(count.valid, issued) if issued else None),
        "note": "；".join(notes) or "无",
    }


def _imported(group: Group, units: list[UnitScore]) -> dict[str, str]:
    results = [unit.groups[group] for unit in units]
    ballots, valid = sum(each.ballots for each in results), sum(each.valid for each in results)
    unknown = f"；不了解{ballots - valid}条" if ballots > valid else ""
    return {
        "category": group.label,
        "issued_count": NONE,
        "returned_count": NONE,
        "invalid_count": NONE,
        "valid_count": str(valid),
        "valid_rate": NONE,
        "note": f"核对后导入，按条统计{unknown}",
    }


def daily_series(score: YearScore) -> list[dict[str, Any]]:
    """Return twelve monthly rates and four quarters of remarks of each unit, by series and rank (R5.3)."""
    remarks = remarks_of_year(score.year)
    return [
        {"series": label, "units": [_daily(unit, remarks.get(unit.code, {})) for unit in units]}
        for label, units in score.series()
    ]


def _daily(unit: UnitScore, remarks: dict[int, list[UnitRemark]]) -> dict[str, str]:
    return {
        "unit": unit.name,
        **{f"month_{month.month}": month_cell(month).rate for month in unit.daily.months},
        "mean": figure(unit.daily.so_far, MEAN_PLACES),
        **{f"quarter_{quarter}": _remarks(remarks.get(quarter, [])) for quarter in QUARTERS},
    }


def _remarks(remarks: list[UnitRemark]) -> str:
    said = (f"{one.position}肯定：{one.affirmed}；不足：{one.shortcomings}" for one in remarks)
    return "\n".join(said) or NONE
