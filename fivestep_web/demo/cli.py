"""The demo command."""

import click
from flask.cli import with_appcontext

from fivestep_web.cli import main
from fivestep_web.core import settings
from fivestep_web.core.transaction import unit_of_work


@main.command()
@click.option("--if-empty", is_flag=True, help="已有数据时不报错：数据库升级到当前版本，只显示登录名。")
@with_appcontext
def demo(*, if_empty: bool) -> None:
    """把示例县（青禾县）载入空的实例。"""
    from fivestep_web.core.schema import make_tables_if_new, migrate
    from fivestep_web.demo import services
    from fivestep_web.demo.signers import PIN

    (migrate if if_empty else make_tables_if_new)()
    if not if_empty or services.is_empty():
        with unit_of_work():
            services.load_demo()
        click.echo("示例县已载入。")
    if settings.is_demo():
        click.echo(f"示例登录名（密码都是 {services.PASSWORD}，签名 PIN 都是 {PIN}）：")
        for item in services.sign_ins():
            click.echo(f"  {item.username:<8} {item.name}　{item.role}")
