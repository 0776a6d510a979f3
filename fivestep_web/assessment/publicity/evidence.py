"""Find objections and answers that are no longer what was filed, given and logged (trust.md S4, N8)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import inspect, select

from fivestep_web.assessment.publicity.models import (
    AppealOutcome,
    Objection,
    ObjectionAnswer,
    ObjectionAppeal,
    ObjectionFile,
)
from fivestep_web.assessment.publicity.objection_services import LATER
from fivestep_web.audit.facts import altered, facts_of, read_logged
from fivestep_web.core.database import Base
from fivestep_web.extensions import db

KINDS: dict[str, tuple[str, type[Base], tuple[str, ...]]] = {
    "objection.filed": ("异议", Objection, LATER),
    "objection.answered": ("异议答复", ObjectionAnswer, ()),
    "objection.file_added": ("异议证据材料", ObjectionFile, ()),
    "objection.appealed": ("申诉", ObjectionAppeal, ()),
    "objection.appeal_decided": ("申诉处理决定", AppealOutcome, ()),
}
SAME = {"objection.answer_corrected": "objection.answered"}


def faults() -> Iterator[str]:
    """Yield a sentence for each thing said of an objection that was altered, removed, or never logged."""
    logged: dict[str, dict[int, Mapping[str, Any]]] = {action: {} for action in KINDS}
    for entry in read_logged("objection"):
        if entry.row is not None:
            logged[SAME.get(entry.action, entry.action)][int(entry.row["id"])] = entry.row
    for action, (name, table, later) in KINDS.items():
        rows = db.session.scalars(select(table).order_by(inspect(table).primary_key[0])).all()
        yield from _compare(name, rows, logged[action], later)
    answers = db.session.scalars(select(ObjectionAnswer).order_by(ObjectionAnswer.id)).all()
    latest = {answer.objection_id: answer.outcome for answer in answers}
    for objection in db.session.scalars(select(Objection).order_by(Objection.id)):
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
