"""Bringing the database to the version of this release."""

from flask_migrate import upgrade
from sqlalchemy import inspect

from fivestep_web.config import PROJECT
from fivestep_web.extensions import db

MIGRATIONS = str(PROJECT / "migrations")


def migrate() -> None:
    """Run every migration that has not run yet."""
    upgrade(directory=MIGRATIONS)


def make_tables_if_new() -> None:
    """Make the tables of a database that has none; an older version is left to `db upgrade`."""
    if not inspect(db.engine).get_table_names():
        db.session.remove()
        migrate()
