from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages of step 4 台账."""
    from fivestep_web.ledger import models, views  # noqa: F401 - its tables

    app.register_blueprint(views.blueprint)
