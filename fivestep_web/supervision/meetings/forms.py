"""What is typed about meetings; what may be is decided by rules and services."""

from collections.abc import Iterator
from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm, BoxesField, choices, id_or_none
from fivestep_web.supervision.meetings import rules
from fivestep_web.supervision.meetings.models import Attendance, Meeting
from fivestep_web.supervision.meetings.rules import Capacity, Outcome, Presence

NOTE = Length(max=1000, message=_l("不超过1000字，请精简。"))
SHORT = Length(max=200, message=_l("不超过200字，请精简。"))


class StepForm(BaseForm):
    """A step taken with a thing as it was shown."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("请刷新页面后重试。"))])


class ReasonForm(StepForm):
    """A step that needs a reason."""

    reason = TextAreaField(_l("理由"), [InputRequired(_l("请写明理由。")), NOTE], render_kw={"rows": 2})


class TextForm(StepForm):
    """A step that needs a sentence."""

    text = TextAreaField(_l("内容"), [InputRequired(_l("请填写内容。")), NOTE], render_kw={"rows": 3})


class CallForm(BaseForm):
    """A special consultation; the page sets the leaders and the open problems."""

    reason = TextAreaField(
        _l("事由"), [InputRequired(_l("请写明临时会商的事由。")), NOTE], render_kw={"rows": 2}
    )
    planned_on = DateField(_l("召开日期"), [InputRequired(_l("请填写召开日期。"))])
    chair_id = SelectField(_l("主持人"), coerce=id_or_none)
    problem_ids = BoxesField(_l("会商的问题"), [Optional()], coerce=int)


class ArrangementForm(StepForm):
    """Time, place, chair and outside observers; *held_on* is shown once the meeting has begun."""

    planned_on = DateField(_l("召开日期"), [InputRequired(_l("请填写召开日期。"))])
    starts_at = TimeField(_l("时间"), [InputRequired(_l("请填写时间，如 09:00"))])
    place = StringField(_l("地点"), [Optional(), SHORT], description=_l("发会议通知前填写"))
    chair_id = SelectField(_l("主持人"), coerce=id_or_none)
    observers = TextAreaField(
        _l("外单位列席人员"),
        [Optional(), NOTE],
        description=_l("每行一人，写单位、职务、姓名"),
        render_kw={"rows": 3},
    )
    held_on = DateField(_l("实际召开日期"), [Optional()])

    @property
    def clock(self) -> str:
        """Return the time as it is stored, 09:00."""
        given: time = self.starts_at.data
        return f"{given:%H:%M}"


class ItemForm(StepForm):
    """A matter put on the agenda by hand; the page sets the goals."""

    subject = StringField(_l("议题"), [InputRequired(_l("请填写议题。")), SHORT])
    detail = TextAreaField(_l("说明"), [Optional(), NOTE], render_kw={"rows": 3})
    goal_id = SelectField(_l("涉及目标（选填）"), coerce=id_or_none)
    reason = TextAreaField(
        _l("增加的理由"), [InputRequired(_l("请写明增加的理由。")), NOTE], render_kw={"rows": 2}
    )


class OutcomeForm(StepForm):
    """What is minuted of an item; `item_views` sets outcomes, units and people.

    Only the outcome is required: owner and date may be added before the meeting is closed.
    """

    outcome = RadioField(
        _l("结果"),
        [InputRequired(_l("请选择这个议题的结果。"))],
        coerce=lambda value: Outcome(value) if value else None,
    )
    matter = TextAreaField(
        _l("议定事项"),
        [Optional(), NOTE],
        description=_l("做什么、做到什么程度；结束会议前填写"),
        render_kw={"rows": 2},
    )
    unit_id = SelectField(
        _l("责任单位（选填）"), coerce=id_or_none, description=_l("不选的，为责任人所在单位")
    )
    owner_id = SelectField(_l("责任人"), coerce=id_or_none, description=_l("结束会议前填写"))
    due_on = DateField(_l("时限"), [Optional()], description=_l("结束会议前填写"))
    open_reason = TextAreaField(
        _l("暂不解决的理由"),
        [Optional(), NOTE],
        description=_l("结果为“暂不解决”的填写"),
        render_kw={"rows": 2},
    )


def _chosen(_form: BaseForm, given: SelectField) -> None:
    """Refuse the empty line; unlike InputRequired it lets the other button of the page be pressed."""
    if given.data is None:
        raise ValidationError(_l("请选择人员。"))


class PersonForm(StepForm):
    """Somebody more to invite; the page sets the people."""

    person_id = SelectField(_l("增加人员"), [_chosen], coerce=id_or_none)
    capacity = RadioField(
        _l("参会身份"),
        coerce=Capacity,
        default=Capacity.OBSERVER,
        choices=choices((item.value, item.label) for item in Capacity),
    )


class AttendanceForm(StepForm):
    """Who came; `attendance_form` adds the fields of each row."""

    rows: list[Attendance]

    def fields_of(self) -> Iterator[tuple[Attendance, Any, Any]]:
        """Yield each row with its two fields."""
        for row in self.rows:
            yield row, self[f"presence_{row.id}"], self[f"note_{row.id}"]

    def presences(self) -> dict[int, Presence]:
        """Return what was marked; who joined the list after the page was opened is not on it."""
        return {row.id: presence.data for row, presence, _note in self.fields_of() if presence.raw_data}

    def notes(self) -> dict[int, str]:
        return {row.id: note.data or "" for row, _presence, note in self.fields_of() if note.raw_data}


def attendance_form(meeting: Meeting, *, is_sent: bool) -> AttendanceForm:
    """Return the form of a meeting's list, as stored or as it was sent.

    Who is not marked yet is offered as present while the meeting runs: only the exceptions are touched, and
    nothing counts before it is saved.
    """
    rows, states = list(meeting.attendances), rules.presences_of(meeting.state)
    fields: dict[str, Any] = {"rows": rows}
    data: dict[str, Any] = {"revision": meeting.revision}
    offered = choices((item.value, item.label) for item in states)
    for row in rows:
        fields[f"presence_{row.id}"] = RadioField(row.person.name, coerce=Presence, choices=offered)
        fields[f"note_{row.id}"] = StringField(_l("说明"), [Optional(), SHORT])
        presence = row.presence if row.presence in states else states[0]
        data |= {f"presence_{row.id}": presence, f"note_{row.id}": row.note}
    form_class = type("MeetingAttendanceForm", (AttendanceForm,), fields)
    made: AttendanceForm = form_class(data=data) if is_sent else form_class(formdata=None, data=data)
    return made
