"""Units that did not hand in their self-report are marked missing when voting begins (domain.md 5.6)."""

from flask_babel import gettext as _

from fivestep_web.assessment.cycles.guards import named
from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove
from fivestep_web.assessment.daily.achievements.queries import units_without_report
from fivestep_web.audit import services as audit
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db


def mark_missing(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    """Write into the step that begins the vote who reported nothing; a vote opened again keeps its reason."""
    names = [] if move.reason else units_without_report(cycle.year)
    if names:
        move.reason = _("未报自评：%(names)s，按未报处理", names=named(names))
        db.session.flush()
        audit.record(actor, "self_report.marked_missing", f"cycle:{cycle.year}", names=names)
