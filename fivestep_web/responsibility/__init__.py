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
    from fivestep_web.responsibility import (
        books,
        change_evidence,
        change_views,
        coverage_views,
        duty_views,
        evidence,
        evidence_views,
        goal_bulk_views,
        goal_role_views,
        goal_views,
        letter_views,
        mandate_views,
        matrix_views,
        payloads,
        print_views,
        run_views,
        sheet_views,
        signature_evidence,
        signing_views,
        timetable_views,
        verify_views,
        version_views,
    )

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
