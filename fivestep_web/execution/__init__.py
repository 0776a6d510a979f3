from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages of step 3 推进, and how far goals are."""
    from fivestep_web.execution import queries, schedule_views
    from fivestep_web.execution.acceptance import page
    from fivestep_web.execution.acceptance import views as acceptance_views
    from fivestep_web.execution.evidence import views as evidence_views
    from fivestep_web.execution.planning import models  # noqa: F401 - its tables
    from fivestep_web.responsibility.goals import completion, phases

    completion.register(queries.shares_of_year)
    phases.register(page.list_phases)
    app.register_blueprint(schedule_views.blueprint)
    app.register_blueprint(acceptance_views.blueprint)
    app.register_blueprint(evidence_views.blueprint)
