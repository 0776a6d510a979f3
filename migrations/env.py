"""Run migrations on the application's own engine."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, types

from fivestep_web.core.database import Base, Exact, UtcMoment

database = current_app.extensions["migrate"].db


def render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    """Write our column types as plain ones: a migration must not change when our code does."""
    del autogen_context
    if kind == "type" and isinstance(item, UtcMoment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Exact):
        return "sa.String(length=60)"
    return False


def compare_type(
    context_: object,
    inspected_column: object,
    metadata_column: object,
    inspected_type: types.TypeEngine,
    metadata_type: types.TypeEngine,
) -> bool | None:
    """Let our wrappers count as what they are stored as."""
    del context_, inspected_column, metadata_column, inspected_type
    return False if isinstance(metadata_type, UtcMoment | Exact) else None


def set_foreign_keys(connection: Connection, *, on: bool) -> None:
    """Have SQLite ask about references or not; outside of a transaction, else it would not listen."""
    raw = connection.connection.driver_connection
    if raw is not None:
        raw.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def check_references(connection: Connection) -> None:
    """Raise RuntimeError where a row names another that is not there."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"rows refer to what is not there: {broken[:5]}")


def run() -> None:
    """Open one connection and migrate in one transaction.

    SQLite changes a table by way of a copy: references are checked at the end, not when the old one goes.
    """
    with database.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            set_foreign_keys(connection, on=False)
        try:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=True,
                render_item=render_item,
                compare_type=compare_type,
                transactional_ddl=True,
            )
            with context.begin_transaction():
                context.run_migrations()
                if is_sqlite:
                    check_references(connection)
        finally:
            connection.rollback()
            if is_sqlite:
                set_foreign_keys(connection, on=True)


run()
