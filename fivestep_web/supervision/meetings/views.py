"""Meetings of step 3: the year, one meeting, calling, arranging, holding and closing it."""

from collections.abc import Callable
from datetime import time
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import clock, htmx
from fivestep_web.core.forms import BaseForm, carry_out, to_choose
from fivestep_web.core.permissions import Permission, actor, requires
from fivestep_web.org.years import get_selected_year
from fivestep_web.supervision.meetings import minutes, page, policy, queries, services
from fivestep_web.supervision.meetings.forms import ArrangementForm, CallForm, ReasonForm, StepForm, TextForm
from fivestep_web.supervision.meetings.models import Meeting
from fivestep_web.supervision.meetings.rules import MeetingKind, MeetingState, Move
from fivestep_web.supervision.people import leaders
from fivestep_web.supervision.problems.queries import list_open as list_open_problems

blueprint = Blueprint("meetings", __name__)

KEEPERS = (Permission.MEETING_PREPARE, Permission.MEETING_CALL)


@blueprint.get("/meetings")
@requires(Permission.LEDGER_READ)
def meeting_index() -> ResponseReturnValue:
    year = get_selected_year()
    meetings = queries.list_meetings(year)
    kinds = (MeetingKind.JOINT, MeetingKind.DISPATCH, MeetingKind.REVIEW)
    return render_template(
        "meetings/meeting_index.html",
        year=year,
        strips=[page.strip(actor(), year, kind, meetings) for kind in kinds],
        lines=page.lines(actor(), year, meetings),
        may_call=policy.may_call(actor()),
    )


@blueprint.get("/meetings/new")
@requires(Permission.MEETING_CALL)
def meeting_new() -> ResponseReturnValue:
    data = {"planned_on": clock.today(), "problem_ids": request.args.getlist("problem", type=int)}
    return _new(_with_problems(CallForm(formdata=None, data=data)))


def _with_problems(form: CallForm) -> CallForm:
    problems = list_open_problems(get_selected_year())
    form.problem_ids.choices = [(one.id, f"{one.goal.name}：{one.text}") for one in problems]
    form.chair_id.choices = to_choose(leaders())
    return form


def _new(form: CallForm, status: int = 200) -> ResponseReturnValue:
    return render_template("meetings/meeting_new.html", form=form), status


@blueprint.post("/meetings")
@requires(Permission.MEETING_CALL)
def meeting_create() -> ResponseReturnValue:
    form, year = _with_problems(CallForm()), get_selected_year()
    made: list[int] = []

    def create() -> None:
        call = services.Call(
            form.reason.data, form.planned_on.data, form.chair_id.data, form.problem_ids.data or ()
        )
        made.append(services.call_special(actor(), year, call).id)

    if not carry_out(form, create):
        return _new(form, 422)
    return _leave(made[0], _("已召集，填写地点后发会议通知"))


def _leave(meeting_id: int, message: str) -> ResponseReturnValue:
    return htmx.leave(url_for(".meeting_show", meeting_id=meeting_id), message)


@blueprint.get("/meetings/<int:meeting_id>")
@requires(Permission.LEDGER_READ)
def meeting_show(meeting_id: int) -> ResponseReturnValue:
    return show(queries.get_meeting(actor(), meeting_id))


def show(meeting: Meeting, status: int = 200, **failed: Any) -> ResponseReturnValue:
    """Return the page of a meeting; *failed* is a step with its form to be mended."""
    who, data = actor(), {"revision": meeting.revision}
    is_closed = meeting.state is MeetingState.CLOSED
    receipts = queries.list_receipts(meeting.id) if is_closed else []
    return render_template(
        "meetings/meeting_show.html",
        meeting=meeting,
        name=page.name_of(meeting),
        tone=page.TONES[meeting.state],
        line=[state.label for state in page.STATE_LINE],
        items=page.item_lines(who, meeting),
        left_out=page.left_out(meeting),
        faults=minutes.told(minutes.faults(meeting)) if meeting.state is MeetingState.RUNNING else [],
        is_unpublished=services.is_year_unknown(meeting),
        can={step.value: policy.can_move(who, meeting, step) for step in Move},
        can_edit=policy.can_edit(who, meeting),
        can_fill=policy.can_fill(who, meeting),
        can_correct=policy.can_correct(who, meeting),
        resolutions=page.resolution_lines(queries.resolutions_of(meeting.id)) if is_closed else [],
        receipts=receipts,
        is_unread=any(row.person_id == who.person_id and row.read_at is None for row in receipts),
        paper=queries.find_paper(who, meeting) if is_closed else None,
        step_form=StepForm(formdata=None, data=data),
        reason_form=ReasonForm(formdata=None, data=data),
        text_form=TextForm(formdata=None, data=data),
        failed=failed or None,
    ), status


@blueprint.get("/meetings/<int:meeting_id>/edit")
@requires(*KEEPERS)
def meeting_edit(meeting_id: int) -> ResponseReturnValue:
    meeting = queries.get_meeting(actor(), meeting_id)
    services.require_preparer(actor(), meeting)
    hour, _colon, minute = meeting.starts_at.partition(":")
    data = {
        "revision": meeting.revision,
        "planned_on": meeting.planned_on,
        "starts_at": time(int(hour), int(minute)),
        "place": meeting.place,
        "chair_id": meeting.chair_id,
        "observers": meeting.observers,
        "held_on": meeting.held_on,
    }
    return _edit(meeting, ArrangementForm(formdata=None, data=data))


def _edit(meeting: Meeting, form: ArrangementForm, status: int = 200) -> ResponseReturnValue:
    form.chair_id.choices = to_choose(leaders(meeting.chair))
    return render_template(
        "meetings/meeting_edit.html", meeting=meeting, name=page.name_of(meeting), form=form
    ), status


@blueprint.post("/meetings/<int:meeting_id>/edit")
@requires(*KEEPERS)
def meeting_update(meeting_id: int) -> ResponseReturnValue:
    form = ArrangementForm()
    form.chair_id.choices = to_choose(leaders(queries.get_meeting(actor(), meeting_id).chair))

    def update() -> None:
        meeting = queries.get_meeting(actor(), meeting_id, lock=True, revision=form.revision.data)
        wanted = services.Arrangement(
            form.planned_on.data,
            form.clock,
            form.place.data or "",
            form.chair_id.data,
            form.observers.data or "",
            form.held_on.data,
        )
        services.arrange(actor(), meeting, wanted)

    if not carry_out(form, update):
        return _edit(queries.get_meeting(actor(), meeting_id), form, 422)
    return _leave(meeting_id, _("已保存"))


def _take(
    meeting_id: int, step: str, form: BaseForm, command: Callable[[Meeting], object], message: str
) -> ResponseReturnValue:
    """Take a step on the meeting as it was shown, or show it again with why not."""
    queries.get_meeting(actor(), meeting_id)

    def take() -> None:
        command(queries.get_meeting(actor(), meeting_id, lock=True, revision=form.revision.data))

    if not carry_out(form, take):
        return show(queries.get_meeting(actor(), meeting_id), 422, step=step, form=form)
    return _leave(meeting_id, message)


@blueprint.post("/meetings/<int:meeting_id>/refresh")
@requires(*KEEPERS)
def meeting_refresh(meeting_id: int) -> ResponseReturnValue:
    return _take(
        meeting_id,
        "refresh",
        StepForm(),
        lambda meeting: services.refresh(actor(), meeting),
        _("议程已按今天的台账和问题更新"),
    )


@blueprint.post("/meetings/<int:meeting_id>/invite")
@requires(*KEEPERS)
def meeting_invite(meeting_id: int) -> ResponseReturnValue:
    return _take(
        meeting_id,
        "invite",
        StepForm(),
        lambda meeting: services.send_invitations(actor(), meeting),
        _("已通知，参会人员在“今天”页可以看到"),
    )


@blueprint.post("/meetings/<int:meeting_id>/start")
@requires(*KEEPERS)
def meeting_start(meeting_id: int) -> ResponseReturnValue:
    return _take(
        meeting_id,
        "start",
        StepForm(),
        lambda meeting: services.start(actor(), meeting),
        _("会议已开始，议程不再变动，请逐项记录"),
    )


@blueprint.post("/meetings/<int:meeting_id>/close")
@requires(*KEEPERS)
def meeting_close(meeting_id: int) -> ResponseReturnValue:
    return _take(
        meeting_id,
        "close",
        StepForm(),
        lambda meeting: minutes.close(actor(), meeting),
        _("纪要已锁定并报送主管领导，Word 文件正在生成"),
    )


@blueprint.post("/meetings/<int:meeting_id>/cancel")
@requires(*KEEPERS)
def meeting_cancel(meeting_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    return _take(
        meeting_id,
        "cancel",
        form,
        lambda meeting: services.cancel(actor(), meeting, reason=form.reason.data),
        _("已取消，理由已记录"),
    )


@blueprint.post("/meetings/<int:meeting_id>/read")
@requires(Permission.LEDGER_READ)
def meeting_read(meeting_id: int) -> ResponseReturnValue:
    form = StepForm()
    return _take(
        meeting_id, "read", form, lambda meeting: minutes.mark_read(actor(), meeting), _("已登记阅知")
    )


@blueprint.post("/meetings/<int:meeting_id>/errata")
@requires(*KEEPERS)
def meeting_correct(meeting_id: int) -> ResponseReturnValue:
    form = TextForm()
    return _take(
        meeting_id,
        "errata",
        form,
        lambda meeting: minutes.correct(actor(), meeting, text=form.text.data),
        _("勘误已附在纪要之后"),
    )
