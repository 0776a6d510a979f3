from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages of step 3 推进, and how far goals are."""
    from fivestep_web.audit import verification
    from fivestep_web.execution import queries, schedule_views
    from fivestep_web.execution.acceptance import page, proofs
    from fivestep_web.execution.acceptance import views as acceptance_views
    from fivestep_web.execution.evidence import views as evidence_views
    from fivestep_web.execution.planning import effect, history, moved
    from fivestep_web.execution.planning import views as plan_views
    from fivestep_web.org import moved_dates
    from fivestep_web.responsibility.changes import hooks
    from fivestep_web.responsibility.goals import completion, phases

    completion.register(queries.shares_of_year)
    phases.register(page.list_phases)
    hooks.on_carrying_out(history.keep_for_order)
    hooks.on_carried_out(effect.follow_order)
    moved_dates.register(moved.SOURCE)
    verification.register("阶段验收", proofs.faults)
    app.register_blueprint(schedule_views.blueprint)
    app.register_blueprint(plan_views.blueprint)
    app.register_blueprint(acceptance_views.blueprint)
    app.register_blueprint(evidence_views.blueprint)
