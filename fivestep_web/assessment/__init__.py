from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables, the pages and the documents of step 5 考核."""
    from fivestep_web.assessment import (
        adjustments,
        admonitions,
        ballots,
        chart_views,  # noqa: F401 - its pages
        commendations,
        cycles,
        daily,
        freezing,
        grades,
        models,  # noqa: F401 - its tables
        notices,
        payloads,
        publicity,
        recommendations,
        recount_views,  # noqa: F401 - its pages
        views,
    )
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_gate, register_source

    app.register_blueprint(views.blueprint)
    cycles.init_app(app)
    daily.init_app(app)
    adjustments.init_app(app)
    publicity.init_app(app)
    freezing.init_app(app)
    commendations.init_app(app)
    grades.init_app(app)
    recommendations.init_app(app)
    register_source(DocumentKind.ANNUAL_ASSESSMENT_RESULT, payloads.result_payloads)
    register_gate(DocumentKind.ANNUAL_ASSESSMENT_RESULT, payloads.gate)
    register_source(DocumentKind.PERSONAL_RESULT_NOTICE, notices.notice_payloads)
    admonitions.init_app(app)
    ballots.init_app(app)
