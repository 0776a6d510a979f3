"""Admonitions 诫勉: the confidential flow from candidate to the end of the effect period (domain.md 5.7)."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables, the pages and the documents of admonitions; keep them out of the log's page."""
    from fivestep_web.assessment.admonitions import models, requests, views  # noqa: F401 - their tables
    from fivestep_web.assessment.admonitions.queries import is_logged
    from fivestep_web.audit import reserved
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_source

    app.register_blueprint(views.blueprint)
    reserved.add("admonition", is_logged)
    register_source(DocumentKind.ADMONITION_LIST, requests.list_payloads)
    register_source(DocumentKind.ADMONITION_NOTICE, requests.notice_payloads)
    register_source(DocumentKind.ADMONITION_RECORD, requests.record_payloads)
