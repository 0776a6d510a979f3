"""The `fivestep` command: parse, open a unit of work, call a service (interfaces.md)."""

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError

from fivestep_web.config import ConfigError
from fivestep_web.core.errors import Refusal

# the features' own commands; each module adds to `main` when it is imported
FEATURE_COMMANDS = (
    "fivestep_web.audit.cli",
    "fivestep_web.accounts.cli",
    "fivestep_web.operations.cli",
    "fivestep_web.documents.cli",
    "fivestep_web.assessment.cli",
    "fivestep_web.workbook.cli",
    "fivestep_web.demo.cli",
)


class Commands(click.Group):
    """Turns every refusal into one clear line on standard error and exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        load_commands()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        load_commands()
        return super().get_command(ctx, cmd_name)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with wrong_usage_in_one_line():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        try:
            with wrong_usage_in_one_line():
                return super().invoke(ctx)
        except (Refusal, ConfigError) as refusal:
            raise Failure(str(refusal)) from refusal
        except (OperationalError, ProgrammingError) as error:
            raise Failure("数据库没有应答，或不是当前版本的，请先运行 fivestep db upgrade 再试") from error


def load_commands() -> None:
    """Import the features' commands, once."""
    for module in FEATURE_COMMANDS:
        import_module(module)


class Failure(click.ClickException):
    """A refusal of the command line."""

    def show(self, file: object = None) -> None:
        del file
        click.echo(f"错误：{self.format_message()}", err=True)


class WrongUsage(Failure):
    """A command typed wrongly: one line, exit status 2."""

    exit_code = 2


@contextmanager
def wrong_usage_in_one_line() -> Iterator[None]:
    """Turn click's three lines of English into one that names the command whose help tells more."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise  # the help itself
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "fivestep"
        raise WrongUsage(f"{_told(error)}，用法见 {command} --help") from error


def _told(error: click.UsageError) -> str:
    """Return what is wrong, in one line without a full stop."""
    message = " ".join(error.message.split()).rstrip(".。")
    match error:
        case click.MissingParameter(param=click.Parameter() as parameter):
            return f"缺少 {_name(parameter)}"
        case click.NoSuchOption():
            return f"没有 {error.option_name} 这个选项"
        case click.BadParameter(param=click.Parameter() as parameter):
            return f"{_name(parameter)} 的值不能用（{message}）"
    return message


def _name(parameter: click.Parameter) -> str:
    """Return a parameter as people type it: FILE, --out."""
    return parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name


def load_app() -> Flask:
    """Make the application; a wrong setting becomes one line."""
    from fivestep_web import create_app

    return create_app()


@click.group(cls=Commands, context_settings={"help_option_names": ["--help"]})
@click.pass_context
def main(ctx: click.Context) -> None:
    """五步工作法内网系统。"""
    ctx.obj = ScriptInfo(create_app=load_app)


def with_database(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run *command* inside the application; a database that is still new and bare gets its tables first."""

    @functools.wraps(command)
    def prepared(*args: Any, **kwargs: Any) -> Any:
        from fivestep_web.core.schema import make_tables_if_new

        make_tables_if_new()
        return command(*args, **kwargs)

    return with_appcontext(prepared)


@main.group()
def db() -> None:
    """数据库。"""


@db.command("upgrade")
@with_appcontext
def db_upgrade() -> None:
    """把数据库升级到当前版本。"""
    from fivestep_web.core.schema import migrate

    migrate()


def run() -> None:
    """Entry point that never shows a traceback for bad input."""
    sys.exit(main())
