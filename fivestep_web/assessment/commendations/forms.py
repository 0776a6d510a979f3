"""Shape of what is typed about commendations, the year's terms, ties and the meeting."""

from dataclasses import fields
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from fivestep_web.assessment.commendations.models import CommendationYear, SummaryMeeting
from fivestep_web.assessment.commendations.year_services import Plan, Terms
from fivestep_web.assessment.cycles.forms import trimmed
from fivestep_web.core.forms import BaseForm, BoxesField

MOST_SEATS = 1000
MOST_PEOPLE = 100_000
SHORT, LINE, TEXT = 100, 200, 4000


def _line(label: object, *validators: object, most: int = LINE, help_text: object = "") -> StringField:
    too_long = _l("不超过%(most)s字，请精简。", most=most)
    return StringField(
        label, [*validators, Length(max=most, message=too_long)], filters=[trimmed], description=help_text
    )


def _text(label: object, *validators: object, help_text: object = "", rows: int = 4) -> TextAreaField:
    return TextAreaField(
        label,
        [*validators, Length(max=TEXT, message=_l("不超过4000字，请精简。"))],
        filters=[trimmed],
        description=help_text,
        render_kw={"rows": rows},
    )


class PickForm(BaseForm):
    """Rows of the list that were ticked."""

    rows = BoxesField(_l("表彰对象"), [InputRequired(_l("请至少选择一个表彰对象。"))], coerce=int)

    def offer(self, ids: list[int]) -> "PickForm":
        """Offer the rows that are there."""
        self.rows.choices = [(row_id, row_id) for row_id in ids]
        return self


class DecideForm(PickForm):
    """Rows to be decided on, with the meeting that decided."""

    note = _line(
        _l("决定依据"),
        DataRequired(_l("请写明由哪次会议研究决定。")),
        help_text=_l("如：2027年1月28日部务会议研究决定"),
    )


class RemoveForm(BaseForm):
    """Why a row is taken off the list."""

    reason = _text(_l("移出理由"), DataRequired(_l("请写明移出的理由。")), rows=2)


class AddForm(BaseForm):
    """A unit or person whom the rules did not name."""

    who = SelectField(_l("单位或人员"), [InputRequired(_l("请选择单位或人员。"))])
    reason = _text(_l("提出理由"), DataRequired(_l("请写明提出的理由。")), rows=3)


class TermsForm(BaseForm):
    """What the year's commendation rests on."""

    approval_title = _line(
        _l("批准文件名称"), Optional(), help_text=_l("表彰项目的批准文件；没有的不填，文件为通报表扬")
    )
    approval_number = _line(_l("批准文号"), Optional(), most=SHORT)
    approval_authority = _line(_l("批准机关"), Optional(), most=SHORT)
    approved_on = DateField(_l("批准日期"), [Optional()])
    unit_seats = IntegerField(
        _l("先进单位名额"),
        [Optional(), NumberRange(0, MOST_SEATS, _l("名额应在0到1000之间。"))],
        description=_l("表彰方案定的个数；不填为不限"),
    )

    @classmethod
    def of(cls, stored: CommendationYear | None) -> "TermsForm":
        """Return the form as it is stored."""
        return cls(formdata=None, obj=stored)

    def terms(self) -> Terms:
        """Return what a valid form says."""
        given: dict[str, Any] = {field.name: self[field.name].data for field in fields(Terms)}
        texts = ("approval_title", "approval_number", "approval_authority")
        return Terms(**given | {name: given[name] or "" for name in texts})


class TieForm(BaseForm):
    """What the department meeting decided on a tie."""

    chosen = BoxesField(_l("列入的人员"), [InputRequired(_l("请选择列入的人员。"))], coerce=int)
    met_on = DateField(_l("部务会议日期"), [InputRequired(_l("请填写部务会议日期。"))])
    reason = _text(_l("决定理由"), DataRequired(_l("请写明部务会议的理由。")), rows=3)


class MeetingForm(BaseForm):
    """The plan of the year's summary and commendation meeting."""

    met_on = DateField(_l("会议日期"), [InputRequired(_l("请填写会议日期。"))])
    starts_at = TimeField(_l("开始时间"), [InputRequired(_l("请填写开始时间。"))])
    place = _line(_l("地点"), DataRequired(_l("请填写地点。")))
    presider = _line(_l("主持人"), DataRequired(_l("请填写主持人。")), help_text=_l("职务和姓名"))
    invited = _text(_l("参加范围"), DataRequired(_l("请填写参加范围。")), help_text=_l("一行一类"), rows=3)
    agenda = _text(
        _l("议程"), DataRequired(_l("请填写议程。")), help_text=_l("一行一项，宣读表彰决定列为一项"), rows=6
    )
    speakers = _text(_l("发言单位和人员"), DataRequired(_l("请填写发言，没有的写“无”。")), rows=3)

    @classmethod
    def of(cls, stored: SummaryMeeting | None) -> "MeetingForm":
        """Return the form as it is stored."""
        return cls(formdata=None, obj=stored)

    def plan(self) -> Plan:
        """Return what a valid form says."""
        return Plan(**{field.name: self[field.name].data for field in fields(Plan)})


class HeldForm(BaseForm):
    """How the meeting went."""

    attended = IntegerField(
        _l("到会人数"),
        [InputRequired(_l("请填写到会人数。")), NumberRange(0, MOST_PEOPLE, _l("人数应在0到100000之间。"))],
    )
    notes = _text(_l("会议情况"), Optional(), rows=3)
