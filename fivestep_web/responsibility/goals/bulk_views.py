"""One goal given to many comrades or units, with a preview before anything is saved (R2.5)."""

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.errors import NotFound, Refusal
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.years import find_selected_year
from fivestep_web.responsibility import policy
from fivestep_web.responsibility.forms import GoalForm
from fivestep_web.responsibility.goals import assignments, duty_services
from fivestep_web.responsibility.goals import bulk as goal_bulk
from fivestep_web.responsibility.goals import form as goal_form
from fivestep_web.responsibility.goals import queries as goal_queries
from fivestep_web.responsibility.goals import services as goal_services
from fivestep_web.responsibility.goals.bulk import ManyError, Receiver
from fivestep_web.responsibility.goals.services import Place
from fivestep_web.responsibility.models import Goal

blueprint = Blueprint("goal_bulk", __name__)

PAGE = "responsibility/goal_many.html"


class _OnlyTriedError(Exception):
    """Ends a unit of work that was only tried."""


@dataclass(frozen=True)
class Choice:
    """Who may be given the goal: a comrade of the goal's unit, or a unit with its duties."""

    value: int
    label: str
    duties: list[tuple[str, str]]


def _parent() -> Goal | None:
    parent_id = request.values.get("parent_id", type=int)
    return goal_queries.get_goal(actor(), parent_id) if parent_id else None


def _year() -> int:
    year = find_selected_year()
    if year is None:
        raise NotFound(_("还没有年度，请先导入年度工作簿"))
    return year


def _choices(parent: Goal | None) -> list[Choice]:
    if parent is not None:
        return [Choice(row[0], f"{row[1]}（{row[2]}）", []) for row in assignments.people_of(parent.unit_id)]
    own = [unit for unit in unit_choices() if policy.can_edit_goals_of(actor(), unit[0])]
    duties = duty_services.duties_of([unit_id for unit_id, _name in own])
    outside = (goal_form.OUTSIDE, _("职责以外（理由写在下面）"))
    return [
        Choice(unit_id, name, [*duties[unit_id], outside] if unit_id in duties else [])
        for unit_id, name in own
    ]


def _page(form: GoalForm, parent: Goal | None, status: int = 200, **more: object) -> ResponseReturnValue:
    given = {"chosen": [], "errors": {}, "stamp": "", "is_changed": False, **more}
    return render_template(PAGE, form=form, parent=parent, receivers=_choices(parent), **given), status


@blueprint.get("/goals/many")
@requires(Permission.GOAL_EDIT)
def many_new() -> ResponseReturnValue:
    parent = _parent()
    form = GoalForm(obj=goal_services.facts_of(parent) if parent else None)
    goal_form.offer(form, topics_of=None if parent else _year())
    if parent is None:
        form.topic_id.data = request.args.get("topic_id", type=int)
        form.points.data = 10
    return _page(form, parent)


@blueprint.post("/goals/many")
@requires(Permission.GOAL_EDIT)
def many_create() -> ResponseReturnValue:
    form, parent = GoalForm(), _parent()
    chosen, checked = request.form.getlist("receiver", type=int), request.form.get("confirmed", "")
    stamp = stamp_of(request.form.items(multi=True))
    goal_form.offer(form, topics_of=None if parent else _year())
    if not form.validate():
        return _page(form, parent, 422, chosen=chosen)
    try:
        count = _make(form, parent, chosen, is_final=checked == stamp)
    except ManyError as refusal:
        form.form_errors.append(refusal.message)
        errors = {chosen[place]: message for place, message in refusal.errors.items()}
        return _page(form, parent, 422, chosen=chosen, errors=errors)
    except NotFound:
        raise
    except Refusal as refusal:
        goal_form.show_refusal(form, refusal)
        return _page(form, parent, refusal.status, chosen=chosen)
    if count is None:
        return _page(form, parent, chosen=chosen, stamp=stamp, is_changed=bool(checked))
    target = (
        url_for("goals.goal_show", goal_id=parent.id)
        if parent
        else url_for("goals.goal_index", topic_id=form.topic_id.data)
    )
    return htmx.leave(target, _("已下达 %(count)s 项目标", count=count))


def stamp_of(fields: Iterable[tuple[str, str]]) -> str:
    """Return what tells whether the form still says what its preview showed."""
    shown = sorted(field for field in fields if field[0] not in ("csrf_token", "confirmed"))
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def _make(form: GoalForm, parent: Goal | None, chosen: list[int], *, is_final: bool) -> int | None:
    """Make the goals, or only try: then nothing is kept and there is no count."""
    parent_id, unit_id = (parent.id, parent.unit_id) if parent else (None, 0)
    base = Place(_year(), form.topic_id.data if form.topic_id else 0, unit_id, 0, parent_id)
    if parent is not None:
        receivers = [Receiver(unit_id, person_id) for person_id in chosen]
    else:
        heads = goal_bulk.heads_of(chosen)
        receivers = [_unit(choice, heads.get(choice)) for choice in chosen]
    reason = form.outside_duties_reason.data or ""
    facts = replace(goal_form.facts_from(form), outside_duties_reason=reason)
    with suppress(_OnlyTriedError), unit_of_work():
        made = goal_bulk.create_many(actor(), base, facts, receivers)
        _keep(is_final=is_final)
        return len(made)
    return None


def _unit(unit_id: int, head_id: int | None) -> Receiver:
    name = f"duty-{unit_id}"
    is_outside = request.form.get(name) == goal_form.OUTSIDE
    return Receiver(unit_id, head_id, request.form.get(name, type=int), is_outside)


def _keep(*, is_final: bool) -> None:
    if not is_final:
        raise _OnlyTriedError
