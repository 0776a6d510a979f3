"""Steps of tests that are taken once a run and then put back row by row.

Bringing a year through its assessment takes a second or two; its rows are back in some hundredths. A step
is known by what it is, its arguments, its day, and the steps before it: as soon as anything else has been
written in a test, its later steps are taken as they are written.

The rows put back are those of the first time, with their ids: a sequence of PostgreSQL is past them for
good, as no rollback takes it back, and SQLite numbers on from the highest.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import current_app
from sqlalchemy import Connection, Table, delete, event, insert, inspect, select, text, tuple_

from fivestep_web.core import clock
from fivestep_web.core.database import Base
from fivestep_web.extensions import db

P, R = ParamSpec("P"), TypeVar("R")
Rows = dict[Table, dict[tuple[Any, ...], dict[str, Any]]]
WRITING = ("INSERT", "UPDATE", "DELETE")


@dataclass
class _Trace:
    """The remembered steps the running test has taken; it is lost once anything else was written."""

    steps: tuple[str, ...] = ()
    is_within: bool = False
    is_lost: bool = True

    def begin(self) -> None:
        self.steps, self.is_lost = (), False


@dataclass(frozen=True)
class _Step:
    """What a step changed, by the keys of the rows, and what it returned."""

    gone: Rows = field(repr=False)
    new: Rows = field(repr=False)
    returned: Any


_kept: dict[tuple[str, ...], _Step] = {}
_trace = _Trace()


@contextmanager
def watched(connection: Connection) -> Iterator[None]:
    """Follow what a test writes on its connection."""
    _trace.begin()

    def note(conn: Connection, cursor: object, statement: str, *rest: object) -> None:
        if not _trace.is_within and statement.lstrip().upper().startswith(WRITING):
            _trace.is_lost = True

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", note)
        _trace.is_lost = True


def remembered(take: Callable[P, R]) -> Callable[P, R]:
    """Make a step of tests remembered.

    Its arguments and what it returns may be model objects, also in dataclasses, lists and dictionaries:
    these are read anew. It must leave nothing behind but rows.
    """

    @wraps(take)
    def step(*args: P.args, **kwargs: P.kwargs) -> R:
        db.session.commit()
        if _trace.is_lost or _trace.is_within:
            return take(*args, **kwargs)
        place = current_app.config["FIVESTEP"].instance
        key = repr((take.__module__, take.__qualname__, _noted(args), _noted(kwargs), clock.today(), place))
        steps = (*_trace.steps, key)
        _trace.is_within = True
        try:
            if steps not in _kept:
                before = _rows()
                made = take(*args, **kwargs)
                db.session.commit()
                after = _rows()
                _kept[steps] = _Step(_without(before, after), _without(after, before), _noted(made))
            else:
                _put_back(_kept[steps])
        finally:
            _trace.is_within = False
        _trace.steps = steps
        found: R = _read(_kept[steps].returned)
        return found

    return step


def _rows() -> Rows:
    found: Rows = {}
    for table in Base.metadata.sorted_tables:
        key = [column.name for column in table.primary_key]
        rows = [dict(row) for row in db.session.execute(select(table)).mappings()]
        found[table] = {tuple(row[name] for name in key): row for row in rows}
    return found


def _without(rows: Rows, others: Rows) -> Rows:
    """Return the rows that are not, or not alike, among the others."""
    return {
        table: left
        for table, found in rows.items()
        if (left := {key: row for key, row in found.items() if repr(others[table].get(key)) != repr(row)})
    }


def _put_back(step: _Step) -> None:
    connection = db.session.connection()
    _set_checks(connection, on=False)
    for table, rows in step.gone.items():
        connection.execute(delete(table).where(tuple_(*table.primary_key).in_(list(rows))))
    for table, rows in step.new.items():
        connection.execute(insert(table), list(rows.values()))
    _set_checks(connection, on=True)
    db.session.commit()


def _set_checks(connection: Connection, *, on: bool) -> None:
    """Let rows refer to rows that come later."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA defer_foreign_keys = {'OFF' if on else 'ON'}"))
    else:
        connection.execute(text(f"SET session_replication_role = {'origin' if on else 'replica'}"))


@dataclass(frozen=True)
class _Stored:
    """A model object, as its class and key."""

    model: type[Base]
    identity: Any


def _noted(value: Any) -> Any:
    return _mapped(value, Base, lambda item: _Stored(type(item), inspect(item).identity))


def _read(value: Any) -> Any:
    return _mapped(value, _Stored, lambda item: db.session.get_one(item.model, item.identity))


def _mapped(value: Any, kind: type, turn: Callable[[Any], Any]) -> Any:
    """Return *value* with what is of *kind* in it turned."""
    if isinstance(value, kind):
        return turn(value)
    if isinstance(value, dict):
        return {key: _mapped(item, kind, turn) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_mapped(item, kind, turn) for item in value)
    if is_dataclass(value) and not isinstance(value, type | _Stored):
        return type(value)(
            **{each.name: _mapped(getattr(value, each.name), kind, turn) for each in fields(value)}
        )
    return value
