from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages of step 2 责任, its documents and its evidence."""
    from fivestep_web.audit import verification
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import (
        register_source,
        register_subject_source,
        register_superseded_source,
    )
    from fivestep_web.responsibility.books import requests as books
    from fivestep_web.responsibility.books import timetable_views
    from fivestep_web.responsibility.changes import views as change_views
    from fivestep_web.responsibility.coverage import matrix_views
    from fivestep_web.responsibility.coverage import views as coverage_views
    from fivestep_web.responsibility.evidence import changes as change_evidence
    from fivestep_web.responsibility.evidence import letters as evidence
    from fivestep_web.responsibility.evidence import signatures as signature_evidence
    from fivestep_web.responsibility.evidence import verify_views
    from fivestep_web.responsibility.evidence import views as evidence_views
    from fivestep_web.responsibility.goals import bulk_views as goal_bulk_views
    from fivestep_web.responsibility.goals import duty_views
    from fivestep_web.responsibility.goals import role_views as goal_role_views
    from fivestep_web.responsibility.goals import views as goal_views
    from fivestep_web.responsibility.letters import payloads, print_views, run_views, version_views
    from fivestep_web.responsibility.letters import views as letter_views
    from fivestep_web.responsibility.sheets import views as sheet_views
    from fivestep_web.responsibility.signing import mandate_views
    from fivestep_web.responsibility.signing import views as signing_views

    app.register_blueprint(goal_views.blueprint)
    app.register_blueprint(sheet_views.blueprint)
    app.register_blueprint(goal_role_views.blueprint)
    app.register_blueprint(goal_bulk_views.blueprint)
    app.register_blueprint(duty_views.blueprint)
    app.register_blueprint(letter_views.blueprint)
    app.register_blueprint(run_views.blueprint)
    app.register_blueprint(matrix_views.blueprint)
    app.register_blueprint(coverage_views.blueprint)
    app.register_blueprint(signing_views.blueprint)
    app.register_blueprint(mandate_views.blueprint)
    app.register_blueprint(timetable_views.blueprint)
    app.register_blueprint(change_views.blueprint)
    app.register_blueprint(version_views.blueprint)
    register_source(DocumentKind.RESPONSIBILITY_LETTER, payloads.letter_requests)
    register_subject_source(DocumentKind.RESPONSIBILITY_LETTER, payloads.letter_request)
    register_superseded_source(DocumentKind.RESPONSIBILITY_LETTER, payloads.superseded_letters)
    register_source(DocumentKind.TASK_BOOK, books.task_book_requests)
    register_source(DocumentKind.TIMETABLE, books.timetable_requests)
    app.register_blueprint(evidence_views.blueprint)
    print_views.init_app(app)
    verify_views.init_app(app)
    verification.register("责任书", evidence.faults)
    verification.register("责任书登记和变更", change_evidence.faults)
    verification.register("代签委托", signature_evidence.mandate_faults)
