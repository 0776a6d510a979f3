"""Find hand-ins, decisions and evidence that are no longer what was logged (trust.md S4)."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from fivestep_web.audit.facts import altered, facts_of, read_logged
from fivestep_web.core.database import Base
from fivestep_web.execution.acceptance.models import MilestoneSubmission
from fivestep_web.execution.evidence.models import EvidenceFile
from fivestep_web.execution.evidence.services import LATER
from fivestep_web.extensions import db

Rows = dict[int, Mapping[str, Any]]


def faults() -> Iterator[str]:
    """Yield a sentence for each hand-in or file that was altered, removed, moved or never logged."""
    submissions: Rows = {}
    files: Rows = {}
    places: dict[int, tuple[str, int]] = {}
    for entry in read_logged("milestone", "evidence", "goal"):
        if entry.action == "evidence.added" and entry.row is not None:
            files[int(entry.row["id"])] = entry.row
        elif entry.action == "evidence.removed":
            files.pop(int(entry.subject.partition(":")[2]), None)
        elif entry.action == "evidence.handed_in":
            places |= dict.fromkeys(entry.detail["files"], ("event_id", int(entry.detail["event"])))
        elif entry.action.startswith("milestone.") and entry.row is not None:
            submissions[int(entry.row["id"])] = entry.row
            new = entry.detail.get("files", ())
            places |= dict.fromkeys(new, ("submission_id", int(entry.row["id"])))
    yield from _compare("提交验收记录", MilestoneSubmission, submissions)
    yield from _compare("佐证材料", EvidenceFile, files, without=LATER)
    yield from _moved(places)


def _compare(name: str, table: type[Any], logged: Rows, *, without: Collection[str] = ()) -> Iterator[str]:
    for row in db.session.scalars(select(table).order_by(table.id)):
        before = logged.pop(row.id, None)
        if before is None:
            yield f"{name}{row.id}没有登记日志"
        elif _is_altered(row, before, without):
            yield f"{name}{row.id}在登记后被改动"
    for row_id in logged:
        yield f"{name}{row_id}已登记，现在不存在"


def _is_altered(row: Base, before: Mapping[str, Any], without: Collection[str]) -> bool:
    return bool(altered(facts_of(row, without=without), before))


def _moved(places: Mapping[int, tuple[str, int]]) -> Iterator[str]:
    for file in db.session.scalars(select(EvidenceFile).order_by(EvidenceFile.id)):
        column, number = places.get(file.id, ("", 0))
        held = {"event_id": file.event_id, "submission_id": file.submission_id}
        if {name: value for name, value in held.items() if value} != ({column: number} if column else {}):
            yield f"佐证材料{file.id}不在登记时提交的地方"
