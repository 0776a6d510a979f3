"""Check, preview and load an annual workbook: all of it, or nothing (interfaces.md, Annual workbook)."""

from dataclasses import dataclass
from pathlib import Path

from fivestep_web.audit.services import record
from fivestep_web.core.errors import DomainError, NotAllowed
from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.extensions import db
from fivestep_web.responsibility import drafting
from fivestep_web.workbook import queries
from fivestep_web.workbook.changes import Changes
from fivestep_web.workbook.checker import CheckResult, check
from fivestep_web.workbook.load_org import OrgLoader
from fivestep_web.workbook.load_plan import PlanLoader
from fivestep_web.workbook.load_results import ResultsLoader, load_settings
from fivestep_web.workbook.problems import Problem
from fivestep_web.workbook.raw import RawWorkbook
from fivestep_web.workbook.reading import read_workbook
from fivestep_web.workbook.values import clean, display

IMPORTED = "导入"
ORG_SHEETS = ("单位", "人员")


class LockedChanges(DomainError):
    """The file would change what is signed, sealed or closed; *problems* names each cell."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"有 {len(problems)} 处改动涉及已签订或已销号的内容，没有导入")
        self.problems = problems


@dataclass(frozen=True)
class Checked:
    """A workbook that was read, with what the check found."""

    raw: RawWorkbook
    result: CheckResult


def check_file(path: Path) -> Checked:
    """Read and check the file at *path*; raises UnsafeFile when it cannot be read at all."""
    raw = read_workbook(path)
    return Checked(raw, check(raw, queries.get_known_codes(_year_of(raw))))


def _year_of(raw: RawWorkbook) -> int | None:
    for sheet in raw.sheets:
        if clean(sheet.name) != "设置":
            continue
        for row in sheet.rows:
            cells = [display(cell) for cell in row.cells]
            if len(cells) > 1 and clean(cells[0]) == "年度" and cells[1].isdecimal():
                return int(cells[1])
    return None


def load(actor: Actor, result: CheckResult, *, is_trusted: bool = False) -> Changes:
    """Load a faultless workbook in the running unit of work and return what it changed.

    Topics come in as final, step 2 of the year is opened (R1.1, reason 导入) and its letters are drafted.
    Loading the same file twice changes nothing. *is_trusted* is the command line, which holds every right.
    Raises LockedChanges for changes to what is signed or closed, NotAllowed for sheets the actor may not change.
    """
    data = result.data
    if data is None:
        raise DomainError("工作簿还有错误，没有导入")
    changes = Changes()
    plan_year = load_settings(data, changes)
    org = OrgLoader(result, data, changes)
    org.run()
    plan = PlanLoader(result, data, changes, org.stored_units, org._person_id)  # noqa: SLF001
    plan.run()
    results = ResultsLoader(result, data, changes, org.stored_units, plan.goals)
    results.run()
    problems = (*plan.problems, *results.problems)
    if problems:
        raise LockedChanges(problems)
    if not is_trusted:
        _check_rights(actor, changes)
    if data.topics and not plan_year.step_two_open:
        plan_year.step_two_open, plan_year.step_two_reason = True, IMPORTED
        record(actor, "year.step_two_opened", f"year:{plan_year.year}", reason=IMPORTED)
    db.session.flush()
    if plan_year.step_two_open:
        changes.letters = drafting.draft_letters(actor, plan_year.year)
    if not changes.is_empty:
        record(actor, "workbook.loaded", f"year:{plan_year.year}", **changes.counts())
    return changes


def _check_rights(actor: Actor, changes: Changes) -> None:
    """Let the office change the plan and the results, and only the administrator units, people and roles."""
    touched = changes.changed_sheets()
    org = [name for name in touched if name in ORG_SHEETS]
    rest = [name for name in touched if name not in ORG_SHEETS]
    if org and not actor.may(Permission.ORG_MANAGE):
        raise NotAllowed(f"“{'、'.join(org)}”表的改动涉及账号和角色，请由系统管理员导入")
    if rest and not actor.may(Permission.GOAL_EDIT):
        raise NotAllowed(f"“{'、'.join(rest)}”表由办公室导入，系统管理员不能改动目标和评价")


class _PreviewOnly(Exception):  # noqa: N818 - carries the preview out of the savepoint
    pass


def preview(actor: Actor, result: CheckResult) -> Changes:
    """Return what loading would change, and change nothing: the same code, rolled back."""
    changes = Changes()
    try:
        with db.session.begin_nested():
            changes = load(actor, result)
            raise _PreviewOnly  # noqa: TRY301 - rolling back is the purpose
    except _PreviewOnly:
        return changes
