from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables, the pages and the documents of step 5 考核."""
    from fivestep_web.assessment import models, notices, payloads, views  # noqa: F401 - their tables
    from fivestep_web.assessment.cycles import evidence, scoring_views, setup_views  # noqa: F401 - their pages
    from fivestep_web.assessment.cycles import models as cycle_models  # noqa: F401 - their tables
    from fivestep_web.assessment.cycles import views as cycle_views
    from fivestep_web.assessment.publicity import evidence as objection_evidence
    from fivestep_web.assessment.publicity import gate, objection_views
    from fivestep_web.assessment.publicity import models as publicity_models  # noqa: F401 - their tables
    from fivestep_web.assessment.publicity import notices as publicity_notices
    from fivestep_web.assessment.publicity import views as publicity_views
    from fivestep_web.audit import verification
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_source

    app.register_blueprint(views.blueprint)
    app.register_blueprint(cycle_views.blueprint)
    app.register_blueprint(publicity_views.blueprint)
    app.register_blueprint(objection_views.blueprint)
    gate.attach()
    verification.register("考核规则", evidence.faults)
    verification.register("考核异议", objection_evidence.faults)
    register_source(DocumentKind.ANNUAL_ASSESSMENT_RESULT, payloads.result_payloads)
    register_source(DocumentKind.PERSONAL_RESULT_NOTICE, notices.notice_payloads)
    register_source(DocumentKind.COMMENDATION_DECISION, payloads.commendation_payloads)
    register_source(DocumentKind.ADMONITION_LIST, payloads.admonition_payloads)
    register_source(DocumentKind.PUBLICITY_NOTICE, publicity_notices.requests)
