"""The year's assessment cycle: its plan, its frozen rules, its steps (R5.1, domain.md 5.6)."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register tables and pages, and what verifying looks at."""
    from fivestep_web.assessment.cycles import (
        evidence,
        models,  # noqa: F401 - its tables
        scoring_views,  # noqa: F401 - its pages
        setup_views,  # noqa: F401 - its pages
        views,
    )
    from fivestep_web.audit import verification

    app.register_blueprint(views.blueprint)
    verification.register("考核规则", evidence.faults)
