"""What the page of one goal shows."""

from typing import Any

from fivestep_web.core.permissions import Actor, Permission
from fivestep_web.org.queries import person_choices
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.goals import assignments, completion, duty_services, phases
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.goals.rules import conditions_of
from fivestep_web.responsibility.letters import queries
from fivestep_web.responsibility.models import Goal
from fivestep_web.responsibility.rules import ASSIGNMENT_LABELS


def context(actor: Actor, goal: Goal, **more: Any) -> dict[str, Any]:
    """Return what the template needs; *more* replaces parts."""
    rows = goal_queries.list_goals(actor, goal.year, topic_id=goal.topic_id)
    row = next(item for item in rows if item.id == goal.id)
    goal_queries.as_tree(rows)
    completion.add_to(rows, goal.year)
    letter = goal_services.fixing_letters([goal.id]).get(goal.id)
    builds = policy.can_edit_goal(actor, goal)
    duties = duty_services.list_duties(goal.unit_id, with_ended=True)
    return {
        "goal": row,
        "stored": goal,
        "duty": next((duty for duty in duties if duty.id == goal.duty_id), None),
        "conditions": conditions_of(goal.acceptance),
        "parent": next((item for item in rows if item.id == row.parent_id), None),
        "tasks": list(goal_queries.in_order(row.tasks)),
        "phases": phases.of_goal(goal),
        "letters": queries.list_letters_of_goal(actor, goal.id),
        "fixing_letter": letter,
        "letter_before": goal_services.find_letter_before(goal),
        "periods": assignments.list_periods(goal.id),
        "role_labels": ASSIGNMENT_LABELS,
        "helping": [(role.value, ASSIGNMENT_LABELS[role]) for role in assignments.HELPING],
        "carriers": assignments.people_of(goal.unit_id) if builds else [],
        "everybody": person_choices() if builds else [],
        "builds": builds,
        "is_key": policy.is_key(goal),
        "can_mark_key": policy.can_mark_key(actor, goal),
        "can_edit": builds and letter is None,
        "can_request": actor.may_for(Permission.CHANGE_REQUEST, unit_id=goal.unit_id),
        "error": "",
        **more,
    }
