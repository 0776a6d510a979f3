"""The year's result as it was reviewed and publicized, and whether it still is that result."""

from flask import Flask
from flask_babel import lazy_gettext as _l


def init_app(app: Flask) -> None:
    """Register the table, fix the result at its states, say what verifying looks at."""
    del app
    from fivestep_web.assessment.cycles.hooks import on_state, require
    from fivestep_web.assessment.cycles.rules import CycleState
    from fivestep_web.assessment.freezing import evidence, services
    from fivestep_web.audit import verification

    on_state(CycleState.REVIEWED, services.fix_reviewed)
    on_state(CycleState.PUBLICIZING, services.fix_publicized)
    require(CycleState.CONFIRMED, services.unchanged_gaps, label=_l("结果与公示的一致"))
    require(CycleState.FILED, services.unchanged_gaps, label=_l("结果与公示的一致"))
    verification.register("考核结果", evidence.faults)
