"""Feedback (信息反馈, R3.10): the list, one with its thread, a month's statistics, the date it is due."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.errors import NotFound
from fivestep_web.core.forms import carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.core.transaction import unit_of_work
from fivestep_web.org.lookups import unit_choices
from fivestep_web.org.queries import get_calendar, get_plan_year
from fivestep_web.org.years import find_selected_year, get_selected_year, list_years
from fivestep_web.supervision.extensions import policy as extension_policy
from fivestep_web.supervision.extensions.queries import NOT_EXTENDED, extended, list_of_item
from fivestep_web.supervision.feedback import extending, page, policy, queries, rules, services
from fivestep_web.supervision.feedback.forms import FeedbackForm, SayingForm, ScheduleForm
from fivestep_web.supervision.feedback.models import Feedback
from fivestep_web.supervision.feedback.rules import FEEDBACK_STATE_LABELS, MONTHS, FeedbackState, Saying
from fivestep_web.supervision.limits import queries as limits

blueprint = Blueprint("feedback", __name__)


@blueprint.get("/feedback")
@requires(Permission.FEEDBACK_READ)
def feedback_index() -> ResponseReturnValue:
    year = find_selected_year()
    months = queries.list_months(actor(), year) if year else []
    units = actor().units_for(Permission.FEEDBACK_READ)
    has_many = units is None or len(units) > 1
    newest = next(iter(months), 0) if has_many and "month" not in request.args else 0
    month = request.args.get("month", newest, type=int)
    month = month if month in MONTHS else 0
    unit_id, state = request.args.get("unit_id", 0, type=int), request.args.get("state", "")
    found = queries.list_feedback(actor(), year, month=month, unit_id=unit_id, state=state) if year else []
    return render_template(
        "feedback/feedback_index.html",
        year=year,
        lines=page.lines(year, found) if year else [],
        filters={"month": month, "unit_id": unit_id, "state": state},
        months=[(item, _("%(month)s月", month=item)) for item in months],
        units=[(key, name) for key, name in unit_choices() if units is None or key in units],
        has_many=has_many,
        states=list(FEEDBACK_STATE_LABELS.items()),
        tones=page.TONES,
        state_tones=page.STATE_TONES,
    )


@blueprint.get("/feedback/<int:year>/<int:month>")
@requires(Permission.FEEDBACK_READ)
def feedback_month(year: int, month: int) -> ResponseReturnValue:
    wanted = request.args.get("year", type=int)
    if wanted in list_years() and wanted != year:
        return redirect(url_for(".feedback_index", year=wanted), 303)
    if month not in MONTHS or year not in list_years():
        raise NotFound(_("没有这个月份。"))
    return render_template(
        "feedback/feedback_month.html",
        year=year,
        month=month,
        shown=page.month_page(actor(), year, month),
        tones=page.TONES,
        state_tones=page.STATE_TONES,
        is_known=get_calendar().is_known(year),
    )


@blueprint.get("/feedback/settings")
@requires(Permission.FEEDBACK_READ)
def schedule_edit() -> ResponseReturnValue:
    year = get_selected_year()
    offset = next((one.offset for one in reversed(queries.history_of(year))), 0)
    form = ScheduleForm(formdata=None, data={"workday_offset": offset, "seen": queries.last_set(year)})
    return _schedule(year, form)


def _schedule(year: int, form: ScheduleForm, status: int = 200) -> ResponseReturnValue:
    calendar, history = get_calendar(), queries.history_of(year)
    due = {
        month: rules.due_day(year, month, rules.offset_of(year, month, history), calendar) for month in MONTHS
    }
    return render_template(
        "feedback/schedule_edit.html",
        year=year,
        due=due,
        is_known=calendar.is_known(year) and all(calendar.is_known(day.year) for day in due.values()),
        history=[
            (row, rules.offset_label(row.workday_offset)) for row in reversed(queries.list_schedules(year))
        ],
        form=form if policy.can_set(actor()) else None,
    ), status


@blueprint.post("/feedback/<int:year>/settings")
@requires(Permission.LIMIT_SET)
def schedule_update(year: int) -> ResponseReturnValue:
    get_plan_year(year)
    form = ScheduleForm()

    def update() -> None:
        plan_year = get_plan_year(year, lock=True)
        services.set_schedule(actor(), plan_year, form.workday_offset.data, seen=form.seen.data)

    if not carry_out(form, update):
        return _schedule(year, form, 422)
    return htmx.leave(url_for(".schedule_edit", year=year), _("已保存，从下一个月起执行"))


@blueprint.get("/feedback/<int:feedback_id>")
@requires(Permission.FEEDBACK_READ)
def feedback_show(feedback_id: int) -> ResponseReturnValue:
    return _show(feedback_id)


def _show(feedback_id: int, status: int = 200, **failed: Any) -> ResponseReturnValue:
    feedback = queries.get_feedback(actor(), feedback_id)
    is_writing, shown = policy.can_send(actor(), feedback), {"revision": feedback.revision}
    draft = queries.find_draft(feedback_id) if is_writing else None
    figures = services.current_figures(feedback) if is_writing else rules.Figures.from_json(feedback.figures)
    return render_template(
        "feedback/feedback_show.html",
        feedback=feedback,
        unit=queries.unit_of(feedback),
        figures=figures,
        figures_on=feedback.figures_on or services.figures_day(feedback),
        turn=page.turn_of(feedback, limits.history_of(feedback.year)),
        **_extensions(feedback_id),
        around=page.neighbours(actor(), feedback),
        draft=draft,
        form=failed.get("form") or _form(feedback, draft, figures),
        is_writing=is_writing,
        can=policy.can_say(actor(), feedback),
        sayings={
            saying: failed.get(saying.value) or SayingForm(formdata=None, data=shown, prefix=f"{saying}-")
            for saying in Saying
        },
        failed=set(failed),
        days_left=(feedback.due_on - clock.today()).days if feedback.state is FeedbackState.OPEN else None,
        is_known=get_calendar().is_known(feedback.due_on.year),
        state_tones=page.STATE_TONES,
    ), status


def _extensions(feedback_id: int) -> dict[str, Any]:
    """Return what became of the date of a feedback, and whether the actor may ask for a later one."""
    item = extending.find(actor(), feedback_id, False)  # noqa: FBT003 - not locked
    return {
        "moved": extended(extending.KIND, [feedback_id]).get(feedback_id, NOT_EXTENDED),
        "extensions": list_of_item(actor(), extending.KIND, feedback_id),
        "may_extend": item.is_open and extension_policy.can_ask(actor(), item),
    }


def _form(feedback: Feedback, draft: Any, figures: rules.Figures) -> FeedbackForm:
    """Return the form with the draft in it, else with the month in words from the ledger's figures."""
    day = services.figures_day(feedback)
    texts = {
        "completion": draft.completion if draft else rules.sentence(figures, day),
        "problems": draft.problems if draft else "",
        "suggestions": draft.suggestions if draft else "",
    }
    return FeedbackForm(formdata=None, data=texts | {"revision": feedback.revision})


@blueprint.post("/feedback/<int:feedback_id>/draft")
@requires(Permission.FEEDBACK_SEND)
def feedback_draft(feedback_id: int) -> ResponseReturnValue:
    form = FeedbackForm()
    with unit_of_work():
        feedback = queries.get_feedback(actor(), feedback_id, lock=True)
        draft = services.save_draft(actor(), feedback, form.words())
    return htmx.done(
        url_for(".feedback_show", feedback_id=feedback_id),
        "feedback/_feedback_draft.html",
        _("草稿已暂存"),
        draft=draft,
    )


@blueprint.post("/feedback/<int:feedback_id>/send")
@requires(Permission.FEEDBACK_SEND)
def feedback_send(feedback_id: int) -> ResponseReturnValue:
    form = FeedbackForm()

    def send() -> None:
        feedback = queries.get_feedback(actor(), feedback_id, lock=True, revision=form.revision.data)
        services.send(actor(), feedback, form.words())

    if not carry_out(form, send):
        return _show(feedback_id, 422, form=form)
    return htmx.leave(url_for(".feedback_show", feedback_id=feedback_id), _("已报送主管领导"))


def _say(feedback_id: int, saying: Saying, message: str) -> ResponseReturnValue:
    form = SayingForm(prefix=f"{saying}-")

    def say() -> None:
        feedback = queries.get_feedback(actor(), feedback_id, lock=True, revision=form.revision.data)
        services.say(actor(), feedback, saying, form.text.data)

    if not carry_out(form, say):
        return _show(feedback_id, 422, **{saying.value: form})
    going_on = page.neighbours(actor(), queries.get_feedback(actor(), feedback_id))
    if saying is not Saying.REPLY and going_on.next_waiting_id is not None:
        message = _("%(done)s，下一份是%(unit)s的反馈", done=message, unit=going_on.next_waiting)
        return htmx.leave(url_for(".feedback_show", feedback_id=going_on.next_waiting_id), message)
    return htmx.leave(url_for(".feedback_show", feedback_id=feedback_id), message)


@blueprint.post("/feedback/<int:feedback_id>/answer")
@requires(Permission.FEEDBACK_ANSWER)
def feedback_answer(feedback_id: int) -> ResponseReturnValue:
    return _say(feedback_id, Saying.ANSWER, _("已答复"))


@blueprint.post("/feedback/<int:feedback_id>/question")
@requires(Permission.FEEDBACK_ANSWER)
def feedback_question(feedback_id: int) -> ResponseReturnValue:
    return _say(feedback_id, Saying.QUESTION, _("已追问，等单位补充"))


@blueprint.post("/feedback/<int:feedback_id>/reply")
@requires(Permission.FEEDBACK_SEND)
def feedback_reply(feedback_id: int) -> ResponseReturnValue:
    return _say(feedback_id, Saying.REPLY, _("补充说明已送主管领导"))
