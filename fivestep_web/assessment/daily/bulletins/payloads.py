"""What the monthly bulletin (C07) is made from, and when it may take its number."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from fivestep_web.assessment.daily.bulletins import queries, rules
from fivestep_web.assessment.daily.bulletins.models import MonthlyBulletin
from fivestep_web.assessment.daily.bulletins.rules import Figures, Parts, UnitFigures
from fivestep_web.assessment.daily.rules import PaperState, month_end
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.models import GeneratedDocument
from fivestep_web.documents.numbers.letterheads import letterhead
from fivestep_web.documents.requests import DocumentRequest
from fivestep_web.documents.values import percentage
from fivestep_web.responsibility.letters.payloads import common


def bulletin_requests(year: int) -> list[DocumentRequest]:
    """Return the requests for the year's bulletins; one that is not reviewed takes no number (gate)."""
    return [bulletin_request(bulletin) for bulletin in queries.list_bulletins(year).values()]


def title_of(year: int, month: int) -> str:
    """Return the title of C07."""
    return f"关于{year}年{month}月份课题工作目标完成情况的通报"


def bulletin_request(bulletin: MonthlyBulletin) -> DocumentRequest:
    """Return the request for the bulletin as it stands."""
    year, month = bulletin.year, bulletin.month
    title = title_of(year, month)
    payload = {
        **common(year, title, f"monthly-bulletin-{year}-{month:02}", is_draft=True),
        "letterhead": letterhead(queries.KIND, year),
        "month": month,
        "start_date": f"{year}年1月1日",
        "as_of_date": chinese_date(month_end(year, month)),
        **_figures(Figures.from_json(bulletin.figures), _before(bulletin)),
        **_written(Figures.from_json(bulletin.figures), Parts.from_json(bulletin.parts)),
    }
    return DocumentRequest(
        queries.KIND, queries.subject_of(month), title, payload, unit_id=None, person_id=None, is_draft=True
    )


def _before(bulletin: MonthlyBulletin) -> tuple[int, int] | None:
    """Return done and due of the month before: as issued, else as drafted; None in January."""
    issued = queries.issued_figures(bulletin.year).get(bulletin.month - 1)
    if issued:
        rows = issued.values()
        return sum(row.done for row in rows), sum(row.due for row in rows)
    earlier = queries.find_bulletin(bulletin.year, bulletin.month - 1)
    if earlier is None:
        return None
    figures = Figures.from_json(earlier.figures)
    return figures.done, figures.due


def _figures(figures: Figures, before: tuple[int, int] | None) -> dict[str, Any]:
    now = rules.printed_rate(figures.done, figures.due)
    return {
        "blocks": [
            {"block": block, "rows": _rows(units), "total": _standing(units)}
            for block, units in figures.blocks()
        ],
        "total": _standing(figures.units),
        "on_time": sum(unit.on_time for unit in figures.units),
        "yellow": figures.yellow,
        "red": figures.red,
        "change": rules.change_text(now, rules.printed_rate(*before)) if before else None,
    }


def _rows(units: Sequence[UnitFigures]) -> list[dict[str, Any]]:
    return [
        {
            "sequence": sequence,
            "unit": unit.name,
            "unit_code": unit.code,
            "signal": unit.signal,
            **_standing([unit]),
        }
        for sequence, unit in enumerate(units, 1)
    ]


def _standing(units: Iterable[UnitFigures]) -> dict[str, Any]:
    rows = list(units)
    due, done = sum(unit.due for unit in rows), sum(unit.done for unit in rows)
    return {
        "due": due,
        "done": done,
        "rate": percentage(done, due),
        "lagging": sum(unit.lagging for unit in rows),
        "overdue": sum(unit.overdue for unit in rows),
    }


def _written(figures: Figures, parts: Parts) -> dict[str, Any]:
    held = parts.consultation
    return {
        "key_topics": [
            {"topic": topic.name, "progress": parts.key_topics.get(topic.topic_id) or topic.progress}
            for topic in figures.key_topics
        ],
        "praised_units": [{"unit": unit, "facts": facts} for unit, facts in parts.praised_units],
        "late_goals": [
            {
                "unit": goal.unit,
                "goal": goal.goal,
                "workdays_behind": goal.workdays,
                "reason": parts.reasons.get(goal.goal_id) or goal.reason or None,
            }
            for goal in figures.late_goals
        ],
        "consultation": None
        if held is None
        else {
            "date": chinese_date(date.fromisoformat(held.held_on)),
            "raised": held.raised,
            "solved": held.solved,
        },
        "notices_sent": parts.notices_sent,
        "notices_answered": parts.notices_answered,
        "requirements": rules.paragraphs(parts.requirements),
    }


def gate(document: GeneratedDocument) -> str:
    """Return why the bulletin about a subject ("month:7") may not take its number yet."""
    month = document.subject.removeprefix("month:")
    bulletin = queries.find_bulletin(document.year, int(month)) if month.isdecimal() else None
    if bulletin is None or bulletin.state is PaperState.REVIEWED:
        return ""
    return str(_("这期月通报现在是“%(state)s”，审核通过后才能批准编号", state=bulletin.state.label))
