from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages of step 2 责任."""
    from fivestep_web.responsibility import goal_views, letter_views

    app.register_blueprint(goal_views.blueprint)
    app.register_blueprint(letter_views.blueprint)
