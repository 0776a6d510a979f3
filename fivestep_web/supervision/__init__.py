"""The means of step 3 推进 that look at the ledger: chart, notices, meetings, corrective orders, feedback."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables and pages of supervision."""
    from fivestep_web.supervision import extensions, feedback, limits

    for part in (limits, extensions, feedback):
        part.init_app(app)
