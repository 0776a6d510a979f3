from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages of saved views."""
    from fivestep_web.documents.saved import views

    app.register_blueprint(views.blueprint)
