from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables and the import page."""
    from fivestep_web.workbook import models, views  # noqa: F401

    app.register_blueprint(views.blueprint)
