from flask import Flask


def init_app(app: Flask) -> None:
    """Register the documents page and let the log's verification ask about files."""
    from fivestep_web.audit import verification as audit_verification
    from fivestep_web.documents import verification, views

    app.register_blueprint(views.blueprint)
    audit_verification.register("文档", verification.faults)
