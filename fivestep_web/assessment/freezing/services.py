"""Fix the result when it is reviewed and when it is posted; let it go when it is worked out anew (5.6)."""

from flask_babel import gettext as _

from fivestep_web.assessment.cycles.models import AssessmentCycle, CycleMove
from fivestep_web.assessment.cycles.rules import Unmet
from fivestep_web.assessment.export import fingerprint
from fivestep_web.assessment.freezing.models import CycleResult
from fivestep_web.assessment.freezing.standing import content, find, standing_of
from fivestep_web.assessment.scoring import score_year
from fivestep_web.audit import services as audit
from fivestep_web.audit.rules import sha256_of
from fivestep_web.core import clock
from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db


def fix_reviewed(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    """Fix what the department meeting reviewed; a result sent back from publicity is fixed no longer."""
    fixed = find(cycle.year)
    if fixed is None:
        fix_publicized(actor, cycle, move)
        return
    db.session.delete(fixed)
    db.session.flush()
    audit.record(actor, "cycle.result_released", f"cycle:{cycle.year}", sha256=fixed.sha256)


def fix_publicized(actor: Actor, cycle: AssessmentCycle, move: CycleMove) -> None:
    """Fix what is computed at this moment, in place of what was reviewed."""
    score = score_year(cycle.year)
    fixed = find(cycle.year)
    before = None if fixed is None else fixed.sha256
    if fixed is None:
        fixed = CycleResult(cycle_id=cycle.id)
        db.session.add(fixed)
    fixed.state, fixed.fixed_at = move.state, clock.now()
    fixed.content, fixed.sha256 = content(score), fingerprint(score)
    db.session.flush()
    audit.record(
        actor,
        "cycle.result_fixed",
        f"cycle:{cycle.year}",
        state=move.state.value,
        sha256=fixed.sha256,
        content_sha256=sha256_of(fixed.content),
        **({} if before in {None, fixed.sha256} else {"before": before}),
    )


def unchanged_gaps(cycle: AssessmentCycle) -> list[Unmet]:
    """Let no other result be confirmed or filed than the one that was posted."""
    standing = standing_of(score_year(cycle.year))
    if standing is None or not standing.changes:
        return []
    sentence = _("现在算出的结果%(sentence)s数据确应更正的，退回审核后再次公示。", sentence=standing.sentence)
    return [Unmet(str(sentence), str(_("查看考核结果")), "assessment.assessment_show")]
