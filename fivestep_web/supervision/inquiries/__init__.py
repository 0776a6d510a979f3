"""Inquiries and guiding opinions of leaders on any goal (R4.6, R4.7)."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, the Word file, and what other means of supervision take from inquiries."""
    from flask_babel import lazy_gettext as _l

    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_source
    from fivestep_web.execution import timeline
    from fivestep_web.supervision.extensions.registry import ItemKind
    from fivestep_web.supervision.extensions.registry import register as register_item
    from fivestep_web.supervision.inquiries import extending, payloads, sources, telling, views
    from fivestep_web.supervision.limits.registry import StepKind, register
    from fivestep_web.supervision.limits.rules import LimitKind
    from fivestep_web.supervision.meetings import agenda

    app.register_blueprint(views.blueprint)
    timeline.register(telling.inquiries)
    register_item(ItemKind(extending.KIND, _l("质询答复"), extending.find, extending.move))
    register(StepKind(sources.NAME, _l("质询答复"), LimitKind.INQUIRY, sources.answers))
    agenda.register_source(sources.NAME, sources.open_inquiries, label="质询")
    register_source(DocumentKind.INQUIRY_SHEET, payloads.inquiry_requests)
