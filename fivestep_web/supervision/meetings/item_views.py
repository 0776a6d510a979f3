"""The agenda of a meeting: items added and postponed by hand, minuted one by one."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.forms import carry_out, choices
from fivestep_web.core.permissions import actor, requires
from fivestep_web.org.lookups import unit_choices
from fivestep_web.supervision.meetings import minutes, page, queries, services
from fivestep_web.supervision.meetings.forms import ItemForm, OutcomeForm, ReasonForm, StepForm
from fivestep_web.supervision.meetings.models import AgendaItem, Meeting
from fivestep_web.supervision.meetings.rules import Outcome
from fivestep_web.supervision.meetings.views import KEEPERS, show
from fivestep_web.supervision.people import in_post
from fivestep_web.supervision.problems.queries import list_goals_of_ledger

blueprint = Blueprint("agenda", __name__)

ROW = "meetings/_item_row.html"
FORM_ROW = "meetings/_outcome_row.html"


def _leave(meeting_id: int, anchor: str, message: str) -> ResponseReturnValue:
    return htmx.leave(url_for("meetings.meeting_show", meeting_id=meeting_id, _anchor=anchor), message)


@blueprint.get("/meetings/<int:meeting_id>/items/new")
@requires(*KEEPERS)
def item_new(meeting_id: int) -> ResponseReturnValue:
    meeting = queries.get_meeting(actor(), meeting_id)
    services.require_preparer(actor(), meeting)
    return _new(meeting, _with_goals(meeting, ItemForm(formdata=None, revision=meeting.revision)))


def _with_goals(meeting: Meeting, form: ItemForm) -> ItemForm:
    goals = list_goals_of_ledger(meeting.year)
    form.goal_id.choices = choices([("", _("不涉及具体目标")), *goals])
    return form


def _new(meeting: Meeting, form: ItemForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "meetings/item_new.html", meeting=meeting, name=page.name_of(meeting), form=form
    ), status


@blueprint.post("/meetings/<int:meeting_id>/items")
@requires(*KEEPERS)
def item_create(meeting_id: int) -> ResponseReturnValue:
    form = _with_goals(queries.get_meeting(actor(), meeting_id), ItemForm())

    def create() -> None:
        services.add_item(
            actor(),
            queries.get_meeting(actor(), meeting_id, lock=True, revision=form.revision.data),
            subject=form.subject.data,
            detail=form.detail.data or "",
            reason=form.reason.data,
            goal_id=form.goal_id.data,
        )

    if not carry_out(form, create):
        return _new(queries.get_meeting(actor(), meeting_id), form, 422)
    return _leave(meeting_id, "agenda", _("议题已增加"))


@blueprint.post("/meetings/<int:meeting_id>/items/<int:item_id>/postpone")
@requires(*KEEPERS)
def item_postpone(meeting_id: int, item_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    queries.get_item(queries.get_meeting(actor(), meeting_id), item_id)

    def postpone() -> None:
        meeting = queries.get_meeting(actor(), meeting_id, lock=True)
        item = queries.get_item(meeting, item_id, revision=form.revision.data)
        services.postpone(actor(), item, reason=form.reason.data)

    if not carry_out(form, postpone):
        step = f"items/{item_id}/postpone"
        return show(queries.get_meeting(actor(), meeting_id), 422, step=step, form=form)
    return _leave(meeting_id, "agenda", _("已缓议，理由列在议程后"))


@blueprint.post("/meetings/<int:meeting_id>/items/<int:item_id>/restore")
@requires(*KEEPERS)
def item_restore(meeting_id: int, item_id: int) -> ResponseReturnValue:
    form = StepForm()
    queries.get_item(queries.get_meeting(actor(), meeting_id), item_id)

    def restore() -> None:
        meeting = queries.get_meeting(actor(), meeting_id, lock=True)
        services.restore(actor(), queries.get_item(meeting, item_id, revision=form.revision.data))

    if not carry_out(form, restore):
        step = f"items/{item_id}/restore"
        return show(queries.get_meeting(actor(), meeting_id), 422, step=step, form=form)
    return _leave(meeting_id, "agenda", _("已重新列入议程"))


@blueprint.get("/meetings/<int:meeting_id>/items/<int:item_id>")
@requires(*KEEPERS)
def item_show(meeting_id: int, item_id: int) -> ResponseReturnValue:
    """Show an item's row to htmx, for who leaves its form; the meeting's page to others."""
    meeting = queries.get_meeting(actor(), meeting_id)
    item = queries.get_item(meeting, item_id)
    if not htmx.wants_fragment():
        return show(meeting)
    return render_template(ROW, **_row(meeting, item))


def _row(meeting: Meeting, item: AgendaItem) -> dict[str, Any]:
    lines = page.item_lines(actor(), meeting)
    return {"meeting": meeting, "line": next(line for line in lines if line.item.id == item.id)}


@blueprint.get("/meetings/<int:meeting_id>/items/<int:item_id>/outcome")
@requires(*KEEPERS)
def outcome_edit(meeting_id: int, item_id: int) -> ResponseReturnValue:
    meeting = queries.get_meeting(actor(), meeting_id)
    services.require_preparer(actor(), meeting)
    item = queries.get_item(meeting, item_id)
    minutes.require_running(actor(), item)
    data = {
        "revision": item.revision,
        "outcome": item.outcome or Outcome.RESOLVED,
        "matter": item.matter,
        "unit_id": item.unit_id,
        "owner_id": item.owner_id or (item.goal.person_id if item.goal else None),
        "due_on": item.due_on,
        "open_reason": item.open_reason,
    }
    return _outcome(meeting, item, _offered(item, OutcomeForm(formdata=None, data=data)))


def _offered(item: AgendaItem, form: OutcomeForm) -> OutcomeForm:
    form.outcome.choices = choices((value.value, label) for value, label in page.outcome_choices(item))
    form.unit_id.choices = choices([("", _("责任人所在单位")), *unit_choices()])
    form.owner_id.choices = choices([("", _("请选择")), *in_post()])
    return form


def _outcome(meeting: Meeting, item: AgendaItem, form: OutcomeForm, status: int = 200) -> ResponseReturnValue:
    context = _row(meeting, item) | {"form": form, "name": page.name_of(meeting)}
    return htmx.render("meetings/outcome_edit.html", FORM_ROW, status, **context)


@blueprint.post("/meetings/<int:meeting_id>/items/<int:item_id>/outcome")
@requires(*KEEPERS)
def outcome_update(meeting_id: int, item_id: int) -> ResponseReturnValue:
    item = queries.get_item(queries.get_meeting(actor(), meeting_id), item_id)
    minutes.require_running(actor(), item)
    form = _offered(item, OutcomeForm())

    def update() -> None:
        meeting = queries.get_meeting(actor(), meeting_id, lock=True)
        decision = minutes.Decision(
            form.outcome.data,
            form.matter.data or "",
            form.unit_id.data,
            form.owner_id.data,
            form.due_on.data,
            form.open_reason.data or "",
        )
        minutes.decide(actor(), queries.get_item(meeting, item_id, revision=form.revision.data), decision)

    is_done = carry_out(form, update)
    meeting = queries.get_meeting(actor(), meeting_id)
    item = queries.get_item(meeting, item_id)
    if not is_done:
        return _outcome(meeting, item, form, 422)
    url = url_for("meetings.meeting_show", meeting_id=meeting_id, _anchor=f"item-{item_id}")
    return htmx.done(url, ROW, _("已记录"), **_row(meeting, item))
