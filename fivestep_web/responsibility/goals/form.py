"""The form of a goal: its choices, and the facts it says."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from fivestep_web.core.errors import FieldError, Refusal
from fivestep_web.core.forms import choices, to_choose
from fivestep_web.extensions import db
from fivestep_web.responsibility.forms import GoalForm
from fivestep_web.responsibility.goals import assignments, duty_services
from fivestep_web.responsibility.goals.services import OPEN_TOPICS, GoalFacts, Place, facts_of
from fivestep_web.responsibility.models import Goal
from fivestep_web.topics.models import Topic

OUTSIDE = "outside"
TEXTS = (
    "name", "completion_standard", "measure_unit", "indicator", "deliverable", "acceptance", "measures",
)  # fmt: skip


def offer(
    form: GoalForm,
    *,
    topics_of: int | None = None,
    people_of: int | None = None,
    duties_of: int | None = None,
) -> None:
    """Fill a form's lists: a year's open topics, a unit's people, a unit's duties.

    What is not asked for leaves the form; where there are no duties, there is nothing to choose from.
    """
    if topics_of:
        form.topic_id.choices = to_choose(_topics(topics_of))
    else:
        del form.topic_id
    if people_of:
        people = assignments.people_of(people_of)
        form.person_id.choices = to_choose((row[0], f"{row[1]}（{row[2]}）") for row in people)
    else:
        del form.person_id
    duties = duty_services.list_duties(duties_of) if duties_of else []
    named = [(str(duty.id), f"{place}. {duty.text}") for place, duty in enumerate(duties, 1)]
    form.duty.choices = to_choose([*named, (OUTSIDE, _("职责以外"))]) if duties else choices([])


def offer_new(form: GoalForm, where: Place) -> None:
    """Fill the lists of a goal to be made at *where*; a task has the topic and the duty of its goal."""
    is_task = where.parent_id is not None
    offer(
        form,
        topics_of=None if is_task else where.year,
        people_of=where.unit_id,
        duties_of=None if is_task else where.unit_id,
    )


def offer_stored(form: GoalForm, goal: Goal) -> None:
    """Fill the lists of a goal that is there: a unit goal's duties."""
    offer(form, duties_of=None if goal.parent_id else goal.unit_id)


def _topics(year: int) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(Topic.id, Topic.code, Topic.name)
        .where(Topic.year == year, Topic.state.in_(OPEN_TOPICS))
        .order_by(Topic.code)
    )
    return [(topic_id, f"{code} {name}") for topic_id, code, name in rows]


def for_goal(goal: Goal) -> GoalForm:
    """Return the form of a stored goal."""
    form = GoalForm(obj=facts_of(goal), revision=goal.revision)
    offer_stored(form, goal)
    if goal.duty_id:
        form.duty.data = str(goal.duty_id)
    elif goal.outside_duties_reason:
        form.duty.data = OUTSIDE
    return form


def facts_from(form: GoalForm, goal: Goal | None = None) -> GoalFacts:
    """Return what a valid form says; where it did not ask for the duty, *goal* keeps what is stored."""
    duty_id, reason = _duty(form)
    if goal is not None and "duty" not in _sent(form):
        duty_id, reason = goal.duty_id, goal.outside_duties_reason
    texts: dict[str, Any] = {name: form[name].data or "" for name in TEXTS}
    return GoalFacts(
        **texts,
        target=form.target.data,
        baseline=form.baseline.data,
        starts_on=form.starts_on.data,
        deadline=form.deadline.data,
        points=Decimal(form.points.data),
        duty_id=duty_id,
        outside_duties_reason=reason,
    )


def _duty(form: GoalForm) -> tuple[int | None, str]:
    chosen = form.duty.data or ""
    if chosen == OUTSIDE:
        return None, form.outside_duties_reason.data or ""
    return (int(chosen), "") if chosen.isdecimal() and chosen.isascii() else (None, "")


def _sent(form: GoalForm) -> set[str]:
    return {field.name for field in form if field.raw_data}


def show_refusal(form: GoalForm, refusal: Refusal) -> None:
    """Put a refusal at the field it is about, or above the form."""
    place = {"link": "topic_id", "person": "person_id"}
    name = place.get(refusal.field, refusal.field) if isinstance(refusal, FieldError) else ""
    if name in form:
        form[name].errors = [*form[name].errors, refusal.message]
    else:
        form.form_errors.append(refusal.message)
