from flask import Flask


def init_app(app: Flask) -> None:
    """Register sign-in, sessions and the account pages."""
    from fivestep_web.accounts import identity, sessions, views

    app.session_interface = sessions.DatabaseSessions()
    identity.init_app(app)
    app.register_blueprint(views.blueprint)
