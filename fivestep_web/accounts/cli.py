"""`fivestep admin create NAME`: the first administrator."""

import click

from fivestep_web.accounts import services
from fivestep_web.cli import main, with_database
from fivestep_web.core.transaction import unit_of_work


@main.group()
def admin() -> None:
    """管理员。"""


@admin.command("create")
@click.argument("name")
@click.password_option(
    prompt="密码",
    confirmation_prompt="再输一遍密码",
    help="密码；不写则提示输入（命令行里的密码会留在历史中）",
)
@with_database
def admin_create(name: str, password: str) -> None:
    """建立第一个管理员账号，密码在提示后输入。"""
    with unit_of_work():
        services.create_first_administrator(name, password)
    click.echo(f"已建立管理员“{name}”，请用它登录后建立单位、人员和账号")
