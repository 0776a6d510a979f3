"""The means of step 3 推进 that look at the ledger: chart, notices, meetings, corrective orders, feedback."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables and pages of supervision."""
    from fivestep_web.supervision.wall import views as wall_views

    app.register_blueprint(wall_views.blueprint)
