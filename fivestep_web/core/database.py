"""The declarative base, column helpers and the SQLite settings every table relies on."""

import enum
import sqlite3
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    String,
    Text,
    TypeDecorator,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, registry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Exact(TypeDecorator[Decimal]):
    """A Decimal kept digit by digit as text: SQLite would make it a binary float."""

    impl = String(60)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else format(value.normalize() if value else Decimal(0), "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        del dialect
        return None if value is None else Decimal(value)


class Summable(TypeDecorator[Decimal]):
    """A Decimal of 0–100 kept as a whole number of 10**-PLACES, so that SQL adds it up exactly.

    Raises ValueError for more decimals than PLACES, which is as many as any door lets in.
    """

    PLACES = 15
    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        del dialect
        if value is None:
            return None
        scaled = value.scaleb(self.PLACES)
        if scaled != int(scaled):
            raise ValueError(f"{value} has more than {self.PLACES} decimals")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        del dialect
        return None if value is None else Decimal(value).scaleb(-self.PLACES).normalize() + 0


Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Every table's base class."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcMoment(),
            date: Date(),
            Decimal: Exact(),
            str: Text(),
            dict[str, Any]: Json,
            list[Any]: Json,
        },
    )


def choice(members: type[enum.StrEnum]) -> Enum:
    """Return the column type of a closed list: the member's value, checked by the database."""
    return Enum(
        members,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda kind: [member.value for member in kind],
    )


def insert_missing(table: type[Base], dialect: Dialect) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that leaves what is there under the same key as it is."""
    insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def _prepare_sqlite(connection: Any, record: Any) -> None:
    del record
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy's begin event below decides, not the driver
    cursor = connection.cursor()
    # recursive_triggers: else INSERT OR REPLACE would delete an audit entry without asking the delete trigger
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=20000",
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")


def prepare_engine(engine: Engine) -> None:
    """Make SQLite durable and strict: WAL, full sync, foreign keys, waiting instead of failing."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
