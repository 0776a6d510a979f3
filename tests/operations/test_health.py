"""What probes and monitoring are told."""

import logging

from sqlalchemy import text

from fivestep_web.core import jobs
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db as database
from fivestep_web.operations import health

BASE = "http://127.0.0.1:8000"


def test_liveness_needs_nothing(client):
    answer = client.get("/healthz", base_url=BASE)
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "Set-Cookie" not in answer.headers


def test_readiness_names_the_part_that_is_missing(client):
    answer = client.get("/readyz", base_url=BASE)
    assert answer.status_code == 503
    assert answer.json == {
        "status": "not ready",
        "database": "ok",
        "redis": "unreachable",
        "worker": "unknown",
    }


def test_a_database_behind_the_release_is_not_ready(client):
    database.session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    database.session.commit()
    assert client.get("/readyz", base_url=BASE).json["database"] == health.PENDING


def test_figures_are_for_this_machine_only(client):
    assert client.get("/metrics", base_url=BASE).status_code == 200
    assert client.get("/metrics", base_url=BASE, environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 404
    assert client.get("/metrics", base_url=BASE, headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 404


def test_figures_tell_depth_failures_and_documents(client):
    with unit_of_work():
        for number in range(3):
            jobs.enqueue("accounts.nothing", number, key=f"n-{number}")
    claim = jobs.claim("n-0")
    with unit_of_work():
        jobs.fail("n-0", claim.gen, "x", tries=1, limit=1)
    lines = client.get("/metrics", base_url=BASE).text.splitlines()
    assert "fivestep_outbox_waiting 2" in lines
    assert "fivestep_outbox_failed 1" in lines
    assert 'fivestep_documents{state="ready"} 0' in lines


def test_requests_are_logged_and_counted_by_pattern_never_by_path(client, caplog):
    with caplog.at_level(logging.INFO, "fivestep.request"):
        client.get("/letters/4711", base_url=BASE)
        client.get("/no-such-page/SECRETCODE", base_url=BASE)
    assert [record.getMessage().split()[:2] for record in caplog.records] == [
        ["GET", "/letters/<int:letter_id>"],
        ["GET", "-"],
    ]
    figures = client.get("/metrics", base_url=BASE).text
    assert 'route="/letters/<int:letter_id>"' in figures
    assert "/letters/4711" not in figures
    assert "SECRETCODE" not in figures
