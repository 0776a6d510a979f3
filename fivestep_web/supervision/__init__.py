"""The means of step 3 推进 that look at the ledger: chart, notices, meetings, corrective orders, feedback."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables and pages of supervision."""
    _add_meetings(app)


def _add_meetings(app: Flask) -> None:
    """Register problems and meetings, what their agendas take in, and the minutes."""
    from fivestep_web.documents.requests import register_source
    from fivestep_web.supervision.meetings import (
        agenda,
        attendance_views,
        item_views,
        payloads,
        resolution_views,
        views,
    )
    from fivestep_web.supervision.problems import views as problem_views

    app.register_blueprint(problem_views.blueprint)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(attendance_views.blueprint)
    app.register_blueprint(item_views.blueprint)
    app.register_blueprint(resolution_views.blueprint)
    agenda.register_source(agenda.PROBLEM, agenda.open_problems, label="提出的问题")
    agenda.register_source(agenda.SIGNAL, agenda.worrying_goals, label="台账红黄灯")
    register_source(payloads.KIND, payloads.minutes_requests)
