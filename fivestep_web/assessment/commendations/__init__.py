"""Use of results for commendation: candidates, nomination, decision, issue, meeting (R5.15–R5.17, 5.8)."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register tables, pages and documents; join the steps of a publicity and of a document's issue."""
    from fivestep_web.assessment.commendations import (
        models,  # noqa: F401 - its tables
        paper,
        services,
        views,
        year_views,  # noqa: F401 - its pages
    )
    from fivestep_web.assessment.publicity import lists
    from fivestep_web.assessment.publicity import services as publicity
    from fivestep_web.assessment.publicity.rules import Subject
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_gate, register_issue, register_source

    app.register_blueprint(views.blueprint)
    lists.register(Subject.COMMENDATION, paper.publicity_lines)
    publicity.on_posted(Subject.COMMENDATION, services.begin_publicity)
    register_source(DocumentKind.COMMENDATION_DECISION, paper.requests)
    register_gate(DocumentKind.COMMENDATION_DECISION, paper.gate)
    register_issue(DocumentKind.COMMENDATION_DECISION, services.issue)
