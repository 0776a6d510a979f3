"""The `fivestep` command typed wrongly: one line on standard error, exit status 2."""

import pytest
from click.testing import CliRunner

from fivestep_web.cli import main


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nosuch"], "用法见 fivestep --help"),
        (["--nosuch"], "没有 --nosuch 这个选项，用法见 fivestep --help"),
        (["score"], "缺少 YEAR，用法见 fivestep score --help"),
        (["score", "abc"], "YEAR 的值不能用"),
        (["score", "2026", "--format", "yaml"], "--format 的值不能用"),
        (["score", "2026", "--nosuch"], "没有 --nosuch 这个选项"),
        (["import", "check"], "用法见 fivestep import check --help"),
        (["up", "--port", "99999"], "--port 的值不能用"),
    ],
)
def test_wrong_usage_is_one_line_naming_the_help_that_tells_more(arguments, told):
    outcome = CliRunner().invoke(main, arguments, prog_name="fivestep")
    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert len(outcome.stderr.splitlines()) == 1
    assert told in outcome.stderr


def test_a_group_without_a_command_shows_its_help():
    outcome = CliRunner().invoke(main, ["import"], prog_name="fivestep")
    assert "template" in outcome.output
