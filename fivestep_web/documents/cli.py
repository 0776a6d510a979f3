"""`fivestep documents build`: ask for a year's Word files, wait for them, write them to a folder."""

import os
import time
from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import Path

import click
from flask import current_app
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fivestep_web.audit.services import record
from fivestep_web.cli import main, with_database
from fivestep_web.core.errors import Conflict, DomainError
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents import queries, requests, services
from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.extensions import db
from fivestep_web.operations.crew import gathered

POLL_SECONDS = 0.3
SLICE = 50


@main.group()
def documents() -> None:
    """Word 文档。"""


@documents.command("build")
@click.argument("year", type=int)
@click.option("--kind", "names", multiple=True, metavar="KIND", help="只生成这种文档，可重复；默认全部")
@click.option("--out", type=click.Path(path_type=Path), help="同时写到这个文件夹")
@click.option("--include-confidential", is_flag=True, help="内部资料（诫勉）也写到文件夹，会记入操作日志")
@with_database
def documents_build(year: int, names: tuple[str, ...], out: Path | None, include_confidential: bool) -> None:  # noqa: FBT001 - click passes it by name
    """生成 YEAR 年度的 Word 文档，等到全部完成。"""
    kinds = _kinds(names)
    if out is not None and out.exists() and not out.is_dir():
        raise DomainError(f"--out 指向的 {out} 不是文件夹，请换一个路径")
    with unit_of_work():
        asked = services.build_all(SYSTEM, year, kinds)
    click.echo(asked.sentence)
    _wait(year, kinds)
    failed = queries.list_failed(year, kinds)
    if out is not None:
        _write_all(year, kinds, out, include_confidential=include_confidential)
    for row in failed:
        click.echo(f"没有生成：{row.download_name}：{row.failure}", err=True)
    if failed:
        raise DomainError(f"{len(failed)} 份文档没有生成，改正后再运行一次即可重试")


def _kinds(names: Collection[str]) -> list[DocumentKind]:
    """Return the kinds asked for; raises DomainError naming those that can be."""
    available = requests.available_kinds()
    known = {kind.value: kind for kind in available}
    for name in names:
        if name not in known:
            offered = "、".join(f"{kind.value}（{kind.label}）" for kind in available) or "（无）"
            raise DomainError(f"--kind {name!r} 不能生成，现在可以生成的有：{offered}")
    return [known[name] for name in dict.fromkeys(names)] or list(available)


def _wait(year: int, kinds: Collection[DocumentKind]) -> None:
    """Show how far it is until nothing waits any more; start who is missing, ring what stands still."""
    total = _count_waiting(year, kinds)
    if not total:
        return
    columns = (TextColumn("生成中"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # drawn by us, not by a thread: children are started from here
    with (
        gathered(current_app.config["FIVESTEP"]) as crew,
        Progress(*columns, console=Console(stderr=True), auto_refresh=False) as progress,
    ):
        bar = progress.add_task("", total=total)
        while waiting := _count_waiting(year, kinds):
            progress.update(bar, completed=total - waiting, refresh=True)
            crew.keep()
            time.sleep(POLL_SECONDS)
        progress.update(bar, completed=total, refresh=True)


def _count_waiting(year: int, kinds: Collection[DocumentKind]) -> int:
    count = queries.count_waiting(year, kinds)
    db.session.rollback()
    return count


def _write_all(
    year: int, kinds: Collection[DocumentKind], folder: Path, *, include_confidential: bool
) -> None:
    """Write the current files of *kinds* under their names of B6; confidential ones only when asked for."""
    wanted = [kind for kind in kinds if include_confidential or not kind.is_confidential]
    for kind in kinds:
        if kind not in wanted:
            click.echo(f"“{kind.label}”是内部资料，没有写到文件夹；需要时加 --include-confidential")
    secret = [kind for kind in wanted if kind.is_confidential]
    ids = queries.current_file_ids(year, wanted)
    if secret:
        with unit_of_work():
            taken = queries.current_file_ids(year, secret)
            record(SYSTEM, "documents.exported", f"year:{year}", documents=taken, to="folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for start in range(0, len(ids), SLICE):
            _write(folder, ids[start : start + SLICE])
    except OSError as error:
        raise DomainError(f"不能写到文件夹 {folder}：{error.strerror}") from error
    click.echo(f"已写到 {folder}：{len(ids)} 份")


def _write(folder: Path, ids: Sequence[int]) -> None:
    rows = queries.read_files(ids)
    db.session.rollback()
    for row in rows:
        if sha256(row.data).hexdigest() != row.blob_sha256:
            raise Conflict(f"文档“{row.download_name}”与登记的校验值不符，请运行 fivestep audit verify")
        write_file(folder / row.file_name, row.data)


def write_file(path: Path, data: bytes) -> None:
    """Write *data* whole under its final name, or not at all (trust.md J6)."""
    if path.is_file() and path.read_bytes() == data:
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
