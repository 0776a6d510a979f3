"""The war-room chart of the whole demo county, personal tasks included, on screen and on paper.

Processor time of the server, beside a bare view of the same bytes; the limit is 300 ms for 400 goals.
"""

import time

from sqlalchemy import func, select

from benchmarks.bench_ledger import BASE_URL, TODAY, demo_app, measure, sign_in
from fivestep_web.core.permissions import Role
from fivestep_web.documents.pdf import office
from fivestep_web.extensions import db
from fivestep_web.responsibility.models import Goal


def run() -> list[dict[str, object]]:
    """Measure the chart as a clerk sees it, and one PDF from the request to the file."""
    with demo_app() as app:
        with app.app_context():
            count = db.session.scalar(select(func.count()).where(Goal.year == TODAY.year))
        client = sign_in(app, Role.OFC)
        rows = [
            measure(client, f"wall: {count} goals on screen", "/wall?tasks=1"),
            measure(client, f"wall: {count} goals on A3", "/wall/print?paper=A3&tasks=1"),
            measure(client, f"wall: {count} goals on A0, cut to A4", "/wall/print?paper=A0&tiles=A4&tasks=1"),
            measure(client, f"wall: {count} goals in the meeting room", "/wall/room?tasks=1"),
        ]
        if office.find_program() is not None:
            began = time.perf_counter()
            client.get("/wall/pdf?paper=A3&tasks=1", base_url=BASE_URL)
            taken = (time.perf_counter() - began) * 1000
            rows.append(
                {
                    "name": f"wall: {count} goals as a PDF",
                    "value": round(taken),
                    "unit": "ms",
                    "floor": None,
                    "ratio": None,
                }
            )
        return rows


if __name__ == "__main__":
    for row in run():
        print(row)
