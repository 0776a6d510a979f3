"""Keep an uploaded workbook, check and preview it, and load it through the queue."""

import hashlib
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from fivestep_web.accounts.models import User
from fivestep_web.accounts.queries import get_actor
from fivestep_web.audit.services import record
from fivestep_web.core import clock
from fivestep_web.core.errors import Conflict, NotAllowed, Refusal
from fivestep_web.core.jobs import enqueue
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.workbook import services
from fivestep_web.workbook.changes import Changes
from fivestep_web.workbook.checker import CheckResult
from fivestep_web.workbook.models import UploadState, WorkbookUpload
from fivestep_web.workbook.problems import Problem, printable
from fivestep_web.workbook.raw import RawWorkbook
from fivestep_web.workbook.reading import read_workbook
from fivestep_web.workbook.template import write_marked, write_template

STAGES = 3  # read and check, write, done
READING, WRITING, DONE = 1, 2, STAGES
KEEP = timedelta(days=30)
MAX_PROBLEMS = 500
MAX_FILE_NAME = 200
LOADABLE = (UploadState.CHECKED, UploadState.FAILED)


def read_bytes(data: bytes) -> RawWorkbook:
    """Read an uploaded file in the limited child process; raises UnsafeFile."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "upload.xlsx"
        path.write_bytes(data)
        return read_workbook(path)


def receive(
    actor: Actor, file_name: str, data: bytes, raw: RawWorkbook, result: CheckResult
) -> WorkbookUpload:
    """Keep an uploaded file with what checking it found and, without errors, what loading would change."""
    _require_import(actor)
    now = clock.system_now()
    upload = WorkbookUpload(
        user_id=actor.user_id,
        file_name=printable(file_name)[-MAX_FILE_NAME:],
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        data=data,
        year=services.year_of(raw),
        state=UploadState.CHECKED,
        created_at=now,
        checked_at=now,
    )
    _keep_result(actor, upload, result)
    db.session.add(upload)
    db.session.flush()
    record(actor, "workbook.uploaded", f"workbook_upload:{upload.id}", sha256=upload.sha256, size=upload.size)
    return upload


def check_again(actor: Actor, upload: WorkbookUpload, result: CheckResult) -> None:
    """Keep what a fresh check of the file found; raises Conflict once it is queued or loaded."""
    _require_import(actor)
    if upload.state in (UploadState.QUEUED, UploadState.LOADED):
        raise Conflict(_("这个文件已经在导入或已导入，不用再检查。"))
    upload.checked_at = clock.system_now()
    _keep_result(actor, upload, result)
    record(actor, "workbook.checked_again", f"workbook_upload:{upload.id}", problems=upload.problem_count)


def request_load(actor: Actor, upload: WorkbookUpload) -> None:
    """Put the load into the queue; asking again while it waits or after it is done changes nothing."""
    _require_import(actor)
    if upload.state in (UploadState.QUEUED, UploadState.LOADED):
        return
    if upload.state not in LOADABLE or upload.data is None:
        raise Conflict(_("这个文件还有问题或已过期，请改正后重新上传。"))
    upload.attempt += 1
    upload.state, upload.stage, upload.failure = UploadState.QUEUED, 0, ""
    record(actor, "workbook.load_requested", f"workbook_upload:{upload.id}", attempt=upload.attempt)
    enqueue("workbook.load_upload", upload.id, key=f"workbook-{upload.id}-{upload.attempt}")


def write_problems(upload: WorkbookUpload, raw: RawWorkbook) -> bytes:
    """Return the workbook with the wrong cells marked, by a fresh check."""
    problems = services.check_raw(raw).problems or tuple(_problem(stored) for stored in upload.problems)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "marked.xlsx"
        write_marked(path, raw, problems)
        return path.read_bytes()


def make_template(year: int) -> bytes:
    """Return the empty annual workbook."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, year=year)
        return path.read_bytes()


def _require_import(actor: Actor) -> None:
    if not actor.may_all(Permission.WORKBOOK_IMPORT):
        raise NotAllowed(_("您的岗位没有这项权限。"))


def _keep_result(actor: Actor, upload: WorkbookUpload, result: CheckResult) -> None:
    """Keep the errors, or what loading would change and whether this actor may."""
    upload.failure, upload.changes = "", {}
    _keep_problems(upload, result.problems)
    if result.problems:
        upload.state = UploadState.FAULTY
        return
    upload.state = UploadState.CHECKED
    try:
        upload.changes = _told(services.preview(actor, result))
    except Refusal as refusal:
        _keep_refusal(upload, refusal, UploadState.FAULTY)


def _keep_problems(upload: WorkbookUpload, problems: tuple[Problem, ...]) -> None:
    upload.problem_count = len(problems)
    upload.problems = [asdict(problem) | {"cell": problem.cell} for problem in problems[:MAX_PROBLEMS]]


def _keep_refusal(upload: WorkbookUpload, refusal: Refusal, state: UploadState) -> None:
    upload.state, upload.failure = state, refusal.message
    _keep_problems(upload, refusal.problems if isinstance(refusal, services.LockedChanges) else ())


def _problem(stored: dict[str, Any]) -> Problem:
    return Problem(**{name: value for name, value in stored.items() if name != "cell"})


def _told(changes: Changes) -> dict[str, Any]:
    return {
        "sheets": {name: asdict(sheet) for name, sheet in changes.sheets.items()},
        "letters": changes.letters,
    }


def begin(upload_id: int) -> bytes | None:
    """Return the file of a queued load and note that it is being read; None when there is nothing to do."""
    upload = _queued(upload_id)
    if upload is None:
        return None
    upload.stage = READING
    return upload.data


def note_writing(upload_id: int) -> None:
    """Note that the file was read and its rows are being written."""
    db.session.execute(update(WorkbookUpload).where(WorkbookUpload.id == upload_id).values(stage=WRITING))


def finish_load(upload_id: int, raw: RawWorkbook) -> None:
    """Load a queued upload as the one who uploaded it, whose rights are those of now.

    What the rules refuse is told on the page and changes nothing else; any other failure is the queue's to
    try again.
    """
    upload = _queued(upload_id)
    if upload is None:
        return
    user = db.session.get_one(User, upload.user_id)
    try:
        with db.session.begin_nested():
            changes = _load(user, raw)
    except _Faulty as faulty:
        upload.state = UploadState.FAULTY
        upload.failure = _("检查之后数据有变动，文件出现新的问题，没有导入")
        _keep_problems(upload, faulty.problems)
        return
    except Refusal as refusal:
        _keep_refusal(upload, refusal, UploadState.FAILED)
        return
    upload.changes, upload.state, upload.stage = _told(changes), UploadState.LOADED, DONE
    upload.problem_count, upload.problems, upload.failure = 0, [], ""
    upload.data, upload.loaded_at = None, clock.system_now()


class _Faulty(Exception):  # noqa: N818 - carries the problems out of the savepoint
    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(len(problems))
        self.problems = problems


def _load(user: User, raw: RawWorkbook) -> Changes:
    if not user.is_active:
        raise NotAllowed(_("上传人的账号已停用，没有导入"))
    result = services.check_raw(raw)
    if result.problems:
        raise _Faulty(result.problems)
    return services.load(get_actor(user, clock.today()), result)


def _queued(upload_id: int) -> WorkbookUpload | None:
    return db.session.scalar(
        select(WorkbookUpload)
        .where(
            WorkbookUpload.id == upload_id,
            WorkbookUpload.state == UploadState.QUEUED,
            WorkbookUpload.data.is_not(None),
        )
        .options(undefer(WorkbookUpload.data))
        .with_for_update()
    )


def fail(upload_id: int, reason: str) -> None:
    """Tell on the page why the queue gave up; the file stays, so that the load can be asked for again."""
    upload = _queued(upload_id)
    if upload is not None:
        upload.state, upload.failure, upload.stage = UploadState.FAILED, reason, 0


def remove_old(now: datetime) -> int:
    """Empty the files older than 30 days that nobody loads; their line in the history stays."""
    emptied = db.session.scalars(
        update(WorkbookUpload)
        .where(
            WorkbookUpload.created_at < now - KEEP,
            WorkbookUpload.data.is_not(None),
            WorkbookUpload.state != UploadState.QUEUED,
        )
        .values(data=None, problems=[], changes={})
        .returning(WorkbookUpload.id)
    )
    return len(emptied.all())
