"""The ledger's pages over the whole demo county, beside a bare view of the same bytes.

Processor time of the server, so that a busy machine does not count against a page.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib import resources
from pathlib import Path

from flask import Flask, Response
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import func, select, update

from fivestep_web import create_app
from fivestep_web.accounts.models import User
from fivestep_web.config import PROJECT, Config
from fivestep_web.core import settings
from fivestep_web.core.permissions import SYSTEM, Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.extensions import db
from fivestep_web.ledger import queries
from fivestep_web.ledger.models import LedgerEntry
from fivestep_web.org.models import PostHolding, PostRole
from fivestep_web.workbook import services as workbook
from tests.factories.ledger import bring_letters_into_force

BASE_URL = "http://127.0.0.1:8000"
ROUNDS = 25
TODAY, REPLAYED = date(2026, 12, 8), date(2026, 6, 30)


@contextmanager
def demo_app() -> Iterator[Flask]:
    """Hold the demo county in a folder of its own, with every letter of the year in force."""
    with tempfile.TemporaryDirectory(prefix="fivestep-bench-") as name:
        folder = Path(name)
        config = Config(
            instance=folder,
            database_url=f"sqlite:///{folder / 'fivestep.db'}",
            redis_url=f"unix://{folder / 'redis.sock'}",
            secret_key="benchmark",
            base_url=BASE_URL,
            witness_dir=folder,
            embedded_redis=True,
        )
        app = create_app(config, RATELIMIT_STORAGE_URI="memory://")
        with app.app_context():
            upgrade(directory=str(PROJECT / "migrations"))
            _fill()
        yield app
        with app.app_context():
            db.engine.dispose()


def _fill() -> None:
    with resources.as_file(resources.files("fivestep_web.demo") / "demo-county-2026.xlsx") as path:
        checked = workbook.check_file(path)
    with unit_of_work():
        settings.put("rehearsal_date", TODAY.isoformat())
        workbook.load(SYSTEM, checked.result, is_trusted=True)
        db.session.execute(update(User).values(must_change_password=False))
    bring_letters_into_force(TODAY.year, TODAY)


def sign_in(app: Flask, role: Role) -> FlaskClient:
    """Return a client signed in as somebody who holds *role*."""
    client = app.test_client()
    with app.app_context():
        user = db.session.scalars(
            select(User)
            .join(PostHolding, PostHolding.person_id == User.person_id)
            .join(PostRole, PostRole.holding_id == PostHolding.id)
            .where(PostRole.role == role)
            .limit(1)
        ).one()
        identifier, user_id = f"{user.id}.{user.session_version}", user.id
    with client.session_transaction(base_url=BASE_URL) as stored:
        stored.update({"_user_id": identifier, "_fresh": True, "user_id": user_id})
    return client


def bare_view(page: bytes) -> Callable[[], object]:
    """Return a call of a Flask view that does nothing but answer *page*."""
    app = Flask("bare")
    app.add_url_rule("/", "page", lambda: Response(page, mimetype="text/html"))
    client = app.test_client()
    return lambda: client.get("/")


def median_ms(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Time the calls in turn, so that all meet the same machine; return each one's median in ms."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _round in range(ROUNDS + 3):
        for name, call in calls.items():
            start = time.process_time()
            call()
            taken[name].append((time.process_time() - start) * 1000)
    return {name: statistics.median(times[3:]) for name, times in taken.items()}


def measure(client: FlaskClient, name: str, address: str) -> dict[str, object]:
    """Return one page's time, its bare view's and their ratio."""
    answer = client.get(address, base_url=BASE_URL)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status}")
    times = median_ms(
        {"page": lambda: client.get(address, base_url=BASE_URL), "bare": bare_view(answer.data)}
    )
    return {
        "name": name,
        "value": round(times["page"], 2),
        "unit": "ms CPU",
        "floor": round(times["bare"], 2),
        "ratio": round(times["page"] / times["bare"], 1),
    }


def run() -> list[dict[str, object]]:
    """Measure the ledger of a signed-in clerk over every goal of the demo county."""
    with demo_app() as app:
        with app.app_context():
            entries = db.session.scalar(select(func.count()).select_from(LedgerEntry))
            standing = median_ms({"standings": lambda: queries.standings(TODAY, year=TODAY.year)})[
                "standings"
            ]
            last = queries.standings(TODAY, year=TODAY.year)[-30].entry_id
            topic = queries.standings(TODAY, year=TODAY.year)[0].topic_id
        client = sign_in(app, Role.OFC)
        return [
            {
                "name": f"ledger: where {entries} entries stand",
                "value": round(standing, 2),
                "unit": "ms CPU",
                "floor": None,
                "ratio": None,
            },
            measure(client, f"ledger: first page of {entries} entries", "/ledger"),
            measure(client, "ledger: last page", f"/ledger?after={last}"),
            measure(client, f"ledger: replay of {REPLAYED}", f"/ledger?as_of={REPLAYED}"),
            measure(client, "ledger: one topic", f"/ledger/{topic}"),
        ]


if __name__ == "__main__":
    for line in run():
        print(line)
