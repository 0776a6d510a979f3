from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages of step 1 课题."""
    from fivestep_web.topics import views

    app.register_blueprint(views.blueprint)
