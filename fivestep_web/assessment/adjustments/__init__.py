"""Additions, deductions and vetoes: proposed per unit, approved by the department meeting (domain.md 7.8)."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    """Register the pages, the demand that all be decided before the review, and what verifying looks at."""
    from fivestep_web.assessment.adjustments import evidence, queries, views
    from fivestep_web.assessment.cycles import hooks
    from fivestep_web.assessment.cycles.rules import CycleState
    from fivestep_web.audit import verification

    app.register_blueprint(views.blueprint)
    for state in (CycleState.REVIEWED, CycleState.PUBLICIZING):
        hooks.require(state, queries.undecided_gaps, label=_l("加减分都已由部务会议决定"))
    verification.register("加减分", evidence.faults)
