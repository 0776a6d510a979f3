"""Shape of what is typed on goal and letter pages."""

from decimal import Decimal
from types import MappingProxyType

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm, id_or_none
from fivestep_web.keys.forms import pin_field

MOST = 10**12
MOST_POINTS = 10_000
LONG_TEXT = 20_000
PLACES = 6


def _places(form: BaseForm, field: DecimalField) -> None:
    """Refuse more decimal places than a figure may have; what is out of range has its message already."""
    del form
    value: Decimal = field.data
    if not field.errors and value != round(value, PLACES):
        raise ValidationError(_l("最多 6 位小数"))


class _Needed:
    """Marks a field as needed; whether a running sitting stands in for it, the view knows."""

    field_flags = MappingProxyType({"required": True})

    def __call__(self, form: BaseForm, field: PasswordField) -> None:
        """Leave an empty field to the view."""


class SignForm(BaseForm):
    """The hash of the text that was shown, and the PIN that opens the key; a running sitting needs none."""

    shown_sha256 = HiddenField(validators=[InputRequired()])
    pin = PasswordField(
        _l("签名 PIN"),
        [_Needed(), Length(max=1024)],
        description=_l("输入 PIN 即表示您已阅读并同意本页所示全文"),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    sitting = BooleanField(_l("连续签署：10 分钟内签其余各份不再输入 PIN，每份仍逐份显示、逐份签署"))


class SittingForm(BaseForm):
    """The PIN that begins a sitting."""

    pin = pin_field(_l("签名 PIN"), _l("请输入签名 PIN"))


class MandateForm(BaseForm):
    """Who may sign in one's place, from when to when, and why."""

    deputy_id = SelectField(_l("代签人"), [InputRequired(_l("请选择代签人"))], coerce=id_or_none)
    valid_from = DateField(_l("从哪天起"), [InputRequired(_l("请选择开始日期"))])
    valid_to = DateField(_l("到哪天止"), [InputRequired(_l("请选择结束日期"))])
    reason = TextAreaField(
        _l("理由"),
        [InputRequired(_l("请写明理由")), Length(max=2000, message=_l("理由最多 2000 字，请精简"))],
        description=_l("例如：外出学习"),
        render_kw={"rows": 2},
    )
    pin = pin_field(_l("签名 PIN"), _l("请输入签名 PIN，委托书用您的密钥签名"))


class ReasonForm(BaseForm):
    """A reason that is kept."""

    reason = TextAreaField(
        _l("理由"),
        [InputRequired(_l("请写明理由")), Length(max=2000, message=_l("理由最多 2000 字，请精简"))],
        render_kw={"rows": 3},
    )

    def named(self, prefix: str) -> "ReasonForm":
        """Return this form with an id of its own, for a page that holds several."""
        self.reason.id = self.reason.label.field_id = f"{prefix}-reason"
        return self


class GoalForm(BaseForm):
    """What a goal needs before it can enter the task book (R2.2, R2.3); texts may be long."""

    topic_id = SelectField(
        _l("课题"),
        [InputRequired(_l("请选择课题"))],
        coerce=id_or_none,
        invalid_choice_message=_l("请选择本年度已定题的课题"),
    )
    person_id = SelectField(
        _l("责任人"),
        [InputRequired(_l("请选择责任人"))],
        coerce=id_or_none,
        invalid_choice_message=_l("请选择本单位在岗的同志"),
    )
    name = StringField(
        _l("目标名称"),
        [InputRequired(_l("请填写目标名称")), Length(max=400, message=_l("目标名称最多 400 字"))],
    )
    completion_standard = TextAreaField(
        _l("完成标准"),
        [
            InputRequired(_l("请填写完成标准，写明做到什么程度、怎样算完成")),
            Length(max=LONG_TEXT, message=_l("完成标准最多 20000 字")),
        ],
        render_kw={"rows": 3},
    )
    indicator = StringField(_l("指标名称"), [Optional(), Length(max=200, message=_l("指标名称最多 200 字"))])
    baseline = DecimalField(
        _l("基数"),
        [Optional(), NumberRange(min=-MOST, max=MOST, message=_l("基数应为一万亿以内的数字")), _places],
        description=_l("上年或起点的数值"),
        places=None,
    )
    target = DecimalField(
        _l("目标值"),
        [
            Optional(),
            NumberRange(min=0, max=MOST, message=_l("目标值应为 0 至一万亿之间的数字")),
            _places,
        ],
        description=_l("有数量的目标填目标值和计量单位；没有数量的，填交付成果和验收条件"),
        places=None,
    )
    measure_unit = StringField(_l("计量单位"), [Optional(), Length(max=40, message=_l("计量单位最多 40 字"))])
    deliverable = TextAreaField(
        _l("交付成果"),
        [Optional(), Length(max=LONG_TEXT, message=_l("交付成果最多 20000 字"))],
        render_kw={"rows": 2},
    )
    acceptance = TextAreaField(
        _l("验收条件"),
        [Optional(), Length(max=LONG_TEXT, message=_l("验收条件最多 20000 字"))],
        description=_l("每行一条，例如“经部务会审议通过并印发”"),
        render_kw={"rows": 3},
    )
    measures = TextAreaField(
        _l("具体措施"),
        [Optional(), Length(max=LONG_TEXT, message=_l("具体措施最多 20000 字"))],
        render_kw={"rows": 3},
    )
    starts_on = DateField(_l("开始日期"), [Optional()])
    deadline = DateField(_l("完成时限"), [InputRequired(_l("请填写完成时限"))])
    points = DecimalField(
        _l("基本分"),
        [
            InputRequired(_l("请填写基本分")),
            NumberRange(min=0, max=MOST_POINTS, message=_l("基本分应为 0 至 10000 之间的数字")),
            _places,
        ],
        description=_l("所在的表按权重填写时，这里就是权重，各项合计 100；否则按所占比例折算"),
        places=None,
    )
    duty = SelectField(_l("对应职责"), validate_choice=False)
    outside_duties_reason = TextAreaField(
        _l("职责以外的理由"),
        [Optional(), Length(max=2000, message=_l("理由最多 2000 字，请精简"))],
        description=_l("选“职责以外”时填写，写明为什么交给这个单位"),
        render_kw={"rows": 2},
    )
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
