from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables and the pages of the assessment."""
    from fivestep_web.assessment import models, views  # noqa: F401 - their tables

    app.register_blueprint(views.blueprint)
