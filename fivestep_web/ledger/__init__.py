from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages of step 4 台账."""
    from fivestep_web.execution.acceptance import gate
    from fivestep_web.ledger import models, services, views  # noqa: F401 - its tables

    gate.register(services.check_open)
    app.register_blueprint(views.blueprint)
