"""Whether a year's result, computed now, is the one that was fixed (R5.1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.assessment.cycles.models import AssessmentCycle
from fivestep_web.assessment.cycles.rules import CycleState
from fivestep_web.assessment.export import as_json
from fivestep_web.assessment.freezing import goals, rules
from fivestep_web.assessment.freezing.models import CycleResult
from fivestep_web.assessment.scores import YearScore
from fivestep_web.core.clock import ZONE
from fivestep_web.core.errors import Conflict
from fivestep_web.extensions import db

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """The fixed result beside the one computed now: what differs, in sentences; none where nothing does."""

    sha256: str
    state: CycleState
    fixed_at: datetime
    changes: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """Return as many changes as people read."""
        more = len(self.changes) - SHOWN
        rest = (str(_("另有%(count)s处", count=more)),) if more > 0 else ()
        return (*self.changes[:SHOWN], *rest)

    @property
    def sentence(self) -> str:
        """Return where the result stands, in one sentence."""
        when = {"state": self.state.label, "day": f"{self.fixed_at.astimezone(ZONE):%Y-%m-%d}"}
        if not self.changes:
            return str(_("与%(day)s“%(state)s”时确定的结果一致。", **when))
        text = _("与%(day)s“%(state)s”时确定的结果不一致，以确定的结果为准，请查明原因。", **when)
        return str(text)


def content(score: YearScore) -> dict[str, Any]:
    """Return what is fixed of a result: all that is published, the unrounded figures and goals behind it."""
    return {
        "result": as_json(score),
        "goals": goals.facts_of(score.goals),
        "exact": {
            unit.code: {
                **{group.value: str(result.result) for group, result in unit.groups.items()},
                "total": str(unit.total.exact),
            }
            for unit in score.units
        },
    }


def find(year: int) -> CycleResult | None:
    """Return the fixed result of the year."""
    query = select(CycleResult).join(AssessmentCycle).where(AssessmentCycle.year == year)
    return db.session.scalar(query)


def standing_of(score: YearScore) -> Standing | None:
    """Return how *score* stands to the result that was fixed; None while none is."""
    fixed = find(score.year)
    if fixed is None:
        return None
    found = rules.changes(fixed.content, content(score))
    return Standing(fixed.sha256, fixed.state, fixed.fixed_at, tuple(found))


def demand_unchanged(score: YearScore) -> None:
    """Refuse to make a paper of a result that is no longer the fixed one (Conflict)."""
    standing = standing_of(score)
    if standing is not None and standing.changes:
        raise Conflict(_("考核结果%(sentence)s", sentence=standing.sentence))
