"""Find objections and answers that are no longer what was filed, given and logged (trust.md S4, N8)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from fivestep_web.assessment.publicity.models import Objection, ObjectionAnswer
from fivestep_web.assessment.publicity.objection_services import LATER
from fivestep_web.audit.facts import altered, facts_of, read_logged
from fivestep_web.core.database import Base
from fivestep_web.extensions import db

FILED = "objection.filed"


def faults() -> Iterator[str]:
    """Yield a sentence for each objection or answer that was altered, removed, or never logged."""
    filed: dict[int, Mapping[str, Any]] = {}
    given: dict[int, Mapping[str, Any]] = {}
    for entry in read_logged("objection"):
        if entry.row is not None:
            (filed if entry.action == FILED else given)[int(entry.row["id"])] = entry.row
    objections = db.session.scalars(select(Objection).order_by(Objection.id)).all()
    answers = db.session.scalars(select(ObjectionAnswer).order_by(ObjectionAnswer.id)).all()
    yield from _compare("异议", objections, filed, LATER)
    yield from _compare("异议答复", answers, given, ())
    latest = {answer.objection_id: answer.outcome for answer in answers}
    for objection in objections:
        if objection.id in latest and objection.state is not latest[objection.id]:
            yield f"异议{objection.id}的结论与最后一次答复不符"


def _compare(
    name: str, rows: Sequence[Any], logged: dict[int, Mapping[str, Any]], later: Sequence[str]
) -> Iterator[str]:
    for row in rows:
        before = logged.pop(row.id, None)
        if before is None:
            yield f"{name}{row.id}没有登记日志"
        elif _is_altered(row, before, later):
            yield f"{name}{row.id}在登记后被改动"
    for row_id in logged:
        yield f"{name}{row_id}已登记，现在不存在"


def _is_altered(row: Base, before: Mapping[str, Any], later: Sequence[str]) -> bool:
    return bool(altered(facts_of(row, without=later), before))
