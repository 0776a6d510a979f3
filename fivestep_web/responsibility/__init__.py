from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages of step 2 责任, its documents and its evidence."""
    from fivestep_web.audit import verification
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_source, register_subject_source
    from fivestep_web.responsibility import (
        books,
        evidence,
        goal_views,
        letter_views,
        payloads,
        timetable_views,
    )

    app.register_blueprint(goal_views.blueprint)
    app.register_blueprint(letter_views.blueprint)
    app.register_blueprint(timetable_views.blueprint)
    register_source(DocumentKind.RESPONSIBILITY_LETTER, payloads.letter_requests)
    register_subject_source(DocumentKind.RESPONSIBILITY_LETTER, payloads.letter_request)
    register_source(DocumentKind.TASK_BOOK, books.task_book_requests)
    register_source(DocumentKind.TIMETABLE, books.timetable_requests)
    verification.register("责任书", evidence.faults)
