"""Recommendation of the commended to the city and on to the province (R5.17, N13)."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register tables, pages and the document; join the steps of the document's issue."""
    from fivestep_web.assessment.recommendations import models, paper, services, views  # noqa: F401 - tables
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_gate, register_issue, register_source

    app.register_blueprint(views.blueprint)
    register_source(DocumentKind.RECOMMENDATION_LIST, paper.requests)
    register_gate(DocumentKind.RECOMMENDATION_LIST, paper.gate)
    register_issue(DocumentKind.RECOMMENDATION_LIST, services.send)
