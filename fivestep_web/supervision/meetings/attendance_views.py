"""Who is invited to a meeting and who came."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fivestep_web.core import htmx
from fivestep_web.core.forms import carry_out, to_choose
from fivestep_web.core.permissions import actor, requires
from fivestep_web.supervision.meetings import page, queries, services
from fivestep_web.supervision.meetings.forms import AttendanceForm, PersonForm, attendance_form
from fivestep_web.supervision.meetings.models import Meeting
from fivestep_web.supervision.meetings.rules import Presence
from fivestep_web.supervision.meetings.views import KEEPERS
from fivestep_web.supervision.people import in_post

blueprint = Blueprint("meeting_people", __name__)


@blueprint.get("/meetings/<int:meeting_id>/attendance")
@requires(*KEEPERS)
def attendance_edit(meeting_id: int) -> ResponseReturnValue:
    meeting = queries.get_meeting(actor(), meeting_id)
    services.require_preparer(actor(), meeting)
    return _edit(meeting, attendance_form(meeting, is_sent=False))


def _edit(
    meeting: Meeting, form: AttendanceForm, person_form: PersonForm | None = None, status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "meetings/attendance_edit.html",
        meeting=meeting,
        name=page.name_of(meeting),
        form=form,
        unmarked=sum(row.presence is Presence.INVITED for row in meeting.attendances),
        person_form=person_form or _person_form(meeting, PersonForm(formdata=None)),
    ), status


def _person_form(meeting: Meeting, form: PersonForm) -> PersonForm:
    known = {row.person_id for row in meeting.attendances}
    form.person_id.choices = to_choose(pair for pair in in_post() if pair[0] not in known)
    return form


@blueprint.post("/meetings/<int:meeting_id>/attendance")
@requires(*KEEPERS)
def attendance_update(meeting_id: int) -> ResponseReturnValue:
    form = attendance_form(queries.get_meeting(actor(), meeting_id), is_sent=True)

    def update() -> None:
        meeting = queries.get_meeting(actor(), meeting_id, lock=True, revision=form.revision.data)
        services.take_attendance(actor(), meeting, form.presences(), form.notes())

    if not carry_out(form, update):
        return _edit(queries.get_meeting(actor(), meeting_id), form, status=422)
    url = url_for("meetings.meeting_show", meeting_id=meeting_id, _anchor="people")
    return htmx.leave(url, _("出席情况已保存"))


@blueprint.post("/meetings/<int:meeting_id>/people")
@requires(*KEEPERS)
def person_add(meeting_id: int) -> ResponseReturnValue:
    """Add somebody; what is marked of the others is not saved by that, and stays on the page."""
    form = _person_form(queries.get_meeting(actor(), meeting_id), PersonForm())

    def add() -> None:
        meeting = queries.get_meeting(actor(), meeting_id, lock=True)
        services.add_person(actor(), meeting, form.person_id.data, form.capacity.data)

    is_added = carry_out(form, add)
    meeting = queries.get_meeting(actor(), meeting_id)
    marked = attendance_form(meeting, is_sent=True)
    return _edit(meeting, marked) if is_added else _edit(meeting, marked, form, 422)
