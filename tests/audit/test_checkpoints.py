"""Checkpoints and the commands around them, with the stand-alone tool (trust.md A4, settled choice 7)."""

import json
import subprocess
import sys
from dataclasses import asdict, replace

import pytest
from click.testing import CliRunner

from fivestep_web.audit import checkpoints, queries, verification
from fivestep_web.audit.services import record
from fivestep_web.cli import main
from fivestep_web.config import PROJECT
from fivestep_web.core.errors import DomainError
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from tests.audit.test_chain import cut_the_tail, drop_the_triggers, rewrite, write


def run(*arguments):
    return CliRunner().invoke(main, ["audit", *arguments])


def tool(*arguments):
    command = [sys.executable, str(PROJECT / "tools" / "verify_checkpoint.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(autouse=True)
def _only_the_log(monkeypatch):
    monkeypatch.setattr(verification, "_checks", {})


def test_a_checkpoint_names_size_head_root_and_is_signed(db, tmp_path):
    write(5)
    path = checkpoints.write_checkpoint(tmp_path)
    checkpoint = checkpoints.read_checkpoint(path)
    assert checkpoint.size == 5
    assert checkpoint.head == [*queries.read_links()][-1].digest
    assert checkpoint.short == f"5-{checkpoint.root[:16]}"
    assert path.name.startswith("checkpoint-")
    assert [other.name for other in tmp_path.iterdir()] == [path.name]
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "name", ["size", "head", "root", "at", "public_key", "key_id", "signature", "format"]
)
def test_no_field_of_a_checkpoint_can_be_changed(db, tmp_path, name):
    write(3)
    path = checkpoints.write_checkpoint(tmp_path)
    fields = json.loads(path.read_text())
    value = fields[name]
    fields[name] = value + 1 if isinstance(value, int) else ("1" if value[0] != "1" else "2") + value[1:]
    path.write_text(json.dumps(fields))
    with pytest.raises(DomainError, match=path.name):
        checkpoints.read_checkpoint(path)
    assert tool(tmp_path / "none", path).returncode == 1


def test_the_first_checkpoint_of_a_day_stays(db, tmp_path):
    write(2)
    path = checkpoints.write_checkpoint(tmp_path)
    before = path.read_bytes()
    write(1)
    assert checkpoints.write_checkpoint(tmp_path) == path
    assert path.read_bytes() == before


def test_the_latest_readable_checkpoint_is_found(db, tmp_path):
    assert checkpoints.find_latest(tmp_path) is None
    for day, count in (("20260112", 2), ("20260113", 1)):
        write(count)
        (tmp_path / f"checkpoint-{day}.json").write_text(checkpoints.take_checkpoint().spelled())
    (tmp_path / "checkpoint-29990101.json").write_text("broken")
    assert checkpoints.find_latest(tmp_path).size == 3


def test_a_checkpoint_well_signed_by_another_instance_is_refused(db, tmp_path, app, monkeypatch):
    write(3)
    path = tmp_path / "checkpoint-20260112.json"
    with monkeypatch.context() as elsewhere:
        config = replace(app.config["FIVESTEP"], secret_key="another secret key of 32 characters")
        elsewhere.setitem(app.config, "FIVESTEP", config)
        path.write_text(checkpoints.take_checkpoint().spelled())
        assert checkpoints.read_checkpoint(path).size == 3
    with pytest.raises(DomainError, match="另一把密钥"):
        checkpoints.read_checkpoint(path)


def test_a_log_that_is_not_whole_gets_no_checkpoint(db, tmp_path):
    write(4)
    drop_the_triggers()
    database.session.execute(database.text("DELETE FROM audit_entry WHERE sequence = 2"))
    with pytest.raises(DomainError, match="缺少第 2 条"):
        checkpoints.write_checkpoint(tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_verify_says_how_much_it_checked(db):
    write(3)
    result = run("verify")
    assert (result.exit_code, result.output) == (0, "通过：操作日志 3 条，签名和文档均未改动\n")


def test_verify_exits_1_with_the_first_bad_entry(db):
    write(8)
    drop_the_triggers()
    cut_the_tail(None)
    database.session.commit()
    result = run("verify")
    assert (result.exit_code, result.stderr) == (1, "不通过：日志末尾缺少第 6 至 8 条记录\n")


def test_verify_finds_a_rewritten_log_by_the_checkpoint_file(db, tmp_path):
    write(8)
    kept = tmp_path / "kept.json"
    kept.write_text(run("checkpoint").stdout)
    assert run("verify", "--checkpoint", str(kept)).exit_code == 0
    drop_the_triggers()
    links = [*queries.read_links()]
    rewrite([*links[:3], *links[4:]])
    database.session.commit()
    result = run("verify", "--checkpoint", str(kept))
    assert result.exit_code == 1
    assert result.stderr.startswith("不通过：日志末尾缺少") or "整体改写" in result.stderr


@pytest.mark.parametrize("content", [None, "", "[]", '{"format": "x"}', "\x00"])
def test_a_bad_checkpoint_file_is_one_clear_line(db, tmp_path, content):
    path = tmp_path / "kept.json"
    if content is not None:
        path.write_text(content)
    result = run("verify", "--checkpoint", str(path))
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert str(path) in result.stderr


def test_the_exported_log_is_verified_without_the_system(db, tmp_path):
    write(3)
    early = checkpoints.write_checkpoint(tmp_path)
    write(4)
    late = tmp_path / "late.json"
    late.write_text(run("checkpoint").stdout)
    log = tmp_path / "log.jsonl"
    assert run("export", str(log)).exit_code == 0
    result = tool(log, early, late)
    assert (result.returncode, result.stdout) == (0, "通过：日志 8 条，与 2 个检查点一致\n")
    assert tool(log, early, "--key", json.loads(early.read_text())["key_id"]).returncode == 0
    assert tool(log, early, "--key", "0" * 16).returncode == 1


def test_the_tool_finds_what_was_rewritten_between_two_checkpoints(db, tmp_path):
    write(8)
    early = checkpoints.write_checkpoint(tmp_path)
    drop_the_triggers()
    links = [*queries.read_links()]
    digest = rewrite([links[0], links[2], *links[3:], links[1]])
    chain = verification.Chain()
    for number, link in enumerate(queries.read_links(), 1):
        chain.tree.add(link.body.encode())
        chain.size = number
    chain.head = digest
    late = tmp_path / "late.json"
    late.write_text(checkpoints.make_checkpoint(chain, links[-1].at).spelled())
    log = tmp_path / "log.jsonl"
    log.write_text(
        "".join(
            json.dumps({name: getattr(link, name) for name in ("sequence", "body", "previous", "digest")})
            + "\n"
            for link in queries.read_links()
        )
    )
    assert tool(log, late).returncode == 0
    result = tool(log, early, late)
    assert result.returncode == 1
    assert "日志被改写" in result.stderr


def test_the_tool_finds_an_edited_and_a_shortened_export(db, tmp_path):
    write(5)
    kept = checkpoints.write_checkpoint(tmp_path)
    log = tmp_path / "log.jsonl"
    run("export", str(log))
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join([*lines[:2], lines[2].replace("thing:2", "thing:9"), *lines[3:]]))
    assert "第 3 条" in tool(log, kept).stderr
    log.write_text("".join(lines[:4]))
    assert "末尾被截去" in tool(log, kept).stderr


def test_an_export_overwrites_nothing(db, tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text("mine")
    assert run("export", str(log)).exit_code == 1
    assert log.read_text() == "mine"
    assert run("export", str(tmp_path / "none" / "log.jsonl")).exit_code == 1


def test_no_secret_gets_into_a_checkpoint(app, db):
    with unit_of_work():
        record(SYSTEM, "test.done", "thing:1")
    spelled = checkpoints.take_checkpoint()
    assert app.config["SECRET_KEY"] not in json.dumps(asdict(spelled))
