"""What the bulletin of the year's results (C09) is made from."""

from datetime import date
from itertools import groupby
from typing import Any, Final

from flask_babel import gettext as _

from fivestep_web.assessment import queries
from fivestep_web.assessment.cycles.queries import find_cycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.explanation import shares_text
from fivestep_web.assessment.export import fingerprint
from fivestep_web.assessment.freezing.standing import demand_unchanged
from fivestep_web.assessment.models import AdjustmentKind
from fivestep_web.assessment.publicity.notices import result_publicity
from fivestep_web.assessment.result_papers import daily_series, validity_rows
from fivestep_web.assessment.result_table import NONE, ResultTable, result_tables
from fivestep_web.assessment.score_settings import Band, Group
from fivestep_web.assessment.scores import AdjustmentLine, UnitScore, YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.core.errors import Conflict
from fivestep_web.core.permissions import Role
from fivestep_web.core.rounding import percent, plain
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.numbers.letterheads import letterhead
from fivestep_web.documents.requests import SYSTEM_WIDE, DocumentRequest
from fivestep_web.responsibility.letters.payloads import common

UNSCORED = "暂无总分"
FIGURES: Final = ("series", "daily", "publicity", "weights", "validity", "notes")


def result_payloads(year: int) -> list[DocumentRequest]:
    """Return the request for the bulletin of the year's results; none before there are ratings.

    Raises Conflict where the result is no longer the one that was reviewed and posted.
    """
    score = score_year(year)
    if not score.has_ratings:
        return []
    demand_unchanged(score)
    title = f"关于{year}年度实绩考核结果的通报"
    payload = {
        **common(year, title, f"assessment-result-{year}", is_draft=True),
        "letterhead": letterhead(DocumentKind.ANNUAL_ASSESSMENT_RESULT, year),
        "cycle": f"{year}年度实绩考核",
        "period_start": f"{year}年1月1日",
        "period_end": f"{year}年12月31日",
        "rules_version": f"（规则版本{score.rule_version}）",
        "validity": validity_rows(score),
        "series": series_results(score),
        "daily": daily_series(score),
        "publicity": result_publicity(year),
        "weights": {group.value: percent(score.settings.weights[group]) for group in Group},
        "notes": _notes(score),
    }
    return [_request(DocumentKind.ANNUAL_ASSESSMENT_RESULT, title, payload)]


def gate(document: GeneratedDocument) -> str:
    """Return why the bulletin may not go out: results not confirmed, or no more the figures it was made with.

    A year without a cycle has no state to wait for.
    """
    cycle = find_cycle(document.year)
    if cycle is None:
        return ""
    if cycle.state not in {CycleState.CONFIRMED, CycleState.FILED}:
        return str(_("考核现在是“%(state)s”，结果确定后重新生成，再批准编号", state=cycle.state.label))
    try:
        current = next(iter(result_payloads(document.year)), None)
    except Conflict as refusal:
        return refusal.message
    if current is None or any(document.payload.get(name) != current.payload[name] for name in FIGURES):
        return str(_("考核结果或公示情况已有变化，请重新生成后再批准编号、印发"))
    return ""


def _request(kind: DocumentKind, title: str, payload: dict[str, Any]) -> DocumentRequest:
    return DocumentRequest(kind, SYSTEM_WIDE, title, payload, unit_id=None, person_id=None, is_draft=True)


def series_results(score: YearScore) -> list[dict[str, Any]]:
    """Return the results of each series as the bulletin gives them."""
    return [
        _series(table, units)
        for table, (_label, units) in zip(result_tables(score), score.series(), strict=True)
    ]


def _series(table: ResultTable, units: list[UnitScore]) -> dict[str, Any]:
    grades = []
    for band in (*Band, None):
        names = [unit.name for unit in units if unit.band is band]
        if names:
            grades.append({"grade": band.label if band else UNSCORED, "count": len(names), "units": names})
    return {
        "series": table.series,
        "unit_count": len(units),
        "grades": grades,
        "results": [
            {
                "rank": line.rank,
                "unit": line.unit,
                **dict(zip((group.value for group in Group), line.groups, strict=True)),
                "total_score": line.total,
                "completion_rate": line.completion,
                "satisfaction_rate": line.satisfaction,
                "grade": UNSCORED if line.band == NONE else line.band,
            }
            for line in table.lines
        ],
    }


def _notes(score: YearScore) -> list[str]:
    settings = score.settings
    rounding = f"按未舍入的数计算，四舍五入一次，保留{settings.decimals}位小数。"
    notes = [f"总分＝{shares_text(settings)}＋加分－扣分，不封顶，{rounding}"]
    trimmed = [group.label for group in Group if group in settings.trimmed_groups]
    if trimmed:
        notes.append(f"{'、'.join(trimmed)}满{settings.min_lines_to_trim}张的，去掉一个最高分和一个最低分。")
    notes += [
        f"{unit.name}没有总分，不排位次：{'；'.join(unit.problems)}。"
        for unit in score.units
        if unit.problems
    ]
    reweighted = {(unit.series, unit.evaluation.note) for unit in score.units if unit.evaluation.note}
    notes += [f"{series}：{note}，由部长决定。" for series, note in sorted(reweighted)]
    notes += _ties(score)
    notes += [_adjustment(unit, line) for unit in score.units for line in unit.adjustments]
    if all(unit.satisfaction is None for unit in score.units):
        notes.append("社会调查按分值计，没有各选项份数，满意率不作计算。")
    notes.append(f"结果校验码（SHA-256）：{_in_eights(fingerprint(score))}。")
    notes.append(f"完成情况截至{score.year}年12月31日；规则版本{score.rule_version}。")
    return notes


def _in_eights(digits: str) -> str:
    """Return the digits in groups that a line can break between."""
    return " ".join(digits[place : place + 8] for place in range(0, len(digits), 8))


def _ties(score: YearScore) -> list[str]:
    notes = []
    for label, units in score.series():
        for place, equal in groupby((unit for unit in units if unit.rank), lambda unit: unit.rank):
            names = [unit.name for unit in equal]
            if len(names) > 1:
                notes.append(f"{label}第{place}名并列：{'、'.join(names)}，总分相同，下一位次相应空出。")
    return notes


def _adjustment(unit: UnitScore, line: AdjustmentLine) -> str:
    basis = f"（{line.basis}）" if line.basis else ""
    if line.kind is AdjustmentKind.VETO:
        return f"{unit.name}一票否决：{line.reason}{basis}，总分不变，不列入表彰和推荐。"
    return f"{unit.name}{line.kind.label}{plain(line.points or 0)}分：{line.reason}{basis}。"


def supervision_unit(year: int) -> str:
    """Return the name of the unit whose post holds the supervision role at the end of the year."""
    return queries.find_unit_of_role(Role.SUP, date(year, 12, 31)) or "干部监督部门"
