"""`fivestep score YEAR`: the year's assessment as table, JSON or workbook; publishes nothing."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from xlsxwriter.exceptions import FileCreateError

from fivestep_web.assessment import export
from fivestep_web.assessment.freezing.standing import Standing, standing_of
from fivestep_web.assessment.scores import YearScore
from fivestep_web.assessment.scoring import score_year
from fivestep_web.cli import Failure, main, with_database

XLSX = "xlsx"


@main.command("score")
@click.argument("year", type=click.IntRange(2000, 2100), metavar="YEAR")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", XLSX]),
    default="table",
    help="输出形式，默认是表格；json 中各单位按单位编码排列",
)
@click.option(
    "--out",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写入这个文件；xlsx 必须指定",
)
@with_database
def score(year: int, form: str, path: Path | None) -> None:
    """计算 YEAR 年度的考核结果，截至当年12月31日；只计算，不发布。"""
    if form == XLSX and path is None:
        raise click.UsageError("xlsx 须用 --out 指定文件，例如 --out 考核结果.xlsx")
    result = score_year(year)
    standing = standing_of(result)
    _warn(standing)
    if form == XLSX and path is not None:
        _write(path, lambda target: export.write_workbook(result, target))
        return
    text = _json(result) if form == "json" else _text(result, standing, _width(path))
    if path is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        _write(path, lambda target: target.write_text(f"{text.rstrip()}\n", encoding="utf-8"))


def _json(result: YearScore) -> str:
    return json.dumps(export.as_json(result), ensure_ascii=False, indent=1)


def _text(result: YearScore, standing: Standing | None, width: int | None) -> str:
    text = export.as_text(result, width=width)
    if standing is None:
        return text
    return f"{text.rstrip()}\n结果校验码 {export.fingerprint(result)}，{standing.sentence}"


def _warn(standing: Standing | None) -> None:
    """Say on standard error what is no longer as it was fixed; the figures themselves stay as computed."""
    if standing is not None and standing.changes:
        click.echo(f"警告：现在算出的结果{standing.sentence}", err=True)
        for change in standing.shown:
            click.echo(f"  {change}", err=True)


def _width(path: Path | None) -> int | None:
    """Return the width of the screen; a file or a pipe takes the widest."""
    return shutil.get_terminal_size().columns if path is None and sys.stdout.isatty() else None


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside *path* and move it there whole."""
    if not path.parent.is_dir():
        raise Failure(f"文件夹 {path.parent} 不存在，请先建立或换一个位置")
    try:
        with TemporaryDirectory(dir=path.parent) as folder:
            made = Path(folder) / path.name
            write(made)
            os.replace(made, path)  # noqa: PTH105 - the move must replace
    except (OSError, FileCreateError) as error:
        cause = error if isinstance(error, OSError) else error.args[0]
        raise Failure(f"不能写入 {path}：{cause.strerror}") from error
    click.echo(f"已写入 {path}")
