"""`fivestep backup`: the whole instance in one file, consistent while others write (trust.md K1)."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
import zipfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from flask import current_app
from sqlalchemy import URL, Connection, text

from fivestep_web.config import Config
from fivestep_web.core import clock
from fivestep_web.core.database import Base
from fivestep_web.core.errors import DomainError
from fivestep_web.extensions import db
from fivestep_web.operations import archive, health

PREFIX = ".fivestep-backup-"
ORPHAN_SECONDS = 86_400


def back_up(path: Path) -> archive.Manifest:
    """Write the backup to *path* (mode 0600), whole or not at all; refuses an existing file."""
    if path.exists():
        raise DomainError(f"文件 {path} 已存在，请换一个文件名")
    if not path.parent.is_dir():
        raise DomainError(f"目录 {path.parent} 不存在，请先建立")
    if health.database_state() != health.OK:
        raise DomainError("数据库无法连接或不是当前版本，请先运行 fivestep db upgrade")
    try:
        _remove_orphans(path.parent)
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=path.parent) as name:
            return _write(Path(name), path)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DomainError(f"备份没有完成，没有留下文件：{reason}") from error


def _write(folder: Path, path: Path) -> archive.Manifest:
    config: Config = current_app.config["FIVESTEP"]
    engine = db.engine.dialect.name
    database = folder / archive.DATABASES[engine]
    made_at = f"{clock.system_now().astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"
    counts = _copy_sqlite(database) if engine == "sqlite" else _dump_postgresql(database)
    secret = folder / archive.SECRET
    secret.touch(mode=0o600)
    secret.write_text(config.secret_key, encoding="utf-8")
    packed = folder / "backup"
    packed.touch(mode=0o600)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        members = {item.name: archive.add_file(file, item.name, item) for item in (database, secret)}
        manifest = archive.Manifest(
            format=archive.FORMAT,
            release=version("fivestep"),
            made_at=made_at,
            engine=engine,
            revision=health.newest_revision() or "",
            counts=counts,
            members=members,
        )
        archive.write_manifest(file, manifest)
    flush(packed)
    packed.replace(path)
    flush(path.parent)
    return manifest


def flush(path: Path) -> None:
    """Have the disk hold what was written to *path*, a file or a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def count_rows(connection: Connection) -> dict[str, int]:
    """Return the number of rows of each of our tables."""
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    return {
        table.name: connection.execute(db.select(db.func.count()).select_from(table)).scalar_one()
        for table in tables
    }


def _copy_sqlite(target: Path) -> dict[str, int]:
    """Copy the database at one moment; writers go on meanwhile (SQLite's backup interface, in WAL mode)."""
    source = quote(str(db.engine.url.database))
    target.touch(mode=0o600)
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=20)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise DomainError("数据库已损坏，没有备份；请从上一份备份恢复")
    engine = db.create_engine(f"sqlite:///{target}")
    try:
        with engine.connect() as connection:
            return count_rows(connection)
    finally:
        engine.dispose()


def _dump_postgresql(target: Path) -> dict[str, int]:
    """Run pg_dump on the very snapshot that the rows are counted in."""
    with db.engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        counts = count_rows(connection)
        arguments = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}"]
        run_postgresql("pg_dump", arguments, db.engine.url)
        connection.rollback()
    return counts


def run_postgresql(program: str, arguments: list[str], url: URL) -> None:
    """Run one of PostgreSQL's programs on our database; the password goes by the environment, unseen by `ps`.

    Raises DomainError with the program's own words when it is missing or fails.
    """
    found = shutil.which(program)
    if found is None:
        raise DomainError(f"没有找到 {program}：请安装与数据库同版本的 postgresql-client")
    target = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = dict(os.environ)
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(
        [found, *arguments, f"--dbname={target}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DomainError(
            f"{program} 失败：{done.stderr.strip().splitlines()[-1] if done.stderr.strip() else '?'}"
        )


def _remove_orphans(folder: Path) -> None:
    """Remove what a backup that was killed more than a day ago left behind."""
    for path in folder.glob(f"{PREFIX}*"):
        if time.time() - path.lstat().st_mtime > ORPHAN_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
