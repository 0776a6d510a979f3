from flask import Flask


def init_app(app: Flask) -> None:
    """Register documents, numbers, templates and the interface; let the log ask about the files.

    What is logged about confidential documents stays off the log's page.
    """
    from fivestep_web.audit import reserved
    from fivestep_web.audit import verification as audit_verification
    from fivestep_web.documents import api, batch_queries, pdf, saved, verification, views
    from fivestep_web.documents.numbers import letterhead_views
    from fivestep_web.documents.numbers import verification as number_verification
    from fivestep_web.documents.numbers import views as number_views
    from fivestep_web.documents.word_templates import views as template_views

    app.register_blueprint(views.blueprint)
    app.register_blueprint(number_views.blueprint)
    letterhead_views.init_app(app)
    api.init_app(app)
    saved.init_app(app)
    template_views.init_app(app)
    pdf.init_app(app)
    reserved.add("document", batch_queries.is_logged_in_confidence)
    audit_verification.register("文档", verification.faults)
    audit_verification.register("发文字号", number_verification.faults)
