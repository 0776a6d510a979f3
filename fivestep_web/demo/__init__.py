from flask import Flask


def init_app(app: Flask) -> None:
    """Register the rehearsal date's page and the demo command."""
    from fivestep_web.demo import views

    app.register_blueprint(views.blueprint)
