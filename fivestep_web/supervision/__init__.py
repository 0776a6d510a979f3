"""The means of step 3 推进 that look at the ledger: chart, notices, meetings, corrective orders, feedback."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables and pages of supervision."""
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_source
    from fivestep_web.supervision.notices import payloads as notice_payloads
    from fivestep_web.supervision.notices import views as notice_views
    from fivestep_web.supervision.signals import hooks as signal_hooks

    signal_hooks.register()
    app.register_blueprint(notice_views.blueprint)
    register_source(DocumentKind.SUPERVISION_NOTICE, notice_payloads.notice_requests)
