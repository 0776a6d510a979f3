"""Examples of stage evaluations, corrective orders and a goal's timeline."""

from collections.abc import Callable

from fivestep_web.core.permissions import Role
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.supervision.correctives import queries as orders
from fivestep_web.supervision.correctives import services as correctives
from fivestep_web.supervision.evaluations import settings
from fivestep_web.supervision.evaluations.rules import BUILT_IN
from tests.factories.accounts import user_with_role
from tests.factories.ledger import actor_of, make_county
from tests.factories.supervision import assessed, opened, ordered
from tests.security.example import Example


def _ratings(revision: int) -> dict[str, str]:
    fields = {"revision": str(revision)}
    for key, *_rest in BUILT_IN:
        fields |= {f"rating_{key}": "good", f"evidence_{key}": "台账有记录"}
    return fields


def assess():
    county = make_county()
    evaluation = opened(county)
    data = _ratings(evaluation.revision)
    stranger = user_with_role(Role.TSC)
    return Example(county.head, {"evaluation_id": evaluation.id}, data, stranger=stranger)


def conclude():
    county = make_county()
    evaluation = assessed(county)
    data = _ratings(evaluation.revision)
    stranger = user_with_role(Role.TSC)
    return Example(county.leader, {"evaluation_id": evaluation.id}, data, stranger=stranger)


def send_back():
    example = conclude()
    example.data = {"revision": example.data["revision"], "reason": "依据不足"}
    return example


def add_dimension():
    data = {"name": "创新", "standard": "有新办法"}
    return Example(make_county().office, {"year": 2026}, data)


def remove_dimension():
    county = make_county()
    with unit_of_work():
        added = settings.add_dimension(actor_of(county.office), 2026, name="创新", standard="有新办法")
    return Example(county.office, {"year": 2026, "dimension_id": added.id})


def set_limits():
    data = {"unit_workdays": "4", "leader_workdays": "3", "revision": "0"}
    return Example(make_county().office, {"year": 2026}, data)


def standard_page():
    return Example(make_county().office, {"year": 2026})


def evaluation_page():
    county = make_county()
    evaluation = opened(county)
    return Example(county.member, {"evaluation_id": evaluation.id}, stranger=user_with_role(Role.TSC))


def order():
    county = make_county()
    goal_id = county.entry().goal_id
    data = {
        "origin": "leader", "reason": "进度落后", "what": "增派人手", "due_on": "2030-10-30",
        "person_id": str(county.member.person_id), "evaluation_id": "",
    }  # fmt: skip
    return Example(county.leader, {"goal_id": goal_id}, data)


def order_page():
    example = order()
    example.data = {}
    return example


def on_order(role: str, **data: str) -> Callable[[], Example]:
    """Return an example of *role* taking a step with an order, a reported one unless the member does."""

    def build() -> Example:
        county = make_county()
        made = ordered(county)
        if role != "member":
            with unit_of_work():
                actor = actor_of(county.member)
                correctives.report(actor, orders.get_order(actor, made.id), text="已增派2人")
        fields = {"revision": str(made.revision)} | data
        stranger = user_with_role(Role.TSC) if role == "member" else None
        return Example(getattr(county, role), {"order_id": made.id}, fields, stranger=stranger)

    return build


def corrective_page():
    county = make_county()
    made = ordered(county)
    return Example(county.member, {"order_id": made.id}, stranger=user_with_role(Role.TSC))


def timeline():
    county = make_county()
    goal_id = county.entry().goal_id
    return Example(county.member, {"goal_id": goal_id}, stranger=user_with_role(Role.TSC))


UNSAFE = {
    "evaluations.evaluation_assess": assess,
    "evaluations.evaluation_conclude": conclude,
    "evaluations.evaluation_return": send_back,
    "evaluations.dimension_create": add_dimension,
    "evaluations.dimension_remove": remove_dimension,
    "evaluations.limits_update": set_limits,
    "correctives.corrective_create": order,
    "correctives.corrective_report": on_order("member", text="已增派2人"),
    "correctives.corrective_verify": on_order("leader", note="属实"),
    "correctives.corrective_send_back": on_order("leader", reason="再核"),
}
PAGES = {
    "evaluations.evaluation_show": evaluation_page,
    "evaluations.standard_show": standard_page,
    "correctives.corrective_new": order_page,
    "correctives.corrective_show": corrective_page,
    "timeline.goal_timeline": timeline,
}
