from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables, the pages and the documents of step 5 考核."""
    from fivestep_web.assessment import (  # noqa: F401 - their tables and pages
        chart_views,
        models,
        notices,
        payloads,
        recount_views,
        views,
    )
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_source

    app.register_blueprint(views.blueprint)
    register_source(DocumentKind.ANNUAL_ASSESSMENT_RESULT, payloads.result_payloads)
    register_source(DocumentKind.PERSONAL_RESULT_NOTICE, notices.notice_payloads)
    register_source(DocumentKind.COMMENDATION_DECISION, payloads.commendation_payloads)
    register_source(DocumentKind.ADMONITION_LIST, payloads.admonition_payloads)
