"""`fivestep audit …`: verify, checkpoint, export."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from fivestep_web.audit import checkpoints, queries
from fivestep_web.audit.services import record
from fivestep_web.audit.verification import verify
from fivestep_web.cli import Failure, main
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work

SHOWN = 20


@main.group()
def audit() -> None:
    """操作日志。"""


@audit.command("verify")
@click.option(
    "--checkpoint",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="与这个检查点文件核对，可发现整体改写",
)
@with_appcontext
def audit_verify(path: Path | None) -> None:
    """核对操作日志、每个签名和每份文档；发现改动时退出码为 1。"""
    checkpoint = checkpoints.read_checkpoint(path) if path else None
    report = verify(checkpoint)
    for sentence in report.faults[:SHOWN]:
        click.echo(f"不通过：{sentence}", err=True)
    if report.faults:
        if len(report.faults) > SHOWN:
            click.echo(f"另有 {len(report.faults) - SHOWN} 处", err=True)
        raise SystemExit(1)
    against = f"，与 {checkpoint.at} 的检查点一致" if checkpoint else ""
    click.echo(f"通过：操作日志 {report.entries} 条，签名和文档均未改动{against}")


@audit.command("checkpoint")
@with_appcontext
def audit_checkpoint() -> None:
    """打印签名的检查点，请存到系统以外的地方。"""
    click.echo(checkpoints.take_checkpoint().spelled())


@audit.command("export")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def audit_export(path: Path) -> None:
    """把操作日志导出为归档文件，每行一条（tools/verify_checkpoint.py 可脱离系统核对）。"""
    if path.exists():
        raise Failure(f"文件 {path} 已存在，请换一个文件名")
    if not path.parent.is_dir():
        raise Failure(f"目录 {path.parent} 不存在")
    with unit_of_work():
        count = queries.count_entries()
        record(SYSTEM, "audit.exported", "audit:*", entries=count)
    lines = (
        json.dumps(
            {"sequence": link.sequence, "body": link.body, "previous": link.previous, "digest": link.digest},
            ensure_ascii=True,
            separators=(",", ":"),
        )
        for link in queries.read_links()
    )
    checkpoints.write_lines(path, lines)
    click.echo(f"已导出到 {path}")
