"""The means of step 3 推进 that look at the ledger: chart, notices, meetings, corrective orders, feedback."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables and pages of supervision."""
    from fivestep_web.supervision import extensions, feedback, inquiries, limits
    from fivestep_web.supervision.wall import views as wall_views

    app.register_blueprint(wall_views.blueprint)
    _add_notices(app)
    _add_meetings(app)
    _add_evaluations(app)
    _add_correctives(app)
    for part in (limits, extensions, feedback, inquiries):
        part.init_app(app)
    _add_hand_overs()
    _add_extendable()
    _add_moved_dates()


def _add_hand_overs() -> None:
    """Count acceptances and approvals of plans as hand-overs with a time limit."""
    from flask_babel import lazy_gettext as _l

    from fivestep_web.supervision.limits import execution_steps
    from fivestep_web.supervision.limits.registry import StepKind, register
    from fivestep_web.supervision.limits.rules import LimitKind

    register(StepKind("acceptance", _l("阶段验收"), LimitKind.ACCEPTANCE, execution_steps.acceptances))
    register(StepKind("plan", _l("倒排工期计划审批"), LimitKind.APPROVAL, execution_steps.plan_approvals))


def _add_extendable() -> None:
    """Let answers to notices, what meetings decided, and phases no letter has signed be extended."""
    from flask_babel import lazy_gettext as _l

    from fivestep_web.execution.acceptance import links
    from fivestep_web.supervision.extensions import phases
    from fivestep_web.supervision.extensions.registry import ItemKind, register
    from fivestep_web.supervision.meetings import extending as resolutions
    from fivestep_web.supervision.notices import extending as notices

    register(ItemKind(notices.KIND, _l("督办单答复"), notices.find, notices.move))
    links.register(phases.links)
    register(ItemKind(phases.KIND, _l("目标阶段"), phases.find, phases.move))
    register(ItemKind(resolutions.KIND, _l("议定事项"), resolutions.find, resolutions.move))


def _add_moved_dates() -> None:
    """List what another working calendar does to answers, meetings and feedback (domain.md section 10)."""
    from fivestep_web.org import moved_dates
    from fivestep_web.supervision.feedback import moved as feedback_moved
    from fivestep_web.supervision.meetings import moved as meetings_moved
    from fivestep_web.supervision.notices import moved as notices_moved

    for source in (notices_moved.SOURCE, meetings_moved.SOURCE, feedback_moved.SOURCE):
        moved_dates.register(source)


def _add_notices(app: Flask) -> None:
    """Register the notices, what turns signals, and the Word file."""
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_source
    from fivestep_web.supervision.notices import payloads, views
    from fivestep_web.supervision.signals import hooks

    hooks.register()
    app.register_blueprint(views.blueprint)
    register_source(DocumentKind.SUPERVISION_NOTICE, payloads.notice_requests)


def _add_meetings(app: Flask) -> None:
    """Register problems and meetings, what their agendas take in, and the minutes."""
    from fivestep_web.documents.requests import register_source
    from fivestep_web.supervision.meetings import (
        agenda,
        attendance_views,
        item_views,
        payloads,
        resolution_views,
        views,
    )
    from fivestep_web.supervision.problems import views as problem_views

    app.register_blueprint(problem_views.blueprint)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(attendance_views.blueprint)
    app.register_blueprint(item_views.blueprint)
    app.register_blueprint(resolution_views.blueprint)
    agenda.register_source(agenda.PROBLEM, agenda.open_problems, label="提出的问题")
    agenda.register_source(agenda.SIGNAL, agenda.worrying_goals, label="台账红黄灯、红色督办单")
    register_source(payloads.KIND, payloads.minutes_requests)


def _add_evaluations(app: Flask) -> None:
    """Register stage evaluations and the timeline of a goal."""
    from fivestep_web.execution import timeline
    from fivestep_web.ledger import links as ledger_links
    from fivestep_web.supervision.evaluations import hooks as evaluation_hooks
    from fivestep_web.supervision.evaluations import telling as evaluation_telling
    from fivestep_web.supervision.evaluations import views as evaluation_views
    from fivestep_web.supervision.timeline import links, means, providers
    from fivestep_web.supervision.timeline import views as timeline_views

    app.register_blueprint(evaluation_views.blueprint)
    app.register_blueprint(timeline_views.blueprint)
    ledger_links.register(links.of_goal)
    providers.register()
    timeline.register(evaluation_telling.evaluations)
    timeline.register(means.problems)
    timeline.register(means.notices)
    evaluation_hooks.register()


def _add_correctives(app: Flask) -> None:
    """Register corrective orders, their extensions, hand-overs, and their part in meetings."""
    from flask_babel import lazy_gettext as _l

    from fivestep_web.execution import timeline
    from fivestep_web.supervision.correctives import extending, services, sources, telling, views
    from fivestep_web.supervision.extensions.registry import ItemKind
    from fivestep_web.supervision.extensions.registry import register as register_item
    from fivestep_web.supervision.limits.registry import StepKind, register
    from fivestep_web.supervision.limits.rules import LimitKind
    from fivestep_web.supervision.meetings import agenda, hooks

    app.register_blueprint(views.blueprint)
    timeline.register(telling.correctives)
    register_item(ItemKind(extending.KIND, _l("纠偏措施"), extending.find, extending.move))
    register(StepKind(sources.NAME, _l("纠偏核实"), LimitKind.ACCEPTANCE, sources.verifications))
    agenda.register_source(sources.NAME, sources.carried_over, label="结转的纠偏措施")
    hooks.register_orders(services.order_by_meeting)
