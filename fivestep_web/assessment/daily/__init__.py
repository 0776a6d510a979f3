from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    """Register daily assessment (R5.2–R5.6, R6.3): its pages and documents."""
    from fivestep_web.assessment.cycles.hooks import require
    from fivestep_web.assessment.cycles.rules import CycleState
    from fivestep_web.assessment.daily import handovers
    from fivestep_web.assessment.daily.achievements import queries as achievements
    from fivestep_web.assessment.daily.achievements import views as achievement_views
    from fivestep_web.assessment.daily.bulletins import payloads as bulletin_payloads
    from fivestep_web.assessment.daily.bulletins import views as bulletin_views
    from fivestep_web.assessment.daily.points import views as points_views
    from fivestep_web.assessment.daily.reviews import order_views
    from fivestep_web.assessment.daily.reviews import payloads as review_payloads
    from fivestep_web.assessment.daily.reviews import views as review_views
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_gate, register_source
    from fivestep_web.supervision.limits.registry import StepKind, register
    from fivestep_web.supervision.limits.rules import LimitKind

    app.register_blueprint(bulletin_views.blueprint)
    app.register_blueprint(points_views.blueprint)
    app.register_blueprint(review_views.blueprint)
    app.register_blueprint(order_views.blueprint)
    app.register_blueprint(achievement_views.blueprint)
    register_source(DocumentKind.MONTHLY_BULLETIN, bulletin_payloads.bulletin_requests)
    register_gate(DocumentKind.MONTHLY_BULLETIN, bulletin_payloads.gate)
    register_source(DocumentKind.QUARTERLY_REVIEW, review_payloads.review_requests)
    register_gate(DocumentKind.QUARTERLY_REVIEW, review_payloads.gate)
    require(CycleState.VOTING, achievements.report_gaps, label=_l("各单位的自评都已报送或登记未报送"))
    register(StepKind("paper_review", _l("月通报、季点评审核"), LimitKind.APPROVAL, handovers.steps_of_year))
