"""`fivestep up, web, worker, clock, doctor, backup, restore`."""

import os
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from fivestep_web.cli import load_app, main
from fivestep_web.config import DEFAULT_PORT, Config
from fivestep_web.operations import processes

PORT = click.option(
    "--port", type=click.IntRange(1, 65_535), default=DEFAULT_PORT, show_default=True, help="网页端口"
)
FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@main.command()
@PORT
def up(port: int) -> None:
    """在本机启动全部服务：网页、任务队列和时钟。"""
    from fivestep_web.core.schema import make_tables_if_new
    from fivestep_web.operations import supervisor

    config = Config.from_env(port)
    if config.is_new_sqlite:
        with load_app().app_context():
            make_tables_if_new()
    supervisor.up(config, port)


@main.command()
@PORT
def web(port: int) -> None:
    """只启动网页服务。"""
    _become("web", port)


@main.command()
def worker() -> None:
    """只启动任务队列。"""
    _become("worker")


@main.command()
def clock() -> None:
    """只启动时钟：到期事项、提醒、未办完的任务。"""
    _become("clock")


def _become(role: str, port: int | None = None) -> None:
    """Replace this process, so that signals reach the one that works."""
    from fivestep_web.operations.supervisor import bind_address

    config = Config.from_env(port)
    os.environ["FIVESTEP_BASE_URL"] = config.base_url
    sys.stdout.flush()
    command = processes.command(role, port=port or DEFAULT_PORT, bind=bind_address(config))
    os.execv(command[0], command)  # noqa: S606 - our own program


@main.command()
@with_appcontext
def doctor() -> None:
    """检查配置、数据库、队列、字体和时钟，每项一行。"""
    from fivestep_web.operations.doctor import examine

    findings = examine()
    for finding in findings:
        click.echo(finding.line)
    if any(finding.is_fault for finding in findings):
        raise SystemExit(1)


@main.command()
@FILE
@with_appcontext
def backup(file: Path) -> None:
    """把整个系统备份成一个文件。"""
    from fivestep_web.operations.backup import back_up

    manifest = back_up(file)
    click.echo(f"已备份到 {file}：{manifest.summary}。文件内含全部数据和密钥，请妥善保管。")


@main.command()
@FILE
@with_appcontext
def restore(file: Path) -> None:
    """把备份恢复到一个空的系统。"""
    from fivestep_web.operations.restore import restore as put_back

    manifest = put_back(file)
    click.echo(f"已恢复 {manifest.made_at} 的备份：{manifest.summary}。所有人须重新登录。")
