"""Check, preview and load an annual workbook: all of it, or nothing (interfaces.md, Annual workbook)."""

import re
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import text

from fivestep_web.audit.services import record
from fivestep_web.core import events
from fivestep_web.core.errors import DomainError, NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.ledger.services import start_reported
from fivestep_web.org.models import PlanYear
from fivestep_web.responsibility.letters import drafting
from fivestep_web.workbook import queries
from fivestep_web.workbook.changes import Changes
from fivestep_web.workbook.checker import CheckResult, check
from fivestep_web.workbook.closed import ClosedYear
from fivestep_web.workbook.columns import SETTINGS_SHEET
from fivestep_web.workbook.load_org import OrgLoader
from fivestep_web.workbook.load_plan import PlanLoader
from fivestep_web.workbook.load_results import ResultsLoader, load_settings
from fivestep_web.workbook.problems import Problem
from fivestep_web.workbook.raw import RawWorkbook
from fivestep_web.workbook.reading import read_workbook
from fivestep_web.workbook.values import clean, display

LOAD_LOCK = 5_200_002  # PostgreSQL advisory lock: one load at a time
ORG_SHEETS = ("单位", "人员")


class LockedChanges(DomainError):  # noqa: N818 - a refusal, like its base
    """The file would change what is signed, sealed or closed; *problems* names each cell."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(_("有 %(count)s 处改动涉及已签订或已办结的内容，没有导入", count=len(problems)))
        self.problems = problems


@dataclass(frozen=True)
class Checked:
    """A workbook that was read, with what the check found."""

    raw: RawWorkbook
    result: CheckResult


def check_file(path: Path) -> Checked:
    """Read and check the file at *path*; raises UnsafeFile when it cannot be read at all."""
    raw = read_workbook(path)
    return Checked(raw, check_raw(raw))


def check_raw(raw: RawWorkbook) -> CheckResult:
    """Check what was read against what is stored now."""
    return check(raw, queries.get_known_codes(year_of(raw)))


def year_of(raw: RawWorkbook) -> int | None:
    """Return the year the sheet 设置 names; None where it names none that could be stored."""
    sheet = next((each for each in raw.sheets if clean(each.name) == SETTINGS_SHEET.name), None)
    rows = [[clean(display(cell)) for cell in row.cells] for row in sheet.rows] if sheet else []
    if not rows or not {"项目", "值"} <= set(rows[0]):
        return None
    name, value = rows[0].index("项目"), rows[0].index("值")
    years = [row[value] for row in rows[1:] if len(row) > max(name, value) and row[name] == "年度"]
    return int(years[0]) if years and re.fullmatch("20[0-9]{2}|2100", years[0]) else None


def load(actor: Actor, result: CheckResult, *, is_trusted: bool = False) -> Changes:
    """Load a faultless workbook in the running unit of work and return what it changed.

    Topics come in as final, step 2 of the year is opened (R1.1, reason 导入) and its letters are drafted.
    Loading the same file twice changes nothing. *is_trusted* is the command line, which holds every right.
    Raises LockedChanges for changes to what is signed or closed, NotAllowed for sheets that are not the
    actor's.
    """
    data = result.data
    if data is None:
        raise DomainError(_("工作簿还有错误，没有导入"))
    if not is_trusted and not actor.may_all(Permission.WORKBOOK_IMPORT):
        raise NotAllowed(_("您的岗位没有这项权限。"))
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOAD_LOCK})
    changes = Changes()
    begins_year = db.session.get(PlanYear, data.settings.year) is None
    closed = ClosedYear(result, data.settings.year)
    plan_year = load_settings(data, changes, closed)
    org = OrgLoader(result, data, changes)
    org.run()
    plan = PlanLoader(result, data, changes, org)
    plan.run()
    results = ResultsLoader(result, data, changes, org, plan, closed=closed)
    results.run()
    problems = (*plan.problems, *results.problems, *closed.problems)
    if problems:
        raise LockedChanges(result.in_order(problems))
    if not is_trusted:
        _check_rights(actor, changes, begins_year=begins_year)
    if data.topics and not plan_year.step_two_open:
        plan_year.step_two_open, plan_year.step_two_reason = True, _("导入")
        record(actor, "year.step_two_opened", f"year:{plan_year.year}", reason=plan_year.step_two_reason)
    db.session.flush()
    if plan_year.step_two_open and (is_trusted or actor.may_all(Permission.LETTER_ISSUE)):
        changes.letters = drafting.draft_letters(actor, plan_year.year)
    if "进展" in changes.sheets and changes.sheet("进展").new:
        start_reported(actor, plan_year.year)
    if not changes.is_empty:
        facts = {"roles": changes.roles} if changes.roles else {}
        record(actor, "workbook.loaded", f"year:{plan_year.year}", sheets=changes.counts(), **facts)
        events.tell(events.Event.ALL_CHANGED)
    return changes


def _check_rights(actor: Actor, changes: Changes, *, begins_year: bool) -> None:
    """Let the office change the plan and the results, and only the administrator units, people and roles.

    Either may begin a year with its settings; changing the weights and rules afterwards is the office's.
    """
    free = {SETTINGS_SHEET.name} if begins_year else set()
    touched = [name for name in changes.changed_sheets() if name not in free]
    org = [name for name in touched if name in ORG_SHEETS]
    rest = [name for name in touched if name not in ORG_SHEETS]
    if org and not actor.may_all(Permission.ORG_MANAGE):
        sheets = "、".join(org)
        raise NotAllowed(_("“%(sheets)s”表的改动涉及账号和角色，请由系统管理员导入", sheets=sheets))
    if rest and not actor.may_all(Permission.GOAL_EDIT):
        sheets = "、".join(rest)
        raise NotAllowed(_("“%(sheets)s”表由办公室导入，系统管理员不能改动目标和评价", sheets=sheets))


class _PreviewOnly(Exception):  # noqa: N818 - carries the preview out of the savepoint
    pass


def preview(actor: Actor, result: CheckResult, *, is_trusted: bool = False) -> Changes:
    """Return what loading would change, and change nothing: the same code, rolled back."""
    changes = Changes()
    try:
        with db.session.begin_nested():
            changes = load(actor, result, is_trusted=is_trusted)
            raise _PreviewOnly  # noqa: TRY301 - rolling back is the purpose
    except _PreviewOnly:
        return changes
