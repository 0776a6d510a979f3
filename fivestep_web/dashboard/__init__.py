from flask import Flask


def init_app(app: Flask) -> None:
    """Register the today page and the shell around every page."""
    from fivestep_web.dashboard import shell, views

    app.register_blueprint(views.blueprint)
    shell.init_app(app)
