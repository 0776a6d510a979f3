from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages of step 3 推进, and how far goals are."""
    from fivestep_web.execution import queries, schedule_views
    from fivestep_web.execution.planning import models  # noqa: F401 - its tables
    from fivestep_web.responsibility.goals import completion

    completion.register(queries.shares_of_year)
    app.register_blueprint(schedule_views.blueprint)
