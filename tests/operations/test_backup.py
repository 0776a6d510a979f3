"""A backup is whole or not there; what is restored is what was backed up (trust.md K1, K2)."""

import hashlib
import random
import shutil
import sqlite3
import stat
import sys
import time
import zipfile
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select, text

from fivestep_web import create_app
from fivestep_web.accounts.models import User, WebSession
from fivestep_web.audit.models import AuditEntry
from fivestep_web.audit.services import record
from fivestep_web.audit.verification import verify
from fivestep_web.config import PROJECT
from fivestep_web.core import clock, jobs
from fivestep_web.core.errors import Conflict, DomainError
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.models import Blob
from fivestep_web.extensions import db as database
from fivestep_web.operations import archive, health
from fivestep_web.operations.backup import back_up
from fivestep_web.operations.restore import restore
from tests.conftest import make_config
from tests.factories.machine import Machine, a_machine, wait_until

COMMAND = (sys.executable, "-P", "-c", "from fivestep_web.cli import main; main()")
LETTER = b"PK letter"


def fill() -> None:
    """Store one of each thing that a restore must keep or end."""
    with unit_of_work():
        now = clock.system_now()
        database.session.add(User(username="admin", password_hash="argon2id$x"))
        database.session.add(WebSession(token_hash="a" * 64, data="{}", created_at=now, seen_at=now))
        database.session.add(Blob(sha256=hashlib.sha256(LETTER).hexdigest(), size=len(LETTER), data=LETTER))
        jobs.enqueue("accounts.remove_expired_sessions", "2026-03-01", key="waiting")
        record(SYSTEM, "test.done", "thing:1", note="责任书")


@pytest.fixture
def filled(machine: Machine) -> Machine:
    with machine.app.app_context():
        fill()
    return machine


@pytest.fixture
def backup(filled, tmp_path):
    path = tmp_path / "whole.fivestep"
    with filled.app.app_context():
        back_up(path)
    return path


def restored_app(target: Machine):
    """Return an application on what was restored, with the restored key."""
    secret = (target.folder / "secret_key").read_text()
    return create_app(replace(make_config(target.folder), secret_key=secret), TESTING=True)


def count(model) -> int:
    return database.session.scalar(select(func.count()).select_from(model))


def check_restored() -> None:
    """Be what `fill` stored, with the sessions ended and the restore noted."""
    assert database.session.scalar(select(User.password_hash)) == "argon2id$x"
    assert count(WebSession) == 0
    assert database.session.scalar(select(Blob.data)) == LETTER
    assert [row.key for row in jobs.due()] == ["waiting"]
    actions = list(database.session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)))
    assert actions == ["test.done", "instance.restored"]
    assert verify().faults == ()


def test_another_machine_gets_everything_but_the_sessions(backup, template):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with a_machine(template) as target:
        with target.app.app_context():
            restore(backup)
        app = restored_app(target)
        assert app.config["SECRET_KEY"] == "test-secret-key-of-32-characters-or-more"
        assert stat.S_IMODE((target.folder / "secret_key").stat().st_mode) == 0o600
        with app.app_context():
            check_restored()
            database.engine.dispose()


def test_a_machine_without_any_database_can_be_restored_to(backup, template):
    with a_machine(template) as target:
        (target.folder / "fivestep.db").unlink()
        with target.app.app_context():
            database.engine.dispose()
            restore(backup)
        with restored_app(target).app_context():
            check_restored()
            database.engine.dispose()


def test_an_instance_with_data_is_left_as_it_is(backup, filled):
    before = filled.execute("SELECT COUNT(*) FROM audit_entry")
    with filled.app.app_context(), pytest.raises(Conflict, match="已有数据"):
        restore(backup)
    assert filled.execute("SELECT COUNT(*) FROM audit_entry") == before
    assert filled.execute("SELECT COUNT(*) FROM web_session") == [(1,)]


def damaged_forms(data: bytes, chance: random.Random):
    yield b""
    yield b"no zip at all"
    yield data[: len(data) // 2]
    yield data[:-10]
    for _time in range(25):
        place = chance.randrange(len(data))
        yield data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


def test_damage_is_found_before_anything_is_touched(backup, template, tmp_path):
    original = backup.read_bytes()
    broken = tmp_path / "broken"
    refused = 0
    with a_machine(template) as target:
        for form in damaged_forms(original, random.Random(7)):  # noqa: S311
            broken.write_bytes(form)
            try:
                archive.extract(broken, fresh(tmp_path / "out"))
            except archive.DamagedError:
                refused += 1
                with target.app.app_context(), pytest.raises(archive.DamagedError):
                    restore(broken)
        assert refused >= 25  # the rest struck bytes of the zip that mean nothing
        assert not (target.folder / "secret_key").exists()
        assert target.execute("SELECT COUNT(*) FROM audit_entry") == [(0,)]
        assert list(target.folder.glob(".restore-*")) == []


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


@contextmanager
def rewritten(backup, name, change):
    """Give a copy of the backup whose database was changed with a manifest to match: damage done before."""
    folder = fresh(backup.parent / "unpacked")
    manifest = archive.extract(backup, folder)
    with closing(sqlite3.connect(folder / "database.sqlite3")) as connection, connection:
        connection.execute(change)
    path = backup.parent / name
    with zipfile.ZipFile(path, "w") as file:
        members = {item: archive.add_file(file, item, folder / item) for item in manifest.members}
        archive.write_manifest(file, replace(manifest, members=members))
    yield path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE blob SET data = X'00'", "内容被改动过"),
        ("DELETE FROM web_session", "web_session 应有 1 行，实有 0 行"),
    ],
)
def test_files_and_rows_are_checked_against_hash_and_count(backup, template, change, words):
    with a_machine(template) as target, rewritten(backup, "altered", change) as path:
        with target.app.app_context(), pytest.raises(DomainError, match=words):
            restore(path)
        assert target.execute("SELECT COUNT(*) FROM audit_entry") == [(0,)]


def test_a_backup_of_a_newer_release_is_refused(backup, template, tmp_path):
    folder = fresh(tmp_path / "unpacked")
    manifest = archive.extract(backup, folder)
    with zipfile.ZipFile(tmp_path / "newer", "w") as file:
        for item in manifest.members:
            archive.add_file(file, item, folder / item)
        archive.write_manifest(file, replace(manifest, revision="ffffffffffff", release="9.9"))
    with a_machine(template) as target, target.app.app_context(), pytest.raises(DomainError, match=r"9\.9"):
        restore(tmp_path / "newer")


def test_an_older_backup_is_migrated(backup, template, tmp_path):
    folder = fresh(tmp_path / "unpacked")
    manifest = archive.extract(backup, folder)
    url = f"sqlite:///{folder / 'database.sqlite3'}"
    with create_app(make_config(folder, url), TESTING=True).app_context():
        downgrade(directory=str(PROJECT / "migrations"), revision="-1")
        revision = database.session.scalar(text("SELECT version_num FROM alembic_version"))
        tables = database.inspect(database.engine).get_table_names()
        database.session.remove()
        database.engine.dispose()
    assert revision != manifest.revision
    counts = {name: rows for name, rows in manifest.counts.items() if name in tables}
    with zipfile.ZipFile(tmp_path / "older", "w") as file:
        members = {item: archive.add_file(file, item, folder / item) for item in manifest.members}
        older = replace(manifest, revision=revision, members=members, counts=counts)
        archive.write_manifest(file, older)
    with a_machine(template) as target:
        with target.app.app_context():
            restore(tmp_path / "older")
        with restored_app(target).app_context():
            check_restored()
            assert health.database_state() == health.OK
            database.engine.dispose()


def test_another_key_in_the_environment_is_refused(backup, template, monkeypatch):
    monkeypatch.setenv("FIVESTEP_SECRET_KEY", "another")
    with (
        a_machine(template) as target,
        target.app.app_context(),
        pytest.raises(DomainError, match="密钥不同"),
    ):
        restore(backup)


def test_a_file_that_is_there_is_never_overwritten(backup, filled):
    before = backup.read_bytes()
    with filled.app.app_context(), pytest.raises(DomainError, match="已存在"):
        back_up(backup)
    assert backup.read_bytes() == before


def test_a_missing_folder_is_one_clear_line(filled, tmp_path):
    refused = filled.run(*COMMAND, "backup", str(tmp_path / "nowhere" / "x"))
    assert refused.wait(30) == 1
    assert filled.log(refused).strip() == f"错误：目录 {tmp_path / 'nowhere'} 不存在，请先建立"


def test_a_full_disk_leaves_no_file(filled, tmp_path, monkeypatch):
    def full(*arguments, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "add_file", full)
    with filled.app.app_context(), pytest.raises(DomainError, match="没有留下文件"):
        back_up(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_killed_at_any_moment_leaves_no_half_file(filled, tmp_path):
    filled.execute(
        "INSERT INTO blob SELECT hex(randomblob(32)), 3000000, randomblob(3000000) FROM audit_entry"
    )
    chance = random.Random(3)  # noqa: S311
    for turn in range(5):
        path = tmp_path / str(turn)
        back_up_and_kill(filled, path, chance.uniform(0, 0.15))
        if path.exists():
            archive.extract(path, fresh(tmp_path / "out"))
    last = tmp_path / "last"
    assert filled.run(*COMMAND, "backup", str(last)).wait(60) == 0
    archive.extract(last, fresh(tmp_path / "out"))


def back_up_and_kill(machine, path, delay):
    """Kill a backup *delay* seconds after it has begun to write."""
    process = machine.run(*COMMAND, "backup", str(path))
    parts = path.parent.glob
    wait_until(lambda: list(parts(".fivestep-backup-*")) or process.poll() is not None)
    time.sleep(delay)
    process.kill()
    process.wait()
    for leftover in parts(".fivestep-backup-*"):
        shutil.rmtree(leftover)


@pytest.mark.redis
def test_a_backup_among_writers_is_one_moment(machine, template, tmp_path):
    machine.start_redis()
    machine.start_worker()
    machine.ask("quick", numbers=range(150))
    wait_until(lambda: len(machine.published()) > 5)
    with machine.app.app_context():
        back_up(tmp_path / "moment")
    assert machine.count_open() > 0
    folder = fresh(tmp_path / "out")
    archive.extract(tmp_path / "moment", folder)
    with closing(sqlite3.connect(folder / "database.sqlite3")) as copy:
        done = copy.execute("SELECT COUNT(*) FROM outbox WHERE done_at IS NOT NULL").fetchone()
        assert copy.execute("SELECT COUNT(*) FROM test_published").fetchone() == done
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.postgresql
def test_postgresql_is_backed_up_and_restored(postgresql_url, tmp_path):
    apps = []
    for name in ("source", "target"):
        folder = tmp_path / name
        folder.mkdir()
        with closing(database_admin(postgresql_url)) as admin:
            admin.execute(f"CREATE DATABASE {name}")
        url = postgresql_url.replace("/postgres?", f"/{name}?")
        apps.append(create_app(make_config(folder, url), TESTING=True))
    source, target = apps
    with source.app_context():
        upgrade(directory=str(PROJECT / "migrations"))
        fill()
        back_up(tmp_path / "whole")
        database.session.remove()
        database.engine.dispose()
    with target.app_context():
        upgrade(directory=str(PROJECT / "migrations"))
        restore(tmp_path / "whole")
        check_restored()
        with pytest.raises(Conflict):
            restore(tmp_path / "whole")
        database.session.remove()
        database.engine.dispose()


def database_admin(url):
    import psycopg

    return psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)
