"""Examples of additions, deductions and vetoes."""

from fivestep_web.assessment.adjustments import services
from fivestep_web.assessment.cycles.queries import get_cycle, list_units
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.assessment.models import AdjustmentKind
from fivestep_web.core.transaction import unit_of_work
from tests.assessment.cycles.plans import YEAR, Cast, bring_to, make_cast
from tests.factories.keys import actor_of
from tests.security.example import Example

YEAR_ONLY = {"year": YEAR}
MEETING = {"meeting_on": "2026-11-20"}


def _opened() -> tuple[Cast, int]:
    """Return those of an open cycle and one of its sections."""
    cast = make_cast()
    bring_to(cast, CycleState.OPEN)
    return cast, next(iter(list_units(get_cycle(YEAR))[Series.SECTIONS]))


def adjustment_propose():
    cast, unit_id = _opened()
    form = {"unit_id": str(unit_id), "kind": "veto", "reason": "安全责任事故", "basis": "通报"}
    return Example(cast.office, YEAR_ONLY, form)


def _step(user: str, **data: str):
    def build() -> Example:
        cast, unit_id = _opened()
        entry = services.Entry(unit_id, AdjustmentKind.VETO, None, "安全责任事故", "通报")
        with unit_of_work():
            found = services.propose(actor_of(cast.office), get_cycle(YEAR, lock=True), entry)
            values = YEAR_ONLY | {"adjustment_id": found.id}
        return Example(getattr(cast, user), values, {"revision": "1", **data})

    return build


UNSAFE = {
    "adjustments.adjustment_propose": adjustment_propose,
    "adjustments.adjustment_approve": _step("minister", **MEETING),
    "adjustments.adjustment_refuse": _step("minister", **MEETING, reason="依据不足"),
    "adjustments.adjustment_withdraw": _step("office"),
}
PAGES = {
    "adjustments.adjustment_index": lambda: Example(_opened()[0].hr, YEAR_ONLY),
    "adjustments.adjustment_new": lambda: Example(_opened()[0].hr, YEAR_ONLY),
}
