"""`fivestep restore`: a whole backup into an empty instance, or nothing at all (trust.md K2)."""

import hashlib
import os
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import delete, select, text

from fivestep_web.accounts.models import WebSession
from fivestep_web.audit import services as audit
from fivestep_web.config import PROJECT, Config
from fivestep_web.core.database import Base
from fivestep_web.core.errors import Conflict, DomainError
from fivestep_web.core.permissions import SYSTEM
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.documents.models import Blob
from fivestep_web.extensions import db
from fivestep_web.operations import archive, backup
from fivestep_web.operations.supervisor import only_one

TELLING_TABLES = ("user", "person", "unit", "plan_year", "audit_entry", "generated_document")
MIGRATIONS = str(PROJECT / "migrations")


def restore(path: Path) -> archive.Manifest:
    """Check the whole backup, then put it in place: migrated, its sessions ended, noted in the audit log.

    Refuses an instance that has data or runs, and a backup that is damaged, newer or of another database.
    """
    config: Config = current_app.config["FIVESTEP"]
    with (
        only_one(config.instance),
        tempfile.TemporaryDirectory(prefix=".restore-", dir=config.instance) as name,
    ):
        _check_empty()
        folder = Path(name)
        manifest = archive.extract(path, folder)
        secret = (folder / archive.SECRET).read_text(encoding="utf-8")
        _check_fits(manifest, secret)
        if manifest.engine == "sqlite":
            _restore_sqlite(config, manifest, folder, secret)
        else:
            _restore_postgresql(config, manifest, folder, secret)
    return manifest


def _check_empty() -> None:
    tables = set(db.inspect(db.engine).get_table_names())
    for name in TELLING_TABLES:
        table = Base.metadata.tables[name]
        if name in tables and db.session.execute(select(table).limit(1)).first() is not None:
            raise Conflict("本系统已有数据，只能恢复到空的系统；请换一个 FIVESTEP_INSTANCE 或数据库")
    db.session.rollback()


def _check_fits(manifest: archive.Manifest, secret: str) -> None:
    """Refuse what this release, database or key cannot take."""
    engine = db.engine.dialect.name
    if manifest.engine != engine:
        raise DomainError(
            f"备份来自 {manifest.engine} 数据库，不能恢复到 {engine}；请改 FIVESTEP_DATABASE_URL"
        )
    try:
        ScriptDirectory(MIGRATIONS).get_revision(manifest.revision)
    except CommandError as error:
        raise DomainError(f"备份来自更新的版本（{manifest.release}），请先升级本系统") from error
    given = os.environ.get("FIVESTEP_SECRET_KEY")
    if given and given != secret:
        raise DomainError("FIVESTEP_SECRET_KEY 与备份中的密钥不同，签名和票码会失效；请改成备份时的密钥")


def _restore_sqlite(config: Config, manifest: archive.Manifest, folder: Path, secret: str) -> None:
    staged = folder / archive.DATABASES["sqlite"]
    target = Path(str(db.engine.url.database))
    db.session.remove()
    db.engine.dispose()
    _finish_database(replace(config, database_url=f"sqlite:///{staged}", secret_key=secret), manifest)
    with closing(sqlite3.connect(staged)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    backup.flush(staged)
    _put_secret(config, folder)
    for leftover in (f"{target}-wal", f"{target}-shm"):
        Path(leftover).unlink(missing_ok=True)
    staged.replace(target)
    backup.flush(target.parent)


def _restore_postgresql(config: Config, manifest: archive.Manifest, folder: Path, secret: str) -> None:
    dump = folder / archive.DATABASES["postgresql"]
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(dump)]
    _put_secret(config, folder)
    backup.run_postgresql("pg_restore", arguments, db.engine.url)
    db.engine.dispose()
    _finish_database(replace(config, secret_key=secret), manifest)


def _finish_database(config: Config, manifest: archive.Manifest) -> None:
    """Check the restored rows and files, migrate, end the sessions and note it all in the log."""
    from fivestep_web import create_app

    with create_app(config).app_context():
        try:
            _check_rows(manifest)
            upgrade(directory=MIGRATIONS)
            with unit_of_work():
                db.session.execute(delete(WebSession))
                audit.record(SYSTEM, "instance.restored", "instance:1", made_at=manifest.made_at)
        finally:
            db.session.remove()
            db.engine.dispose()


def _check_rows(manifest: archive.Manifest) -> None:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            answer = connection.execute(text("PRAGMA integrity_check")).scalar_one()
            if answer != "ok":
                raise archive.DamagedError("备份中的数据库已损坏，没有恢复任何内容")
        for name, expected in manifest.counts.items():
            table = Base.metadata.tables.get(name)
            if table is None:
                continue
            found = connection.execute(select(db.func.count()).select_from(table)).scalar_one()
            if found != expected:
                raise archive.DamagedError(f"备份中的 {name} 应有 {expected} 行，实有 {found} 行")
        files = connection.execution_options(yield_per=50).execute(select(Blob.sha256, Blob.data))
        for sha256, data in files:
            if hashlib.sha256(data).hexdigest() != sha256:
                raise archive.DamagedError(f"备份中的文件 {sha256[:16]} 内容被改动过，没有恢复任何内容")


def _put_secret(config: Config, folder: Path) -> None:
    if not os.environ.get("FIVESTEP_SECRET_KEY"):
        (folder / archive.SECRET).replace(config.instance / "secret_key")
