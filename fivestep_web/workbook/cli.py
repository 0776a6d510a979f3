"""`fivestep import template|check|load`: the annual workbook by the command line, which holds every right."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import NoReturn

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from xlsxwriter.exceptions import FileCreateError

from fivestep_web.cli import Failure, main, with_database
from fivestep_web.core import clock
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.workbook import services
from fivestep_web.workbook.changes import Changes
from fivestep_web.workbook.columns import SHEETS
from fivestep_web.workbook.problems import Problem
from fivestep_web.workbook.raw import RawWorkbook
from fivestep_web.workbook.reading import read_workbook
from fivestep_web.workbook.template import write_template

SUFFIX = ".xlsx"
PATIENCE = 2.0  # seconds before the screen says what is going on

workbook_file = click.argument("path", metavar="FILE.xlsx", type=click.Path(path_type=Path))


@main.group("import")
def import_group() -> None:
    """年度工作簿：模板、检查、导入。"""


@import_group.command("template")
@click.argument("path", metavar="OUT.xlsx", type=click.Path(path_type=Path))
def import_template(path: Path) -> None:
    """把空白年度工作簿写到 OUT.xlsx，带下拉列表和填表说明；不覆盖已有文件。"""
    if path.suffix.lower() != SUFFIX:
        raise Failure(f"文件名 {path.name} 不以 .xlsx 结尾，请改为 {path.stem}.xlsx")
    if path.exists():
        raise Failure(f"{path} 已经存在，请换一个文件名，或先移走原来的文件")
    if not path.parent.is_dir():
        raise Failure(f"文件夹 {path.parent} 不存在，请先建立或换一个位置")
    try:
        with TemporaryDirectory(dir=path.parent) as folder:
            made = Path(folder) / path.name
            write_template(made, year=clock.today().year)
            os.link(made, path)  # unlike a move, it never replaces what came there meanwhile
    except (OSError, FileCreateError) as error:
        cause = error if isinstance(error, OSError) else error.args[0]
        raise Failure(f"不能写入 {path}：{cause.strerror}") from error
    click.echo(f"已写入 {path}")


@import_group.command("check")
@workbook_file
@with_database
def import_check(path: Path) -> None:
    """检查整个工作簿，逐条列出表、行、列和问题；不写入任何数据。有问题时退出码为 1。"""
    with _telling("正在检查"):
        result = services.check_raw(_read(path))
    if result.problems:
        _refuse(result.problems, "没有写入任何数据")
    click.echo("没有发现问题")


@import_group.command("load")
@workbook_file
@with_database
def import_load(path: Path) -> None:
    """检查后一次导入全部内容；有一处问题就都不导入。重复导入同一文件没有变化。"""
    try:
        with _telling("正在检查和导入"):
            changes = _load(_read(path))
    except services.LockedChanges as locked:
        _refuse(locked.problems, locked.message)
    except (IntegrityError, StaleDataError) as error:
        raise Failure("导入期间有人改动了同样的数据，没有导入，请重新执行一次") from error
    _tell(changes)


def _read(path: Path) -> RawWorkbook:
    if not path.is_file():
        raise Failure(f"找不到文件 {path}，请核对文件名和位置")
    try:
        return read_workbook(path)
    except OSError as error:
        raise Failure(f"不能读取 {path}：{error.strerror}") from error


def _load(raw: RawWorkbook) -> Changes:
    """Check and load in one transaction, so that both see the same database."""
    with unit_of_work():
        result = services.check_raw(raw)
        if result.problems:
            _refuse(result.problems, "没有导入任何内容")
        return services.load(SYSTEM, result, is_trusted=True)


def _refuse(problems: Sequence[Problem], consequence: str) -> NoReturn:
    """List every problem and end with exit status 1."""
    if _is_screen():
        _print_table(problems)
    else:
        for problem in problems:
            click.echo(f"{problem.sheet}\t第{problem.row}行\t{_column(problem)}\t{problem.message}")
    raise Failure(f"工作簿有 {len(problems)} 处问题，{consequence}，请按上面所列逐处改正后再试")


def _is_screen() -> bool:
    return sys.stdout.isatty()


def _print_table(problems: Sequence[Problem]) -> None:
    table = Table("表", "行", "列", "问题和改法", show_lines=False)
    for problem in problems:
        cells = (problem.sheet, str(problem.row), _column(problem), problem.message)
        table.add_row(*(Text(cell) for cell in cells))  # Text: brackets in a cell are no markup
    Console().print(table)


def _column(problem: Problem) -> str:
    return (
        " ".join(part for part in (problem.column and f"{problem.column}列", problem.heading) if part) or "—"
    )


def _tell(changes: Changes) -> None:
    if changes.is_empty:
        click.echo("没有变化")
        return
    for sheet in SHEETS:
        counts = changes.sheets.get(sheet.name)
        if counts:
            click.echo(f"{sheet.name}：新增 {counts.new}，修改 {counts.changed}，不变 {counts.unchanged}")
    if changes.letters:
        click.echo(f"起草责任书 {changes.letters} 份")


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Say what is going on when it takes longer than a person waits without asking."""
    status = Console(stderr=True).status(f"{what}……")
    is_screen = sys.stderr.isatty()
    timer = Timer(PATIENCE, status.start if is_screen else lambda: click.echo(f"{what}……", err=True))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if is_screen:
            status.stop()
