from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    """Register the extension requests (延期申请) and their decision as a hand-over (R3.9)."""
    from fivestep_web.supervision.extensions import queries, views
    from fivestep_web.supervision.limits.registry import StepKind, register
    from fivestep_web.supervision.limits.rules import LimitKind

    app.register_blueprint(views.blueprint)
    register(StepKind("extension", _l("延期审批"), LimitKind.APPROVAL, queries.steps_of_year))
