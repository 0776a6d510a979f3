"""The demo command."""

import click
from flask.cli import with_appcontext

from fivestep_web.cli import main
from fivestep_web.config import Config
from fivestep_web.core import settings
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.operations.cli import PORT


@main.command()
@click.option("--up", "is_up", is_flag=True, help="随后启动全部服务；已有数据的只升级到当前版本，照常启动。")
@PORT
@with_appcontext
def demo(*, is_up: bool, port: int) -> None:
    """把示例县（青禾县）载入空的实例。"""
    from fivestep_web.core.schema import make_tables_if_new, migrate
    from fivestep_web.demo import services
    from fivestep_web.operations import supervisor

    (migrate if is_up else make_tables_if_new)()
    if not is_up or services.is_empty():
        with unit_of_work():
            services.load_demo()
        click.echo("示例县已载入。")
    if settings.is_demo():
        _show_sign_ins()
    if is_up:
        db.session.remove()
        db.engine.dispose()
        supervisor.up(Config.from_env(port), port)


def _show_sign_ins() -> None:
    from fivestep_web.demo import services
    from fivestep_web.demo.signers import PIN

    click.echo(f"示例登录名（密码都是 {services.PASSWORD}，签名 PIN 都是 {PIN}）：")
    for item in services.sign_ins():
        click.echo(f"  {item.username:<8} {item.name}　{item.role}")
