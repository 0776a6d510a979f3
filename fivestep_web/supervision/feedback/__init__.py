from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    """Register feedback (信息反馈, R3.10): its pages, its hand-overs, and that its date may be extended."""
    from fivestep_web.supervision.extensions.registry import ItemKind
    from fivestep_web.supervision.extensions.registry import register as register_item
    from fivestep_web.supervision.feedback import extending, queries, views
    from fivestep_web.supervision.limits.registry import StepKind, register
    from fivestep_web.supervision.limits.rules import LimitKind

    app.register_blueprint(views.blueprint)
    register(StepKind("feedback", _l("反馈答复"), LimitKind.FEEDBACK, queries.steps_of_year))
    register_item(ItemKind(extending.KIND, _l("信息反馈"), extending.find, extending.move))
