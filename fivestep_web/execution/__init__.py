from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages of step 3 推进."""
    from fivestep_web.execution import schedule_views

    app.register_blueprint(schedule_views.blueprint)
