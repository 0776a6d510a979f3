"""Reads of uploaded workbooks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from fivestep_web.accounts.models import User
from fivestep_web.core.errors import NotFound
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import Person
from fivestep_web.workbook.changes import MAX_EXAMPLES
from fivestep_web.workbook.columns import SHEETS
from fivestep_web.workbook.models import UploadState, WorkbookUpload

HISTORY = 50


@dataclass(frozen=True)
class HistoryRow:
    """One upload as everybody who imports may see it: who, when, what came of it."""

    id: int
    file_name: str
    user_name: str
    created_at: datetime
    year: int | None
    state: UploadState
    problem_count: int
    is_own: bool


def get_upload(
    actor: Actor, upload_id: int, *, lock: bool = False, with_data: bool = False
) -> WorkbookUpload:
    """Return one of the actor's own uploads; another's looks absent, since ratings stand in it."""
    query = select(WorkbookUpload).where(
        WorkbookUpload.id == upload_id, WorkbookUpload.user_id == actor.user_id
    )
    if with_data:
        query = query.options(undefer(WorkbookUpload.data))
    upload = db.session.scalar(query.with_for_update() if lock else query)
    if upload is None:
        raise NotFound(_("没有这次导入，或不是您上传的。"))
    return upload


def list_history(actor: Actor) -> list[HistoryRow]:
    """Return the latest uploads of everybody, the newest first."""
    rows = db.session.execute(
        select(
            WorkbookUpload.id,
            WorkbookUpload.file_name,
            func.coalesce(Person.name, User.username),
            WorkbookUpload.created_at,
            WorkbookUpload.year,
            WorkbookUpload.state,
            WorkbookUpload.problem_count,
            WorkbookUpload.user_id,
        )
        .join(User, User.id == WorkbookUpload.user_id)
        .outerjoin(Person, Person.id == User.person_id)
        .order_by(WorkbookUpload.id.desc())
        .limit(HISTORY)
    )
    return [HistoryRow(*row[:-1], row[-1] == actor.user_id) for row in rows]


@dataclass(frozen=True)
class SheetProblems:
    """The problems of one sheet as shown."""

    sheet: str
    problems: Sequence[Mapping[str, str]]


def problems_by_sheet(upload: WorkbookUpload) -> list[SheetProblems]:
    """Return the stored problems, sheet by sheet in their order."""
    return [
        SheetProblems(sheet, list(problems))
        for sheet, problems in groupby(upload.problems, key=lambda problem: problem["sheet"])
    ]


@dataclass(frozen=True)
class SheetPreview:
    """What loading changes in one sheet."""

    sheet: str
    new: int
    changed: int
    unchanged: int
    examples: Sequence[str]

    @property
    def more(self) -> int:
        """How many changes have no example; a group of ratings has one for all its rows."""
        if len(self.examples) < MAX_EXAMPLES:
            return 0
        return self.new + self.changed - len(self.examples)


@dataclass(frozen=True)
class Preview:
    """What loading changes, or changed: sheets in the workbook's order, letters drafted."""

    sheets: Sequence[SheetPreview]
    letters: int

    @property
    def is_empty(self) -> bool:
        return not self.letters and not any(sheet.new or sheet.changed for sheet in self.sheets)

    @property
    def sums(self) -> tuple[int, int, int]:
        """New, changed and unchanged rows of all sheets."""
        return (
            sum(sheet.new for sheet in self.sheets),
            sum(sheet.changed for sheet in self.sheets),
            sum(sheet.unchanged for sheet in self.sheets),
        )


def preview_of(upload: WorkbookUpload) -> Preview:
    """Return the stored changes."""
    sheets = upload.changes.get("sheets", {})
    return Preview(
        [SheetPreview(each.name, **sheets[each.name]) for each in SHEETS if each.name in sheets],
        upload.changes.get("letters", 0),
    )
