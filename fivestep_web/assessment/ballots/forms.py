"""What the office enters around a vote."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from fivestep_web.assessment.ballots.rules import VisitKind
from fivestep_web.core.forms import BaseForm, choices, id_or_none

PLACE_LENGTH = 200
FINDINGS_LENGTH = 4000
MOST = 100_000


class PaperCountForm(BaseForm):
    """Paper forms, counted by hand."""

    issued = IntegerField(_("发出份数"), [InputRequired(_("请填写发出份数。")), NumberRange(1, MOST)])
    returned = IntegerField(_("收回份数"), [InputRequired(_("请填写收回份数。")), NumberRange(0, MOST)])


class PaperForm(PaperCountForm):
    """Paper forms of a row of the roster."""

    roster_id = SelectField(_("评价名单"), [InputRequired(_("请选择评价名单。"))], coerce=id_or_none)


class VisitForm(BaseForm):
    """A visit or discussion of the social survey (R5.10)."""

    kind = SelectField(_("方式"), choices=choices((kind.value, kind.label) for kind in VisitKind))
    held_on = DateField(_("日期"), [InputRequired(_("请填写日期。"))])
    place = StringField(
        _("地点"),
        [InputRequired(_("请填写地点。")), Length(max=PLACE_LENGTH, message=_("地点不超过200字。"))],
    )
    participants = StringField(
        _("对象"),
        [
            InputRequired(_("请写明走访或座谈的对象类别。")),
            Length(max=PLACE_LENGTH, message=_("对象不超过200字。")),
        ],
        description=_("写类别，不写姓名，例如：村干部、党员代表"),
    )
    attendance = IntegerField(_("人数"), [InputRequired(_("请填写人数。")), NumberRange(1, MOST)])
    findings = TextAreaField(
        _("反映的情况"),
        [
            InputRequired(_("请填写反映的情况。")),
            Length(max=FINDINGS_LENGTH, message=_("反映的情况不超过4000字。")),
        ],
        render_kw={"rows": 4},
    )
