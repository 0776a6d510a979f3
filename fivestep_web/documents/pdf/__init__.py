from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages that ask for PDF beside Word and hand it out."""
    from fivestep_web.documents.pdf import views

    app.register_blueprint(views.blueprint)
