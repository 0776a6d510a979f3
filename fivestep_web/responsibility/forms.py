"""Shape of what is typed on goal and letter pages."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DecimalField,
    HiddenField,
    IntegerField,
    PasswordField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from fivestep_web.core.forms import BaseForm

MOST = 10**12
MOST_POINTS = 10_000
PLACES = 6


def _places(form: BaseForm, field: DecimalField) -> None:
    """Refuse more decimal places than a figure may have; what is out of range has its message already."""
    del form
    value: Decimal = field.data
    if not field.errors and value != round(value, PLACES):
        raise ValidationError(_l("最多 6 位小数"))


class SignForm(BaseForm):
    """The hash of the text that was shown, and the password that confirms."""

    shown_sha256 = HiddenField(validators=[InputRequired()])
    password = PasswordField(
        _l("本人登录密码"),
        [InputRequired(_l("请输入本人登录密码以确认签署")), Length(max=1024)],
        description=_l("输入密码即表示您已阅读并同意本页所示全文"),
        render_kw={"autocomplete": "current-password"},
    )


class ReasonForm(BaseForm):
    """A reason that is kept."""

    reason = TextAreaField(
        _l("理由"),
        [InputRequired(_l("请写明理由")), Length(max=2000, message=_l("理由最多 2000 字，请精简"))],
        render_kw={"rows": 3},
    )


class GoalForm(BaseForm):
    """What a goal needs before it can enter the task book (R2.2, R2.3)."""

    name = StringField(
        _l("目标名称"),
        [InputRequired(_l("请填写目标名称")), Length(max=400, message=_l("目标名称最多 400 字"))],
    )
    completion_standard = TextAreaField(
        _l("完成标准"),
        [
            InputRequired(_l("请填写完成标准，写明做到什么程度、怎样算完成")),
            Length(max=5000, message=_l("完成标准最多 5000 字")),
        ],
        render_kw={"rows": 3},
    )
    target = DecimalField(
        _l("目标值"),
        [
            InputRequired(_l("请填写目标值，只填数字")),
            NumberRange(min=0, max=MOST, message=_l("目标值应为 0 至一万亿之间的数字")),
            _places,
        ],
        places=None,
    )
    measure_unit = StringField(_l("计量单位"), [Optional(), Length(max=40)])
    starts_on = DateField(_l("开始日期"), [Optional()])
    deadline = DateField(_l("完成时限"), [InputRequired(_l("请填写完成时限"))])
    points = DecimalField(
        _l("基本分"),
        [
            InputRequired(_l("请填写基本分")),
            NumberRange(min=0, max=MOST_POINTS, message=_l("基本分应为 0 至 10000 之间的数字")),
            _places,
        ],
        description=_l("权重按基本分占本单位（本人）合计的比例计算"),
        places=None,
    )
    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
