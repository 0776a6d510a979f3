"""Gate, publicity, objections and their answers by a second person (domain.md 5.8, N3, N8)."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register tables, pages and documents, join the cycle's steps, say what verifying looks at."""
    from fivestep_web.assessment.publicity import (
        evidence,
        gate,
        models,  # noqa: F401 - its tables
        notices,
        objection_views,
        proceedings,  # noqa: F401 - its pages
        views,
    )
    from fivestep_web.audit import verification
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_source

    app.register_blueprint(views.blueprint)
    app.register_blueprint(objection_views.blueprint)
    gate.attach()
    verification.register("考核异议", evidence.faults)
    register_source(DocumentKind.PUBLICITY_NOTICE, notices.requests)
