from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    """Register the page of time limits (R3.9) and the hand-overs of the steps below."""
    from fivestep_web.supervision.limits import sources, views
    from fivestep_web.supervision.limits.registry import StepKind, register
    from fivestep_web.supervision.limits.rules import LimitKind

    app.register_blueprint(views.blueprint)
    register(StepKind("change_order", _l("责任书变更审批"), LimitKind.APPROVAL, sources.change_orders))
    register(StepKind("write_off_check", _l("销号材料核查"), LimitKind.WRITE_OFF, sources.write_off_checks))
    register(StepKind("write_off_approval", _l("销号批准"), LimitKind.WRITE_OFF, sources.write_off_approvals))
