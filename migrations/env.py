"""Run migrations on the application's own engine."""

from alembic import context
from flask import current_app
from sqlalchemy import types

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


def run() -> None:
    """Open one connection and migrate in one transaction."""
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=compare_type,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
