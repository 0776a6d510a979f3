"""Annual grades of persons, notices with signed opinions, entries of achievement files (N1–N6, N11, R5.8)."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register tables and pages, join the cycle's steps, say what verifying looks at."""
    from fivestep_web.assessment.grades import bar_views, evidence, gate, models, own_views, views  # noqa: F401
    from fivestep_web.audit import verification

    app.register_blueprint(views.blueprint)
    gate.attach()
    verification.register("年度等次和实绩档案", evidence.faults)
