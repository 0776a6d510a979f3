from flask import Flask


def init_app(app: Flask) -> None:
    """Register the today page and the shell around every page."""
    from fivestep_web.dashboard import log_names, shell, views

    app.register_blueprint(views.blueprint)
    shell.init_app(app)
    log_names.init_app()
