"""What meetings decided (议定事项): list, one, reporting it done, confirming or returning it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.forms import BaseForm, carry_out
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.org.years import get_selected_year
from fivestep_web.supervision.extensions import policy as extension_policy
from fivestep_web.supervision.extensions.queries import extended, list_of_item
from fivestep_web.supervision.meetings import extending, page, policy, queries, resolutions
from fivestep_web.supervision.meetings.forms import ReasonForm, StepForm, TextForm
from fivestep_web.supervision.meetings.models import Resolution
from fivestep_web.supervision.meetings.rules import RESOLUTION_LABELS, ResolutionState
from fivestep_web.supervision.meetings.views import KEEPERS

blueprint = Blueprint("resolutions", __name__)


@blueprint.get("/meetings/resolutions")
@requires(Permission.LEDGER_READ)
def resolution_index() -> ResponseReturnValue:
    state, is_own = request.args.get("state", ""), bool(request.args.get("own"))
    wanted = ResolutionState(state) if state in RESOLUTION_LABELS else None
    found = queries.list_resolutions(actor(), get_selected_year(), state=wanted, is_own=is_own)
    return render_template(
        "meetings/resolution_index.html",
        lines=page.resolution_lines(found),
        states=list(RESOLUTION_LABELS.items()),
        state=state,
        is_own=is_own,
    )


@blueprint.get("/meetings/resolutions/<int:resolution_id>")
@requires(Permission.LEDGER_READ)
def resolution_show(resolution_id: int) -> ResponseReturnValue:
    return _show(queries.get_resolution(actor(), resolution_id))


def _show(resolution: Resolution, status: int = 200, **failed: Any) -> ResponseReturnValue:
    who, data = actor(), {"revision": resolution.revision}
    meeting = resolution.item.meeting
    return render_template(
        "meetings/resolution_show.html",
        resolution=resolution,
        line=page.resolution_lines([resolution])[0],
        meeting=meeting,
        name=page.name_of(meeting),
        may_read=policy.can_read(who, meeting),
        moved=extended(extending.KIND, [resolution.id]).get(resolution.id),
        extensions=list_of_item(who, extending.KIND, resolution.id),
        may_extend=extension_policy.can_ask(who, extending.item_of(resolution)),
        can_report=policy.can_report(who, resolution),
        can_confirm=policy.can_confirm(who, resolution),
        step_form=StepForm(formdata=None, data=data),
        text_form=TextForm(formdata=None, data=data),
        reason_form=ReasonForm(formdata=None, data=data),
        failed=failed or None,
    ), status


def _take(
    resolution_id: int, step: str, form: BaseForm, command: Callable[[Resolution], None], message: str
) -> ResponseReturnValue:
    queries.get_resolution(actor(), resolution_id)

    def take() -> None:
        command(queries.get_resolution(actor(), resolution_id, lock=True, revision=form.revision.data))

    if not carry_out(form, take):
        return _show(queries.get_resolution(actor(), resolution_id), 422, step=step, form=form)
    return htmx.leave(url_for(".resolution_show", resolution_id=resolution_id), message)


@blueprint.post("/meetings/resolutions/<int:resolution_id>/report")
@requires(Permission.RESOLUTION_REPORT)
def resolution_report(resolution_id: int) -> ResponseReturnValue:
    form = TextForm()
    return _take(
        resolution_id,
        "report",
        form,
        lambda found: resolutions.report(actor(), found, text=form.text.data),
        _("已报告，等主持人或办公室确认"),
    )


@blueprint.post("/meetings/resolutions/<int:resolution_id>/confirm")
@requires(*KEEPERS)
def resolution_confirm(resolution_id: int) -> ResponseReturnValue:
    return _take(
        resolution_id,
        "confirm",
        StepForm(),
        lambda found: resolutions.confirm(actor(), found),
        _("已确认办结"),
    )


@blueprint.post("/meetings/resolutions/<int:resolution_id>/return")
@requires(*KEEPERS)
def resolution_return(resolution_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    return _take(
        resolution_id,
        "return",
        form,
        lambda found: resolutions.send_back(actor(), found, reason=form.reason.data),
        _("已退回责任人继续办理"),
    )
