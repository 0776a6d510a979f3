"""Ballots of the four groups: codes, casting, the seal, the count (R5.10–R5.13, trust.md B1–B9)."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    """Register tables and pages, the seal at the close of voting, the demand of a count, and verifying."""
    from fivestep_web.assessment.ballots import (
        counting,
        paper_views,
        payloads,
        poll_views,
        sealing,
        verification,
        voting_views,
    )
    from fivestep_web.assessment.cycles.hooks import on_new_rules, on_state, require
    from fivestep_web.assessment.cycles.rules import CycleState
    from fivestep_web.audit.verification import register
    from fivestep_web.documents.kinds import DocumentKind
    from fivestep_web.documents.requests import register_source

    voting_views.init_app(app)
    app.register_blueprint(poll_views.blueprint)
    app.register_blueprint(paper_views.blueprint)
    on_state(CycleState.VOTING_CLOSED, sealing.seal_cycle)
    on_state(CycleState.VOTING_CLOSED, counting.settle)
    on_new_rules(counting.apply_rules)
    on_state(CycleState.VOTING, counting.demand_counted)
    require(CycleState.TALLIED, counting.unmet_for_tally, label=_l("评价票已封存，由两人计完"))
    require(CycleState.PUBLICIZING, verification.seal_gaps, label=_l("封存的评价票没有改动"))
    require(CycleState.PUBLICIZING, verification.counter_gaps, label=_l("计票、汇总由两名计票人签认"))
    register_source(DocumentKind.BALLOT_FORM, payloads.ballot_payloads)
    register_source(DocumentKind.TALLY_SHEET, payloads.tally_payloads)
    register("评价票", verification.altered_polls)
