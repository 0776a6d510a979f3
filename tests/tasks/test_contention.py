"""Several workers at one row, and a disk that is full."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from flask_migrate import upgrade
from sqlalchemy import event, update

from fivestep_web import create_app
from fivestep_web.config import PROJECT
from fivestep_web.core import jobs
from fivestep_web.core.jobs import Outbox, publishing
from fivestep_web.core.settings import InstanceSetting
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from tasks import clock, registry, runner
from tests.conftest import make_config


@registry.task()
def bulky(claim, number):
    with publishing(claim):
        db.session.add(InstanceSetting(name=f"bulky-{number}", value="责任书" * 100_000))


def bulks(machine):
    return [
        name for (name,) in machine.execute("SELECT name FROM instance_setting WHERE name LIKE 'bulky-%'")
    ]


@contextmanager
def no_room():
    """Let the database not grow by a page: what SQLite meets on a full disk."""

    def limit(connection, record):
        connection.execute("PRAGMA max_page_count = 1")

    event.listen(db.engine, "connect", limit)
    db.engine.dispose()
    try:
        yield
    finally:
        event.remove(db.engine, "connect", limit)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def shared(request, tmp_path):
    """An application on a database of its own, for several threads."""
    url = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql_url")
        with closing(psycopg.connect(server.replace("+psycopg", ""), autocommit=True)) as admin:
            admin.execute(f'CREATE DATABASE "{tmp_path.name}"')
        url = server.replace("/postgres?", f"/{tmp_path.name}?")
    app = create_app(make_config(tmp_path, url), TESTING=True)
    with app.app_context():
        upgrade(directory=str(PROJECT / "migrations"))
    yield app
    with app.app_context():
        db.engine.dispose()


def all_at_once(app, action, arguments):
    """Return what *action* gives for each of *arguments*, each in a thread of its own context."""

    def alone(argument):
        with app.app_context():
            return action(argument)

    with ThreadPoolExecutor(6) as pool:
        return list(pool.map(alone, arguments))


def test_of_many_who_claim_at_once_one_gets_the_work(shared):
    keys = [f"work-{number}" for number in range(8)]
    with shared.app_context(), unit_of_work():
        for key in keys:
            jobs.enqueue("test_contention.bulky", 1, key=key)
    claims = all_at_once(shared, jobs.claim, [key for key in keys for _rival in range(6)])
    won = [held for held in claims if held]
    assert sorted(held.key for held in won) == keys
    assert {held.gen for held in won} == {1}


def test_of_many_clocks_one_starts_what_is_due(shared):
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    started = all_at_once(shared, lambda _clock: clock.start_due(now, clock.SCHEDULE), range(6))
    assert sum(started) == len(clock.SCHEDULE)


def test_a_full_disk_acknowledges_nothing_and_work_is_done_when_there_is_room(machine):
    with machine.app.app_context():
        with unit_of_work():
            for number in range(3):
                jobs.enqueue("test_contention.bulky", number, key=f"bulky-{number}")
        with no_room():
            for number in range(3):
                runner.run(f"bulky-{number}")
        assert bulks(machine) == []
        reasons = machine.execute("SELECT DISTINCT failure, done_at, failed_at FROM outbox")
        assert reasons == [("数据库没有接受这次写入，请稍后重试。", None, None)]

        with unit_of_work():
            db.session.execute(update(Outbox).values(not_before=None))
        for number in range(3):
            runner.run(f"bulky-{number}")
    assert bulks(machine) == ["bulky-0", "bulky-1", "bulky-2"]
    assert machine.count_open() == 0
