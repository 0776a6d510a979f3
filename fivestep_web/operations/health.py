"""Is everything there that the product needs: the parts that /readyz and `fivestep doctor` ask for."""

from functools import cache

from alembic.script import ScriptDirectory
from redis.exceptions import RedisError
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from fivestep_web.config import PROJECT
from fivestep_web.core.bell import bell
from fivestep_web.extensions import db

OK = "ok"
PENDING = "migrations pending"
NONE_ALIVE = "none alive"


@cache
def newest_revision() -> str | None:
    """Return the migration this release needs."""
    return ScriptDirectory(str(PROJECT / "migrations")).get_current_head()


def state_of(connection: Connection) -> str:
    """Return "ok" or "migrations pending" of the database behind *connection*; raises SQLAlchemyError."""
    stored = None
    if inspect(connection).has_table("alembic_version"):
        stored = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return OK if stored == newest_revision() else PENDING


def database_state() -> str:
    """Return "ok", "unreachable" or "migrations pending"."""
    try:
        return state_of(db.session.connection())
    except SQLAlchemyError:
        return "unreachable"


def redis_state() -> str:
    """Return "ok" or "unreachable"."""
    try:
        bell().redis.ping()
    except (RedisError, OSError):
        return "unreachable"
    return OK


def worker_state() -> str:
    """Return "ok", "none alive" or "unknown" without Redis; a worker counts as dead after 10 s of silence."""
    return _role_state("worker")


def clock_state() -> str:
    """Return the same for the clock."""
    return _role_state("clock")


def _role_state(role: str) -> str:
    try:
        return OK if bell().count_alive(role) else NONE_ALIVE
    except (RedisError, OSError):
        return "unknown"


def readiness() -> dict[str, str]:
    """Return the state of each part that a working instance needs."""
    return {"database": database_state(), "redis": redis_state(), "worker": worker_state()}
