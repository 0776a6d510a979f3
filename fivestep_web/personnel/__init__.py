from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables and pages of what personnel takes from the year: materials for promotion."""
    from fivestep_web.personnel import models, views  # noqa: F401 - their tables

    app.register_blueprint(views.blueprint)
