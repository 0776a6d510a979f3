from flask import Flask


def init_app(app: Flask) -> None:
    """Register health, readiness, metrics and the request log."""
    from fivestep_web.operations import models, request_log, views  # noqa: F401

    request_log.init_app(app)
    app.register_blueprint(views.blueprint)
