"""Task book (C03) and timetable (C04): of the system, of each unit, of each person (R2.6, R2.7, R6.1)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.documents import services
from fivestep_web.documents.dates import chinese_date
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.models import DocumentState, GeneratedDocument
from fivestep_web.documents.numbers.letterheads import letterhead
from fivestep_web.documents.requests import SYSTEM_WIDE, DocumentRequest
from fivestep_web.extensions import db
from fivestep_web.org.models import Person, Unit
from fivestep_web.org.queries import get_calendar
from fivestep_web.responsibility.books import timetable
from fivestep_web.responsibility.books.timetable import PhasedGoal
from fivestep_web.responsibility.books.timetable_rules import Phase, last_workday, period, week_of, week_span
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.goals.queries import GoalRow
from fivestep_web.responsibility.letters.payloads import READER, common

KINDS = (DocumentKind.TASK_BOOK, DocumentKind.TIMETABLE)
NO_WORKDAY = "无工作日"


@dataclass(frozen=True)
class Sheet:
    """What one book is about: the system, a unit or a person, and its goals in order."""

    year: int
    scope: Literal["system", "unit", "person"]
    rows: Sequence[GoalRow]
    unit_id: int | None = None
    person_id: int | None = None
    name: str = ""

    @property
    def subject(self) -> str:
        """Return the subject of its documents."""
        of_scope = {
            "system": SYSTEM_WIDE,
            "unit": f"unit:{self.unit_id}",
            "person": f"person:{self.person_id}",
        }
        return of_scope[self.scope]


def task_book_requests(year: int) -> list[DocumentRequest]:
    """Return the task books of a year."""
    return [_task_book(sheet) for sheet in _sheets(year)]


def timetable_requests(year: int) -> list[DocumentRequest]:
    """Return the timetables of a year."""
    return _timetables(year, _sheets(year))


def _timetables(year: int, sheets: Sequence[Sheet]) -> list[DocumentRequest]:
    phased = {item.goal.id: item for item in timetable.with_phases(year, _all_rows(sheets))}
    return [_timetable(sheet, phased) for sheet in sheets]


def _all_rows(sheets: Iterable[Sheet]) -> list[GoalRow]:
    return list({row.id: row for sheet in sheets for row in sheet.rows}.values())


def _sheets(year: int) -> list[Sheet]:
    rows = goal_queries.list_goals(READER, year)
    if not rows:
        return []
    unit_goals = [row for row in rows if row.parent_id is None]
    units = {row.unit_id: row.unit for row in unit_goals}
    people = {row.person_id: row.owner for row in rows}
    sheets = [Sheet(year, "system", unit_goals)]
    for unit_id in _in_code_order(Unit, units):
        own = [row for row in unit_goals if row.unit_id == unit_id]
        sheets.append(Sheet(year, "unit", own, unit_id, None, units[unit_id]))
    for person_id in _in_code_order(Person, people):
        own = [row for row in rows if row.person_id == person_id]
        sheets.append(Sheet(year, "person", own, own[0].unit_id, person_id, people[person_id]))
    return sheets


def _in_code_order(table: type[Unit] | type[Person], ids: Iterable[int]) -> Sequence[int]:
    return db.session.scalars(select(table.id).where(table.id.in_(list(ids))).order_by(table.code)).all()


def _request(kind: DocumentKind, sheet: Sheet, own: dict[str, Any]) -> DocumentRequest:
    is_system = sheet.scope == "system"
    called = f"工作{kind.label}"
    book_title = f"{sheet.year}年组织{called}" if is_system else f"{sheet.name}{sheet.year}年{called}"
    title = f"关于印发《{book_title}》的通知" if is_system else book_title
    identifier = f"{kind.value}-{sheet.year}-{sheet.subject}".replace("_", "-").replace(":", "-")
    payload = {
        **common(sheet.year, title, identifier, is_draft=True),
        "scope": sheet.scope,
        "letterhead": letterhead(kind, sheet.year) if is_system else None,
        "book_title": book_title,
        "as_of_date": chinese_date(clock.today()),
        "goal_count": len(sheet.rows),
        **own,
        "compiled_by": "办公室" if is_system else sheet.rows[0].unit,
        "reviewed_by": "常务副部长" if is_system else "主管领导",
    }
    return DocumentRequest(kind, sheet.subject, title, payload, sheet.unit_id, sheet.person_id, is_draft=True)


def _facts(row: GoalRow, sequence: int) -> dict[str, Any]:
    """Return the five that no row may lack (R2.7), and what the goal is called."""
    return {
        "sequence": sequence,
        "category": row.category,
        "goal": row.name,
        "deadline": chinese_date(row.deadline),
        "responsible_unit": row.unit,
        "responsible_person": row.owner,
        "leader_in_charge": row.leader or "—",
    }


def _task_book(sheet: Sheet) -> DocumentRequest:
    topics: dict[int, dict[str, Any]] = {}
    for sequence, row in enumerate(sheet.rows, 1):
        topic = topics.setdefault(row.topic_id, {"topic": row.topic, "tier": row.tier, "goals": []})
        topic["goals"].append({**_facts(row, sequence), "standard": row.standard or "—"})
    return _request(DocumentKind.TASK_BOOK, sheet, {"topics": list(topics.values())})


def _timetable(sheet: Sheet, phased: dict[int, PhasedGoal]) -> DocumentRequest:
    goals = [phased[row.id] for row in sheet.rows]
    unknown = timetable.unknown_years(goals, get_calendar())
    note = "、".join(f"{year}年" for year in unknown)
    own = {
        "phase_count": sum(len(item.phases) for item in goals),
        "calendar_note": f"{note}节假日安排未发布，工作日暂按周一至周五计。" if unknown else None,
        "goals": [
            {
                **_facts(item.goal, sequence),
                "phases": [_phase(phase, sheet.year) for phase in item.phases],
            }
            for sequence, item in enumerate(goals, 1)
        ],
    }
    return _request(DocumentKind.TIMETABLE, sheet, own)


def _phase(phase: Phase, year: int) -> dict[str, str]:
    closing = last_workday(week_of(phase.end), get_calendar().is_workday)
    return {
        "phase": phase.name,
        "completion_mark": phase.mark,
        "period": period(phase.begin, phase.end),
        "weeks": week_span(phase.begin, phase.end, year),
        "week_end": f"{closing.month}月{closing.day}日" if closing else NO_WORKDAY,
    }


def renew(year: int, unit_id: int, people: Collection[int]) -> int:
    """Ask anew for the books that stand in the register of the system, a unit and *people*; return how many.

    What was never made is not made now, and a book whose facts are the same stays. When the new file is made
    the old one is marked 已作废, its content untouched (R2.6, B4).
    """
    subjects = {SYSTEM_WIDE, f"unit:{unit_id}", *(f"person:{person_id}" for person_id in people)}
    kept = db.session.execute(
        select(GeneratedDocument.kind, GeneratedDocument.subject).where(
            GeneratedDocument.year == year,
            GeneratedDocument.kind.in_(KINDS),
            GeneratedDocument.subject.in_(subjects),
            GeneratedDocument.state != DocumentState.SUPERSEDED,
        )
    )
    living: dict[DocumentKind, set[str]] = {kind: set() for kind in KINDS}
    for kind, subject in kept:
        living[kind].add(subject)
    sheets = _sheets(year) if any(living.values()) else []
    books, tables = ([sheet for sheet in sheets if sheet.subject in living[kind]] for kind in KINDS)
    wanted = [*map(_task_book, books), *(_timetables(year, tables) if tables else ())]
    title = _("%(year)s年任务书、时间表（变更后）", year=year)
    return services.request_documents(SYSTEM, year, wanted, title).created
