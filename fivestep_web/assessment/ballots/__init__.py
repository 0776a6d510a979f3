"""Ballots of the four groups: codes, casting, the seal, the count (R5.10–R5.13, trust.md B1–B9)."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the tables, the public pages, the seal at the close of voting and its verification."""
    from fivestep_web.assessment.ballots import models, sealing, verification, voting_views  # noqa: F401
    from fivestep_web.assessment.cycles.hooks import on_state
    from fivestep_web.assessment.cycles.rules import CycleState
    from fivestep_web.audit.verification import register

    voting_views.init_app(app)
    on_state(CycleState.VOTING_CLOSED, sealing.seal_cycle)
    register("评价票", verification.altered_polls)
