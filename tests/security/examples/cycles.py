"""Examples of an assessment cycle: its plan, its steps, the versions of its rules."""

from fivestep_web.assessment.cycles import queries, rule_forms, versions
from fivestep_web.assessment.cycles.rules import CycleState, Series
from fivestep_web.core.transaction import unit_of_work
from tests.assessment.cycles.plans import YEAR, actor_of, begin, bring_to, make_cast, make_goal, planned
from tests.security.example import Example

FRESH = {"revision": "1"}
TRIAL = FRESH | {"base": "10", "target": "100", "done": "80", "due_on": "2026-09-30"}
IN_2099 = "2099-01-01T18:00"
YEAR_ONLY = {"year": YEAR}


def _begun():
    cast = make_cast()
    begin(cast)
    return cast


def _rules(**changed):
    draft = queries.find_draft(queries.get_cycle(YEAR))
    typed = rule_forms.typed_values(draft.settings) | FRESH | changed
    return {name: str(value) for name, value in typed.items() if value is not False}


def cycle_create():
    form = {"name": "2026年度实绩考核", "cut_off_date": "2026-12-31", "basis": "default"}
    return Example(make_cast().office, YEAR_ONLY, form)


def cycle_move():
    cast = make_cast()
    planned(cast)
    form = {"target": "open", "revision": str(queries.get_cycle(YEAR).revision)}
    return Example(cast.minister, YEAR_ONLY, form)


def closing_update():
    cast = make_cast()
    bring_to(cast, CycleState.VOTING)
    return Example(cast.office, YEAR_ONLY, {"closes_at": IN_2099})


def group_leave_out():
    cast = make_cast()
    bring_to(cast, CycleState.VOTING_CLOSED)
    return Example(cast.minister, YEAR_ONLY, {"place": "social_survey 乡镇", "reason": "收回不足"})


def rules_update():
    cast = _begun()
    return Example(cast.deputy, YEAR_ONLY, _rules(social_weight="30", mass_weight="20"))


def unit_update():
    cast = _begun()
    units = queries.list_units(queries.get_cycle(YEAR))
    form = FRESH | {
        "name": "实绩考核",
        "cut_off_date": "2026-12-31",
        "sections": list(units[Series.SECTIONS]),
        "townships": list(units[Series.TOWNSHIPS]),
    }
    return Example(cast.hr, YEAR_ONLY, form)


def roster_update():
    cast = make_cast()
    planned(cast)
    line = queries.list_rosters(queries.get_cycle(YEAR))[0]
    return Example(cast.office, YEAR_ONLY, {"revision": "2", f"count_{line.id}": "150"})


def roster_add():
    form = {"group": "mass_evaluation", "series": "乡镇", "name": "政协委员", "code_count": "15"}
    return Example(_begun().office, YEAR_ONLY, form)


def proposal_accept():
    from fivestep_web.assessment.cycles.setup_views import _proposals

    cast = _begun()
    key = next(iter(_proposals(queries.get_cycle(YEAR))))
    return Example(cast.office, YEAR_ONLY, FRESH | {f"count_{key}": "200"})


def scoring_update():
    form = TRIAL | {"method": "all_or_nothing", "not_applicable": "left_out", "late_per_day": "0.5"}
    return Example(_begun().office, YEAR_ONLY, form)


def goal_rule_update():
    cast = _begun()
    goal = make_goal(cast)
    form = TRIAL | {"method": "steps", "not_applicable": "full", "from_0": "5", "points_0": "6"}
    return Example(cast.office, {**YEAR_ONLY, "goal_id": goal.id}, form)


def _opened():
    cast = make_cast()
    bring_to(cast, CycleState.OPEN)
    return cast


def change_begin():
    return Example(_opened().hr, YEAR_ONLY, {"reason": "会议决定调整权重"})


def _changed():
    cast = _opened()
    with unit_of_work():
        versions.begin_change(actor_of(cast.hr), queries.get_cycle(YEAR, lock=True), "调整小数位数")
        draft = queries.find_draft(queries.get_cycle(YEAR))
        draft.settings = {**draft.settings, "decimals": "1"}
    return cast


UNSAFE = {
    "cycles.cycle_create": cycle_create,
    "cycles.cycle_move": cycle_move,
    "cycles.closing_update": closing_update,
    "cycles.group_leave_out": group_leave_out,
    "cycles.rules_update": rules_update,
    "cycles.unit_update": unit_update,
    "cycles.roster_update": roster_update,
    "cycles.roster_add": roster_add,
    "cycles.proposal_accept": proposal_accept,
    "cycles.scoring_update": scoring_update,
    "cycles.goal_rule_update": goal_rule_update,
    "cycles.change_begin": change_begin,
    "cycles.change_approve": lambda: Example(_changed().minister, YEAR_ONLY),
    "cycles.change_withdraw": lambda: Example(_changed().hr, YEAR_ONLY),
}


def _page(**values):
    return Example(_begun().office, {**YEAR_ONLY, **values})


def goal_rule_edit():
    cast = _begun()
    goal = make_goal(cast)
    return Example(cast.office, {**YEAR_ONLY, "goal_id": goal.id})


PAGES = {
    "cycles.cycle_show": _page,
    "cycles.version_show": lambda: _page(version=1),
    "cycles.rules_edit": _page,
    "cycles.unit_edit": _page,
    "cycles.roster_index": lambda: Example(_opened().minister, YEAR_ONLY),
    "cycles.roster_edit": _page,
    "cycles.proposal_show": _page,
    "cycles.scoring_edit": _page,
    "cycles.goal_rule_edit": goal_rule_edit,
}
